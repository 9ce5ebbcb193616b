// Sets of evidence in the words of a person: docs/mail-review.md, "Sets".
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "engine/case_impl.h"

namespace assay {

struct ReviewSets {
  std::set<std::uint32_t> known, fresh;  // numbers of evidences with messages
  std::vector<std::string> left_out;     // ids that were named and are not read
};

// Errors: usage (a word that names nothing, with the nearest; an evidence in both sets).
Result<ReviewSets> parse_review_sets(const CaseState& state, const std::string& known,
                                     const std::string& fresh);

}  // namespace assay
