// What examined runs of known cause come to.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/calibrate/simulated_case.h"
#include "sim/cause.h"

namespace assay {

// Of one run, what is counted.
struct RunOutcome {
  const sim::CauseKind* cause = nullptr;
  std::uint64_t rows = 0;
  bool is_edited = false;
  Conclusion conclusion = Conclusion::insufficient;
  bool is_rung_too_high = false;  // above what truly happened and the records could show
  bool is_contact_shown = false;  // a rung above that of look-ups
  bool names_missing = false;     // records that would settle it are named
  bool has_explanation = false;   // one of the engine's explanations is this cause
  // A true cause leaves mail or flows, and complete logs of both lie beside the look-ups: only then
  // could a verdict exclude it.
  bool is_excludable = false;
  bool has_second_places =
      false;  // a second mail host and line took all, and their logs are missing
  bool is_truth_excluded = false;
  bool is_truth_among_survivors = false;
  bool is_single_cause_wrong = false;  // one cause survives and it is another
  bool is_truth_opposed = false;       // a finding bears strongly against the true cause
  bool is_program_said = false;        // timing is said to speak for a program
  bool is_program = false;             // and one of the true causes is a program
  bool is_mixture = false;             // of several causes
  bool has_other_records = false;      // mail logs and flows lie beside the look-ups
  std::uint32_t causes_excluded = 0;   // how many causes the verdict excludes, of the engine's
  // Explanations of caches and recording that were true of the run, and were excluded.
  std::vector<std::string> wrongly_excluded;
  std::vector<ClaimAnswer> claims;  // of the claims that every simulated case makes
};
// `besides`: further causes of a mixture that asked, as true as `cause`, which the run stands
// under.
RunOutcome outcome_of(const sim::CauseKind& cause, const sim::Scenario& scenario,
                      const QuestionResult& result, std::uint64_t rows,
                      bool has_other_records = false,
                      const std::vector<const sim::CauseKind*>& besides = {});

struct CauseTally {
  std::string cause, code;
  std::uint32_t runs = 0, edited = 0, settled = 0, inconclusive = 0, insufficient = 0;
  std::uint32_t rung_too_high = 0, contact_shown = 0, settled_by_look_ups = 0;
  std::uint32_t without_missing = 0, mixtures = 0;
  // Runs in which any cause was excluded: without any, "truth excluded" could not fail.
  std::uint32_t any_excluded = 0, excluded_by_look_ups = 0, causes_excluded = 0;
  std::uint32_t with_other_records = 0;
  std::uint32_t truth_opposed = 0, program_said = 0, program_said_wrongly = 0;
  std::uint32_t excludable = 0, excludable_unseen = 0;  // the latter over second places
  std::uint32_t with_explanation = 0, truth_excluded = 0, truth_survives = 0, wrong_single = 0;
  std::vector<std::uint64_t> rows;  // of each run
  std::vector<std::string> wrongly_excluded;
  std::map<std::string, std::array<std::uint32_t, 4>> claims;  // by kind, of each Answer in order
};
// One for each cause, in the order of the registry, and last one for all of them.
std::vector<CauseTally> tally(const std::vector<RunOutcome>& outcomes);

// An upper limit of a rate of which `count` of `of` were seen, at 95 % one-sided (Clopper and
// Pearson 1934).
double upper_limit(std::uint32_t count, std::uint32_t of);

}  // namespace assay
