#include "sim/stub.h"

namespace assay::sim {

void ask_resolvers(const std::vector<Demand>& demands, std::uint16_t cause, const Party& party,
                   const TargetName& target, Names& names, Random& random,
                   std::vector<StubQuestion>& out) {
  const auto count = static_cast<std::uint16_t>(party.addresses.size());
  if (count == 0) return;
  const Stub& stub = party.stub;
  for (const Demand& demand : demands) {
    auto address = static_cast<std::uint16_t>(random.below(count));
    const auto ask = [&](double time_s, std::uint32_t name, bool exists) {
      out.push_back(
          {time_s, name, demand.qtype, cause, address, demand.asker, exists, demand.is_elsewhere});
    };
    ask(demand.time_s, demand.name, demand.exists);
    if (count > 1 && random.chance(stub.asks_both_probability)) {
      address = static_cast<std::uint16_t>((address + 1) % count);
      ask(demand.time_s + random.uniform(0, stub.both_seconds), demand.name, demand.exists);
    }
    if (random.chance(stub.retry_probability)) {
      address = static_cast<std::uint16_t>((address + 1) % count);
      ask(demand.time_s + random.uniform(1, 5), demand.name, demand.exists);
    }
    const bool is_gone = target.removed_s != 0 && demand.time_s >= target.removed_s;
    if (is_gone && demand.name == 0 && !stub.suffix.empty()) {
      const std::uint32_t run_on = names.number(target.qname + "." + stub.suffix);
      ask(demand.time_s + random.uniform(0.01, 1.5), run_on, false);
    }
  }
}

}  // namespace assay::sim
