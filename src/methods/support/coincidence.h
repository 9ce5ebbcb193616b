// Does an event of B follow one of A more often than the rhythm of the hours alone explains?
//
// Event coincidence analysis (Donges et al. 2016) against interval jitter (Amarasingham et al.
// 2012). Plain times in and plain numbers out, so that events of any kind of record can be tested.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "methods/support/random.h"

namespace assay::methods {

// Ascending, microseconds since the epoch.
using EventTimes = std::vector<std::int64_t>;

// Widths of the windows within which events are moved, in delays.
inline constexpr std::array<int, 2> kJitterWidths{4, 8};
inline constexpr std::size_t kSurrogates = 999;
inline constexpr std::size_t kMinTurnEvents = 60;  // a side; else nothing is tested
inline constexpr std::size_t kMaxTurnEvents =
    4'000;  // a side, beyond which whole days are left out

struct TurnRule {
  double delay_seconds = 1800;     // D: an answer comes within it
  double run_pause_seconds = 600;  // events of B closer than this are moved together
  double chain_seconds = 60;       // so soon that a machine answered
};

// The same statistic over surrogates.
struct JitterNull {
  double mean = 0;
  double low = 0, high = 0;  // 2.5 % and 97.5 % quantiles
  double p = 1;              // (1 + those at least as large) / (1 + surrogates)
};

struct Turns {
  bool is_enough = false;
  std::size_t events_a = 0, events_b = 0;  // that were used
  std::size_t every_day = 1;               // one of so many days was used
  double answered = 0;   // trigger rate: share of A with an event of B within D after it
  double preceded = 0;   // precursor rate: share of B with an event of A within D before it
  double asymmetry = 0;  // answered, less the share of B with an event of A within D after it
  double in_chain = 0;   // share of A with an event of B within chain_seconds after it
  std::array<JitterNull, kJitterWidths.size()> answered_null;
  std::array<JitterNull, kJitterWidths.size()> asymmetry_null;
  double p = 1;            // the larger p of the two windows: both have to reject
  double p_asymmetry = 1;  // alike
};

// O(surrogates * events); `random` is drawn from 2 * kSurrogates * runs of B times.
Turns turns(EventTimes a, EventTimes b, const TurnRule& rule, Random random);

// A period of an hour or less that the events keep, as a clock or a busy cache makes them: share of
// gaps that lie within a tenth of the median gap, and the phase kept modulo usual periods.
struct Regularity {
  double share_alike = 0;
  double phase_seconds = 0;  // period of a kept phase; 0 = none
  bool is_regular = false;
};
Regularity regularity(const EventTimes& events);

}  // namespace assay::methods
