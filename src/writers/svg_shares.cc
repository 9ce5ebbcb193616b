#include <fmt/core.h>

#include "writers/figures.h"
#include "writers/format.h"
#include "writers/html_escape.h"

namespace assay {

std::string shares_figure(const Finding& volume) {
  constexpr int kWidth = 800, kLeft = 130, kBar = 360, kRow = 30;
  const Table* table = volume.table("shares");
  if (table == nullptr || table->rows.empty()) return "";
  const int height = static_cast<int>(table->rows.size()) * kRow + 30;
  const char* unit = volume.dedup_rule.starts_with("bursts") ? "bursts" : "rows";
  std::string body;
  for (const int percent : {0, 25, 50, 75, 100}) {
    const double x = kLeft + kBar * percent / 100.0;
    body += fmt::format(
        "<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"0\" y2=\"{1}\"/>"
        "<text x=\"{0:.1f}\" y=\"{2}\" text-anchor=\"middle\">{3} %</text>",
        x, height - 24, height - 8, percent);
  }
  std::string alternative = fmt::format("Share of {}", unit);
  for (std::size_t i = 0; i < table->rows.size(); ++i) {
    const std::vector<double>& row = table->rows[i];
    if (row.size() < 4) continue;
    const int y = static_cast<int>(i) * kRow + 4;
    const std::string label = escape_html_short(table->row_labels[i], 18);
    std::string text = format_percent(row[1]);
    body += fmt::format(
        "<text class=\"ink\" x=\"0\" y=\"{}\">{}</text>"
        "<rect class=\"bar\" x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"16\"/>",
        y + 13, label, kLeft, y, kBar * row[1]);
    if (row[2] >= 0 && row[3] >= 0) {
      body +=
          fmt::format("<line class=\"whisker\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{}\" y2=\"{}\"/>",
                      kLeft + kBar * row[2], kLeft + kBar * row[3], y + 8, y + 8);
      for (const double end : {row[2], row[3]}) {
        body += fmt::format(
            "<line class=\"whisker\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>",
            kLeft + kBar * end, y + 3, y + 13);
      }
      text += fmt::format(" ({} to {})", format_percent(row[2]), format_percent(row[3]));
    }
    text += fmt::format(", {} {}", format_number(row[0]), unit);
    body += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>", kLeft + kBar + 22, y + 13, text);
    alternative += fmt::format("; {} {}", label, text);
  }
  return wrap_figure(
      "shares", kWidth, height, alternative, body,
      fmt::format("Shares, counted as {}. Whiskers: 95 % interval from blocks of time, "
                  "which allows for bursts; none where the records are too few.",
                  escape_html_short(volume.dedup_rule, 60)));
}

}  // namespace assay
