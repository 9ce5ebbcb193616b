#include <fmt/format.h>

#include "writers/figures.h"
#include "writers/html_parts.h"

namespace assay {

std::string wrap_figure(int width, int height, const std::string& alternative,
                        const std::string& body, const std::string& caption) {
  return fmt::format(
      "<figure><svg viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
      "aria-label=\"{2}\">{3}</svg><figcaption>{4}</figcaption></figure>\n",
      width, height, alternative, body, caption);
}

namespace {

const Finding* joint_silence(const QuestionResult& result, const std::string& vantage) {
  for (const Finding& finding : result.findings) {
    if (finding.method == "coverage_gaps" && finding.subject.empty() &&
        finding.vantage == vantage) {
      return &finding;
    }
  }
  return nullptr;
}

std::string figures_of(const Finding& finding, const QuestionResult& result) {
  if (finding.method == "volume" && finding.subject.empty()) {
    return shares_figure(finding) +
           daily_counts_figure(finding, joint_silence(result, finding.vantage));
  }
  if (finding.method == "gap_law") return gap_histogram_figure(finding);
  if (finding.method == "day_hour") return day_hour_figure(finding);
  return "";
}

}  // namespace

void write_figures(const CaseModel&, const QuestionResult& result, const Statements& statements,
                   std::string& out) {
  std::string figures;
  for (const Finding& finding : result.findings) {
    // Figures of single addresses and of "other" would bury those of the parties.
    const bool is_wanted =
        finding.method == "volume" || finding.subject.find('.') == std::string::npos;
    std::string drawn = is_wanted ? figures_of(finding, result) : "";
    if (drawn.empty()) continue;
    const std::string source = fmt::format(" From statement {}", cite(statements, finding.id));
    const std::string tail = "</figcaption></figure>\n";
    drawn.replace(drawn.rfind(tail), tail.size(),
                  source +
                      (finding.vantage.empty() ? "" : ", vantage " + words_of(finding.vantage)) +
                      "." + tail);
    figures += drawn;
  }
  if (figures.empty()) return;
  out +=
      fmt::format("<section aria-labelledby=\"{0}\"><h3 id=\"{0}\">Figures</h3>\n{1}</section>\n",
                  question_anchor(result, "figures"), figures);
}

}  // namespace assay
