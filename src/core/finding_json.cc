#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "assay/writer.h"

namespace assay {

struct AbsenceReader {
  static Absence read(const nlohmann::ordered_json& json) {
    Absence absence;
    absence.statement_ = json.at("statement").get<std::string>();
    absence.evidence_ids_ = json.at("evidence_ids").get<std::vector<std::string>>();
    return absence;
  }
};

namespace {

using Json = nlohmann::ordered_json;

constexpr Outcome kOutcomes[] = {Outcome::measured, Outcome::found, Outcome::nothing_found,
                                 Outcome::not_enough, Outcome::not_applicable};

// JSON has no infinity and no NaN: they travel as null, and come back as NaN.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
double number_of(const Json& json) { return json.is_null() ? std::nan("") : json.get<double>(); }

Json quantity_json(const Quantity& quantity) {
  Json json{{"name", quantity.name}, {"value", number(quantity.value)}, {"unit", quantity.unit}};
  if (quantity.interval) {
    json["interval"] = {number(quantity.interval->first), number(quantity.interval->second)};
    json["interval_method"] = quantity.interval_method;
  }
  return json;
}

Quantity quantity_of(const Json& json) {
  Quantity quantity{json.at("name").get<std::string>(), number_of(json.at("value")),
                    json.at("unit").get<std::string>(), std::nullopt, ""};
  if (json.contains("interval")) {
    const Json& interval = json["interval"];
    quantity.interval = {number_of(interval.at(0)), number_of(interval.at(1))};
    quantity.interval_method = json.at("interval_method").get<std::string>();
  }
  return quantity;
}

Json table_json(const Table& table) {
  Json rows = Json::array();
  for (const auto& row : table.rows) {
    Json cells = Json::array();
    for (const double cell : row) cells.push_back(number(cell));
    rows.push_back(std::move(cells));
  }
  return {{"name", table.name},
          {"columns", table.columns},
          {"row_labels", table.row_labels},
          {"rows", std::move(rows)}};
}

Table table_of(const Json& json) {
  Table table{json.at("name").get<std::string>(),
              json.at("columns").get<std::vector<std::string>>(),
              json.at("row_labels").get<std::vector<std::string>>(),
              {}};
  for (const Json& row : json.at("rows")) {
    std::vector<double>& cells = table.rows.emplace_back();
    for (const Json& cell : row) cells.push_back(number_of(cell));
  }
  return table;
}

Json selection_json(const Selection& selection) {
  return {{"description", selection.description},
          {"evidences", selection.evidences},
          {"rows", selection.rows},
          {"locus_sha256", selection.locus_sha256},
          {"examples", selection.examples}};
}

Selection selection_of(const Json& json) {
  return {json.at("description").get<std::string>(),
          json.at("evidences").get<std::vector<std::uint32_t>>(),
          json.at("rows").get<std::uint64_t>(), json.at("locus_sha256").get<std::string>(),
          json.at("examples").get<std::vector<std::string>>()};
}

Finding finding_of(const Json& json) {
  Finding finding;
  finding.id = json.at("id").get<std::string>();
  finding.method = json.at("method").get<std::string>();
  finding.method_version = json.at("method_version").get<std::string>();
  finding.question = json.at("question").get<std::string>();
  finding.vantage = json.at("vantage").get<std::string>();
  finding.subject = json.at("subject").get<std::string>();
  for (const Outcome outcome : kOutcomes) {
    if (json.at("outcome").get<std::string>() == to_string(outcome)) finding.outcome = outcome;
  }
  finding.statement = json.at("statement").get<std::string>();
  for (const Json& quantity : json.at("quantities")) {
    finding.quantities.push_back(quantity_of(quantity));
  }
  finding.denominator = json.at("denominator").get<std::string>();
  finding.window = {json.at("window").at("begin_us").get<std::int64_t>(),
                    json.at("window").at("end_us").get<std::int64_t>()};
  finding.dedup_rule = json.at("dedup_rule").get<std::string>();
  finding.parameters = json.at("parameters").get<std::map<std::string, std::string>>();
  finding.selection = selection_of(json.at("selection"));
  finding.limitations = json.at("limitations").get<std::vector<std::string>>();
  for (const Json& table : json.at("tables")) finding.tables.push_back(table_of(table));
  if (json.contains("absence")) finding.absence = AbsenceReader::read(json["absence"]);
  return finding;
}

}  // namespace

std::string finding_to_json(const Finding& finding) {
  Json quantities = Json::array(), tables = Json::array();
  for (const Quantity& quantity : finding.quantities) quantities.push_back(quantity_json(quantity));
  for (const Table& table : finding.tables) tables.push_back(table_json(table));
  Json json{{"id", finding.id},
            {"method", finding.method},
            {"method_version", finding.method_version},
            {"question", finding.question},
            {"vantage", finding.vantage},
            {"subject", finding.subject},
            {"outcome", to_string(finding.outcome)},
            {"statement", finding.statement},
            {"quantities", std::move(quantities)},
            {"denominator", finding.denominator},
            {"window",
             {{"begin_us", finding.window.begin_us},
              {"end_us", finding.window.end_us},
              {"text", format_interval(finding.window)}}},
            {"dedup_rule", finding.dedup_rule},
            {"parameters", finding.parameters},
            {"selection", selection_json(finding.selection)},
            {"limitations", finding.limitations},
            {"tables", std::move(tables)}};
  if (finding.absence) {
    json["absence"] = {{"statement", finding.absence->statement()},
                       {"evidence_ids", finding.absence->evidence_ids()}};
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Finding> finding_from_json(std::string_view text) {
  try {
    return finding_of(Json::parse(text));
  } catch (const nlohmann::json::exception& problem) {
    return Error{ErrorCode::malformed, fmt::format("a finding cannot be read: {}", problem.what()),
                 "run 'assay examine' again"};
  }
}

}  // namespace assay
