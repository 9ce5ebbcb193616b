#include "engine/calibrate/tally.h"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>

namespace assay {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const Explanation* explanation_of(std::string_view code) {
  if (code.empty()) return nullptr;
  for (const Explanation* each : all_explanations()) {
    if (each->code() == code) return each;
  }
  return nullptr;
}

// By code: what caches, servers, stubs and recorders did in this run.
std::vector<std::string_view> true_of(const sim::Scenario& scenario) {
  std::vector<std::string_view> codes = {"E4"};
  const sim::Party& party = scenario.parties.front();
  if (party.cache.prefetch_share > 0 || party.cache.prefetch_seconds > 0) codes.push_back("E5");
  if (party.iteration.loss_probability > 0 || party.stub.retry_probability > 0) {
    codes.push_back("E6");
  }
  const sim::Edit& edit = scenario.edit;
  if (edit.deleted_share + edit.invented_share + edit.repeated_block_rows + edit.rounded_share >
      0) {
    codes.push_back("E10");
  }
  if (scenario.vantage.only_target) codes.push_back("E11");
  if (scenario.vantage.seen_probability < 1) codes.push_back("E12");
  return codes;
}

// Whether the cause has to leave mail or flows, so that their absence excludes it.
bool leaves_transfers(std::string_view explanation) {
  const Explanation* each = find_explanation(explanation);
  return each != nullptr && std::any_of(each->predictions().begin(), each->predictions().end(),
                                        [](const Prediction& prediction) {
                                          return prediction.must_be_there &&
                                                 (prediction.record_kind == "mail" ||
                                                  prediction.record_kind == "flow");
                                        });
}

bool is_opposed(const Verdict& verdict, std::string_view explanation) {
  for (const Assessment& assessment : verdict.assessments) {
    if (assessment.explanation != explanation) continue;
    return std::any_of(assessment.bearings.begin(), assessment.bearings.end(),
                       [](const auto& b) { return b.direction == Direction::strongly_against; });
  }
  return false;
}

// As the verdict's statement says it: automation found for a party of the question.
bool is_program_found(const QuestionResult& result) {
  const auto& between = result.question.between;
  return std::any_of(result.findings.begin(), result.findings.end(), [&](const Finding& finding) {
    return finding.method == "automation" && finding.outcome == Outcome::found &&
           std::find(between.begin(), between.end(), finding.subject) != between.end();
  });
}

// What a complete set of these records could truly show.
Rung highest_true(const sim::CauseTruth& truth, bool has_other_records) {
  if (!has_other_records || !truth.is_contact) return Rung::asked_for_a_name;
  return truth.is_conversation ? Rung::persons_communicated : Rung::content_passed;
}

void add(const RunOutcome& outcome, CauseTally& to) {
  ++to.runs;
  to.edited += outcome.is_edited;
  to.settled += outcome.conclusion == Conclusion::settled;
  to.inconclusive += outcome.conclusion == Conclusion::inconclusive;
  to.insufficient += outcome.conclusion == Conclusion::insufficient;
  to.settled_by_look_ups += outcome.conclusion == Conclusion::settled && !outcome.has_other_records;
  to.rung_too_high += outcome.is_rung_too_high;
  to.contact_shown += outcome.is_contact_shown;
  to.without_missing += !outcome.names_missing;
  to.with_explanation += outcome.has_explanation;
  to.excludable += outcome.is_excludable;
  to.excludable_unseen += outcome.is_excludable && outcome.has_second_places;
  to.truth_excluded += outcome.is_truth_excluded;
  to.truth_survives += outcome.is_truth_among_survivors;
  to.truth_opposed += outcome.is_truth_opposed;
  to.program_said += outcome.is_program_said;
  to.program_said_wrongly += outcome.is_program_said && !outcome.is_program;
  to.mixtures += outcome.is_mixture;
  to.with_other_records += outcome.has_other_records;
  to.causes_excluded += outcome.causes_excluded;
  to.any_excluded += outcome.causes_excluded > 0;
  to.excluded_by_look_ups += outcome.causes_excluded > 0 && !outcome.has_other_records;
  to.wrong_single += outcome.is_single_cause_wrong;
  to.rows.push_back(outcome.rows);
  to.wrongly_excluded.insert(to.wrongly_excluded.end(), outcome.wrongly_excluded.begin(),
                             outcome.wrongly_excluded.end());
  for (const ClaimAnswer& claim : outcome.claims) {
    ++to.claims[claim.claim][static_cast<std::size_t>(claim.answer)];
  }
}

}  // namespace

