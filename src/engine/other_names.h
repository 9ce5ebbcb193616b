// Counts how every name that a question is not about was shared out among its askers, in one pass
// over the rows of the vantage and in bounded memory.
#pragma once

#include <functional>

#include "assay/method.h"
#include "assay/store.h"
#include "engine/clock_shifts.h"

namespace assay {

// Of more names than this a random share is counted, drawn by a hash of their keys: a uniform
// sample of names is as good a base rate as all of them, and 100,000 decide p values of 0.0001.
inline constexpr std::size_t kMostOtherNames = 100'000;

// Fills records.other_names. `is_ours`: keys of names that are the question's, or could be.
Status load_other_names(RecordStore& store, const ClockShifts& shifts,
                        const std::function<bool(std::uint64_t)>& is_ours, QuestionRecords& records,
                        std::size_t most_names = kMostOtherNames);

}  // namespace assay
