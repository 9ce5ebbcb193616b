// Holds lists of indicators against everything in the case, once for all questions.
#pragma once

#include <vector>

#include "assay/case.h"
#include "assay/evidence.h"
#include "assay/store.h"
#include "engine/clock_shifts.h"
#include "methods/support/indicator_matches.h"

namespace assay {

struct IndicatorLimits {
  std::size_t entries = 500'000;    // of all lists
  std::size_t matches = 10'000;     // that are told apart
  std::size_t loci = 200'000;       // records that the finding is sealed over
  std::size_t answers = 2'000'000;  // that match, before their look-ups are found
  std::size_t names_of_address = 10'000;
  std::size_t names_of_all = 1'000'000;
};

// Look-ups (asked name, asker, server), answers (addresses, and names that they lead to), and all
// other records (both ends, their name, and fields that hold names, addresses or mailboxes).
// O(names + look-ups + records + fields); each name is looked up once for each of its labels, each
// address once for each length of network in the lists.
Result<IndicatorMatches> match_indicators(RecordStore& store, const CaseFile& case_file,
                                          const std::vector<Evidence>& evidences,
                                          const ClockShifts& shifts,
                                          const IndicatorLimits& limits = {});

}  // namespace assay
