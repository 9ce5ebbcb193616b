// From demand to upstream query: the stub (which resolvers a host asks), the cache of each
// resolver, and the choice of authoritative server with loss and retry.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/demo/cause.h"

namespace assay::sim::demo {

// How the hosts of one party reach the world.
struct ResolverFarm {
  std::vector<std::string> addresses;  // upstream addresses, one cache behind each
  double asks_both_probability = 0.9;  // the stub sends to the next resolver as well, within 3 s
  double ttl_seconds = 3'600;
  double lame_probability = 0.15;   // the chosen server answers too late: retry at another
  double repeat_probability = 0.5;  // the resolver sends a second query in the same refresh
  double retry_seconds_low = 0.8;
  double retry_seconds_high = 5;
  int servers = 3;
};

// A query that leaves a resolver towards an authoritative server.
struct UpstreamQuery {
  double time_s = 0;
  int address = 0;  // index into ResolverFarm::addresses
  int server = 0;   // 0 = ns1, ...
  std::string name;
  const char* cause = "";
};

// `demands` in order of time. The name is in the cache of an address for ttl_seconds after the
// answer.
std::vector<UpstreamQuery> resolve(const std::vector<Demand>& demands, const ResolverFarm& farm,
                                   const std::string& name, Random& random);

}  // namespace assay::sim::demo
