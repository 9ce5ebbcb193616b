#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "writers/html_escape.h"
#include "writers/html_parts.h"

namespace assay {
namespace {

constexpr std::size_t kMostMissingShown = 5;

void write_ladder(const Verdict& verdict, std::string& out) {
  const int reached = static_cast<int>(verdict.rung);
  out += "<ol class=\"ladder\" reversed aria-label=\"Ladder of evidence, highest rung first\">\n";
  for (int rung = 6; rung >= 1; --rung) {
    const std::string_view state = rung == reached  ? " class=\"reached\" aria-current=\"true\""
                                   : rung < reached ? " class=\"below\""
                                                    : "";
    out +=
        fmt::format("<li{}><b>{}</b> <span>{}</span>{}</li>\n", state, rung,
                    describe(static_cast<Rung>(rung)), rung == reached ? " <em>reached</em>" : "");
  }
  out += "</ol>\n";
}

// What was asked, before what is answered: parties, names, window in UTC and in each party's zone.
void write_scope(const CaseModel& model, const Question& question, std::string& out) {
  std::string parties, names;
  for (const std::string& party : question.between) {
    parties += (parties.empty() ? "" : ", ") + escape_html_cut(party);
  }
  for (const NamePattern& name : question.names) {
    names += fmt::format("{}<code>{}</code>", names.empty() ? "" : ", ",
                         escape_html_cut(name.to_string()));
  }
  out += fmt::format("<dl class=\"scope\"><dt>Between</dt><dd>{}</dd><dt>Names</dt><dd>{}</dd>",
                     parties, names.empty() ? "all that the parties hold" : names);
  out += "<dt>Window</dt><dd>";
  if (!question.window) {
    out += "as far as the evidence reaches</dd></dl>\n";
    return;
  }
  out += escape_sentence(format_interval(*question.window));
  std::set<std::string> told{"UTC"};
  for (const Party& party : model.case_file.parties) {
    const bool is_asked_about = std::find(question.between.begin(), question.between.end(),
                                          party.name) != question.between.end();
    const std::string& zone = party.zone.empty() ? model.case_file.default_zone : party.zone;
    if (is_asked_about && told.insert(zone).second) out += in_local_time(*question.window, zone);
  }
  out += "</dd></dl>\n";
}

std::string title_of(const std::string& explanation) {
  const Explanation* known = find_explanation(explanation);
  if (known == nullptr) return escape_html_cut(explanation);
  return fmt::format("{} <span class=\"code\">{}</span>", escape_html(known->title()),
                     escape_html(known->code()));
}

void write_names(std::string_view heading, const std::vector<std::string>& names,
                 std::optional<ExplanationRole> role, std::string& out) {
  std::string items;
  for (const std::string& name : names) {
    const Explanation* known = find_explanation(name);
    if (role && (known == nullptr || known->role() != *role)) continue;
    items += fmt::format("<li>{}</li>", title_of(name));
  }
  if (!items.empty()) out += fmt::format("<div><h4>{}</h4><ul>{}</ul></div>\n", heading, items);
}

void write_missing(const Verdict& verdict, std::string& out) {
  if (verdict.missing.empty()) return;
  out += "<div><h4>What would settle it, most telling first</h4><ol>";
  for (std::size_t i = 0; i < verdict.missing.size() && i < kMostMissingShown; ++i) {
    out += fmt::format("<li>{}</li>", escape_html_cut(verdict.missing[i].text));
  }
  out += "</ol></div>\n";
}

// What timing weighs: folded away, since the words of the verdict do not rest on it.
void write_weights(const Verdict& verdict, const Statements& statements, std::string& out) {
  if (verdict.weights.empty()) return;
  out +=
      "<details class=\"weights\"><summary>What the timing weighs between simulated causes"
      "</summary>\n<ul>\n";
  for (const TimingWeight& weight : verdict.weights) {
    out += fmt::format("<li>{} <span class=\"aside\">{} See {}.</span></li>\n",
                       escape_html_cut(weight.statement), escape_html_cut(weight.expected),
                       cite_all(statements, {weight.finding}));
  }
  out += fmt::format(
      "</ul>\n<p>A likelihood ratio compares stories that were simulated. It is no probability "
      "that "
      "one is true, must not be multiplied with another on the same look-ups, and holds for causes "
      "that somebody thought of. Model {}.</p></details>\n",
      escape_html(verdict.model_sha256.substr(0, 16)));
}

}  // namespace

void write_verdict(const CaseModel& model, const QuestionResult& result,
                   const Statements& statements, std::string& out) {
  const Verdict& verdict = result.verdict;
  write_scope(model, result.question, out);
  out += fmt::format(
      "<section class=\"verdict\" aria-labelledby=\"{0}\">\n<h3 id=\"{0}\">Verdict</h3>\n",
      question_anchor(result, "verdict"));
  out += fmt::format("<p class=\"rung\">Rung {} of 6: {}</p>\n", static_cast<int>(verdict.rung),
                     describe(verdict.rung));
  out += fmt::format("<p class=\"statement\">{}</p>\n", escape_sentence(verdict.statement));
  out += "<div class=\"columns two\">\n";
  write_ladder(verdict, out);
  write_missing(verdict, out);
  out += "</div>\n";
  out += fmt::format("<p class=\"basis\">{} {}</p>\n", escape_sentence(verdict.rung_statement),
                     verdict.rung_findings.empty()
                         ? ""
                         : "See " + cite_all(statements, verdict.rung_findings) + ".");
  out += "<div class=\"columns\">\n";
  write_names("Causes that survive", verdict.surviving, ExplanationRole::cause, out);
  write_names("What shapes the look-ups, whatever the cause", verdict.surviving,
              ExplanationRole::filter, out);
  write_names("How the records themselves may mislead", verdict.surviving,
              ExplanationRole::recording, out);
  write_names("Excluded", verdict.excluded, std::nullopt, out);
  out += "</div>\n";
  write_weights(verdict, statements, out);
  out += "</section>\n";
}

}  // namespace assay
