// Where working days of the fitted clock time would be: a posterior over zones, which rests on when
// work begins, and which no number of records can sharpen beyond that.
#pragma once

#include <string>
#include <vector>

#include "methods/support/working_day.h"
#include "methods/support/zone_cells.h"

namespace assay::methods {

// The stated prior: local start of work, hours. Offices around the world begin about nine.
inline constexpr double kWorkStartMean = 8.9;
inline constexpr double kWorkStartSd = 0.6;
// Outside of these a zone is excluded; inside it is only less usual.
inline constexpr double kEarliestStart = 4.5;
inline constexpr double kLatestStart = 14;
inline constexpr double kLeastShare = 0.05;  // of the posterior of starts, inside those bounds
inline constexpr double kSetShare = 0.95;

struct PlacedZone {
  double start = 0;  // local, hours, posterior mean
  double end = 0;
  double posterior = 0;
  bool is_in_set = false;        // work could begin between 04:30 and 14:00: all that hours tell
  bool is_in_usual_set = false;  // of the fewest with 95 % of the posterior under the stated prior
};

// Hours of the working day under one pattern of clocks; 95 % ranges, at least a grid's step wide.
struct DayHours {
  double start_low = 0, start_mean = 0, start_high = 0;  // UTC at the window's beginning
  double length_low = 0, length_mean = 0, length_high = 0;
};

inline constexpr double kClearStep = 3;  // natural log units for a change of clocks

struct WorkPlaces {
  ZoneCells world;
  std::vector<PlacedZone> zones;  // of world.cells
  OfficeFit fit;                  // with no change of clocks
  double dispersion = 1;
  std::vector<double> pattern_gain;  // log-likelihood over dispersion, less that of no change
  std::vector<DayHours> hours;       // by pattern
  // The pattern whose hours are told: the best, where it is clearly better than no change.
  std::size_t told = 0;
  OfficeRates told_rates;

  const DayHours& day() const { return hours[told]; }
};

WorkPlaces work_places(const OpenExposure& exposure);

}  // namespace assay::methods
