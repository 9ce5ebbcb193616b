// What captures saw answered to look-ups of the records that mail is checked by (keys, senders'
// hosts, policies), as registrations of the time of their answer.
#pragma once

#include <vector>

#include "assay/method.h"
#include "assay/store.h"
#include "engine/clock_shifts.h"

namespace assay {

inline constexpr std::size_t kMostPolicyLookups = 100'000;  // that are looked at
inline constexpr std::size_t kMostPolicyAnswers = 20'000;   // that are kept

// Appends a row of kind registration and type TXT for each, with its name's key alone. True when a
// limit left some out.
Result<bool> add_policy_answers(RecordStore& store, const ClockShifts& shifts,
                                std::vector<OtherRow>& rows);

}  // namespace assay
