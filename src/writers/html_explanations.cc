#include <fmt/format.h>

#include <algorithm>

#include "writers/html_escape.h"
#include "writers/html_parts.h"

namespace assay {
namespace {

struct BearingMark {
  std::string_view symbol;
  std::string_view words;
};

BearingMark mark_of(Direction direction) {
  switch (direction) {
    case Direction::strongly_for:
      return {"++", "strongly for"};
    case Direction::weakly_for:
      return {"+", "weakly for"};
    case Direction::neutral:
      return {"o", "neutral"};
    case Direction::weakly_against:
      return {"−", "weakly against"};
    case Direction::strongly_against:
      return {"−−", "strongly against"};
  }
  return {"o", "neutral"};
}

// The findings that bear on anything, in the order of the report.
std::vector<const Finding*> bearing_findings(const QuestionResult& result) {
  std::vector<const Finding*> used;
  for (const Finding& finding : result.findings) {
    const bool bears = std::any_of(
        result.verdict.assessments.begin(), result.verdict.assessments.end(),
        [&](const Assessment& assessment) {
          return std::any_of(assessment.bearings.begin(), assessment.bearings.end(),
                             [&](const Bearing& bearing) { return bearing.finding == finding.id; });
        });
    if (bears) used.push_back(&finding);
  }
  return used;
}

std::vector<const Assessment*> survivors_first(const Verdict& verdict) {
  std::vector<const Assessment*> ordered;
  for (const auto* names : {&verdict.surviving, &verdict.excluded}) {
    for (const std::string& name : *names) {
      for (const Assessment& assessment : verdict.assessments) {
        if (assessment.explanation == name) ordered.push_back(&assessment);
      }
    }
  }
  return ordered;
}

void write_cell(const Assessment& assessment, const Finding& finding, std::string& out) {
  for (const Bearing& bearing : assessment.bearings) {
    if (bearing.finding != finding.id) continue;
    const BearingMark mark = mark_of(bearing.direction);
    out += fmt::format(
        "<td class=\"{}\" title=\"{}\"><span aria-hidden=\"true\">{}</span>"
        "<span class=\"sr\">{}: {}</span></td>",
        to_string(bearing.direction), escape_html(bearing.reason), mark.symbol, mark.words,
        escape_html(bearing.reason));
    return;
  }
  out += "<td><span class=\"sr\">no bearing</span></td>";
}

void write_matrix(const QuestionResult& result, const Statements& statements, std::string& out) {
  const std::vector<const Finding*> findings = bearing_findings(result);
  out +=
      "<div class=\"wide\"><table class=\"matrix\"><caption>Which finding bears on which "
      "explanation: ++ strongly for, + weakly for, o neutral, − weakly against, −− strongly "
      "against; empty: no bearing</caption><thead><tr><th scope=\"col\">Explanation</th>";
  for (const Finding* finding : findings) {
    out += fmt::format("<th scope=\"col\" title=\"{}\">{}<small>{}{}{}</small></th>",
                       escape_html(finding->statement), cite(statements, finding->id),
                       escape_html(words_of(finding->method)),
                       finding->subject.empty() ? "" : "<br>", escape_html_cut(finding->subject));
  }
  out +=
      "<th scope=\"col\">Support</th><th scope=\"col\">Would settle it</th></tr></thead><tbody>\n";
  for (const Assessment* assessment : survivors_first(result.verdict)) {
    const Explanation* explanation = find_explanation(assessment->explanation);
    if (explanation == nullptr) continue;
    out += fmt::format("<tr{}><th scope=\"row\"><a href=\"#{}\">{}</a></th>",
                       assessment->exclusion ? " class=\"excluded\"" : "",
                       question_anchor(result, assessment->explanation),
                       escape_html(explanation->title()));
    for (const Finding* finding : findings) write_cell(*assessment, *finding, out);
    out += fmt::format(
        "<td>{}</td><td>{}</td></tr>\n",
        assessment->exclusion     ? "excluded"
        : assessment->is_testable ? words_of(to_string(assessment->support))
                                  : "cannot be tested",
        explanation->settles().empty() ? "" : escape_html(explanation->settles().front().text));
  }
  out += "</tbody></table></div>\n";
}

void write_one(const QuestionResult& result, const Assessment& assessment,
               const Statements& statements, std::string& out) {
  const Explanation* explanation = find_explanation(assessment.explanation);
  if (explanation == nullptr) return;
  out += fmt::format("<article id=\"{}\"><h4>{} <span class=\"code\">{}</span></h4>\n<p>{}</p>\n",
                     question_anchor(result, assessment.explanation),
                     escape_html(explanation->title()), escape_html(explanation->code()),
                     escape_html(explanation->proposition()));
  if (assessment.exclusion) {
    out += fmt::format("<p><b>Excluded:</b> {} See {}.</p>\n",
                       escape_html(assessment.exclusion->statement()),
                       cite_all(statements, assessment.exclusion->findings()));
  } else {
    out += fmt::format("<p>Support from these records: <b>{}</b>. {}</p>\n",
                       words_of(to_string(assessment.support)),
                       escape_html(assessment.support_reason));
  }
  out += "<details><summary>What it predicts, and how the findings bear on it</summary><ul>\n";
  for (const Prediction& prediction : explanation->predictions()) {
    out += fmt::format("<li><b>{}</b>: {}{}</li>\n", escape_html(prediction.record_kind),
                       escape_html(prediction.text),
                       prediction.must_be_there ? " <em>(must be there)</em>" : "");
  }
  out += "</ul><ul>\n";
  for (const Bearing& bearing : assessment.bearings) {
    out += fmt::format("<li>{} {}: {}</li>\n", cite(statements, bearing.finding),
                       mark_of(bearing.direction).words, escape_html(bearing.reason));
  }
  for (const std::string& open : assessment.open) {
    out += fmt::format("<li>Open: {}</li>\n", escape_html(open));
  }
  out += "</ul></details></article>\n";
}

}  // namespace

void write_explanations(const QuestionResult& result, const Statements& statements,
                        std::string& out) {
  out += fmt::format("<section aria-labelledby=\"{0}\"><h3 id=\"{0}\">Explanations</h3>\n",
                     question_anchor(result, "explanations"));
  write_matrix(result, statements, out);
  for (const Assessment* assessment : survivors_first(result.verdict)) {
    write_one(result, *assessment, statements, out);
  }
  out += "</section>\n";
}

}  // namespace assay
