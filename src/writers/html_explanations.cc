#include <fmt/core.h>

#include <algorithm>

#include "writers/html_escape.h"
#include "writers/html_parts.h"

namespace assay {
namespace {

struct Column {
  const Assessment* assessment;
  const Explanation* explanation;
};

// Survivors first, as the verdict has them.
std::vector<Column> columns_of(const Verdict& verdict) {
  std::vector<Column> columns;
  for (const auto* names : {&verdict.surviving, &verdict.excluded}) {
    for (const std::string& name : *names) {
      const Explanation* explanation = find_explanation(name);
      for (const Assessment& assessment : verdict.assessments) {
        if (assessment.explanation == name && explanation != nullptr) {
          columns.push_back({&assessment, explanation});
        }
      }
    }
  }
  return columns;
}

const Bearing* bearing_of(const Assessment& assessment, const Finding& finding) {
  for (const Bearing& bearing : assessment.bearings) {
    if (bearing.finding == finding.id) return &bearing;
  }
  return nullptr;
}

std::string support_of(const Assessment& assessment) {
  if (assessment.exclusion) return "excluded";
  if (!assessment.is_testable) return "cannot be tested";
  return words_of(to_string(assessment.support));
}

void write_overview(const QuestionResult& result, const std::vector<Column>& columns,
                    std::string& out) {
  out +=
      "<div class=\"wide\"><table class=\"overview\"><caption>Each explanation, how far these "
      "records support it, and the record that would settle it</caption><thead><tr>"
      "<th scope=\"col\" colspan=\"2\">Explanation</th><th scope=\"col\">Support</th>"
      "<th scope=\"col\">Would settle it</th></tr></thead><tbody>\n";
  for (const auto& [assessment, explanation] : columns) {
    out += fmt::format(
        "<tr{}><td>{}</td><th scope=\"row\"><a href=\"#{}\">{}</a></th><td>{}</td><td>{}</td>"
        "</tr>\n",
        assessment->exclusion ? " class=\"excluded\"" : "", escape_html(explanation->code()),
        question_anchor(result, explanation->name()), escape_html(explanation->title()),
        support_of(*assessment),
        explanation->settles().empty() ? "" : escape_html(explanation->settles().front().text));
  }
  out += "</tbody></table></div>\n";
}

// How differently one finding speaks to the explanations: what separates them most comes first.
int spread_of(const std::vector<Column>& columns, const Finding& finding) {
  int least = 0, most = 0;
  for (const Column& column : columns) {
    const Bearing* bearing = bearing_of(*column.assessment, finding);
    const int weight = bearing == nullptr ? 0 : 2 - static_cast<int>(bearing->direction);
    least = std::min(least, weight);
    most = std::max(most, weight);
  }
  return most - least;
}

void write_matrix_row(const std::vector<Column>& columns, const Finding& finding,
                      const Statements& statements, std::string& out) {
  out += fmt::format("<tr><td>{}</td><th scope=\"row\" title=\"{}\">{}{}{}</th>",
                     cite(statements, finding.id), escape_html_short(finding.statement, 600),
                     escape_html_cut(sentence_of(finding.method)),
                     finding.subject.empty() ? "" : ": ", escape_html_short(finding.subject, 60));
  for (const Column& column : columns) {
    const Bearing* bearing = bearing_of(*column.assessment, finding);
    if (bearing == nullptr) {
      out += "<td></td>";
      continue;
    }
    const BearingMark mark = mark_of(bearing->direction);
    out += fmt::format(
        "<td class=\"{}\" title=\"{}: {}\"><span aria-hidden=\"true\">{}</span>"
        "<span class=\"sr\">{}</span></td>",
        to_string(bearing->direction), mark.words, escape_html_short(bearing->reason, 600),
        mark.symbol, mark.words);
  }
  out += "</tr>\n";
}

void write_matrix(const QuestionResult& result, const std::vector<Column>& columns,
                  const Statements& statements, std::string& out) {
  std::vector<std::pair<int, const Finding*>> rows;
  for (const Finding* finding : statements.of(result)) {
    const bool bears = std::any_of(columns.begin(), columns.end(), [&](const Column& column) {
      return bearing_of(*column.assessment, *finding) != nullptr;
    });
    if (bears) rows.emplace_back(spread_of(columns, *finding), finding);
  }
  if (rows.empty()) return;
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  out +=
      "<div class=\"wide\"><table class=\"matrix\"><caption>Which finding bears on which "
      "explanation: ++ strongly for, + weakly for, o neutral, − weakly against, −− strongly "
      "against; empty: no bearing. Findings that separate the explanations most come first."
      "</caption><thead><tr><th scope=\"col\" colspan=\"2\">Finding</th>";
  for (const Column& column : columns) {
    out += fmt::format("<th scope=\"col\" title=\"{}\"{}><a href=\"#{}\">{}</a></th>",
                       escape_html(column.explanation->title()),
                       column.assessment->exclusion ? " class=\"excluded\"" : "",
                       question_anchor(result, column.explanation->name()),
                       escape_html(column.explanation->code()));
  }
  out += "</tr></thead><tbody>\n";
  for (const auto& [spread, finding] : rows) write_matrix_row(columns, *finding, statements, out);
  out += "</tbody></table></div>\n";
}

void write_predictions(const Column& column, std::string& out) {
  out += "<ul>\n";
  for (const Prediction& prediction : column.explanation->predictions()) {
    out += fmt::format("<li><b>{}</b>: {}{}</li>\n", escape_html(prediction.record_kind),
                       escape_html(prediction.text),
                       prediction.must_be_there ? " <em>(must be there)</em>" : "");
  }
  out += "</ul>\n";
}

// One line a reason: the same reason of several findings is said once.
void write_bearings(const Column& column, const Statements& statements, std::string& out) {
  std::vector<std::pair<const Bearing*, std::string>> lines;
  for (const Bearing& bearing : column.assessment->bearings) {
    const auto same = std::find_if(lines.begin(), lines.end(), [&](const auto& line) {
      return line.first->direction == bearing.direction && line.first->reason == bearing.reason;
    });
    if (same != lines.end()) {
      same->second += ", " + cite(statements, bearing.finding);
    } else {
      lines.emplace_back(&bearing, cite(statements, bearing.finding));
    }
  }
  out += "<ul>\n";
  for (const auto& [bearing, citations] : lines) {
    out += fmt::format("<li><b>{}</b>: {} ({})</li>\n", mark_of(bearing->direction).words,
                       escape_sentence(bearing->reason), citations);
  }
  for (const std::string& open : column.assessment->open) {
    out += fmt::format("<li><b>open</b>: {}</li>\n", escape_sentence(open));
  }
  out += "</ul>\n";
}

void write_one(const QuestionResult& result, const Column& column, const Statements& statements,
               std::string& out) {
  const auto& [assessment, explanation] = column;
  out +=
      fmt::format("<article id=\"{}\"><h4>{} <span class=\"code\">{}</span></h4>\n<p>{}</p>\n",
                  question_anchor(result, explanation->name()), escape_html(explanation->title()),
                  escape_html(explanation->code()), escape_html(explanation->proposition()));
  if (assessment->exclusion) {
    out += fmt::format("<p><b>Excluded:</b> {} See {}.</p>\n",
                       escape_sentence(assessment->exclusion->statement()),
                       cite_all(statements, assessment->exclusion->findings()));
  } else {
    out += fmt::format("<p>Support from these records: <b>{}</b>. {}</p>\n",
                       support_of(*assessment), escape_sentence(assessment->support_reason));
  }
  out +=
      "<details class=\"printed\"><summary>What it predicts, and how the findings bear on it"
      "</summary>\n";
  write_predictions(column, out);
  write_bearings(column, statements, out);
  out += "</details></article>\n";
}

}  // namespace

void write_explanations(const QuestionResult& result, const Statements& statements,
                        std::string& out) {
  out += fmt::format("<section aria-labelledby=\"{0}\"><h3 id=\"{0}\">Explanations</h3>\n",
                     question_anchor(result, "explanations"));
  const std::vector<Column> columns = columns_of(result.verdict);
  write_overview(result, columns, out);
  write_matrix(result, columns, statements, out);
  for (const Column& column : columns) write_one(result, column, statements, out);
  out += "</section>\n";
}

}  // namespace assay
