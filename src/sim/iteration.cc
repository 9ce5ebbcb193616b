#include "sim/iteration.h"

#include <algorithm>
#include <cmath>

namespace assay::sim {

// Sticky is BIND 9: the fastest by smoothed round-trip time (new = 0.7 old + 0.3 measured), which
// it forgets for the others by and by; none is asked again before all had their turn. Band is
// Unbound: any within 400 ms of the best.
constexpr double kKeptShare = 0.7, kBandMs = 400;
constexpr double kUsualLatencyMs = 30;

Iterator::Iterator(const Iteration& iteration, const Vantage& vantage, Random& random)
    : iteration_(iteration),
      vantage_(vantage),
      random_(random),
      srtt_ms_(vantage.servers.size()),
      was_tried_(vantage.servers.size()) {
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
  if (iteration_.choice == ServerChoice::sticky) {
    if (std::find(was_tried_.begin(), was_tried_.end(), false) == was_tried_.end()) {
      was_tried_.assign(count, false);
    }
    std::size_t best = count;
    for (std::size_t i = 0; i < count; ++i) {
      if (!was_tried_[i] && (best == count || srtt_ms_[i] < srtt_ms_[best])) best = i;
    }
    was_tried_[best] = true;
    return static_cast<std::uint8_t>(best);
  }
  const auto best = std::min_element(srtt_ms_.begin(), srtt_ms_.end());
  std::vector<std::uint8_t> within;
  for (std::size_t i = 0; i < count; ++i) {
    if (srtt_ms_[i] <= *best + kBandMs) within.push_back(static_cast<std::uint8_t>(i));
  }
  return within[random_.below(within.size())];
}

void Iterator::forget(std::size_t answered, double time_s) {
  if (std::floor(time_s) == forgot_s_) return;
  forgot_s_ = std::floor(time_s);
  for (std::size_t i = 0; i < srtt_ms_.size(); ++i) {
    if (i != answered) srtt_ms_[i] *= 1 - iteration_.forget_share;
  }
}

Iterator::Answer Iterator::resolve(UpstreamQuery query, std::vector<UpstreamQuery>& out) {
  double timeout = iteration_.timeout_seconds;
  const double give_up_s = query.time_s + iteration_.give_up_seconds;
  was_tried_.assign(was_tried_.size(), false);
  for (int tries = 0; tries < iteration_.max_tries && query.time_s <= give_up_s; ++tries) {
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
      forget(server, query.time_s);
      srtt_ms_[server] = kKeptShare * srtt_ms_[server] + (1 - kKeptShare) * 1e3 * rtt_s;
      return {query.time_s + rtt_s, true};
    }
    srtt_ms_[server] += 200;  // one that does not answer falls behind
    query.time_s += timeout * random_.uniform(0.95, 1.1);
    if (tries + 1 >= iteration_.steady_tries) timeout *= 2;
  }
  return {std::min(query.time_s, give_up_s), false};
}

}  // namespace assay::sim
