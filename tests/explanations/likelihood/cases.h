// Cases whose likelihood ratios are known exactly, for tests of what measures them.
#pragma once

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <vector>

#include "explanations/likelihood/known_cases.h"

namespace assay::likelihood::test {

// The quantiles of a normal distribution at (i + 1/2) / n: a sample without chance in it.
inline std::vector<double> normal_quantiles(double mean, double deviation, int n) {
  const boost::math::normal_distribution<double> normal(mean, deviation);
  std::vector<double> values;
  for (int i = 0; i < n; ++i) values.push_back(boost::math::quantile(normal, (i + 0.5) / n));
  return values;
}

// Log LRs of two normal distributions `separation` standard deviations apart: they are normal
// themselves, with mean +-separation^2/2 and variance separation^2.
inline KnownCases calibrated(double separation, int n) {
  const double half = separation * separation / 2;
  return {normal_quantiles(half, separation, n), normal_quantiles(-half, separation, n)};
}

// Cllr of calibrated() as an integral, by the trapezoid rule.
inline double cllr_of_separation(double separation) {
  const boost::math::normal_distribution<double> normal(separation * separation / 2, separation);
  constexpr int kSteps = 20'000;
  double sum = 0;
  for (int i = 0; i <= kSteps; ++i) {
    const double x = normal.mean() + separation * (24.0 * i / kSteps - 12);
    sum += boost::math::pdf(normal, x) * std::log2(1 + std::exp(-x));
  }
  return sum * separation * 24.0 / kSteps;
}

}  // namespace assay::likelihood::test
