#include "methods/support/work_places.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace assay::methods {
namespace {

constexpr double kNegligible = -30;
constexpr double kLeastOfClocks = 0.01;  // of the posterior of the best clock

double hours_of(int slots) { return slots / 4.0; }

double density_of_start(double local) {
  const double z = (local - kWorkStartMean) / kWorkStartSd;
  return std::exp(-0.5 * z * z);
}

// Weights of starts under one pattern of clocks, relative to the best of all patterns.
struct Starts {
  std::vector<double> weight;  // by start index, lengths summed
  double sum = 0;
};

Starts starts_of(const OfficeFit& fit, double best, double dispersion) {
  Starts starts;
  for (int s = 0; s < kStartSlots; ++s) {
    double weight = 0;
    for (int l = 0; l < kLengths; ++l) {
      const double log_weight = (fit.at(s, l) - best) / dispersion;
      if (log_weight > kNegligible) weight += std::exp(log_weight);
    }
    starts.weight.push_back(weight);
    starts.sum += weight;
  }
  return starts;
}

struct Summary {  // in fractional indices
  double low = 0, mean = 0, high = 0;
};

// Mean and the 2.5 % and 97.5 % points of a grid of weights. A value stands for a step of the grid,
// so that the range is never narrower.
Summary summary_of(const std::vector<double>& weights) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  double sum = 0;
  double mean = 0;
  double low = 0;
  double high = static_cast<double>(weights.size()) - 1;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double before = sum;
    sum += weights[i];
    mean += static_cast<double>(i) * weights[i] / total;
    if (before < 0.025 * total && sum >= 0.025 * total) low = static_cast<double>(i);
    if (before < 0.975 * total && sum >= 0.975 * total) high = static_cast<double>(i);
  }
  return {std::min(low, mean) - 0.5, mean, std::max(high, mean) + 0.5};
}

// Starts a whole day apart are one hour of the clock, though the week then begins on another day:
// they are folded into the day around the best, as a mean over both would be neither.
Summary summary_of_starts(const std::vector<double>& weights, int best) {
  constexpr int kDay = static_cast<int>(kSlotsPerDay);
  std::vector<double> folded(static_cast<std::size_t>(kDay), 0);
  for (int s = 0; s < kStartSlots; ++s) {
    const int beside = ((s - best + kDay / 2) % kDay + kDay) % kDay;
    folded[static_cast<std::size_t>(beside)] += weights[static_cast<std::size_t>(s)];
  }
  Summary summary = summary_of(folded);
  for (double* value : {&summary.low, &summary.mean, &summary.high}) *value += best - kDay / 2;
  return summary;
}

DayHours hours_of_day(const OfficeFit& fit, double dispersion, double shift) {
  DayHours hours;
  const Summary start =
      summary_of_starts(starts_of(fit, fit.best, dispersion).weight, fit.start - kFirstStart);
  const auto utc = [&](double index) { return hours_of(kFirstStart) + index / 4 + shift; };
  hours.start_low = utc(start.low);
  hours.start_mean = utc(start.mean);
  hours.start_high = utc(start.high);
  std::vector<double> lengths;
  for (int l = 0; l < kLengths; ++l) {
    double weight = 0;
    for (int s = 0; s < kStartSlots; ++s) {
      weight += std::exp(std::max((fit.at(s, l) - fit.best) / dispersion, -700.0));
    }
    lengths.push_back(weight);
  }
  const Summary length = summary_of(lengths);
  const auto lasts = [&](double index) {
    return hours_of(kShortest) + index * kLengthStep / 4 - shift;
  };
  hours.length_low = lasts(length.low);
  hours.length_mean = lasts(length.mean);
  hours.length_high = lasts(length.high);
  return hours;
}

void mark_usual_set(std::vector<PlacedZone>& zones) {
  std::vector<std::size_t> order(zones.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return zones[a].posterior > zones[b].posterior;
  });
  double sum = 0;
  for (const std::size_t zone : order) {
    if (sum >= kSetShare) break;
    sum += zones[zone].posterior;
    zones[zone].is_in_usual_set = true;
  }
}

// `shift`: hours from the template's start to the one that is told, under the zone's own clocks.
PlacedZone place(double offset_hours, double shift, const Starts& starts, double best_clock,
                 const DayHours& hours) {
  PlacedZone placed;
  double inside = 0;
  for (int s = 0; s < kStartSlots; ++s) {
    const double weight = starts.weight[static_cast<std::size_t>(s)];
    if (weight <= 0) continue;
    const double local = hours_of(kFirstStart + s) + shift + offset_hours;
    placed.posterior += weight * density_of_start(local);
    inside += local >= kEarliestStart && local <= kLatestStart ? weight : 0;
  }
  if (starts.sum > 0) {
    placed.is_in_set =
        inside > kLeastShare * starts.sum && starts.sum >= kLeastOfClocks * best_clock;
  }
  placed.start = hours.start_mean + offset_hours;
  placed.end = placed.start + hours.length_mean;
  return placed;
}

}  // namespace

WorkPlaces work_places(const OpenExposure& exposure) {
  WorkPlaces places;
  places.world = zone_cells(exposure);
  places.dispersion = dispersion_of(exposure);
  std::vector<OfficeFit> fits;
  std::vector<double> shifts;
  double best = -std::numeric_limits<double>::infinity();
  for (const ClockPattern& pattern : places.world.patterns) {
    // By other clocks the same day begins less suddenly, so that each has a shift of its own.
    const WeekDemand demand(exposure, pattern.shift_slots);
    fits.push_back(fit_office(demand));
    shifts.push_back(sudden_start(demand, fits.back()));
    places.hours.push_back(hours_of_day(fits.back(), places.dispersion, shifts.back()));
    places.pattern_gain.push_back((fits.back().best - fits.front().best) / places.dispersion);
    best = std::max(best, fits.back().best);
  }
  places.fit = fits.front();
  const auto most = std::max_element(places.pattern_gain.begin(), places.pattern_gain.end());
  if (*most >= kClearStep) {
    places.told = static_cast<std::size_t>(most - places.pattern_gain.begin());
  }
  places.told_rates = fits[places.told].rates;
  std::vector<Starts> starts;
  double best_clock = 0;
  for (const OfficeFit& fit : fits) {
    starts.push_back(starts_of(fit, best, places.dispersion));
    best_clock = std::max(best_clock, starts.back().sum);
  }
  double total = 0;
  for (const ZoneCell& cell : places.world.cells) {
    const std::size_t p = cell.pattern;
    places.zones.push_back(
        place(cell.offset_hours, shifts[p], starts[p], best_clock, places.hours[p]));
    total += places.zones.back().posterior;
  }
  for (PlacedZone& zone : places.zones) zone.posterior /= std::max(total, 1e-300);
  mark_usual_set(places.zones);
  return places;
}

}  // namespace assay::methods
