#include <fmt/format.h>

#include <algorithm>

#include "sample_case.h"

namespace assay::sample {
namespace {

void replace_all(std::string& text, std::string_view what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), with);
    at += with.size();
  }
}

void poison(Finding& finding, const std::string& text) {
  for (std::string* field :
       {&finding.id, &finding.subject, &finding.statement, &finding.denominator}) {
    replace_all(*field, "Bank", text);
    replace_all(*field, "203.0.113.201", text + "2");
  }
  finding.statement += text;
  finding.denominator += text;
  finding.parameters[text] = text;
  finding.parameters["zone"] = text;
  finding.selection.description = text;
  finding.selection.locus_sha256 = text;
  finding.selection.examples.push_back(text);
  finding.limitations.push_back(text);
  for (Quantity& quantity : finding.quantities) {
    quantity.unit += text;
    quantity.interval_method += text;
  }
  finding.quantities.push_back({text, 1, text, std::nullopt, ""});
  for (Table& table : finding.tables) {
    for (std::string& label : table.row_labels) replace_all(label, "Bank", text);
    for (std::string& column : table.columns) replace_all(column, "Bank", text);
  }
}

void poison(Evidence& evidence, const std::string& text) {
  for (std::string* field : {&evidence.id, &evidence.name, &evidence.path, &evidence.member,
                             &evidence.encoding, &evidence.format, &evidence.format_why,
                             &evidence.received_from, &evidence.note, &evidence.clock.zone}) {
    *field += text;
  }
  for (Note& note : evidence.notes) note.code += text, note.text += text;
}

void poison(CaseFile& file, const std::string& text) {
  file.title = file.default_zone = text;
  for (Party& party : file.parties) {
    replace_all(party.name, "Bank", text);
    party.source = party.zone = text;
    party.suffixes = {text};
  }
  for (Question& question : file.questions) {
    for (std::string& name : question.between) replace_all(name, "Bank", text);
    question.text = text;
  }
  file.questions[0].id = text;
  for (Claim& claim : file.claims) {
    claim.id += text;
    claim.quote = claim.source = claim.question = text;
    for (auto& [key, value] : claim.fields) value += text;
    for (auto& [key, values] : claim.lists) values.push_back(text);
  }
  file.ttl_seconds[text] = 60;
  file.calendar.push_back({text, {kBeginS, kBeginS + 1}});
}

}  // namespace

CaseModel hostile_case(const std::string& text) {
  CaseModel model = sample_case();
  poison(model.case_file, text);
  for (Evidence& evidence : model.evidences) poison(evidence, text);
  for (RejectSummary& reject : model.rejects) {
    reject.code += text;
    reject.example_text = reject.why = text;
  }
  for (std::size_t i = 0; i < model.questions.size(); ++i) {
    QuestionResult& result = model.questions[i];
    result.question = model.case_file.questions[i];
    // A long text in every place of every finding would only make the test slow.
    if (text.size() > 1'000)
      result.findings.resize(std::min<std::size_t>(12, result.findings.size()));
    for (Finding& finding : result.findings) poison(finding, text);
    result.verdict = judge(result.question, model.case_file, FindingSet(result.findings));
  }
  return model;
}

}  // namespace assay::sample
