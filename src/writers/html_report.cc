// The report as one self-contained page.
#include <fmt/format.h>

#include "writers/html_escape.h"
#include "writers/registry.h"
#include "writers/statements.h"

namespace assay {
namespace {

class HtmlReport final : public Writer {
 public:
  std::string_view name() const override { return "html"; }
  std::string_view summary() const override {
    return "one self-contained page, for reading and print";
  }

  Result<std::string> write(const CaseModel& model) const override {
    std::string page = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title></head>"
        "<body><h1>{0}</h1><p>Case hash <code>{1}</code></p>\n",
        escape_html_cut(model.case_file.title), escape_html(model.case_hash));
    const Statements statements(model);
    for (const QuestionResult& question : model.questions) {
      page += fmt::format("<h2>{}</h2><p>{}</p><ol>\n", escape_html_cut(question.question.text),
                          escape_html_cut(question.verdict.statement));
      for (const Finding& finding : question.findings) {
        page += fmt::format("<li id=\"{}\">{} {}</li>\n", anchor_of(finding.id),
                            statements.number_of(finding.id), escape_html_cut(finding.statement));
      }
      page += "</ol>\n";
    }
    return page + "</body></html>\n";
  }
};

}  // namespace

const Writer& html_report_writer() {
  static const HtmlReport kWriter;
  return kWriter;
}

}  // namespace assay
