// The report as one self-contained page: no script, no request, readable on paper.
#include <fmt/format.h>

#include "writers/html_escape.h"
#include "writers/html_parts.h"
#include "writers/registry.h"

namespace assay {
namespace {

std::string question_title(const QuestionResult& result) {
  if (!result.question.text.empty()) return escape_html_cut(result.question.text);
  return escape_html_cut(fmt::format("{}", fmt::join(result.question.between, " and ")));
}

void write_head(const CaseModel& model, std::string& out) {
  const std::string title = escape_html_cut(model.case_file.title);
  out += fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; img-src data:\">\n<meta name=\"generator\" content=\"assay {}\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<header>\n<h1>{}</h1>\n"
      "<p class=\"hash\">Case hash <code>{}</code><br>Examined {} with assay {}. Times are UTC "
      "where "
      "they end in Z.</p>\n</header>\n<main>\n",
      escape_html(model.engine_version), title, report_style(), title, escape_html(model.case_hash),
      format_utc(model.examined_us), escape_html(model.engine_version));
}

void write_contents(const CaseModel& model, std::string& out) {
  out += "<nav aria-label=\"Contents\"><ol>\n";
  for (const QuestionResult& result : model.questions) {
    out += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", question_anchor(result, "question"),
                       question_title(result));
  }
  out +=
      "<li><a href=\"#evidence\">Evidence</a></li>\n<li><a href=\"#limits\">Limits</a></li>\n"
      "<li><a href=\"#words\">Words used here</a></li>\n"
      "<li><a href=\"#appendix\">Appendix</a></li>\n</ol></nav>\n";
}

void write_words(const CaseModel& model, std::string& out) {
  out +=
      "<section aria-labelledby=\"words\"><h2 id=\"words\">Words used here</h2>\n<dl>\n"
      "<dt>Raw rows</dt><dd>Every row as the files hold it.</dd>\n"
      "<dt>Identical rows collapsed</dt><dd>Rows of one second, client, name, type and server "
      "count once.</dd>\n"
      "<dt>Bursts</dt><dd>Rows of one source less than the stated seconds apart count once.</dd>\n"
      "<dt>Supported</dt><dd>The records show it, within coverage that somebody vouches for.</dd>\n"
      "<dt>Supported only within these files</dt><dd>True of the files; nobody vouches that they "
      "show everything.</dd>\n"
      "<dt>Contradicted</dt><dd>The records, or the quoted figures among themselves, say "
      "otherwise.</dd>\n"
      "<dt>Not testable</dt><dd>These records cannot tell; what could is named.</dd>\n";
  for (const Party& party : model.case_file.parties) {
    std::string holds;
    for (const IpPrefix& prefix : party.addresses) holds += " " + prefix.to_string();
    for (const NamePattern& name : party.names) holds += " " + name.to_string();
    out += fmt::format("<dt>{}</dt><dd>holds{}{}{}</dd>\n", escape_html_cut(party.name),
                       escape_html(holds), party.source.empty() ? "" : "; says ",
                       escape_html_cut(party.source));
  }
  out += "</dl></section>\n";
}

class HtmlReport final : public Writer {
 public:
  std::string_view name() const override { return "html"; }
  std::string_view summary() const override {
    return "one self-contained page, for reading and for print";
  }

  Result<std::string> write(const CaseModel& model) const override {
    const Statements statements(model);
    std::string page;
    write_head(model, page);
    bool is_first = true;
    for (const QuestionResult& result : model.questions) {
      page += fmt::format("<h2 id=\"{}\">{}</h2>\n", question_anchor(result, "question"),
                          question_title(result));
      write_verdict(result, statements, page);
      if (is_first) write_contents(model, page);
      is_first = false;
      write_claims(model, result, statements, page);
      write_figures(model, result, statements, page);
      write_explanations(result, statements, page);
      write_statements(result, statements, page);
    }
    if (model.questions.empty()) write_contents(model, page);
    write_evidence(model, page);
    write_limits(model, page);
    write_words(model, page);
    write_appendix(model, statements, page);
    return page + "</main>\n</body>\n</html>\n";
  }
};

}  // namespace

const Writer& html_report_writer() {
  static const HtmlReport kWriter;
  return kWriter;
}

}  // namespace assay
