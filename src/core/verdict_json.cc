#include <cmath>
#include <nlohmann/json.hpp>

#include "assay/writer.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

Json assessment_json(const Assessment& assessment) {
  Json bearings = Json::array();
  for (const Bearing& bearing : assessment.bearings) {
    bearings.push_back({{"finding", bearing.finding},
                        {"direction", to_string(bearing.direction)},
                        {"reason", bearing.reason}});
  }
  Json json{
      {"explanation", assessment.explanation},    {"is_testable", assessment.is_testable},
      {"support", to_string(assessment.support)}, {"support_reason", assessment.support_reason},
      {"bearings", std::move(bearings)},          {"open", assessment.open}};
  if (assessment.exclusion) {
    json["exclusion"] = {{"statement", assessment.exclusion->statement()},
                         {"findings", assessment.exclusion->findings()}};
  }
  return json;
}

Json claim_json(const ClaimAnswer& claim) {
  Json quantities = Json::array();
  for (const Quantity& quantity : claim.quantities) {
    Json json{{"name", quantity.name}, {"unit", quantity.unit}};
    json["value"] = std::isfinite(quantity.value) ? Json(quantity.value) : Json(nullptr);
    if (quantity.interval) {
      json["interval"] = {quantity.interval->first, quantity.interval->second};
      json["interval_method"] = quantity.interval_method;
    }
    quantities.push_back(std::move(json));
  }
  Json tables = Json::array();
  for (const Table& table : claim.tables) {
    tables.push_back({{"name", table.name},
                      {"columns", table.columns},
                      {"row_labels", table.row_labels},
                      {"rows", table.rows}});
  }
  return {{"claim", claim.claim},
          {"answer", to_string(claim.answer)},
          {"in_short", claim.in_short},
          {"statement", claim.statement},
          {"findings", claim.findings},
          {"would_test", claim.would_test},
          {"quantities", std::move(quantities)},
          {"tables", std::move(tables)}};
}

}  // namespace

std::string verdict_to_json(const Verdict& verdict) {
  Json assessments = Json::array(), missing = Json::array(), claims = Json::array();
  for (const Assessment& assessment : verdict.assessments) {
    assessments.push_back(assessment_json(assessment));
  }
  for (const MissingRecord& record : verdict.missing) {
    missing.push_back({{"record", record.record},
                       {"text", record.text},
                       {"weight", record.weight},
                       {"would_separate", record.would_separate}});
    if (record.bits) missing.back()["bits"] = *record.bits;
  }
  Json weights = Json::array();
  for (const TimingWeight& weight : verdict.weights) {
    weights.push_back({{"claim", weight.claim},
                       {"finding", weight.finding},
                       {"party", weight.party},
                       {"ln_lr", weight.ln_lr ? Json(*weight.ln_lr) : Json(nullptr)},
                       {"statement", weight.statement},
                       {"expected", weight.expected}});
  }
  for (const ClaimAnswer& claim : verdict.claims) claims.push_back(claim_json(claim));
  const Json json{{"question", verdict.question},
                  {"rung", static_cast<int>(verdict.rung)},
                  {"rung_name", to_string(verdict.rung)},
                  {"rung_text", describe(verdict.rung)},
                  {"rung_statement", verdict.rung_statement},
                  {"rung_findings", verdict.rung_findings},
                  {"conclusion", to_string(verdict.conclusion)},
                  {"statement", verdict.statement},
                  {"surviving", verdict.surviving},
                  {"excluded", verdict.excluded},
                  {"missing", std::move(missing)},
                  {"assessments", std::move(assessments)},
                  {"claims", std::move(claims)},
                  {"weights", std::move(weights)},
                  {"model_sha256", verdict.model_sha256}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace assay
