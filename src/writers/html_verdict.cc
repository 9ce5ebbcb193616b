#include <fmt/format.h>

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

std::string title_of(const std::string& explanation) {
  const Explanation* known = find_explanation(explanation);
  if (known == nullptr) return escape_html(explanation);
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

}  // namespace

void write_verdict(const QuestionResult& result, const Statements& statements, std::string& out) {
  const Verdict& verdict = result.verdict;
  out += fmt::format(
      "<section class=\"verdict\" aria-labelledby=\"{0}\">\n<h3 id=\"{0}\">Verdict</h3>\n",
      question_anchor(result, "verdict"));
  out += fmt::format("<p class=\"rung\">Rung {} of 6: {}</p>\n", static_cast<int>(verdict.rung),
                     describe(verdict.rung));
  out += fmt::format("<p class=\"statement\">{}</p>\n", escape_html(verdict.statement));
  write_ladder(verdict, out);
  out += fmt::format("<p>{} {}</p>\n", escape_html_cut(verdict.rung_statement),
                     verdict.rung_findings.empty()
                         ? ""
                         : "See " + cite_all(statements, verdict.rung_findings) + ".");
  if (!verdict.missing.empty()) {
    out += "<h4>What would settle it, most telling first</h4>\n<ol class=\"missing\">\n";
    for (std::size_t i = 0; i < verdict.missing.size() && i < kMostMissingShown; ++i) {
      out += fmt::format("<li>{}</li>\n", escape_html(verdict.missing[i].text));
    }
    out += "</ol>\n";
  }
  out += "<div class=\"columns\">\n";
  write_names("Causes that survive", verdict.surviving, ExplanationRole::cause, out);
  write_names("What shapes the look-ups, whatever the cause", verdict.surviving,
              ExplanationRole::filter, out);
  write_names("How the records themselves may mislead", verdict.surviving,
              ExplanationRole::recording, out);
  write_names("Excluded", verdict.excluded, std::nullopt, out);
  out += "</div>\n</section>\n";
}

}  // namespace assay
