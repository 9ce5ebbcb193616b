// Demand that keeps hours but no clock, behind caches: fitted to a series, and drawn from anew.
#pragma once

#include <array>
#include <vector>

#include "methods/support/random.h"

namespace assay::methods {

// Refreshes of `caches` caches with one TTL, of demand whose rate depends on the hour of the day
// and on whether it is a weekend day (UTC).
class CacheNull {
 public:
  // `seconds` ascending from 0, `start_second` that of 0 since the epoch. The rate of a bin is the
  // refreshes in it over the time in it for which a cache stood open. O(n log n + span / 1 h).
  CacheNull(const std::vector<double>& seconds, double span, double start_second,
            double ttl_seconds, double caches);
  // Ascending. O(n + span / 1 h) for each cache.
  std::vector<double> draw(Random& random) const;
  double caches() const { return caches_; }

 private:
  static constexpr std::size_t kBins = 48;
  std::size_t bin_at(double seconds) const;
  void expose(double from, double to, double open, std::array<double, kBins>& exposure) const;

  double span_, start_second_, ttl_seconds_, caches_;
  std::array<double, kBins> rate_{};  // demands a second of all caches together
};

}  // namespace assay::methods
