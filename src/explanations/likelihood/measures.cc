#include "explanations/likelihood/measures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "explanations/likelihood/pav.h"

namespace assay::likelihood {
namespace {

constexpr double kLn10 = 2.302585092994045684;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double cost(const KnownCases& cases) {
  double h1 = 0, h2 = 0;
  for (const double ln_lr : cases.h1) h1 += log2_1p_exp(-ln_lr);
  for (const double ln_lr : cases.h2) h2 += log2_1p_exp(ln_lr);
  return (h1 / static_cast<double>(cases.h1.size()) + h2 / static_cast<double>(cases.h2.size())) /
         2;
}

// Integral of |y - x| along the straight line from (x, y) at one end to the other.
double area_to_identity(double x1, double y1, double x2, double y2) {
  const double a = y1 - x1, b = y2 - x2, width = x2 - x1;
  if (a * b >= 0) return width * (std::fabs(a) + std::fabs(b)) / 2;
  return width * (a * a + b * b) / (2 * (std::fabs(a) + std::fabs(b)));
}

std::uint64_t count_beyond(const std::vector<double>& values, double sign, double limit) {
  return static_cast<std::uint64_t>(std::count_if(
      values.begin(), values.end(), [&](double value) { return !(sign * value <= limit); }));
}

}  // namespace

double log2_1p_exp(double x) {
  constexpr double kLn2 = 0.693147180559945309417;
  return (std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x)))) / kLn2;
}

std::optional<double> cllr(const KnownCases& cases) {
  if (!is_measurable(cases)) return std::nullopt;
  return cost(cases);
}

std::optional<double> cllr_min(const KnownCases& cases) {
  if (!is_measurable(cases)) return std::nullopt;
  const auto best = IsotonicCalibration::fit(cases.h1, cases.h2);
  KnownCases fitted = cases;
  for (double& ln_lr : fitted.h1) ln_lr = best->ln_lr(ln_lr);
  for (double& ln_lr : fitted.h2) ln_lr = best->ln_lr(ln_lr);
  return cost(fitted);
}

std::optional<double> cllr_cal(const KnownCases& cases) {
  if (!is_measurable(cases)) return std::nullopt;
  return std::max(0.0, cost(cases) - *cllr_min(cases));
}

std::optional<double> dev_pav(const KnownCases& cases) {
  if (!is_measurable(cases)) return std::nullopt;
  const auto best = IsotonicCalibration::fit(cases.h1, cases.h2);
  std::vector<double> values = cases.h1;
  values.insert(values.end(), cases.h2.begin(), cases.h2.end());
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  std::vector<std::pair<double, double>> points;
  for (const double ln_lr : values) {
    const double after = best->ln_lr(ln_lr);
    if (std::isinf(after)) continue;
    if (std::isinf(ln_lr)) return kInfinity;
    points.emplace_back(ln_lr / kLn10, after / kLn10);
  }
  if (points.empty()) return std::nullopt;
  const double range = points.back().first - points.front().first;
  if (!(range > 0)) return std::fabs(points.front().second - points.front().first);
  double mean = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    mean += area_to_identity(points[i - 1].first, points[i - 1].second, points[i].first,
                             points[i].second) /
            range;
  }
  return mean;
}

std::optional<double> auc(const KnownCases& cases) {
  if (!is_measurable(cases)) return std::nullopt;
  std::vector<double> h2 = cases.h2;
  std::sort(h2.begin(), h2.end());
  double won = 0;
  for (const double ln_lr : cases.h1) {
    const auto [first, last] = std::equal_range(h2.begin(), h2.end(), ln_lr);
    won += static_cast<double>(first - h2.begin()) + static_cast<double>(last - first) / 2;
  }
  return won / (static_cast<double>(cases.h1.size()) * static_cast<double>(h2.size()));
}

std::vector<MisleadingRate> misleading_rates(const KnownCases& cases, double confidence) {
  std::vector<MisleadingRate> rates;
  for (const double k : kMisleadingThresholds) {
    const double limit = std::log(k);
    rates.push_back({k, exact_rate(count_beyond(cases.h2, 1, limit), cases.h2.size(), confidence),
                     exact_rate(count_beyond(cases.h1, -1, limit), cases.h1.size(), confidence)});
  }
  return rates;
}

}  // namespace assay::likelihood
