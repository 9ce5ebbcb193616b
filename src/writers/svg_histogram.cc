#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "writers/figures.h"
#include "writers/format.h"
#include "writers/html_escape.h"

namespace assay {
namespace {

constexpr int kWidth = 720, kHeight = 200, kLeft = 44, kRight = 10, kBottom = 34, kTop = 18;

}  // namespace

// The gap axis is logarithmic: gaps run from seconds to days, and what counts is the edge at the
// TTL.
std::string gap_histogram_figure(const Finding& gap_law) {
  const Table* table = gap_law.table("gap_histogram");
  if (table == nullptr || table->rows.empty()) return "";
  double low = 1e18, high = 1, most = 1;
  for (const std::vector<double>& row : table->rows) {
    if (row.size() < 3 || row[2] <= 0) continue;
    low = std::min(low, std::max(1.0, row[0]));
    high = std::max(high, row[1]);
    most = std::max(most, row[2]);
  }
  if (high <= low) return "";
  const double ttl = gap_law.value_or("ttl_seconds", 0);
  if (ttl > 0) low = std::min(low, ttl * 0.8), high = std::max(high, ttl * 1.25);
  const auto x = [&](double seconds) {
    const double share = std::log(std::max(seconds, low) / low) / std::log(high / low);
    return kLeft + std::min(1.0, share) * (kWidth - kLeft - kRight);
  };
  std::string body;
  for (const std::vector<double>& row : table->rows) {
    if (row.size() < 3 || row[2] <= 0) continue;
    const double height = row[2] / most * (kHeight - kTop - kBottom);
    body += fmt::format(
        "<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\"/>",
        x(row[0]), kHeight - kBottom - height, std::max(1.0, x(row[1]) - x(row[0]) - 0.5), height);
  }
  body += fmt::format("<line class=\"axis\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>", kLeft,
                      kWidth - kRight, kHeight - kBottom, kHeight - kBottom);
  struct Mark {
    double seconds;
    const char* text;
  };
  for (const Mark& mark :
       {Mark{1, "1 s"}, Mark{10, "10 s"}, Mark{60, "1 min"}, Mark{600, "10 min"},
        Mark{3'600, "1 h"}, Mark{21'600, "6 h"}, Mark{86'400, "1 day"}, Mark{604'800, "1 week"}}) {
    if (mark.seconds < low || mark.seconds > high) continue;
    body += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                        x(mark.seconds), kHeight - kBottom + 15, mark.text);
  }
  body += fmt::format("<text x=\"0\" y=\"{}\">{}</text>", kTop + 4, format_number(most));
  if (ttl > 0) {
    body += fmt::format(
        "<line class=\"ttl\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
        "<text class=\"ink\" x=\"{3:.1f}\" y=\"12\" text-anchor=\"end\">TTL {4}</text>",
        x(ttl), kTop - 4, kHeight - kBottom, x(ttl) - 4, format_seconds(ttl));
  }
  return wrap_figure(
      kWidth, kHeight,
      fmt::format("Gaps between bursts of {}: {} gaps, median {}{}", escape_html(gap_law.subject),
                  format_number(gap_law.value_or("gaps", 0)),
                  format_seconds(gap_law.value_or("gap_seconds_median", 0)),
                  ttl > 0 ? ", TTL " + format_seconds(ttl) : ""),
      body,
      fmt::format("{}: time from the last look-up to the next burst (logarithmic), number of gaps. "
                  "{}",
                  escape_html(gap_law.subject),
                  ttl > 0 ? "Dashed: the record's TTL, before which a cache asks nothing."
                          : "The record's TTL is not known."));
}

}  // namespace assay
