#include <fmt/core.h>

#include <algorithm>

#include "assay/instant.h"
#include "writers/figures.h"
#include "writers/format.h"
#include "writers/html_escape.h"

namespace assay {
namespace {

constexpr int kWidth = 880, kLeft = 92, kRight = 12, kPanel = 58, kTop = 22, kGap = 18;
constexpr int kStrip = 8;  // of declared coverage
constexpr int kDates = 18;
constexpr double kMonthLabelWidth = 74;

double seconds_of_date(const std::string& date) {
  const Result<Instant> instant = parse_rfc3339(date);
  return instant.ok() ? static_cast<double>(instant->us) / kMicrosPerSecond : 0;
}

struct Axis {
  double begin_s, end_s;
  int bottom;  // of the panels
  double x(double t) const {
    const double share = std::clamp((t - begin_s) / (end_s - begin_s), 0.0, 1.0);
    return kLeft + share * (kWidth - kLeft - kRight);
  }
};

// Colour is not the only sign: a word stands over the first band of each kind.
std::string bands(const Table* table, const Axis& axis, const char* style, const char* word) {
  std::string out;
  if (table == nullptr) return out;
  for (const std::vector<double>& row : table->rows) {
    if (row.size() < 2 || row[1] <= axis.begin_s || row[0] >= axis.end_s) continue;
    const double x = axis.x(row[0]), width = std::max(1.5, axis.x(row[1]) - x);
    if (out.empty()) {
      out += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                         std::clamp(x + width / 2, kLeft + 30.0, kWidth - 40.0), kTop - 8, word);
    }
    out += fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>",
                       style, x, kTop, width, axis.bottom - kTop);
  }
  return out;
}

std::string month_marks(const Axis& axis, int height) {
  std::string out;
  double free_from = 0;
  for (double t = axis.begin_s; t < axis.end_s; t += 86'400) {
    const CivilTime civil = civil_from_utc(static_cast<std::int64_t>(t) * kMicrosPerSecond);
    if (civil.day != 1 && t != axis.begin_s) continue;
    out += fmt::format("<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>",
                       axis.x(t), kTop, height - kDates);
    const bool is_crowded = t == axis.begin_s && civil.day > 15;  // the month's first follows
    if (is_crowded || axis.x(t) < free_from || axis.x(t) > kWidth - kMonthLabelWidth + 10) continue;
    out += fmt::format("<text x=\"{:.1f}\" y=\"{}\">{}</text>", axis.x(t), height - 4,
                       format_utc(static_cast<std::int64_t>(t) * kMicrosPerSecond).substr(0, 10));
    free_from = axis.x(t) + kMonthLabelWidth;
  }
  return out;
}

std::string panel(const Table& table, std::size_t column, const Axis& axis, int top) {
  double most = 1;
  for (const auto& row : table.rows) most = std::max(most, row[column]);
  const double day = axis.x(axis.begin_s + 86'400) - kLeft;
  std::string out = fmt::format(
      "<text class=\"ink\" x=\"0\" y=\"{}\">{}</text><text x=\"0\" y=\"{}\">most {} a day</text>"
      "<line class=\"axis\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>",
      top + kPanel - 18, escape_html_short(table.columns[column], 14), top + kPanel - 4,
      format_number(most), kLeft, kWidth - kRight, top + kPanel, top + kPanel);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const double value = table.rows[i][column];
    if (value <= 0) continue;
    const double height = std::max(1.0, value / most * kPanel);
    out += fmt::format(
        "<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\"/>",
        axis.x(seconds_of_date(table.row_labels[i])), top + kPanel - height,
        std::max(0.8, day * 0.8), height);
  }
  return out;
}

std::string coverage_strip(const Table* declared, const Axis& axis, int top) {
  std::string out = fmt::format("<text x=\"0\" y=\"{}\">coverage</text>", top + kStrip);
  if (declared == nullptr || declared->rows.empty()) {
    return out +
           fmt::format("<text x=\"{}\" y=\"{}\">nobody declared any</text>", kLeft, top + kStrip);
  }
  for (const std::vector<double>& row : declared->rows) {
    if (row.size() < 2 || row[1] <= axis.begin_s || row[0] >= axis.end_s) continue;
    out += fmt::format(
        "<rect class=\"covered\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>",
        axis.x(row[0]), top, std::max(1.0, axis.x(row[1]) - axis.x(row[0])), kStrip);
  }
  return out;
}

