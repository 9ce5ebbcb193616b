// The Received fields of each message, from the topmost (written last) down, and how far a stated
// party's own servers vouch for them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "methods/support/other_findings.h"

namespace assay::methods {

struct ChainHop {
  std::uint32_t row = 0;
  std::string by;                 // canonical; "" = none that is a name
  std::vector<std::string> from;  // names of who handed it over: found, and as it called itself
  std::optional<std::int64_t> at_us;
  std::string id;
};

struct Chain {
  std::uint32_t message = 0;   // row
  std::vector<ChainHop> hops;  // topmost first
  bool is_whole = true;        // no hop was left out on loading
  // The party whose server wrote the topmost field, and how many fields from there on its servers
  // wrote: those below are whatever the last of them was handed. 0: none is a stated party's.
  int keeper = -1;
  std::size_t trusted = 0;

  // The field that tells who handed the message to the keeper.
  const ChainHop* handover() const { return trusted == 0 ? nullptr : &hops[trusted - 1]; }
};

// One for each message with a Received field, in the order of the records.
std::vector<Chain> chains_of(const MethodContext& context);

// Whether the host that `lower` says wrote it is who handed `upper` its message.
enum class Joined { yes, same_domain, no, not_told };
Joined joined(const MethodContext& context, const ChainHop& upper, const ChainHop& lower);

}  // namespace assay::methods
