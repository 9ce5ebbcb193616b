// The report as one self-contained page: no script, no request, readable on paper.
#include <fmt/format.h>

#include "writers/format.h"
#include "writers/html_escape.h"
#include "writers/html_parts.h"
#include "writers/registry.h"

namespace assay {
namespace {

void write_head(const CaseModel& model, std::string& out) {
  write_page_head(escape_html_cut(model.case_file.title), model.engine_version,
                  fmt::format("Case hash when examined <code>{}</code><br>Examined {} with assay "
                              "{}. Times that end in Z are UTC. <code>assay verify CASE</code> "
                              "checks this report.",
                              escape_html(model.case_hash), format_utc(model.examined_us),
                              escape_html(model.engine_version)),
                  out);
}

void write_contents(const CaseModel& model, std::string& out) {
  const auto item = [&](const std::string& anchor, const std::string& text) {
    out += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", anchor, text);
  };
  out += "<nav aria-label=\"Contents\"><ol>\n";
  for (const QuestionResult& result : model.questions) {
    item(question_anchor(result, "question"), question_title(result));
  }
  item("evidence", "Evidence");
  item("limits", "Limits");
  if (!model.case_file.parties.empty()) item("parties", "What the case states");
  item("words", "Words used here");
  item("appendix", "Appendix");
  out += "</ol></nav>\n";
}

void write_words(std::string& out) {
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
      "<dt>Not testable</dt><dd>These records cannot tell; what could is named.</dd>\n"
      "</dl></section>\n";
}

// The calendar is fixed before anybody looks; stated TTLs stand in for answers that nobody kept.
void write_stated(const CaseFile& file, std::string& out) {
  if (!file.calendar.empty()) {
    out += "<h3>Calendar, as stated</h3><dl>\n";
    for (const CalendarEvent& event : file.calendar) {
      out += fmt::format("<dt>{}</dt><dd>{}{}</dd>\n", escape_html_cut(event.name),
                         format_interval(event.when), in_local_time(event.when, file.default_zone));
    }
    out += "</dl>\n";
  }
  if (!file.ttl_seconds.empty()) {
    out += "<h3>TTLs, as stated</h3><dl>\n";
    for (const auto& [name, seconds] : file.ttl_seconds) {
      out += fmt::format("<dt>{} s</dt><dd><code>{}</code></dd>\n", format_count(seconds),
                         escape_html_cut(name));
    }
    out += "</dl>\n";
  }
}

void write_parties(const CaseFile& file, std::string& out) {
  if (file.parties.empty()) return;
  out +=
      "<section aria-labelledby=\"parties\"><h2 id=\"parties\">What the case states</h2>\n"
      "<p>Who holds which names and addresses, and what happened when, is stated by people, not "
      "measured.</p>\n<dl>\n";
  for (const Party& party : file.parties) {
    std::string holds;
    for (const IpPrefix& prefix : party.addresses) holds += " " + prefix.to_string();
    for (const NamePattern& name : party.names) holds += " " + name.to_string();
    out +=
        fmt::format("<dt>{}</dt><dd>holds{}", escape_html_cut(party.name), escape_sentence(holds));
    if (party.holds) out += "<br>from " + format_interval(*party.holds);
    if (!party.zone.empty()) out += "<br>zone " + escape_html_cut(party.zone);
    if (!party.suffixes.empty()) {
      out += "<br>search suffixes " +
             escape_html_cut(fmt::format("{}", fmt::join(party.suffixes, ", ")));
    }
    for (const auto& [word, stated] : {std::pair("accounts", &party.accounts),
                                       {"all mail hosts", &party.mail_hosts},
                                       {"all edges of the network", &party.edges}}) {
      if (stated->empty()) continue;
      out += fmt::format("<br>{} {}", word,
                         escape_html_cut(fmt::format("{}", fmt::join(*stated, ", "))));
    }
    if (!party.source.empty()) out += "<br>source: " + escape_html_cut(party.source);
    out += "</dd>\n";
  }
  out += "</dl>\n";
  write_stated(file, out);
  out += "</section>\n";
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
      write_verdict(model, result, statements, page);
      if (is_first) write_contents(model, page);
      is_first = false;
      write_claims(model, result, statements, page);
      write_figures(result, statements, page);
      write_explanations(result, statements, page);
      write_statements(model, result, statements, page);
    }
    if (model.questions.empty()) write_contents(model, page);
    write_evidence(model, page);
    write_limits(model, page);
    write_parties(model.case_file, page);
    write_words(page);
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
