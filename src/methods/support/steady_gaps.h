// Gaps that cluster round one length beyond the cache's floor; and how others score regularity.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace assay::methods {

// A timer that starts anew after each run drifts off every clock, but its gaps stay alike. Demand
// without a timer comes soonest right after the cache has expired: the density of the excess falls.
struct SteadyGaps {
  double period_seconds = 0;    // 0 = none; the median gap
  double jitter = 0;            // half of the span of the middle nine tenths, over the median
  double p = 1;                 // of so few short excesses, were their density to fall
  double median_over_mad = 0;   // 0 = too few gaps
  double gaps = 0;              // looked at: above the floor and no pause
  bool could_be_cache = false;  // all alike, and a cache with another TTL fits too
};
// `gaps` ascending, seconds. `floor_seconds`: the TTL, or the pause that ends a burst.
SteadyGaps steady_gaps(const std::vector<double>& gaps, double floor_seconds,
                       double tolerance_seconds, bool is_ttl_known);

// The score of a published beacon detector (RITA 5) on times alone. Its fourth part, the sizes of
// data, look-ups do not have.
struct BeaconScore {
  double timing = 0;     // of skew and MAD of the gaps
  double histogram = 0;  // how even 24 parts of the window are
  double duration = 0;   // hours with events
  double score() const { return (timing + histogram + duration) / 3; }
};
std::optional<BeaconScore> beacon_score(const std::vector<double>& seconds, double span);

}  // namespace assay::methods
