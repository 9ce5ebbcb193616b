#include "methods/support/work_places.h"

#include <algorithm>
#include <array>
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

// Mean and the 2.5 % and 97.5 % points of a grid of weights, as fractional indices.
std::array<double, 3> summary_of(const std::vector<double>& weights) {
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
  return {std::min(low, mean), mean, std::max(high, mean)};
}

void summarise(WorkPlaces& places, double shift) {
  const OfficeFit& fit = places.fit;
  const auto starts = summary_of(starts_of(fit, fit.best, places.dispersion).weight);
  places.start_low = hours_of(kFirstStart) + starts[0] / 4 + shift;
  places.start_mean = hours_of(kFirstStart) + starts[1] / 4 + shift;
  places.start_high = hours_of(kFirstStart) + starts[2] / 4 + shift;
  std::vector<double> lengths;
  for (int l = 0; l < kLengths; ++l) {
    double weight = 0;
    for (int s = 0; s < kStartSlots; ++s) {
      weight += std::exp(std::max((fit.at(s, l) - fit.best) / places.dispersion, -700.0));
    }
    lengths.push_back(weight);
  }
  const auto length = summary_of(lengths);
  const auto in_hours = [](double index) { return hours_of(kShortest) + index * kLengthStep / 4; };
  places.length_low = in_hours(length[0]) - shift;
  places.length_mean = in_hours(length[1]) - shift;
  places.length_high = in_hours(length[2]) - shift;
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

PlacedZone place(double offset_hours, const Starts& starts, double best_clock, double length) {
  PlacedZone placed;
  double inside = 0;
  for (int s = 0; s < kStartSlots; ++s) {
    const double weight = starts.weight[static_cast<std::size_t>(s)];
    if (weight <= 0) continue;
    const double local = hours_of(kFirstStart + s) + offset_hours;
    placed.posterior += weight * density_of_start(local);
    placed.start += weight * local;
    inside += local >= kEarliestStart && local <= kLatestStart ? weight : 0;
  }
  if (starts.sum > 0) {
    placed.start /= starts.sum;
    placed.is_in_set =
        inside > kLeastShare * starts.sum && starts.sum >= kLeastOfClocks * best_clock;
  }
  placed.end = placed.start + length;
  return placed;
}

}  // namespace

WorkPlaces work_places(const OpenExposure& exposure) {
  WorkPlaces places;
  places.world = zone_cells(exposure);
  places.dispersion = dispersion_of(exposure);
  std::vector<OfficeFit> fits;
  double best = -std::numeric_limits<double>::infinity();
  for (const ClockPattern& pattern : places.world.patterns) {
    fits.push_back(fit_office(WeekDemand(exposure, pattern.shift_slots)));
    best = std::max(best, fits.back().best);
  }
  places.fit = fits.front();
  const double shift = sudden_start(WeekDemand(exposure, {}), places.fit);
  summarise(places, shift);
  std::vector<Starts> starts;
  for (const OfficeFit& fit : fits) {
    starts.push_back(starts_of(fit, best, places.dispersion));
    places.pattern_gain.push_back((fit.best - fits.front().best) / places.dispersion);
  }
  double total = 0;
  double best_clock = 0;
  for (const Starts& of_pattern : starts) best_clock = std::max(best_clock, of_pattern.sum);
  for (const ZoneCell& cell : places.world.cells) {
    places.zones.push_back(
        place(cell.offset_hours + shift, starts[cell.pattern], best_clock, places.length_mean));
    total += places.zones.back().posterior;
  }
  for (PlacedZone& zone : places.zones) zone.posterior /= std::max(total, 1e-300);
  mark_usual_set(places.zones);
  return places;
}

}  // namespace assay::methods
