#include <fmt/format.h>

#include <algorithm>

#include "writers/format.h"
#include "writers/html_escape.h"
#include "writers/html_parts.h"

namespace assay {
namespace {

void write_answer(const Claim& claim, const ClaimAnswer& answer, const Statements& statements,
                  std::string& out) {
  out +=
      fmt::format("<tr id=\"c-{}\"><th scope=\"row\"><q>{}</q><small>{}</small></th>",
                  anchor_of(claim.id), escape_html_cut(claim.quote), escape_html_cut(claim.source));
  out += fmt::format("<td class=\"answer {}\"><b>{}</b></td><td>{}", to_string(answer.answer),
                     words_of(to_string(answer.answer)), escape_html(answer.statement));
  for (const Quantity& quantity : answer.quantities) {
    out += fmt::format("<br><small>{}: {}</small>", escape_html(words_of(quantity.name)),
                       escape_html(format_quantity(quantity)));
  }
  if (!answer.findings.empty()) {
    out += fmt::format(" <small>See {}.</small>", cite_all(statements, answer.findings));
  }
  if (!answer.would_test.empty()) {
    std::string records;
    for (const std::string& record : answer.would_test) {
      if (!records.empty()) records += "; ";
      records += escape_html(words_of(record));
    }
    out += fmt::format("<br><small>Would test it: {}.</small>", records);
  }
  out += "</td></tr>\n";
}

}  // namespace

void write_claims(const CaseModel& model, const QuestionResult& result,
                  const Statements& statements, std::string& out) {
  if (result.verdict.claims.empty()) return;
  out +=
      fmt::format("<section aria-labelledby=\"{0}\"><h3 id=\"{0}\">Claims and their answers</h3>\n",
                  question_anchor(result, "claims"));
  out +=
      "<table class=\"claims\"><caption>What was said, and what these records answer</caption>\n"
      "<thead><tr><th scope=\"col\">Claim</th><th scope=\"col\">Answer</th>"
      "<th scope=\"col\">Why</th></tr></thead><tbody>\n";
  for (const ClaimAnswer& answer : result.verdict.claims) {
    const auto claim =
        std::find_if(model.case_file.claims.begin(), model.case_file.claims.end(),
                     [&](const Claim& candidate) { return candidate.id == answer.claim; });
    if (claim != model.case_file.claims.end()) write_answer(*claim, answer, statements, out);
  }
  out += "</tbody></table></section>\n";
}

}  // namespace assay
