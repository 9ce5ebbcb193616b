// Brings what the packets of a question's look-ups told beyond their rows: the records of hop limit
// and EDNS size (docs/records.md) that are in force at one of its rows.
#pragma once

#include <vector>

#include "assay/method.h"
#include "assay/store.h"
#include "engine/clock_shifts.h"

namespace assay {

inline constexpr std::size_t kMostPathRecords = 200'000;

// Adds them to `others`, as records of kind dns, which stay sorted. Of those beyond the limit it is
// said that they are left out.
Status load_query_paths(RecordStore& store, const std::vector<QuestionRecords>& groups,
                        const ClockShifts& shifts, OtherRecords& others,
                        std::size_t most = kMostPathRecords);

}  // namespace assay
