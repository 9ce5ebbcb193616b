#include "methods/support/self_normal.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace assay::methods {
namespace {

// Stretches tried on either side, in units of kContrastDays.
constexpr std::size_t kStretches[] = {1, 2, 3, 4, 6, 8, 12};

double gaussian(Random& random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

}  // namespace

SelfNormal::SelfNormal(const std::vector<double>& values)
    : sums_(values.size() + 1),
      of_sums_(values.size() + 2),
      of_squares_(values.size() + 2),
      of_moments_(values.size() + 2) {
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (std::size_t d = 0; d < values.size(); ++d) sums_[d + 1] = sums_[d] + values[d] - mean;
  for (std::size_t d = 0; d <= values.size(); ++d) {
    of_sums_[d + 1] = of_sums_[d] + sums_[d];
    of_squares_[d + 1] = of_squares_[d] + sums_[d] * sums_[d];
    of_moments_[d + 1] = of_moments_[d] + static_cast<double>(d) * sums_[d];
  }
}

// Sum of squares of the bridge: partial sums less the straight line to the stretch's whole sum.
double SelfNormal::wander(std::size_t from, std::size_t to) const {
  const double length = static_cast<double>(to - from);
  const double start = sums_[from];
  const double whole = sums_[to] - start;
  const double sums = of_sums_[to + 1] - of_sums_[from + 1];
  const double squares =
      of_squares_[to + 1] - of_squares_[from + 1] - 2 * start * sums + length * start * start;
  const double moments = of_moments_[to + 1] - of_moments_[from + 1] -
                         static_cast<double>(from) * sums - start * length * (length + 1) / 2;
  return std::max(0.0, squares - 2 * whole / length * moments +
                           whole * whole * (length + 1) * (2 * length + 1) / (6 * length));
}

double SelfNormal::at(std::size_t from, std::size_t split, std::size_t to) const {
  const double n = static_cast<double>(to - from);
  const double left = static_cast<double>(split - from);
  const double right = static_cast<double>(to - split);
  const double difference =
      (sums_[split] - sums_[from]) / left - (sums_[to] - sums_[split]) / right;
  const double contrast = difference * left * right / std::pow(n, 1.5);
  const double own = (wander(from, split) + wander(split, to)) / (n * n);
  return contrast * contrast / std::max(own, 1e-9);
}

Contrast SelfNormal::largest(std::size_t from, std::size_t to) const {
  Contrast best;
  for (std::size_t split = from + kContrastDays; split + kContrastDays <= to; ++split) {
    for (const std::size_t before : kStretches) {
      if (before * kContrastDays > split - from) break;
      for (const std::size_t after : kStretches) {
        if (after * kContrastDays > to - split) break;
        const double statistic =
            at(split - before * kContrastDays, split, split + after * kContrastDays);
        if (statistic > best.statistic) best = {statistic, split};
      }
    }
  }
  return best;
}

std::vector<double> contrasts_of_one_level(std::size_t days, double correlation, std::size_t count,
                                           Random random) {
  std::vector<double> all;
  const double fresh = std::sqrt(1 - correlation * correlation);
  std::vector<double> values(days);
  for (std::size_t i = 0; i < count; ++i) {
    double level = gaussian(random);
    for (double& value : values) {
      level = correlation * level + fresh * gaussian(random);
      value = level;
    }
    all.push_back(SelfNormal(values).largest(0, days).statistic);
  }
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace assay::methods
