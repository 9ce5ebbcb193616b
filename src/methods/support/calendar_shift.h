// Do counts pile up on the days of a calendar? Against the calendar turned around the circle of the
// observed days; corrected for everything that was tried.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "assay/instant.h"
#include "methods/support/observed.h"

namespace assay::methods {

inline constexpr std::size_t kMinShiftDays = 100;    // fewer turns cannot reach p = 0.01
inline constexpr std::size_t kMaxShiftDays = 2'000;  // O(days^2)
inline constexpr std::size_t kMaxTurns = 999;        // evenly spread, of longer windows

// Days that count as days of an event: one flag for each observed day.
struct DayMask {
  std::vector<bool> days;
  std::size_t events = 0;  // that touch an observed day
  double covered = 0;      // share of the observed days
};
// The UTC days that the events touch, and so many days on either side.
DayMask mask_of(const std::vector<Interval>& events, std::int64_t days_around,
                const ObservedDays& days);

// One series of counts against one mask.
struct MaskTest {
  double inside = 0;         // counts on days of the mask
  double expected = 0;       // mean over all turns
  double low = 0, high = 0;  // 2.5 % and 97.5 % of the turns
  double score = 0;          // standardised by the turns, weekdays allowed for
  double p = 1;              // (1 + turns that score as high) / (1 + turns)
  double p_corrected = 1;    // (1 + turns whose best score of all tests is as high) / ...
  std::size_t turns = 0;
};

// One test for each series and mask, masks fastest. A turn moves all masks together and keeps what
// ties days to each other and series to series. Each day is held against the mean of its weekday,
// or a calendar of working days would meet every office. Days and masks of one length.
std::vector<MaskTest> test_masks(const std::vector<std::vector<double>>& series,
                                 const std::vector<DayMask>& masks, const ObservedDays& days);

}  // namespace assay::methods
