// Brings the records of a question that are no look-ups out of the store: of all evidences at once,
// with names and hosts spelled out and parties assigned.
#pragma once

#include <vector>

#include "assay/method.h"
#include "assay/store.h"
#include "engine/clock_shifts.h"

namespace assay {

// What touches the question's parties and names, and what only stands beside it (the rest of a
// mail server's log, other registrations): each has its own limit, so that neighbours never push
// the question's own records out. Fields count against kMostOtherBytes, of each of the two.
inline constexpr std::size_t kMostTouchingRows = 200'000;
inline constexpr std::size_t kMostBesideRows = 100'000;
inline constexpr std::size_t kMostOtherBytes = std::size_t{64} << 20;

// What is learnt before rows are taken. Beyond a limit, rows that could touch the question for what
// was not learnt count as left out, so that no absence is built on them.
struct OtherLimits {
  std::size_t asked_names = 200'000;    // names of the question, as a tunnel makes them
  std::size_t sibling_names = 200'000;  // of the zones around them
  std::size_t hosts = 200'000;          // IPv6, of the question's networks and their neighbours
  std::size_t answers = 100'000;        // that are looked at for addresses
  std::size_t name_addresses = 256;     // that the question's names are said to have had
};

// Names without a wildcard of the question and of its parties, and what lies in `evidences`. The
// whole text of an object (field `raw`) stays in the store.
Result<OtherRecords> load_other_records(RecordStore& store, const CaseFile& case_file,
                                        const Question& question,
                                        const std::vector<Evidence>& evidences,
                                        const ClockShifts& shifts = {},
                                        const OtherLimits& limits = {});

}  // namespace assay
