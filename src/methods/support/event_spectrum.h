// The spectrum of a series of moments, and lines that stand out of it.
#pragma once

#include <cstddef>
#include <vector>

#include "methods/support/stats.h"

namespace assay::methods {

// A frequency at which events keep a phase, against the frequencies around it.
struct SpectralLine {
  double period_seconds = 0;  // 0 = none
  double excess = 0;          // power over the mean around it
  double strength = 0;        // resultant length that this power amounts to, 0..1
  double p = 1;               // corrected for the frequencies looked at
  double frequencies = 0;     // looked at
};

// Power at periods from `shortest_seconds` to a week, by a transform of counts under a Hann taper.
// Events of any process without a clock have power that is exponential around a smooth level
// (Brillinger 1975), so each frequency is held against the hundred next to it. Left out are the
// frequencies near k a day plus or minus m a week (above 12 a day, m at most 1): there days and
// weeks have lines.
// `seconds` from 0 to `span`, ascending. At most kMaxBins counts, so beyond 227 days the shortest
// period grows. O(kMaxBins log kMaxBins).
class EventSpectrum {
 public:
  EventSpectrum(const std::vector<double>& seconds, double span, double shortest_seconds);
  // Strongest first, at most `count`, none within a few frequencies of a stronger one.
  std::vector<SpectralLine> lines(std::size_t count) const;
  // The largest excess at periods within `share` of one.
  double excess_near(double period_seconds, double share) const;

 private:
  double events_ = 0;
  double step_hz_ = 0;
  std::size_t looked_at_ = 0;
  std::vector<double> power_;   // by frequency, 0 = left out
  std::vector<double> excess_;  // the same over its surroundings
};

inline constexpr double kShortestPeriod = 300;
inline constexpr double kLongestPeriod = 7 * 86'400.0;

// Jitter of a clock, as a share of its period either way and uniform, that leaves this resultant.
double jitter_of(double strength);

}  // namespace assay::methods
