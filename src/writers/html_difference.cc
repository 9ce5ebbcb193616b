// The difference of two examinations as one self-contained page.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "writers/html_escape.h"
#include "writers/html_parts.h"

namespace assay {
namespace {

const QuestionResult& asked_of(const QuestionDifference& question) {
  return question.after != nullptr ? *question.after : *question.before;
}

std::string anchor_of_finding(const QuestionDifference& question, const std::string& id) {
  return fmt::format("{}-{}", question_anchor(asked_of(question), "f"), anchor_of(id));
}

// A link when the finding is in the list of those that changed.
std::string cite_finding(const QuestionDifference& question, const std::string& id) {
  const bool is_listed = std::any_of(question.findings.begin(), question.findings.end(),
                                     [&](const FindingChange& change) { return change.id == id; });
  const std::string text = escape_html_short(id, 80);
  return is_listed ? fmt::format("<a href=\"#{}\">{}</a>", anchor_of_finding(question, id), text)
                   : text;
}

std::string cite_findings(const QuestionDifference& question, const std::vector<std::string>& ids) {
  std::string out;
  for (const std::string& id : ids) out += (out.empty() ? "" : ", ") + cite_finding(question, id);
  return out;
}

void write_side(std::string_view name, const QuestionResult* result, std::string& out) {
  out += fmt::format("<div class=\"verdict\"><h3>{}</h3>", name);
  if (result == nullptr) {
    out += "<p>Not asked.</p></div>\n";
    return;
  }
  const Verdict& verdict = result->verdict;
  out +=
      fmt::format("<p class=\"rung\">Rung {} of 6: {}</p><p><b>{}</b></p><p>{}</p></div>\n",
                  static_cast<int>(verdict.rung), describe(verdict.rung),
                  sentence_of(to_string(verdict.conclusion)), escape_sentence(verdict.statement));
}

void write_verdicts(const QuestionDifference& question, std::string& out) {
  out += "<div class=\"columns two\">\n";
  write_side("Before", question.before, out);
  write_side("After", question.after, out);
  out += "</div>\n";
  if (question.after == nullptr || !question.is_verdict_changed) return;
  const Verdict& verdict = question.after->verdict;
  out += fmt::format("<p>What shows the rung now: {} ({})</p>\n",
                     escape_sentence(verdict.rung_statement),
                     cite_findings(question, verdict.rung_findings));
}

std::string title_of(const std::string& name) {
  const Explanation* explanation = find_explanation(name);
  if (explanation == nullptr) return escape_html_cut(name);
  return fmt::format("{} {}", escape_html(explanation->code()), escape_html(explanation->title()));
}

std::string mark_text(const std::optional<Direction>& direction) {
  return direction ? std::string(mark_of(*direction).symbol) : std::string("·");
}

std::string mark_words(const std::optional<Direction>& direction) {
  return direction ? std::string(mark_of(*direction).words) : std::string("no sign");
}

bool leans(const BearingChange& change) {
  return change.before.value_or(Direction::neutral) != Direction::neutral ||
         change.after.value_or(Direction::neutral) != Direction::neutral;
}

void write_signs(const QuestionDifference& question, const ExplanationChange& change,
                 std::string& out) {
  std::size_t quiet = 0;
  out += "<ul>\n";
  for (const BearingChange& sign : change.bearings) {
    if (!leans(sign)) {
      ++quiet;
      continue;
    }
    out += fmt::format("<li><b>{}</b> (was: {}): {} {}</li>\n", mark_words(sign.after),
                       mark_words(sign.before), escape_sentence(sign.reason),
                       cite_finding(question, sign.finding));
  }
  if (!change.exclusions.empty()) {
    out += fmt::format("<li>{} {}</li>\n", escape_sentence(change.why),
                       cite_findings(question, change.exclusions));
  }
  if (quiet > 0) {
    out += fmt::format("<li>{} neutral sign{} came, went or turned</li>\n", quiet,
                       quiet == 1 ? "" : "s");
  }
  out += "</ul>\n";
}

void write_standings(const QuestionDifference& question, std::string& out) {
  std::size_t quiet = 0;
  std::string rows;
  for (const ExplanationChange& change : question.explanations) {
    const bool has_leaning = std::any_of(change.bearings.begin(), change.bearings.end(), leans);
    if (!change.has_moved() && !has_leaning) {
      ++quiet;
      continue;
    }
    rows += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}{}{}</td><td>",
                        title_of(change.explanation), escape_html(change.before),
                        change.has_moved() ? "<b>" : "", escape_html(change.after),
                        change.has_moved() ? "</b>" : "");
    if (change.exclusions.empty()) rows += escape_sentence(change.why);
    write_signs(question, change, rows);
    rows += "</td></tr>\n";
  }
  out += "<h3>Explanations</h3>\n";
  if (rows.empty()) {
    out += "<p>No explanation stands otherwise, and no sign that leans is new.</p>\n";
  } else {
    out +=
        "<div class=\"wide\"><table class=\"standings\"><thead><tr><th scope=\"col\">Explanation"
        "</th><th scope=\"col\">Before</th><th scope=\"col\">After</th><th scope=\"col\">By which "
        "finding</th></tr></thead><tbody>\n" +
        rows + "</tbody></table></div>\n";
  }
  if (quiet > 0) {
    out += fmt::format("<p>{} other{}: new or other signs, all neutral; standing as before.</p>\n",
                       quiet, quiet == 1 ? "" : "s");
  }
}

