// The difference of two examinations as JSON; docs/difference.md describes its members.
#include <nlohmann/json.hpp>

#include "assay/writer.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

Json side_json(const CaseModel& model) {
  return {{"title", model.case_file.title},
          {"case_hash_when_examined", model.case_hash},
          {"examined", format_utc(model.examined_us)},
          {"assay", model.engine_version}};
}

Json verdict_side(const QuestionResult* result) {
  if (result == nullptr) return nullptr;
  const Verdict& verdict = result->verdict;
  return {{"rung", static_cast<int>(verdict.rung)},
          {"rung_name", to_string(verdict.rung)},
          {"rung_statement", verdict.rung_statement},
          {"rung_findings", verdict.rung_findings},
          {"conclusion", to_string(verdict.conclusion)},
          {"statement", verdict.statement},
          {"surviving", verdict.surviving},
          {"excluded", verdict.excluded}};
}

Json finding_json(const FindingChange& change) {
  Json json{{"change", to_string(change.change)},
            {"finding", change.id},
            {"method", change.method},
            {"version_before", change.version_before},
            {"version_after", change.version_after},
            {"what", change.what},
            {"statement", change.statement}};
  if (change.change == Change::changed) json["statement_before"] = change.statement_before;
  return json;
}

template <class Word>
Json word_or_null(const std::optional<Word>& word) {
  return word ? Json(to_string(*word)) : Json(nullptr);
}

Json explanation_json(const ExplanationChange& change) {
  Json bearings = Json::array();
  for (const BearingChange& bearing : change.bearings) {
    bearings.push_back({{"finding", bearing.finding},
                        {"before", word_or_null(bearing.before)},
                        {"after", word_or_null(bearing.after)},
                        {"reason", bearing.reason}});
  }
  const Explanation* explanation = find_explanation(change.explanation);
  return {{"explanation", change.explanation},
          {"code", explanation == nullptr ? "" : explanation->code()},
          {"before", change.before},
          {"after", change.after},
          {"has_moved", change.has_moved()},
          {"why", change.why},
          {"excluded_by", change.exclusions},
          {"bearings", std::move(bearings)}};
}

Json claim_json(const ClaimChange& change) {
  return {{"claim", change.claim},
          {"before", word_or_null(change.before)},
          {"after", word_or_null(change.after)},
          {"has_moved", change.has_moved()},
          {"in_short_before", change.short_before},
          {"in_short_after", change.short_after},
          {"statement", change.statement},
          {"new_or_changed_findings", change.findings}};
}

Json missing_json(const MissingChange& change) {
  return {{"record", change.record},
          {"text", change.text},
          {"place_before", change.place_before},
          {"place_after", change.place_after},
          {"weight_before", change.weight_before},
          {"weight_after", change.weight_after}};
}

template <class Changes, class ToJson>
Json list_of(const Changes& changes, ToJson to_json) {
  Json list = Json::array();
  for (const auto& change : changes) list.push_back(to_json(change));
  return list;
}

Json question_json(const QuestionDifference& question) {
  const QuestionResult& asked = question.after != nullptr ? *question.after : *question.before;
  return {{"id", asked.question.id},
          {"text", asked.question.text},
          {"before", verdict_side(question.before)},
          {"after", verdict_side(question.after)},
          {"is_verdict_changed", question.is_verdict_changed},
          {"findings", list_of(question.findings, finding_json)},
          {"explanations", list_of(question.explanations, explanation_json)},
          {"claims", list_of(question.claims, claim_json)},
          {"missing", list_of(question.missing, missing_json)}};
}

}  // namespace

std::string difference_to_json(const CaseModel& before, const CaseModel& after) {
  const Difference difference = difference_between(before, after);
  const Json json{{"before", side_json(before)},
                  {"after", side_json(after)},
                  {"is_same_case_later", difference.is_same_case_later},
                  {"is_nothing", difference.is_nothing()},
                  {"stated", difference.stated},
                  {"evidence", list_of(difference.evidences,
                                       [](const EvidenceChange& change) {
                                         return Json{{"change", to_string(change.change)},
                                                     {"evidence", change.id},
                                                     {"text", change.text}};
                                       })},
                  {"questions", list_of(difference.questions, question_json)}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace assay
