// What the resolvers of a party keep, and which questions leave them.
#pragma once

#include <vector>

#include "sim/iteration.h"
#include "sim/stub.h"

namespace assay::sim {

// `questions` in order of time. Every address has `shards` caches, each of which keeps an answer
// from when it came for its TTL, as clamped; each question meets one of them at random.
// `names` gets those that a resolver asks for on the way down (Iteration::minimises_names), which
// without it does not happen.
std::vector<UpstreamQuery> pass_caches(const std::vector<StubQuestion>& questions,
                                       const Scenario& scenario, const Party& party, Random& random,
                                       Names* names = nullptr);

}  // namespace assay::sim
