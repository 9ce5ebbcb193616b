// Transfers that no id joins: a refusal before the message has none. What is left of both logs to
// be joined by who and when.
#pragma once

#include "methods/support/joins_events.h"
#include "methods/support/joins_letters.h"

namespace assay::methods {

struct TransfersLeft {
  JoinEvents handed_over, taken;
};

// `taken` tells no Message-ID, which could contradict, and lies in an evidence that tells nothing
// handed over between the same sides: one log never tells both ends of a transfer.
TransfersLeft transfers_left(const JoinLists& lists, const LetterJoins& joined,
                             const OtherRecords& others);

}  // namespace assay::methods
