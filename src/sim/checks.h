// What a mail host looks up about whoever connects, beside the name itself: FCrDNS begins with the
// address (RFC 8601 section 2.7.3), block lists are asked with it (RFC 5782 section 2.1), SPF and
// DMARC are TXT records of the sender's domain (RFC 7208, RFC 7489).
#pragma once

#include "sim/happenings.h"
#include "sim/scenario.h"

namespace assay::sim {

// Adds to the demands of a cause those that its inbound transfers make.
void add_checks(const Party& party, const TargetName& target, Happenings& happened);

// The names that are asked of other servers than those of the target's zone.
std::string reverse_name(const std::string& address);
std::string blocklist_name(const std::string& address, const std::string& list);

}  // namespace assay::sim