// ---- the matrix of both ----

struct Sign {
  std::optional<Direction> before, after;
  std::string_view reason;
  bool has_turned() const { return before != after; }
};

const Bearing* bearing_of(const QuestionResult* result, std::string_view explanation,
                          const std::string& finding) {
  if (result == nullptr) return nullptr;
  for (const Assessment& assessment : result->verdict.assessments) {
    if (assessment.explanation != explanation) continue;
    for (const Bearing& bearing : assessment.bearings) {
      if (bearing.finding == finding) return &bearing;
    }
  }
  return nullptr;
}

Sign sign_of(const QuestionDifference& question, std::string_view explanation,
             const std::string& finding) {
  Sign sign;
  if (const Bearing* was = bearing_of(question.before, explanation, finding)) {
    sign.before = was->direction;
    sign.reason = was->reason;
  }
  if (const Bearing* is = bearing_of(question.after, explanation, finding)) {
    sign.after = is->direction;
    sign.reason = is->reason;
  }
  return sign;
}

// Findings that bear on anything in either, those of the later first.
std::vector<const Finding*> matrix_findings(const QuestionDifference& question) {
  std::vector<const Finding*> rows;
  std::set<std::string_view> bearing, taken;
  for (const QuestionResult* result : {question.after, question.before}) {
    if (result == nullptr) continue;
    for (const Assessment& assessment : result->verdict.assessments) {
      for (const Bearing& each : assessment.bearings) bearing.insert(each.finding);
    }
  }
  for (const QuestionResult* result : {question.after, question.before}) {
    if (result == nullptr) continue;
    for (const Finding& finding : result->findings) {
      if (bearing.contains(finding.id) && taken.insert(finding.id).second) rows.push_back(&finding);
    }
  }
  return rows;
}

void write_cell(const Sign& sign, std::string& out) {
  if (!sign.before && !sign.after) {
    out += "<td></td>";
    return;
  }
  const std::string words =
      sign.has_turned()
          ? fmt::format("was {}, now {}", mark_words(sign.before), mark_words(sign.after))
          : mark_words(sign.after);
  const std::string symbol =
      sign.has_turned() && sign.before
          ? fmt::format("{} → {}", mark_text(sign.before), mark_text(sign.after))
          : mark_text(sign.after);
  out += fmt::format(
      "<td class=\"{}{}\" title=\"{}: {}\"><span aria-hidden=\"true\">{}</span>"
      "<span class=\"sr\">{}</span></td>",
      sign.after ? to_string(*sign.after) : "neutral", sign.has_turned() ? " turned" : "", words,
      escape_html_short(sign.reason, 600), symbol, words);
}

