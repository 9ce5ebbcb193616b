#include "sim/iteration.h"

#include <algorithm>

namespace assay::sim {

// Sticky is BIND 9: the fastest by smoothed round-trip time, which it forgets for the others by and
// by (new = 0.7 old + 0.3 measured; others x 0.98). Band is Unbound: any within 400 ms of the best.
constexpr double kKeptShare = 0.7, kForgotten = 0.98, kBandMs = 400;
constexpr double kUsualLatencyMs = 30;

Iterator::Iterator(const Iteration& iteration, const Vantage& vantage, Random& random)
    : iteration_(iteration), vantage_(vantage), random_(random), srtt_ms_(vantage.servers.size()) {
  for (double& srtt : srtt_ms_) srtt = random_.uniform(0, 1);  // unknown ones are tried first
}

double Iterator::latency_s(std::size_t server) const {
  const double ms =
      server < vantage_.latency_ms.size() ? vantage_.latency_ms[server] : kUsualLatencyMs;
  return ms / 1'000;
}

std::uint8_t Iterator::choose() {
  const auto count = srtt_ms_.size();
  if (iteration_.choice == ServerChoice::uniform) {
    return static_cast<std::uint8_t>(random_.below(count));
  }
  const auto best = std::min_element(srtt_ms_.begin(), srtt_ms_.end());
  if (iteration_.choice == ServerChoice::sticky) {
    return static_cast<std::uint8_t>(best - srtt_ms_.begin());
  }
  std::vector<std::uint8_t> within;
  for (std::size_t i = 0; i < count; ++i) {
    if (srtt_ms_[i] <= *best + kBandMs) within.push_back(static_cast<std::uint8_t>(i));
  }
  return within[random_.below(within.size())];
}

Iterator::Answer Iterator::resolve(UpstreamQuery query, std::vector<UpstreamQuery>& out) {
  double timeout = iteration_.timeout_seconds;
  for (int tries = 0; tries < iteration_.max_tries; ++tries) {
    query.server = choose();
    query.is_retry = tries > 0;
    out.push_back(query);
    if (tries == 0 && random_.chance(iteration_.repeat_probability)) {
      UpstreamQuery second = query;
      second.time_s += random_.uniform(0.01, 0.3);
      second.server = static_cast<std::uint8_t>((query.server + 1u) % srtt_ms_.size());
      second.is_retry = true;
      out.push_back(second);
    }
    const std::size_t server = query.server;
    const double rtt_s = latency_s(server) * random_.uniform(0.9, 1.4);
    if (!random_.chance(iteration_.loss_probability)) {
      for (double& srtt : srtt_ms_) srtt *= kForgotten;
      srtt_ms_[server] =
          kKeptShare * srtt_ms_[server] / kForgotten + (1 - kKeptShare) * 1e3 * rtt_s;
      return {query.time_s + rtt_s, true};
    }
    srtt_ms_[server] += 200;  // one that does not answer falls behind
    query.time_s += timeout * random_.uniform(0.95, 1.1);
    timeout *= 2;
  }
  return {query.time_s, false};
}

}  // namespace assay::sim