RunOutcome outcome_of(const sim::CauseKind& cause, const sim::Scenario& scenario,
                      const QuestionResult& result, std::uint64_t rows, bool has_other_records,
                      const std::vector<const sim::CauseKind*>& besides) {
  const Verdict& verdict = result.verdict;
  RunOutcome outcome;
  outcome.cause = &cause;
  outcome.rows = rows;
  outcome.conclusion = verdict.conclusion;
  outcome.has_other_records = has_other_records;
  outcome.is_contact_shown = verdict.rung > Rung::asked_for_a_name;
  std::vector<const sim::CauseKind*> true_causes = {&cause};
  true_causes.insert(true_causes.end(), besides.begin(), besides.end());
  outcome.is_mixture = !besides.empty();
  Rung highest = Rung::nothing;
  for (const sim::CauseKind* each : true_causes) {
    highest = std::max(highest, highest_true(each->truth(), has_other_records));
    outcome.is_program |= each->truth().is_automatic;
  }
  outcome.is_rung_too_high = verdict.rung > highest;
  outcome.names_missing = !verdict.missing.empty();
  outcome.is_program_said = is_program_found(result);
  outcome.claims = verdict.claims;
  std::vector<std::string_view> truths;
  for (const sim::CauseKind* each : true_causes) {
    const Explanation* truth = explanation_of(each->code());
    if (truth != nullptr) truths.push_back(truth->name());
  }
  outcome.has_explanation = !truths.empty();
  outcome.is_truth_among_survivors = !truths.empty();
  for (const std::string_view truth : truths) {
    outcome.is_truth_opposed |= is_opposed(verdict, truth);
    outcome.is_excludable |= has_other_records && leaves_transfers(truth);
    outcome.is_truth_excluded |= contains(verdict.excluded, truth);
    outcome.is_truth_among_survivors &= contains(verdict.surviving, truth);
  }
  std::vector<std::string> causes;
  for (const Explanation* each : all_explanations()) {
    if (each->role() != ExplanationRole::cause) continue;
    if (contains(verdict.surviving, each->name())) causes.emplace_back(each->name());
    outcome.causes_excluded += contains(verdict.excluded, each->name());
  }
  outcome.is_single_cause_wrong =
      causes.size() == 1 && std::find(truths.begin(), truths.end(), causes.front()) == truths.end();
  for (const std::string_view code : true_of(scenario)) {
    outcome.is_edited |= code == "E10";
    const Explanation* each = explanation_of(code);
    if (each != nullptr && contains(verdict.excluded, each->name())) {
      outcome.wrongly_excluded.emplace_back(each->name());
    }
  }
  return outcome;
}

std::vector<CauseTally> tally(const std::vector<RunOutcome>& outcomes) {
  std::vector<CauseTally> tallies;
  CauseTally all;
  all.cause = "all";
  for (const sim::CauseKind* cause : sim::all_causes()) {
    CauseTally& each = tallies.emplace_back();
    each.cause = cause->name();
    each.code = cause->code();
    for (const RunOutcome& outcome : outcomes) {
      if (outcome.cause == cause) add(outcome, each);
    }
    std::sort(each.rows.begin(), each.rows.end());
  }
  for (const RunOutcome& outcome : outcomes) add(outcome, all);
  std::sort(all.rows.begin(), all.rows.end());
  tallies.push_back(std::move(all));
  return tallies;
}

double upper_limit(std::uint32_t count, std::uint32_t of) {
  if (count >= of) return 1;
  const boost::math::beta_distribution<> beta(count + 1.0, static_cast<double>(of - count));
  return boost::math::quantile(beta, 0.95);
}

}  // namespace assay
