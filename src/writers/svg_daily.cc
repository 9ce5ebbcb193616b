#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "assay/instant.h"
#include "writers/figures.h"
#include "writers/format.h"
#include "writers/html_escape.h"

namespace assay {
namespace {

constexpr int kWidth = 880, kLeft = 70, kRight = 10, kPanel = 64, kTop = 18, kGap = 16;

double seconds_of_date(const std::string& date) {
  const Result<Instant> instant = parse_rfc3339(date);
  return instant.ok() ? static_cast<double>(instant->us) / kMicrosPerSecond : 0;
}

struct Axis {
  double begin_s, end_s;
  double x(double t) const {
    const double share = std::clamp((t - begin_s) / (end_s - begin_s), 0.0, 1.0);
    return kLeft + share * (kWidth - kLeft - kRight);
  }
};

std::string shade(const Table* table, const Axis& axis, int height) {
  std::string out;
  if (table == nullptr) return out;
  for (const std::vector<double>& row : table->rows) {
    if (row.size() < 2 || row[1] <= axis.begin_s || row[0] >= axis.end_s) continue;
    out += fmt::format(
        "<rect class=\"silence\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>",
        axis.x(row[0]), kTop, std::max(1.5, axis.x(row[1]) - axis.x(row[0])), height - kTop - 22);
  }
  return out;
}

std::string month_marks(const Axis& axis, int height) {
  std::string out;
  for (double t = axis.begin_s; t < axis.end_s; t += 86'400) {
    const CivilTime civil = civil_from_utc(static_cast<std::int64_t>(t) * kMicrosPerSecond);
    if (civil.day != 1) continue;
    out += fmt::format(
        "<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
        "<text x=\"{0:.1f}\" y=\"{3}\">{4}</text>",
        axis.x(t), kTop, height - 20, height - 6,
        format_utc(static_cast<std::int64_t>(t) * kMicrosPerSecond).substr(0, 10));
  }
  return out;
}

std::string panel(const Table& table, std::size_t column, const Axis& axis, int top) {
  double most = 1;
  for (const auto& row : table.rows) most = std::max(most, row[column]);
  const double day = axis.x(axis.begin_s + 86'400) - kLeft;
  std::string out = fmt::format(
      "<text class=\"ink\" x=\"0\" y=\"{}\">{}</text><text x=\"0\" y=\"{}\">most {}</text>"
      "<line class=\"axis\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>",
      top + 12, escape_html(table.columns[column].substr(0, 10)), top + 28, format_number(most),
      kLeft, kWidth - kRight, top + kPanel, top + kPanel);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const double value = table.rows[i][column];
    if (value <= 0) continue;
    const double height = value / most * kPanel;
    out += fmt::format(
        "<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\"/>",
        axis.x(seconds_of_date(table.row_labels[i])), top + kPanel - height,
        std::max(0.8, day * 0.8), height);
  }
  return out;
}

}  // namespace

std::string daily_counts_figure(const Finding& volume, const Finding* silences) {
  const Table* table = volume.table("daily_counts");
  if (table == nullptr || table->rows.size() < 2) return "";
  const Axis axis{seconds_of_date(table->row_labels.front()),
                  seconds_of_date(table->row_labels.back()) + 86'400};
  const int panels = static_cast<int>(table->columns.size());
  const int height = kTop + panels * (kPanel + kGap) + 20;
  const Table* quiet = silences == nullptr ? nullptr : silences->table("silences");
  const Table* undeclared = silences == nullptr ? nullptr : silences->table("declared_gaps");
  std::string body =
      month_marks(axis, height) + shade(quiet, axis, height) + shade(undeclared, axis, height);
  for (int i = 0; i < panels; ++i) {
    body += panel(*table, static_cast<std::size_t>(i), axis, kTop + i * (kPanel + kGap));
  }
  const bool is_shaded = (quiet != nullptr && !quiet->rows.empty()) ||
                         (undeclared != nullptr && !undeclared->rows.empty());
  return wrap_figure(kWidth, height,
                     fmt::format("Rows a day, {} to {}, one panel each for {}",
                                 table->row_labels.front(), table->row_labels.back(),
                                 escape_html(fmt::format("{}", fmt::join(table->columns, ", ")))),
                     body,
                     is_shaded
                         ? "Rows a day (UTC), each panel on its own scale. Shaded: silence of "
                           "unrelated sources together, or time that no coverage declares."
                         : "Rows a day (UTC), each panel on its own scale. No joint silence "
                           "was found.");
}

}  // namespace assay
