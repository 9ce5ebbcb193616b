// Siblings of the question's names and addresses: on one network, of one registrant, at the same
// name servers. Counted against how many there could be, never a tie by themselves.
#pragma once

#include <vector>

#include "methods/support/assertions.h"

namespace assay::methods {

struct Neighbour {
  std::string what;      // a domain, or an address with its reverse name
  std::string_view why;  // "network", "naming_pattern", "same_registrant", "same_name_servers"
  std::string shared;    // the network, the pattern or the value
  const Assertion* by = nullptr;
};
// One for each assertion that makes it one, in their order.
std::vector<Neighbour> neighbours_of(const std::vector<Assertion>& all, const Asked& asked);

std::vector<Finding> neighbour_findings(const MethodContext& context,
                                        const std::vector<Assertion>& all, const Asked& asked);

}  // namespace assay::methods
