// Do many unrelated askers ask in the same hour more often than the rhythm of the week explains?
// Plain numbers in and out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "methods/support/random.h"

namespace assay::methods {

inline constexpr std::size_t kHoursAWeek = 168;
inline constexpr std::size_t kFewestWeeks = 3;
inline constexpr std::size_t kMostWeeks = 260;
inline constexpr std::size_t kFanOutSurrogates = 499;
inline constexpr double kFewestExcess = 5;  // askers beyond expectation in one hour
inline constexpr double kFanOutLevel = 0.01;

// Hours in which an asker asked, as numbers since the first one; each at most once.
using AskerHours = std::vector<std::uint32_t>;

struct FanOutHour {
  std::uint32_t hour = 0;
  double askers = 0;    // distinct, in this hour
  double expected = 0;  // by the same hours of the weeks around
  double score = 0;
};

struct FanOut {
  bool is_found = false;
  double p = 1;                   // of the highest score of all hours
  double critical = 0;            // score that 1 % of surrogates reach anywhere
  std::vector<FanOutHour> hours;  // the highest score, and all beyond `critical`; highest first
  double excess = 0;              // askers beyond expectation, over the hours beyond `critical`
};

// `is_observed`: one flag for each whole day, at least kFewestWeeks weeks; hours lie in observed
// days. Surrogates move each asker by whole weeks, up to four either way around the circle, which
// keeps its hours, its weekdays and the level of the month, and unties it from the others.
// O(surrogates * hours asked).
FanOut fan_out(const std::vector<AskerHours>& askers, const std::vector<bool>& is_observed,
               Random random);

}  // namespace assay::methods
