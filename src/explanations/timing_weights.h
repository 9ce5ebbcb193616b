// What the shipped model weighs between simulated causes for each party, and what further records
// would add. docs/weighing.md argues the limits.
#pragma once

#include "assay/verdict.h"
#include "explanations/likelihood/family_model.h"

namespace assay {

// From findings of timing_summary; one weight a party and claim. Parties without such a finding
// have none.
std::vector<TimingWeight> timing_weights(const likelihood::FamilyModel& model,
                                         const FindingSet& findings);

}  // namespace assay