std::string matrix_row(const QuestionDifference& question, const Finding& finding, bool& turned) {
  std::string row = fmt::format(
      "<tr><th scope=\"row\" title=\"{}\">{}{}{}</th>", escape_html_short(finding.statement, 600),
      escape_html_cut(sentence_of(finding.method)), finding.subject.empty() ? "" : ": ",
      escape_html_short(finding.subject, 60));
  turned = false;
  for (const Explanation* explanation : all_explanations()) {
    const Sign sign = sign_of(question, explanation->name(), finding.id);
    turned = turned || sign.has_turned();
    write_cell(sign, row);
  }
  return row + "</tr>\n";
}

void write_matrix_table(std::string_view caption, const std::string& rows, std::string& out) {
  out += fmt::format(
      "<div class=\"wide\"><table class=\"matrix both\"><caption>{}</caption>"
      "<thead><tr><th scope=\"col\">Finding</th>",
      caption);
  for (const Explanation* explanation : all_explanations()) {
    out += fmt::format("<th scope=\"col\" title=\"{}\">{}</th>", escape_html(explanation->title()),
                       escape_html(explanation->code()));
  }
  out += "</tr></thead><tbody>\n" + rows + "</tbody></table></div>\n";
}

void write_matrix(const QuestionDifference& question, std::string& out) {
  std::string moved, same;
  std::size_t same_count = 0;
  for (const Finding* finding : matrix_findings(question)) {
    bool turned = false;
    const std::string row = matrix_row(question, *finding, turned);
    (turned ? moved : same) += row;
    same_count += turned ? 0 : 1;
  }
  if (!moved.empty()) {
    write_matrix_table(
        "Findings whose signs came, went or turned (framed). ++ strongly for, + weakly for, o "
        "neutral, − weakly against, −− strongly against, · none any more; empty: no bearing.",
        moved, out);
  }
  if (same.empty()) return;
  out += fmt::format(
      "<details class=\"printed\"><summary>{} finding{} with the same signs in both"
      "</summary>\n",
      same_count, same_count == 1 ? "" : "s");
  write_matrix_table("Findings whose signs are the same in both.", same, out);
  out += "</details>\n";
}

std::string answer_words(const std::optional<Answer>& answer) {
  return answer ? words_of(to_string(*answer)) : "not claimed";
}

void write_claims(const QuestionDifference& question, const CaseFile& file, std::string& out) {
  if (question.claims.empty()) return;
  const auto quote_of = [&](const std::string& id) {
    for (const Claim& claim : file.claims) {
      if (claim.id == id && !claim.quote.empty()) return escape_html_cut("“" + claim.quote + "”");
    }
    return escape_html_cut(id);
  };
  out +=
      "<h3>Claims</h3>\n<div class=\"wide\"><table class=\"standings\"><thead><tr>"
      "<th scope=\"col\">Claim</th><th scope=\"col\">Before</th><th scope=\"col\">After</th>"
      "<th scope=\"col\">Why</th></tr></thead><tbody>\n";
  for (const ClaimChange& change : question.claims) {
    out += fmt::format(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}{}{}</td><td>{} {}</td></tr>\n",
        quote_of(change.claim), answer_words(change.before), change.has_moved() ? "<b>" : "",
        answer_words(change.after), change.has_moved() ? "</b>" : "",
        escape_sentence(change.has_moved()
                            ? change.statement
                            : "In other words, or by other findings: " + change.short_after + "."),
        cite_findings(question, change.findings));
  }
  out += "</tbody></table></div>\n";
}

void write_missing(const QuestionDifference& question, std::string& out) {
  if (question.missing.empty()) return;
  const auto place = [](std::size_t number) {
    return number == 0 ? std::string("-") : fmt::format("{}.", number);
  };
  out +=
      "<h3>What is still missing</h3>\n<div class=\"wide\"><table class=\"standings\"><thead><tr>"
      "<th scope=\"col\">Record</th><th scope=\"col\">Place before</th><th scope=\"col\">Place "
      "after</th><th scope=\"col\">Weight</th></tr></thead><tbody>\n";
  for (const MissingChange& change : question.missing) {
    out += fmt::format(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        escape_html_cut(change.text), place(change.place_before),
        change.place_after == 0 ? "<b>no longer missing</b>" : place(change.place_after),
        change.weight_before == change.weight_after
            ? fmt::format("{}", change.weight_after)
            : fmt::format("{}, was {}", change.weight_after, change.weight_before));
  }
  out += "</tbody></table></div>\n";
}

