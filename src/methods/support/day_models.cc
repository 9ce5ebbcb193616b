#include "methods/support/day_models.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "methods/support/cache_shape.h"
#include "methods/support/measure.h"
#include "methods/support/rhythm_null.h"

namespace assay::methods {
namespace {

constexpr double kWithinADay = 3 * 3600;  // seconds beyond the TTL: longer gaps are nights
constexpr double kEvenSpread = 0.7;       // of demand at random it is 1, of a timer below 0.58
constexpr std::size_t kMinGaps = 50;
constexpr double kBusyEvening = 0.5;  // of the core's rate: the day is not over, or another began

}  // namespace

bool keeps_a_clock(const SeriesExposure& measured) {
  const GapSeries& series = measured.series;
  const double ttl = measured.exposure.ttl_seconds;
  const double tolerance = series.tolerance_seconds;
  const double floor = ttl > 0 ? ttl : measured.burst_gap_seconds;
  if (clock_phase(series.gaps, floor, tolerance).period_seconds > 0) return true;
  if (timer_comb(series.gaps, floor, tolerance).interval_seconds > 0) return true;
  if (measured.exposure.caches > 1) return false;
  std::vector<double> excesses;
  for (const Gap& gap : series.gaps) {
    if (gap.seconds < floor - tolerance || gap.seconds > floor + kWithinADay) continue;
    excesses.push_back(std::max(gap.seconds - floor, 0.0));
  }
  const double mean = mean_of(excesses);
  // Rarer demand is cut at the end of the gaps that count, which makes any law look even.
  if (excesses.size() < kMinGaps || mean > kWithinADay / 4) return false;
  return std::sqrt(variance_of(excesses)) < kEvenSpread * mean;
}

double bic(double log_likelihood, int parameters, double dispersion, double events) {
  return -2 * log_likelihood / dispersion +
         parameters * std::log(std::max(events / dispersion, 2.0));
}

double DayModels::best_machine() const { return std::min(constant, week_24x5); }

DayModels day_models(const OpenExposure& exposure, const WorkPlaces& places) {
  const WeekDemand demand(exposure, {});
  DayModels models;
  models.events = exposure.total_events();
  const auto of = [&](double log_likelihood, int parameters) {
    return bic(log_likelihood, parameters, places.dispersion, models.events);
  };
  models.batch_fit = fit_batch(demand);
  models.two_fit = fit_two_offices(demand);
  models.constant = of(fit_constant(demand).best, kConstantParameters);
  models.week_24x5 = of(fit_24x5(demand).best, k24x5Parameters);
  models.batch = of(models.batch_fit.best, kBatchParameters);
  models.office = of(places.fit.best, kOfficeParameters);
  models.two_offices = of(models.two_fit.best, kTwoOfficesParameters);
  return models;
}

Objection objection_to(const DayModels& models, const WorkPlaces& places, double p_midweek,
                       bool keeps_clock) {
  if (p_midweek > kRhythmLevel) {
    return {"no_rhythm",
            fmt::format("from Tuesday to Thursday the demand shows no daily rhythm ({})",
                        probability_text(p_midweek))};
  }
  if (models.best_machine() - models.office < kClearDifference) {
    return {"machine",
            "a constant rate, or one on five days of the week day and night, fits as well"};
  }
  if (keeps_clock) {
    return {"clock", "the look-ups come as evenly as those of a timer"};
  }
  if (places.day().length_mean < kShortestDay || places.day().length_mean > kLongestDay) {
    return {"length", fmt::format("the day would last {:.1f} h, and no working day of one place is "
                                  "below {:g} h or above {:g} h",
                                  places.day().length_mean, kShortestDay, kLongestDay)};
  }
  const double evening = places.fit.rates.evening / std::max(places.fit.rates.core, 1e-12);
  if (evening > kBusyEvening || models.two_offices - models.office < kClearDifference) {
    return {"two_offices", "one long day and two offices cannot be told apart"};
  }
  if (models.batch - models.office < kClearDifference) {
    return {"batch", "a program that runs at one rate in fixed hours fits as well"};
  }
  return {};
}

}  // namespace assay::methods
