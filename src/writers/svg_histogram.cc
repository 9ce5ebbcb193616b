#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "writers/figures.h"
#include "writers/format.h"
#include "writers/html_escape.h"

namespace assay {
namespace {

constexpr int kWidth = 760, kHeight = 190, kLeft = 64, kRight = 16, kBottom = 34, kTop = 20;
// Where the bar of everything longer stands, apart from the axis.
constexpr int kLonger = 64;
constexpr int kMostMarks = 7;

struct Bins {
  std::vector<const std::vector<double>*> closed;
  const std::vector<double>* longer = nullptr;  // the last one, up to the largest gap
  double end = 0, most = 1;                     // of the closed ones; of all
};

// The last bin takes all that is longer, and may be days wide beside bins of a minute: drawn to
// scale it would be all that one sees.
Bins bins_of(const Table& table) {
  Bins bins;
  for (const std::vector<double>& row : table.rows) {
    if (row.size() < 3) continue;
    bins.closed.push_back(&row);
    bins.most = std::max(bins.most, row[2]);
  }
  if (bins.closed.size() >= 2) {
    const auto width = [](const std::vector<double>& row) { return row[1] - row[0]; };
    if (width(*bins.closed.back()) > 2 * width(*bins.closed.front())) {
      bins.longer = bins.closed.back();
      bins.closed.pop_back();
    }
  }
  if (!bins.closed.empty()) bins.end = (*bins.closed.back())[1];
  return bins;
}

std::string duration_text(double seconds) {
  if (seconds >= 86'400) return fmt::format("{:g} d", seconds / 86'400);
  if (seconds >= 3'600) return fmt::format("{:g} h", seconds / 3'600);
  if (seconds >= 60) return fmt::format("{:g} min", seconds / 60);
  return fmt::format("{:g} s", seconds);
}

double step_of(double end) {
  for (const double step : {1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1'800.0, 3'600.0, 7'200.0,
                            21'600.0, 43'200.0, 86'400.0, 604'800.0}) {
    if (end / step <= kMostMarks) return step;
  }
  return end;
}

std::string bar(double x, double width, double height, const char* style) {
  return fmt::format(
      "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\"/>", style, x,
      kHeight - kBottom - height, width, height);
}

std::string base_line(double from, double to) {
  return fmt::format("<line class=\"axis\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{}\" y2=\"{}\"/>", from,
                     to, kHeight - kBottom, kHeight - kBottom);
}

std::string centred(double x, int y, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>", x, y, text);
}

std::string draw(const Bins& bins, double ttl) {
  const double right = kWidth - kRight - (bins.longer == nullptr ? 0 : kLonger + 24);
  const auto x = [&](double seconds) { return kLeft + seconds / bins.end * (right - kLeft); };
  const auto tall = [&](double gaps) {
    return gaps <= 0 ? 0 : std::max(1.0, gaps / bins.most * (kHeight - kTop - kBottom));
  };
  std::string body = base_line(kLeft, right);
  for (const std::vector<double>* row : bins.closed) {
    if ((*row)[2] <= 0) continue;
    const double width = x((*row)[1]) - x((*row)[0]);
    body += bar(x((*row)[0]), std::max(1.0, width - 0.4), tall((*row)[2]), "bar");
  }
  const double step = step_of(bins.end);
  for (double t = 0; t <= bins.end * 1.001; t += step) {
    body += centred(x(t), kHeight - kBottom + 15, t == 0 ? "0" : duration_text(t));
  }
  body += fmt::format("<text x=\"0\" y=\"{}\">{} gaps</text>", kTop + 4, format_number(bins.most));
  if (bins.longer != nullptr) {
    const double from = kWidth - kRight - kLonger, height = tall((*bins.longer)[2]);
    body += base_line(from, from + kLonger) + bar(from + 18, kLonger - 36, height, "pale");
    body += centred(from + kLonger / 2.0, kHeight - kBottom - static_cast<int>(height) - 4,
                    format_number((*bins.longer)[2]));
    body += centred(from + kLonger / 2.0, kHeight - kBottom + 15, "longer");
  }
  if (ttl > 0 && ttl <= bins.end) {
    body += fmt::format(
        "<line class=\"ttl\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
        "<text class=\"ink\" x=\"{3:.1f}\" y=\"12\" text-anchor=\"{4}\">TTL {5}</text>",
        x(ttl), kTop - 4, kHeight - kBottom, x(ttl) - 4, ttl > bins.end / 5 ? "end" : "start",
        format_seconds(ttl));
  }
  return body;
}

}  // namespace

std::string gap_histogram_figure(const Finding& gap_law) {
  const Table* table = gap_law.table("gap_histogram");
  if (table == nullptr) return "";
  const Bins bins = bins_of(*table);
  if (bins.end <= 0) return "";
  const double ttl = gap_law.value_or("ttl_seconds", 0);
  const std::string subject = escape_html_short(gap_law.subject, 60);
  std::string caption = fmt::format("{}: time from one burst to the next.", subject);
  caption += ttl > 0 ? " Dashed: the record's TTL, before which a cache asks nothing."
                     : " The record's TTL is not known.";
  if (bins.longer != nullptr) {
    caption += fmt::format(" Apart: gaps longer than {}.", duration_text(bins.end));
  }
  return wrap_figure("gaps", kWidth, kHeight,
                     fmt::format("Gaps between bursts of {}: {} gaps, median {}{}", subject,
                                 format_number(gap_law.value_or("gaps", 0)),
                                 format_seconds(gap_law.value_or("gap_seconds_median", 0)),
                                 ttl > 0 ? ", TTL " + format_seconds(ttl) : ""),
                     draw(bins, ttl), caption);
}

}  // namespace assay
