// The report as JSON; docs/report-schema.json describes it. Statements are numbered as in the page.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "writers/registry.h"
#include "writers/statements.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

Json party_json(const Party& party) {
  Json json{{"name", party.name}, {"zone", party.zone}, {"source", party.source}};
  json["addresses"] = Json::array();
  for (const IpPrefix& prefix : party.addresses) json["addresses"].push_back(prefix.to_string());
  json["names"] = Json::array();
  for (const NamePattern& name : party.names) json["names"].push_back(name.to_string());
  json["suffixes"] = party.suffixes;
  if (!party.accounts.empty()) json["accounts"] = party.accounts;
  if (!party.mail_hosts.empty()) json["mail_hosts"] = party.mail_hosts;
  if (!party.edges.empty()) json["edges"] = party.edges;
  if (party.holds) json["holds"] = format_interval(*party.holds);
  return json;
}

Json claim_json(const Claim& claim) {
  return {{"id", claim.id},         {"kind", claim.kind},         {"quote", claim.quote},
          {"source", claim.source}, {"question", claim.question}, {"fields", claim.fields},
          {"lists", claim.lists}};
}

Json reject_json(const RejectSummary& reject) {
  return {{"evidence", reject.evidence},
          {"code", reject.code},
          {"count", reject.count},
          {"why", reject.why},
          {"example_offset", reject.example_offset},
          {"example_text", reject.example_text}};
}

Json explanation_json(const Assessment& assessment) {
  const Explanation* explanation = find_explanation(assessment.explanation);
  if (explanation == nullptr) return {{"name", assessment.explanation}};
  Json predictions = Json::array(), settles = Json::array();
  for (const Prediction& prediction : explanation->predictions()) {
    predictions.push_back({{"record_kind", prediction.record_kind},
                           {"text", prediction.text},
                           {"must_be_there", prediction.must_be_there}});
  }
  for (const SettlingRecord& record : explanation->settles()) {
    settles.push_back(
        {{"record", record.record}, {"text", record.text}, {"weight", record.weight}});
  }
  return {{"name", explanation->name()},
          {"code", explanation->code()},
          {"title", explanation->title()},
          {"proposition", explanation->proposition()},
          {"role", to_string(explanation->role())},
          {"predictions", std::move(predictions)},
          {"settles", std::move(settles)}};
}

Json question_json(const QuestionResult& result, const Statements& statements) {
  Json findings = Json::array(), explanations = Json::array(), names = Json::array();
  for (const Finding& finding : result.findings) {
    Json json = Json::parse(finding_to_json(finding));
    json["statement_number"] = statements.number_of(finding.id);
    findings.push_back(std::move(json));
  }
  for (const Assessment& assessment : result.verdict.assessments) {
    explanations.push_back(explanation_json(assessment));
  }
  for (const NamePattern& name : result.question.names) names.push_back(name.to_string());
  Json json{{"id", result.question.id},
            {"text", result.question.text},
            {"between", result.question.between},
            {"names", std::move(names)},
            {"verdict", Json::parse(verdict_to_json(result.verdict))},
            {"explanations", std::move(explanations)},
            {"findings", std::move(findings)}};
  if (result.question.window) json["window"] = format_interval(*result.question.window);
  return json;
}

class JsonReport final : public Writer {
 public:
  std::string_view name() const override { return "json"; }
  std::string_view summary() const override {
    return "the report as JSON (docs/report-schema.json)";
  }

  Result<std::string> write(const CaseModel& model) const override {
    const Statements statements(model);
    Json evidence = Json::array(), rejects = Json::array(), questions = Json::array();
    Json parties = Json::array(), claims = Json::array(), methods = Json::array();
    for (const Evidence& one : model.evidences) {
      evidence.push_back(Json::parse(evidence_to_json(one)));
    }
    for (const RejectSummary& reject : model.rejects) rejects.push_back(reject_json(reject));
    for (const QuestionResult& question : model.questions) {
      questions.push_back(question_json(question, statements));
    }
    for (const Party& party : model.case_file.parties) parties.push_back(party_json(party));
    for (const Claim& claim : model.case_file.claims) claims.push_back(claim_json(claim));
    for (const auto& [name, version] : model.methods) {
      methods.push_back({{"name", name}, {"version", version}});
    }
    Json calendar = Json::array();
    for (const CalendarEvent& event : model.case_file.calendar) {
      calendar.push_back({{"name", event.name}, {"when", format_interval(event.when)}});
    }
    const Json json{{"assay", model.engine_version},
                    {"schema", 1},
                    {"title", model.case_file.title},
                    {"case_hash_when_examined", model.case_hash},
                    {"case_toml_sha256", model.case_toml_sha256},
                    {"examined", format_utc(model.examined_us)},
                    {"store", model.store_engine},
                    {"zone_database", model.zone_database},
                    {"default_zone", model.case_file.default_zone},
                    {"parties", std::move(parties)},
                    {"questions", std::move(questions)},
                    {"claims", std::move(claims)},
                    {"calendar", std::move(calendar)},
                    {"ttl_seconds", model.case_file.ttl_seconds},
                    {"evidence", std::move(evidence)},
                    {"rejects", std::move(rejects)},
                    {"methods", std::move(methods)}};
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
};

}  // namespace

const Writer& json_report_writer() {
  static const JsonReport kWriter;
  return kWriter;
}

}  // namespace assay
