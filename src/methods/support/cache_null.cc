#include "methods/support/cache_null.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace assay::methods {
namespace {

constexpr double kHour = 3600;
constexpr double kDay = 86'400;
constexpr double kMostCaches = 16;
constexpr double kShortestOpen = 0.5;  // seconds a refresh: a bin that is never open has no rate

}  // namespace

// The epoch was a Thursday.
std::size_t CacheNull::bin_at(double seconds) const {
  const double at = start_second_ + seconds;
  const double day = std::floor(at / kDay);
  const auto hour = std::min(static_cast<std::size_t>((at - day * kDay) / kHour), std::size_t{23});
  const double weekday = day + 3 - 7 * std::floor((day + 3) / 7);
  return hour + (weekday >= 5 ? 24 : 0);
}

void CacheNull::expose(double from, double to, double open,
                       std::array<double, kBins>& exposure) const {
  while (from < to) {
    const double at = start_second_ + from;
    const double step = std::min(to - from, kHour - (at - std::floor(at / kHour) * kHour));
    exposure[bin_at(from)] += open * step;
    from += std::max(step, 1e-3);
  }
}

CacheNull::CacheNull(const std::vector<double>& seconds, double span, double start_second,
                     double ttl_seconds, double caches)
    : span_(span),
      start_second_(start_second),
      ttl_seconds_(ttl_seconds),
      caches_(std::clamp(caches, 1.0, kMostCaches)) {
  std::array<double, kBins> exposure{};
  std::array<double, kBins> refreshes{};
  std::vector<std::pair<double, double>> changes;
  for (const double t : seconds) {
    refreshes[bin_at(t)] += 1;
    changes.emplace_back(t, 1);
    if (t + ttl_seconds < span) changes.emplace_back(t + ttl_seconds, -1);
  }
  std::sort(changes.begin(), changes.end());
  double before = 0;
  double closed = 0;
  for (const auto& [t, change] : changes) {
    expose(before, t, std::max(caches_ - closed, 0.0) / caches_, exposure);
    closed += change;
    before = t;
  }
  expose(before, span, std::max(caches_ - closed, 0.0) / caches_, exposure);
  for (std::size_t b = 0; b < kBins; ++b) {
    rate_[b] = refreshes[b] / std::max(exposure[b], kShortestOpen * std::max(refreshes[b], 1.0));
  }
}

std::vector<double> CacheNull::draw(Random& random) const {
  std::vector<double> all;
  for (int cache = 0; cache < static_cast<int>(caches_); ++cache) {
    double t = -ttl_seconds_ * random.uniform();
    t = std::max(t, 0.0);
    while (t < span_) {
      double wanted = -std::log(1 - random.uniform()) * caches_;
      while (t < span_) {
        const double at = start_second_ + t;
        const double step =
            std::max(std::min(span_ - t, kHour - (at - std::floor(at / kHour) * kHour)), 1e-3);
        const double demand = rate_[bin_at(t)] * step;
        if (demand >= wanted) {
          t += wanted / rate_[bin_at(t)];
          break;
        }
        wanted -= demand;
        t += step;
      }
      if (t >= span_) break;
      all.push_back(t);
      t += std::max(ttl_seconds_, 1.0);
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace assay::methods
