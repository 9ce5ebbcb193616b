#include <fmt/core.h>

#include <map>
#include <set>

#include "writers/format.h"
#include "writers/html_escape.h"
#include "writers/html_parts.h"

namespace assay {
namespace {

void write_silent(const CaseModel& model, const Statements& statements, std::string& out) {
  out += "<h3>Methods that found nothing, or could not say</h3>\n";
  for (const QuestionResult& result : model.questions) {
    out += fmt::format("<h4>{}</h4>\n", question_title(result));
    std::string cards;
    for (const Finding* finding : statements.of(result)) {
      if (!says_something(*finding)) write_card(model, *finding, statements, cards);
    }
    out += cards.empty() ? "<p>None.</p>\n"
                         : fmt::format("<ol class=\"statements\">\n{}</ol>\n", cards);
  }
}

struct MethodUse {
  std::string version;
  std::map<Outcome, std::size_t> outcomes;
  // Parameters that all its findings share; what differs stands with each finding.
  std::map<std::string, std::set<std::string>> parameters;
};

std::string shared_parameters(const MethodUse& use) {
  std::string text;
  for (const auto& [name, values] : use.parameters) {
    if (values.size() != 1) continue;
    text += fmt::format("<code>{} = {}</code> ", escape_html_cut(name),
                        escape_html_cut(*values.begin()));
  }
  return text;
}

void write_methods(const CaseModel& model, std::string& out) {
  std::map<std::string, MethodUse> uses;
  for (const auto& [name, version] : model.methods) uses[name].version = version;
  for (const QuestionResult& result : model.questions) {
    for (const Finding& finding : result.findings) {
      MethodUse& use = uses[finding.method];
      if (use.version.empty()) use.version = finding.method_version;
      ++use.outcomes[finding.outcome];
      for (const auto& [name, value] : finding.parameters) use.parameters[name].insert(value);
    }
  }
  out +=
      "<h3>Methods and parameters</h3><div class=\"wide\"><table><caption>How many findings each "
      "method gave, and the parameters that all of them share; what differs stands with each "
      "finding</caption><thead><tr><th scope=\"col\">Method</th><th scope=\"col\">Version</th>"
      "<th scope=\"col\">Findings</th><th scope=\"col\">Parameters</th></tr></thead><tbody>\n";
  for (const auto& [name, use] : uses) {
    std::string outcomes;
    for (const auto& [outcome, count] : use.outcomes) {
      if (!outcomes.empty()) outcomes += ", ";
      outcomes += fmt::format("{} {}", count, words_of(to_string(outcome)));
    }
    out += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                       escape_html_cut(words_of(name)), escape_html_cut(use.version),
                       outcomes.empty() ? "none" : outcomes, shared_parameters(use));
  }
  out += "</tbody></table></div>\n";
}

void write_versions(const CaseModel& model, std::string& out) {
  out += "<h3>Versions</h3><dl>\n";
  write_term("assay", model.engine_version, out);
  write_term("Record store", model.store_engine, out);
  write_term("Time-zone database", model.zone_database, out);
  write_term("Default zone", model.case_file.default_zone, out);
  write_term("case.toml, SHA-256", model.case_toml_sha256, out);
  write_term("Case hash when examined", model.case_hash, out);
  write_term("Examined", format_utc(model.examined_us), out);
  out += "</dl>\n";
}

}  // namespace

void write_appendix(const CaseModel& model, const Statements& statements, std::string& out) {
  out +=
      "<section aria-labelledby=\"appendix\"><h2 id=\"appendix\">Appendix</h2>\n"
      "<h3>Checking this report</h3>\n<p>With the case folder and the same version of assay: "
      "<code>assay verify CASE</code> hashes every evidence again, walks the chain of custody, "
      "recomputes every finding and compares. <code>assay show CASE dns-1:118204</code> shows the "
      "record at that byte of that evidence. A seal is the SHA-256 over one line "
      "<code>evidence:offset:length</code> for each row, in order of time. All numbers, parameters "
      "and tables stand in the report's JSON under the same statement numbers.</p>\n";
  write_silent(model, statements, out);
  write_methods(model, out);
  write_versions(model, out);
  out += "</section>\n";
}

}  // namespace assay
