#include <fmt/format.h>

#include "writers/format.h"
#include "writers/html_escape.h"
#include "writers/html_parts.h"

namespace assay {
namespace {

void write_quantities(const Finding& finding, std::string& out) {
  if (finding.quantities.empty()) return;
  out += "<table><caption>Numbers</caption><tbody>";
  for (const Quantity& quantity : finding.quantities) {
    out +=
        fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
                    escape_html(words_of(quantity.name)), escape_html(format_quantity(quantity)));
  }
  out += "</tbody></table>\n";
}

void write_line(std::string_view term, std::string_view text, std::string& out) {
  if (!text.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", term, escape_html_cut(text));
}

void write_parameters(const Finding& finding, std::string& out) {
  if (finding.parameters.empty()) return;
  out += "<dt>Parameters</dt><dd>";
  for (const auto& [name, value] : finding.parameters) {
    out += fmt::format("<code>{} = {}</code> ", escape_html(name), escape_html_cut(value));
  }
  out += "</dd>\n";
}

void write_selection(const Selection& selection, std::string& out) {
  out += fmt::format("<dt>Rests on</dt><dd>{} rows: {}. Seal over them <code>{}</code>.",
                     format_count(selection.rows), escape_html_cut(selection.description),
                     escape_html(selection.locus_sha256));
  if (!selection.examples.empty()) {
    out += " Look at the first ones:";
    for (const std::string& locus : selection.examples) {
      out += fmt::format(" <code>assay show CASE {}</code>", escape_html(locus));
    }
  }
  out += "</dd>\n";
}

void write_card(const Finding& finding, const Statements& statements, std::string& out) {
  out += fmt::format(
      "<li id=\"f-{}\" value=\"{}\"><span class=\"number\">{}</span> <p>{}</p>\n",
      anchor_of(finding.id),
      statements.number_of(finding.id).substr(statements.number_of(finding.id).find('.') + 1),
      statements.number_of(finding.id), escape_html(finding.statement));
  out += "<details><summary>How it was measured</summary>\n<dl>\n";
  write_line("Method", fmt::format("{} {}", finding.method, finding.method_version), out);
  write_line("Vantage", words_of(finding.vantage), out);
  write_line("Of", finding.denominator, out);
  write_line("Window", finding.window.empty() ? "" : format_interval(finding.window), out);
  write_line("Rows counted as", finding.dedup_rule, out);
  write_parameters(finding, out);
  write_selection(finding.selection, out);
  if (!finding.limitations.empty()) {
    out += "<dt>What it cannot show</dt><dd><ul>";
    for (const std::string& limit : finding.limitations) {
      out += fmt::format("<li>{}</li>", escape_html(limit));
    }
    out += "</ul></dd>\n";
  }
  write_line("Finding", finding.id, out);
  out += "</dl>\n";
  write_quantities(finding, out);
  out += "</details></li>\n";
}

bool says_something(const Finding& finding) {
  return finding.outcome == Outcome::measured || finding.outcome == Outcome::found;
}

}  // namespace

void write_statements(const QuestionResult& result, const Statements& statements,
                      std::string& out) {
  out += fmt::format(
      "<section aria-labelledby=\"{0}\"><h3 id=\"{0}\">Statements</h3>\n"
      "<p>Each sentence is one finding. Methods that found nothing stand in the "
      "appendix.</p>\n",
      question_anchor(result, "statements"));
  std::string method;
  for (const Finding& finding : result.findings) {
    if (!says_something(finding)) continue;
    if (finding.method != method) {
      if (!method.empty()) out += "</ol>\n";
      method = finding.method;
      out += fmt::format("<h4>{}</h4>\n<ol class=\"statements\">\n", escape_html(words_of(method)));
    }
    write_card(finding, statements, out);
  }
  if (!method.empty()) out += "</ol>\n";
  // What found nothing is cited too: its card stands in the appendix, under the same anchor.
  out += "</section>\n";
}

void write_appendix(const CaseModel& model, const Statements& statements, std::string& out) {
  out +=
      "<section aria-labelledby=\"appendix\"><h2 id=\"appendix\">Appendix</h2>\n"
      "<h3>Methods that found nothing, or could not say</h3>\n";
  for (const QuestionResult& result : model.questions) {
    out += fmt::format(
        "<h4>{}</h4><ol class=\"statements\">\n",
        escape_html_cut(result.question.text.empty() ? result.question.id : result.question.text));
    for (const Finding& finding : result.findings) {
      if (!says_something(finding)) write_card(finding, statements, out);
    }
    out += "</ol>\n";
  }
  out += "<h3>Versions</h3><dl>\n";
  write_line("assay", model.engine_version, out);
  write_line("Record store", model.store_engine, out);
  write_line("Time-zone database", model.zone_database, out);
  write_line("case.toml, SHA-256", model.case_toml_sha256, out);
  for (const auto& [name, version] : model.methods) {
    write_line("Method " + name, "version " + version, out);
  }
  out += "</dl></section>\n";
}

}  // namespace assay
