// What a law of gaps says of a cache: floor, onset, prefetch; of a clock: kept phase; and the law
// of the excess beyond the TTL. docs/methods/gap_law.md gives the reasons and the failures.
#pragma once

#include <vector>

#include "methods/support/gap_series.h"

namespace assay::methods {

// BIND renews an entry that is asked for in its last two seconds, by a clock of whole seconds: no
// sign that gaps lie below the TTL.
inline constexpr double kAheadSeconds = 2;

// The gaps of a series held against one TTL.
struct CacheShape {
  double below = 0;           // shorter than TTL minus tolerance minus kAheadSeconds
  double within_120 = 0;      // up to 120 s after the TTL
  double prefetch_band = 0;   // in [0.9 TTL, TTL), less tolerance
  double prefetch_early = 0;  // of these, further ahead than BIND's two seconds
  double p_suppressed = 1;    // of so few below, were gaps not suppressed there
  double p_no_onset = 1;      // of so few just above, were the TTL the floor
  bool is_cache = false;
  bool is_prefetch = false;
};
// `gaps` ascending, seconds. `burst_gap_seconds`: no gap is shorter. `level`: of the tests.
CacheShape cache_shape(const std::vector<double>& gaps, double ttl_seconds,
                       double tolerance_seconds, double burst_gap_seconds, double level);

// The TTL of the grid that stands out of the gaps, or 0.
double estimate_ttl(const std::vector<double>& gaps, double tolerance_seconds,
                    double burst_gap_seconds);

struct ClockPhase {
  double period_seconds = 0;  // 0 = no phase kept
  double strength = 0;        // resultant length of the phases
  double phase_seconds = 0;   // where in the period
  double p = 1;               // corrected for the periods tried
  double uncensored_rows = 0;
  bool is_from_uncensored = false;  // else from the phase that all burst starts kept
};
// `floor_seconds`: the TTL, or the floor of the gaps when no TTL is known.
ClockPhase clock_phase(const std::vector<Gap>& gaps, double floor_seconds,
                       double tolerance_seconds);

// The longest whole multiple of a line of the spectrum of that period and strength, below half a
// day, that the ends of all gaps but pauses keep as well; the line itself, where none is kept.
ClockPhase longest_kept(const std::vector<Gap>& gaps, double period_seconds, double strength);

// Gaps well above the floor that are whole multiples of one interval: a timer that was restarted at
// any phase, which clock_phase cannot see.
struct TimerComb {
  double interval_seconds = 0;  // the longest that explains the gaps; 0 = none
  double strength = 0;
  double p = 1;  // corrected for the intervals tried
  double gaps = 0;
};
TimerComb timer_comb(const std::vector<Gap>& gaps, double floor_seconds, double tolerance_seconds);

// Excess e = gap - TTL over zero: one exponential or two.
struct ExcessLaw {
  double mean_seconds = 0;
  bool is_two_rates = false;
  double quick_share = 0, quick_mean_seconds = 0, slow_mean_seconds = 0;
};
ExcessLaw excess_law(const std::vector<double>& excesses);

}  // namespace assay::methods
