#include <fmt/core.h>

#include "assay/method.h"
#include "writers/html_escape.h"
#include "writers/html_parts.h"

namespace assay {
namespace {

void open_method(const Finding& finding, std::string& out) {
  const Method* method = find_method(finding.method);
  out += fmt::format(
      "<h4>{}{}</h4>\n", escape_html_cut(sentence_of(finding.method)),
      method == nullptr ? "" : fmt::format(" <small>{}</small>", escape_html(method->summary())));
}

using Findings = std::vector<const Finding*>;

void write_list(const CaseModel& model, const Findings& findings, const Statements& statements,
                std::string& out) {
  if (findings.empty()) return;
  out += "<ol class=\"statements\">\n";
  for (const Finding* finding : findings) write_card(model, *finding, statements, out);
  out += "</ol>\n";
}

// One method's statements; what is about single addresses would bury the rest, and folds away.
void write_group(const CaseModel& model, const Findings& group, const Statements& statements,
                 std::string& out) {
  Findings main, addresses;
  for (const Finding* finding : group) {
    (is_about_address(*finding) ? addresses : main).push_back(finding);
  }
  write_list(model, main, statements, out);
  if (addresses.empty()) return;
  out += fmt::format(
      "<details class=\"printed\"><summary>Single addresses: {} statement{}"
      "</summary>\n",
      addresses.size(), addresses.size() == 1 ? "" : "s");
  write_list(model, addresses, statements, out);
  out += "</details>\n";
}

}  // namespace

void write_statements(const CaseModel& model, const QuestionResult& result,
                      const Statements& statements, std::string& out) {
  out += fmt::format(
      "<section aria-labelledby=\"{0}\"><h3 id=\"{0}\">Statements</h3>\n"
      "<p>Each sentence is one finding: how it was measured and which records it rests on folds "
      "out below it. Methods that found nothing stand in the <a href=\"#appendix\">appendix</a>."
      "</p>\n",
      question_anchor(result, "statements"));
  Findings group;
  const auto flush = [&] {
    if (group.empty()) return;
    open_method(*group.front(), out);
    write_group(model, group, statements, out);
    group.clear();
  };
  for (const Finding* finding : statements.of(result)) {
    if (!says_something(*finding)) continue;
    if (!group.empty() && group.front()->method != finding->method) flush();
    group.push_back(finding);
  }
  flush();
  out += "</section>\n";
}

}  // namespace assay