// The columns in which anything happens; the others are named in the caption.
std::vector<std::size_t> busy_columns(const Table& table, std::string& idle) {
  std::vector<std::size_t> busy;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    const bool has_rows = std::any_of(table.rows.begin(), table.rows.end(),
                                      [&](const auto& row) { return row[column] > 0; });
    if (has_rows) {
      busy.push_back(column);
    } else {
      idle += (idle.empty() ? "" : ", ") + escape_html_short(table.columns[column], 60);
    }
  }
  return busy;
}

bool has_rows(const Table* table) { return table != nullptr && !table->rows.empty(); }

// Of the longest joint silences those that chance does not make; the method's own level.
Table unexplained(const Table* silences) {
  constexpr double kLevel = 0.001;
  Table kept{"silences", {}, {}, {}};
  if (silences == nullptr) return kept;
  const auto p = std::find(silences->columns.begin(), silences->columns.end(), "p_joint");
  if (p == silences->columns.end()) return *silences;
  const auto column = static_cast<std::size_t>(p - silences->columns.begin());
  for (const std::vector<double>& row : silences->rows) {
    if (column < row.size() && row[column] < kLevel) kept.rows.push_back(row);
  }
  return kept;
}

std::string caption_of(const Finding& volume, const std::string& idle, bool has_silence,
                       bool has_coverage) {
  std::string caption = fmt::format("Per day (UTC), counted as {}, each panel on its own scale.",
                                    escape_html_short(volume.dedup_rule, 60));
  if (!idle.empty()) caption += fmt::format(" No row: {}.", idle);
  caption += has_silence
                 ? " Tinted: sources that have nothing to do with each other are silent together, "
                   "longer than chance makes it."
                 : " No joint silence that the test can tell from chance.";
  caption += has_coverage
                 ? " Strip below: when the evidence says that it recorded; outside it, silence "
                   "shows nothing."
                 : " Nobody declared when the evidence recorded: silence shows nothing.";
  return caption;
}

}  // namespace

std::string daily_counts_figure(const Finding& volume, const Finding* silences) {
  const Table* table = volume.table("daily_counts");
  if (table == nullptr || table->rows.size() < 2) return "";
  std::string idle;
  const std::vector<std::size_t> busy = busy_columns(*table, idle);
  const int panels_bottom = kTop + static_cast<int>(busy.size()) * (kPanel + kGap) - kGap;
  const Axis axis{seconds_of_date(table->row_labels.front()),
                  seconds_of_date(table->row_labels.back()) + 86'400, panels_bottom};
  const int height = panels_bottom + 10 + kStrip + 8 + kDates;
  const auto of = [&](const char* name) {
    return silences == nullptr ? nullptr : silences->table(name);
  };
  const Table silent = unexplained(of("silences"));
  std::string body = month_marks(axis, height) +
                     bands(&silent, axis, "silence", "silent together") +
                     bands(of("declared_gaps"), axis, "undeclared", "not covered");
  std::string parties;
  for (std::size_t i = 0; i < busy.size(); ++i) {
    body += panel(*table, busy[i], axis, kTop + static_cast<int>(i) * (kPanel + kGap));
    parties += (parties.empty() ? "" : ", ") + escape_html_short(table->columns[busy[i]], 60);
  }
  body += coverage_strip(of("declared_coverage"), axis, panels_bottom + 10);
  return wrap_figure(
      "daily", kWidth, height,
      fmt::format("Rows a day, {} to {}, one panel each for {}",
                  escape_html(table->row_labels.front()), escape_html(table->row_labels.back()),
                  parties),
      body, caption_of(volume, idle, has_rows(&silent), has_rows(of("declared_coverage"))));
}

}  // namespace assay
