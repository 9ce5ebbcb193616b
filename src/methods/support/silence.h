// Silences: the longest stretches without an event, and how surprising each would be.
#pragma once

#include <cstdint>
#include <vector>

#include "assay/method.h"
#include "methods/support/observed.h"

namespace assay::methods {

inline constexpr double kSurprising = 0.001;

// Stretches of observed time without an event, longest first (earlier first among equals), at most
// `count`. Events ascending; the stretches before the first and after the last event of each part
// count too. No stretch reaches across a time that was not observed.
std::vector<Interval> longest_silences(const std::vector<std::int64_t>& events,
                                       const ObservedTime& observed, std::size_t count);

// What one source would be expected to do in a silence, from up to four controls: on either side,
// the seven days next to it, and the same stretch of the week in up to four weeks. The lowest
// expectation and the largest dispersion count, so a quiet night, a quiet weekend and uneven days
// all make silence less surprising. Controls lie in observed time.
struct Expectation {
  double events = 0;
  double dispersion = 1;  // variance over mean, at least 1
  double log_p() const { return -events / dispersion; }
};
Expectation expect_in(const std::vector<std::int64_t>& events, const Interval& silence,
                      const ObservedTime& observed);

// Corrected for how many stretches of that length were observed: one looked for the longest.
double chance_of(double log_p, const Interval& silence, const ObservedTime& observed);

}  // namespace assay::methods
