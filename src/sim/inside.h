// Hosts inside a party's network, in private addresses of its own (RFC 1918), and those of nobody
// here.
#pragma once

#include <string>

#include "sim/happenings.h"
#include "sim/scenario.h"

namespace assay::sim {

// "10.1.0.0/16" of the first party
std::string inside_prefix(std::uint16_t party);
// Of a network that is no party's, by its number from 0 to 229; never the target's own.
std::string outside_address(const TargetName& target, std::uint64_t number);
std::string mail_host(const Party& party);
// Of who asked at that time. A workstation is used by one person for half an hour.
std::string inside_address(const Party& party, std::uint16_t number, Asker asker,
                           std::uint16_t cause, double time_s);

}  // namespace assay::sim
