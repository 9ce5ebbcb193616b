// Brings the rows that one question rests on out of the store, grouped by vantage, with names and
// hosts spelled out and parties assigned.
#pragma once

#include <vector>

#include "assay/method.h"
#include "assay/store.h"
#include "engine/clock_shifts.h"

namespace assay {

// More rows than this are not held in memory for one question: the error asks for a narrower one.
inline constexpr std::uint64_t kMostQuestionRows = 8'000'000;

// Whether the row shows that its client asked a server. Whoever forges a source address makes
// answers fall on a party that asked nothing (backscatter), so an answer alone does not.
inline bool is_lookup(std::uint32_t flags) {
  return (flags & kHasQuery) != 0 && (flags & kMulticast) == 0 && opcode_of(flags) == 0;
}

// The names that the question is about: its own, else all that its parties hold.
std::vector<NamePattern> target_patterns(const CaseFile& case_file, const Question& question);

// One QuestionRecords a vantage among the evidences read, in the order of the Vantage enumeration;
// none when no look-up record was read. The pointers within refer to `evidences`.
Result<std::vector<QuestionRecords>> load_question_records(RecordStore& store,
                                                           const CaseFile& case_file,
                                                           const Question& question,
                                                           const std::vector<Evidence>& evidences,
                                                           const ClockShifts& shifts = {});

}  // namespace assay
