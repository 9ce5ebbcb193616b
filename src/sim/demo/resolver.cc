#include "sim/demo/resolver.h"

#include <algorithm>

namespace assay::sim::demo {
namespace {

// One refresh: a first query, perhaps a second one to another server at once, and retries while the
// chosen server is lame. Returns the time at which the answer is there.
double refresh(double t, int address, const ResolverFarm& farm, const std::string& name,
               const char* cause, Random& random, std::vector<UpstreamQuery>& out) {
  auto server = static_cast<int>(random.below(static_cast<std::uint64_t>(farm.servers)));
  const auto send = [&](double when) { out.push_back({when, address, server, name, cause}); };
  const auto next_server = [&] { server = (server + 1) % farm.servers; };
  send(t);
  if (random.chance(farm.repeat_probability)) {
    next_server();
    send(t + random.uniform(0.01, 0.3));
  }
  while (random.chance(farm.lame_probability)) {
    t += random.uniform(farm.retry_seconds_low, farm.retry_seconds_high);
    next_server();
    send(t);
  }
  return t + random.uniform(0.01, 0.15);
}

}  // namespace

std::vector<UpstreamQuery> resolve(const std::vector<Demand>& demands, const ResolverFarm& farm,
                                   const std::string& name, Random& random) {
  std::vector<UpstreamQuery> out;
  std::vector<double> expires(farm.addresses.size(), -1e18);
  const auto ask = [&](double t, int address, const char* cause) {
    double& expiry = expires[static_cast<std::size_t>(address)];
    if (t < expiry) return;
    expiry = refresh(t, address, farm, name, cause, random, out) + farm.ttl_seconds;
  };
  const auto count = static_cast<int>(farm.addresses.size());
  for (const Demand& demand : demands) {
    const auto first = static_cast<int>(random.below(static_cast<std::uint64_t>(count)));
    ask(demand.time_s, first, demand.cause);
    if (count > 1 && random.chance(farm.asks_both_probability)) {
      ask(demand.time_s + random.uniform(0, 3), (first + 1) % count, demand.cause);
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const UpstreamQuery& a, const UpstreamQuery& b) {
    return a.time_s < b.time_s;
  });
  return out;
}

}  // namespace assay::sim::demo
