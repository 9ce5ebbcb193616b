// From a wish inside a network to questions at its resolvers.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/happenings.h"
#include "sim/random.h"
#include "sim/scenario.h"

namespace assay::sim {

// A question that a resolver gets from inside.
struct StubQuestion {
  double time_s = 0;
  std::uint32_t name = 0;
  std::uint16_t qtype = kTypeA;
  std::uint16_t cause = 0;    // of the party, by position
  std::uint16_t address = 0;  // of the party's resolvers
  Asker asker = Asker::server;
  bool exists = true;  // but for the target, which may be removed
  bool is_elsewhere = false;
};

// Adds to `out`, in any order. Where the target is removed, the search suffix is tried after it.
void ask_resolvers(const std::vector<Demand>& demands, std::uint16_t cause, const Party& party,
                   const TargetName& target, Names& names, Random& random,
                   std::vector<StubQuestion>& out);

}  // namespace assay::sim
