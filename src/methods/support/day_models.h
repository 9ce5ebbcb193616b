// One working day held against what else could have made the same hours.
#pragma once

#include <string>
#include <vector>

#include "methods/support/work_places.h"

namespace assay::methods {

inline constexpr double kClearDifference = 6;  // of BIC: below it two models are not told apart
inline constexpr double kShortestDay = 5, kLongestDay = 12.5;  // hours

struct DayModels {
  double constant = 0, week_24x5 = 0, batch = 0, office = 0, two_offices = 0;  // BIC
  RivalFit batch_fit, two_fit;
  double events = 0;

  double best_machine() const;
};
DayModels day_models(const OpenExposure& exposure, const WorkPlaces& places);
double bic(double log_likelihood, int parameters, double dispersion, double events);

// The gaps keep a clock, or beyond the TTL are more even than demand of many askers can be.
bool keeps_a_clock(const SeriesExposure& measured);

// Why the fitted day is not to be read as one office's, or "" when it may be.
struct Objection {
  std::string word;  // "no_rhythm", "machine", "clock", "batch", "length", "two_offices"
  std::string text;
};
Objection objection_to(const DayModels& models, const WorkPlaces& places, double p_midweek,
                       bool keeps_clock);

}  // namespace assay::methods
