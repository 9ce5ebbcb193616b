#include "explanations/likelihood/curves.h"

#include <algorithm>
#include <cmath>

#include "explanations/likelihood/measures.h"
#include "explanations/likelihood/pav.h"

namespace assay::likelihood {
namespace {

constexpr double kLn10 = 2.302585092994045684;
constexpr int kMostPoints = 10'000;
constexpr double kWidestLog10Odds = 100;

double share_at_least(const std::vector<double>& sorted, double value) {
  const auto below = std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin();
  return 1 - static_cast<double>(below) / static_cast<double>(sorted.size());
}

double cross_entropy(const KnownCases& cases, double ln_odds) {
  double h1 = 0, h2 = 0;
  for (const double ln_lr : cases.h1) h1 += log2_1p_exp(-(ln_lr + ln_odds));
  for (const double ln_lr : cases.h2) h2 += log2_1p_exp(ln_lr + ln_odds);
  // Both from the odds: 1 - prior would round to 0 at large odds, and 0 times infinity is no cost.
  const double prior_h1 = 1 / (1 + std::exp(-ln_odds));
  const double prior_h2 = 1 / (1 + std::exp(ln_odds));
  return prior_h1 * h1 / static_cast<double>(cases.h1.size()) +
         prior_h2 * h2 / static_cast<double>(cases.h2.size());
}

struct Labelled {
  double ln_lr;
  bool is_h1;
};

// A share found among h1 + h2 cases, as it would be were the two kinds equally many.
double at_even_odds(double share, double ratio_h1_to_h2) {
  const double h1 = share / ratio_h1_to_h2;
  return h1 + (1 - share) > 0 ? h1 / (h1 + (1 - share)) : 0;
}

}  // namespace

std::vector<TippettPoint> tippett_curve(const KnownCases& cases) {
  if (!is_measurable(cases)) return {};
  KnownCases sorted = cases;
  std::sort(sorted.h1.begin(), sorted.h1.end());
  std::sort(sorted.h2.begin(), sorted.h2.end());
  std::vector<double> values;
  std::merge(sorted.h1.begin(), sorted.h1.end(), sorted.h2.begin(), sorted.h2.end(),
             std::back_inserter(values));
  values.erase(std::unique(values.begin(), values.end()), values.end());
  std::vector<TippettPoint> points;
  for (const double value : values) {
    points.push_back(
        {value / kLn10, share_at_least(sorted.h1, value), share_at_least(sorted.h2, value)});
  }
  return points;
}

std::vector<EcePoint> ece_curve(const KnownCases& cases, double width, int points) {
  if (!is_measurable(cases) || !(width > 0)) return {};
  width = std::min(width, kWidestLog10Odds);
  points = std::clamp(points, 2, kMostPoints);
  const auto best = IsotonicCalibration::fit(cases.h1, cases.h2);
  KnownCases fitted = cases;
  for (double& ln_lr : fitted.h1) ln_lr = best->ln_lr(ln_lr);
  for (double& ln_lr : fitted.h2) ln_lr = best->ln_lr(ln_lr);
  const KnownCases neutral{{0.0}, {0.0}};
  std::vector<EcePoint> curve;
  for (int i = 0; i < points; ++i) {
    const double log10_odds = width * (2.0 * i / (points - 1) - 1);
    const double ln_odds = log10_odds * kLn10;
    curve.push_back({log10_odds, cross_entropy(cases, ln_odds), cross_entropy(fitted, ln_odds),
                     cross_entropy(neutral, ln_odds)});
  }
  return curve;
}

std::vector<ReliabilityPoint> reliability_curve(const KnownCases& cases, std::size_t groups) {
  if (!is_measurable(cases) || groups == 0) return {};
  std::vector<Labelled> all;
  for (const double ln_lr : cases.h1) all.push_back({ln_lr, true});
  for (const double ln_lr : cases.h2) all.push_back({ln_lr, false});
  std::stable_sort(all.begin(), all.end(),
                   [](const Labelled& a, const Labelled& b) { return a.ln_lr < b.ln_lr; });
  const double ratio = static_cast<double>(cases.h1.size()) / static_cast<double>(cases.h2.size());
  groups = std::min(groups, all.size());
  std::vector<ReliabilityPoint> points;
  for (std::size_t next = 0; next < all.size();) {
    ReliabilityPoint point;
    double stated = 0, weights = 0;
    // A run of equal LRs belongs to the group in which its middle lies.
    for (std::size_t group = groups; next < all.size();) {
      std::size_t end = next;
      while (end < all.size() && all[end].ln_lr == all[next].ln_lr) ++end;
      const std::size_t own = (next + end) * groups / (2 * all.size());
      if (group != groups && own != group) break;
      group = own;
      for (; next < end; ++next) {
        const double weight = all[next].is_h1 ? 1 : ratio;
        stated += weight / (1 + std::exp(-all[next].ln_lr));
        weights += weight;
        ++(all[next].is_h1 ? point.h1 : point.h2);
      }
    }
    const ExactRate rate = exact_rate(point.h1, point.h1 + point.h2, 0.975);
    point.stated = stated / weights;
    point.found = at_even_odds(rate.rate, ratio);
    point.found_low = at_even_odds(rate.lower, ratio);
    point.found_high = at_even_odds(rate.upper, ratio);
    points.push_back(point);
  }
  return points;
}

}  // namespace assay::likelihood
