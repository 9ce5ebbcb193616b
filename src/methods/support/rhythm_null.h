// Is there a rhythm in demand, with nulls that bursts and caches keep valid.
// docs/methods/circadian.md
#pragma once

#include <complex>
#include <vector>

#include "methods/support/open_exposure.h"
#include "methods/support/random.h"

namespace assay::methods {

inline constexpr int kRhythmTurns = 999;
inline constexpr double kRhythmLevel = 0.005;  // of each of two tests, the day's and the week's

// Events less what the rates expect of the open time, as one vector for each day or week.
using Residuals = std::vector<std::complex<double>>;

// Each weekday has a rate of its own: a machine that rests at weekends has no hours for that.
// Midweek: Tuesday to Thursday UTC, days of work in every zone from -12 to +14.
Residuals residuals_by_day(const OpenExposure& exposure, bool only_midweek);
Residuals residuals_by_week(const OpenExposure& exposure);

// p of |sum| when every unit is turned by an angle of its own; where a cache holds for much of the
// period all units may point the same way whatever the demand, so each is also turned about.
double rhythm_p(const Residuals& residuals, bool turns_about_too, Random random);
inline bool has_long_cache(const OpenExposure& exposure) { return exposure.ttl_seconds > 6 * 3600; }

// Several caches that hold for about a day are renewed at the same hour day after day, whatever
// the demand; renewals within one burst then look like a cache that stands open until the next day.
inline bool can_test_hours(const OpenExposure& exposure) {
  return exposure.caches <= 1 || !has_long_cache(exposure);
}
inline constexpr char kNoHours[] =
    "Behind several caches that hold for so long, look-ups come at the same hour day after day "
    "whatever the demand: a rhythm of the day cannot be tested.";

}  // namespace assay::methods
