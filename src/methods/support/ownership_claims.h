// What sources say of a claim that a name or an address was registered to somebody, or controlled
// by them.
#pragma once

#include <vector>

#include "methods/support/assertions.h"

namespace assay::methods {

std::vector<Finding> ownership_claim_findings(const MethodContext& context,
                                              const std::vector<Assertion>& all);

}  // namespace assay::methods
