#include <fmt/core.h>

#include "writers/figures.h"
#include "writers/html_escape.h"
#include "writers/html_parts.h"

namespace assay {

std::string wrap_figure(std::string_view kind, int width, int height,
                        const std::string& alternative, const std::string& body,
                        const std::string& caption) {
  return fmt::format(
      "<figure><svg class=\"{5}\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "role=\"img\" "
      "aria-label=\"{2}\">{3}</svg><figcaption>{4}</figcaption></figure>\n",
      width, height, alternative, body, caption, kind);
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

std::vector<std::string> figures_of(const Finding& finding, const QuestionResult& result) {
  if (finding.method == "volume" && finding.subject.empty()) {
    return {shares_figure(finding),
            daily_counts_figure(finding, joint_silence(result, finding.vantage))};
  }
  if (finding.method == "gap_law") return {gap_histogram_figure(finding)};
  if (finding.method == "day_hour") return {day_hour_figure(finding)};
  return {};
}

// Other counting rules, single addresses and everybody else would bury the parties.
bool is_secondary(const Finding& finding) {
  return is_about_address(finding) || finding.subject == "other" ||
         (finding.method == "volume" && !finding.id.ends_with("/raw"));
}

// Says in the caption which statement the figure draws.
void write_figure(std::string figure, const Finding& finding, const Statements& statements,
                  std::string& out) {
  const std::string tail = "</figcaption></figure>\n";
  if (!figure.ends_with(tail)) return;
  figure.resize(figure.size() - tail.size());
  out += figure;
  out += fmt::format(
      " From statement {}{}.{}", cite(statements, finding.id),
      finding.vantage.empty() ? "" : ", vantage " + escape_html_cut(words_of(finding.vantage)),
      tail);
}

}  // namespace

void write_figures(const QuestionResult& result, const Statements& statements, std::string& out) {
  std::string figures, secondary;
  for (const Finding* finding : statements.by_subject(result)) {
    std::string& where = is_secondary(*finding) ? secondary : figures;
    for (std::string& figure : figures_of(*finding, result)) {
      write_figure(std::move(figure), *finding, statements, where);
    }
  }
  if (figures.empty() && secondary.empty()) return;
  out += fmt::format("<section aria-labelledby=\"{0}\"><h3 id=\"{0}\">Figures</h3>\n{1}",
                     question_anchor(result, "figures"), figures);
  if (!secondary.empty()) {
    out += fmt::format(
        "<details><summary>More figures: other counting rules, single addresses, "
        "everybody else</summary>\n{}</details>\n",
        secondary);
  }
  out += "</section>\n";
}

}  // namespace assay
