// Siblings of the question's names and addresses: on one network, of one registrant, at the same
// name servers. Counted against how many there could be, never a tie by themselves.
#pragma once

#include <vector>

#include "methods/support/assertions.h"

namespace assay::methods {

std::vector<Finding> neighbour_findings(const MethodContext& context,
                                        const std::vector<Assertion>& all, const Asked& asked);

}  // namespace assay::methods
