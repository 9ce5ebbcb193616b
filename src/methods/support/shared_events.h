// Events that two evidences both tell, found whatever their clocks say.
//
// Rows agree when client, name and type do, and id and port where both tell them. Among all rows
// that agree, the time differences of true twins pile up at one offset; those of chance do not.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/method.h"
#include "methods/support/stats.h"

namespace assay::methods {

// One evidence of one set of records.
struct EvidenceRows {
  const QuestionRecords* records = nullptr;
  const Evidence* evidence = nullptr;
  std::vector<std::uint32_t> rows;  // indices into records->rows, by time
};
std::vector<EvidenceRows> rows_by_evidence(const QuestionRecords& records);

struct SharedEvents {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> twins;  // rows of a and b, by time of a
  double offset_seconds = 0;             // clock of b minus clock of a, at the middle of the twins
  std::optional<Range> offset_interval;  // order statistics of the median, wider by both stamps
  double drift_ppm = 0;                  // how much faster b's clock goes
  std::optional<Range> drift_interval;   // Sen 1968; none for short spans or few twins
  double runner_up = 0;  // twins at the next best offset, as a share of those at the best
  double runner_up_offset_seconds = 0;
  double span_seconds = 0;  // between the first twin and the last
  bool is_thinned = false;  // more pairs agreed than are looked at
};

// Offsets up to 26 hours are looked at: the widest that two zones can be apart. O(n log n) in the
// pairs of rows that agree, at most kMostPairs.
SharedEvents find_shared_events(const EvidenceRows& a, const EvidenceRows& b);

inline constexpr double kFewestTwins = 10;
inline constexpr double kMostRunnerUp = 0.8;

// Enough twins, and no second offset that would do nearly as well.
bool is_identified(const SharedEvents& shared);

using EvidencePair = std::pair<const EvidenceRows*, const EvidenceRows*>;
using MeasurePair = std::function<Finding(const EvidencePair&, const MethodContext&)>;
inline constexpr std::size_t kMostEvidencePairs =
    60;  // beyond, findings say how many were left out

// A finding for every pair of evidences within one vantage; `otherwise` when there is none.
std::vector<Finding> measure_pairs_within(const QuestionRecords& records,
                                          const MethodContext& context, const MeasurePair& measure,
                                          Finding otherwise);
// A finding for every pair whose vantages differ.
std::vector<Finding> measure_pairs_across(const std::vector<QuestionRecords>& vantages,
                                          const MethodContext& context, const MeasurePair& measure);
// That there are no two evidences; `what_then` ends the sentence.
Finding nothing_to_compare(const Method& method, const QuestionRecords& records,
                           const MethodContext& context, std::string_view what_then);

// Over rows of both: sealed in the order (evidence, offset).
Selection seal_twins(const EvidenceRows& a, const EvidenceRows& b, const SharedEvents& shared,
                     std::string description);

// A finding about the pair "dns-1+dns-2": its vantage is "across" when theirs differ.
Finding make_pair_finding(const Method& method, const EvidencePair& pair,
                          const MethodContext& context);

}  // namespace assay::methods
