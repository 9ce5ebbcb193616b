// Names below in-addr.arpa and ip6.arpa, and the addresses for which they stand.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "assay/names.h"

namespace assay {

// The address that a canonical reverse name stands for (RFC 1035 section 3.5, RFC 3596); nothing
// for a name of a network, of fewer labels, or any other.
std::optional<IpAddress> reverse_address(std::string_view canonical);

// The reverse name of an address, canonical.
std::string reverse_name(const IpAddress& address);

}  // namespace assay
