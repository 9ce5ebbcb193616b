#include <fmt/core.h>

#include <algorithm>

#include "writers/figures.h"
#include "writers/format.h"
#include "writers/html_escape.h"

namespace assay {

namespace {

// A month begins within so many days of the first, and its label would lie over the first one's.
bool label_follows(const Table& table, double days) {
  for (std::size_t day = 1; day < table.row_labels.size() && day < days; ++day) {
    if (table.row_labels[day].ends_with("-01")) return true;
  }
  return false;
}

}  // namespace

// Days run across, hours run down: a record of months stays readable on paper.
std::string day_hour_figure(const Finding& day_hour) {
  constexpr int kLeft = 46, kTop = 8, kCell = 6, kLabel = 74;
  const Table* table = day_hour.table("day_hour");
  if (table == nullptr || table->rows.size() < 2) return "";
  const std::size_t days = table->rows.size();
  const double day_width = std::clamp(820.0 / static_cast<double>(days), 0.6, 14.0);
  double most = 0;
  for (const auto& row : table->rows) {
    for (const double value : row) most = std::max(most, value);
  }
  if (most <= 0) return "";
  std::string body;
  double free_from = 0;
  for (const int hour : {0, 6, 12, 18}) {
    body += fmt::format(
        "<text x=\"0\" y=\"{}\">{:02}:00</text>"
        "<line class=\"axis\" x1=\"{}\" x2=\"{:.1f}\" y1=\"{}\" y2=\"{}\"/>",
        kTop + hour * kCell + 8, hour, kLeft, kLeft + day_width * static_cast<double>(days),
        kTop + hour * kCell, kTop + hour * kCell);
  }
  for (std::size_t day = 0; day < days; ++day) {
    const double x = kLeft + day_width * static_cast<double>(day);
    const std::string& label = table->row_labels[day];
    const bool is_month = label.ends_with("-01");
    if (x >= free_from && (is_month || (day == 0 && !label_follows(*table, kLabel / day_width)))) {
      free_from = x + kLabel;
      body += fmt::format("<text x=\"{:.1f}\" y=\"{}\">{}</text>", x, kTop + 24 * kCell + 13,
                          escape_html_short(label, 10));
    }
    for (std::size_t hour = 0; hour < table->rows[day].size() && hour < 24; ++hour) {
      const double value = table->rows[day][hour];
      if (value <= 0) continue;
      body += fmt::format(
          "<rect class=\"bar\" x=\"{:.1f}\" y=\"{}\" width=\"{:.2f}\" height=\"{}\" "
          "opacity=\"{:.2f}\"/>",
          x, kTop + static_cast<int>(hour) * kCell, std::max(0.6, day_width - 0.4), kCell - 1,
          0.35 + 0.65 * value / most);
    }
  }
  const auto zone = day_hour.parameters.find("zone");
  const std::string zone_name = zone == day_hour.parameters.end() ? "UTC" : zone->second;
  return wrap_figure(
      "raster", kLeft + static_cast<int>(day_width * static_cast<double>(days)) + 10,
      kTop + 24 * kCell + 18,
      fmt::format("Bursts of {} by local day and hour, zone {}",
                  escape_html_short(day_hour.subject, 60), escape_html_short(zone_name, 60)),
      body,
      fmt::format("{}: bursts by day (across) and hour (down) in the zone {}. {} Behind a cache "
                  "this counts "
                  "refreshes, not what people did.",
                  escape_html_short(day_hour.subject, 60), escape_html_short(zone_name, 60),
                  most > 1
                      ? fmt::format("Darker: more, at most {} in one hour.", format_number(most))
                      : std::string("At most one in an hour.")));
}

}  // namespace assay