void write_findings(const QuestionDifference& question, std::string& out) {
  if (question.findings.empty()) return;
  out += "<h3>Findings that came, changed or went</h3>\n<dl class=\"changes\">\n";
  for (const FindingChange& change : question.findings) {
    std::string what = std::string(to_string(change.change));
    if (!change.what.empty()) what += fmt::format(": {}", fmt::join(change.what, ", "));
    std::string version = change.version_after;
    if (version.empty()) version = change.version_before;
    if (!change.version_before.empty() && !change.version_after.empty() &&
        change.version_before != change.version_after) {
      version = fmt::format("{}, was {}", change.version_after, change.version_before);
    }
    out += fmt::format("<dt id=\"{}\">{}<br><small>{}, version {}</small></dt><dd>{}",
                       anchor_of_finding(question, change.id), escape_html_cut(change.id),
                       escape_html_cut(what), escape_html_cut(version),
                       escape_sentence(change.statement));
    if (!change.statement_before.empty() && change.statement_before != change.statement) {
      out += fmt::format("<br><small>Before: {}</small>", escape_sentence(change.statement_before));
    }
    out += "</dd>\n";
  }
  out += "</dl>\n";
}

void write_question(const QuestionDifference& question, const CaseFile& file, std::string& out) {
  const QuestionResult& asked = asked_of(question);
  out += fmt::format("<h2 id=\"{}\">{}</h2>\n", question_anchor(asked, "question"),
                     question_title(asked));
  const bool is_same = !question.is_verdict_changed && question.findings.empty() &&
                       question.explanations.empty() && question.claims.empty();
  if (is_same) {
    out += "<p>Nothing changed.</p>\n";
    return;
  }
  write_verdicts(question, out);
  write_standings(question, out);
  write_matrix(question, out);
  write_claims(question, file, out);
  write_missing(question, out);
  write_findings(question, out);
}

void write_what_came(const Difference& difference, std::string& out) {
  out += "<h2 id=\"evidence\">Evidence and statements</h2>\n";
  if (difference.evidences.empty() && difference.stated.empty()) {
    out += "<p>The same evidence and the same statements.</p>\n";
    return;
  }
  out += "<dl>\n";
  for (const EvidenceChange& change : difference.evidences) {
    write_term(fmt::format("{} {}", escape_html_cut(change.id), to_string(change.change)),
               change.text, out);
  }
  for (const std::string& stated : difference.stated) write_term("Stated", stated, out);
  out += "</dl>\n";
}

}  // namespace

std::string difference_to_html(const CaseModel& before, const CaseModel& after) {
  const Difference difference = difference_between(before, after);
  std::string page;
  const std::string hash = fmt::format(
      "Before: case hash when examined <code>{}</code>, examined {} with assay {}<br>After: "
      "<code>{}</code>, examined {} with assay {}<br>{}",
      escape_html(before.case_hash), format_utc(before.examined_us),
      escape_html(before.engine_version), escape_html(after.case_hash),
      format_utc(after.examined_us), escape_html(after.engine_version),
      difference.is_same_case_later
          ? "The same case, later: the custody chain holds the earlier examination."
      : before.case_hash == after.case_hash
          ? "The same examination."
          : "Two cases: neither custody chain holds the other's examination.");
  write_page_head("What changed: " + escape_html_cut(after.case_file.title), after.engine_version,
                  hash, page);
  if (difference.is_nothing()) {
    page +=
        "<p class=\"statement\">Nothing changed: evidence, statements, findings and verdicts "
        "are the same.</p>\n";
  }
  write_what_came(difference, page);
  for (const QuestionDifference& question : difference.questions) {
    write_question(question, after.case_file, page);
  }
  return page + "</main>\n</body>\n</html>\n";
}

}  // namespace assay
