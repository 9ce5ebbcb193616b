// Who kept the logs of one vantage: which evidences are pieces of one log, and which others could
// hold what they lack. docs/ladder.md has the rule.
#pragma once

#include <vector>

#include "assay/finding.h"
#include "assay/store.h"

namespace assay {

// Every evidence of look-ups at this vantage, and every one that could be: of no stated vantage, or
// of a kind that nobody could tell. The pointers refer to `evidences`.
Result<std::vector<Recorder>> recorders_of(RecordStore& store, Vantage vantage,
                                           const std::vector<Evidence>& evidences);

}  // namespace assay
