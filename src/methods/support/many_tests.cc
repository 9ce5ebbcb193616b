#include "methods/support/many_tests.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace assay::methods {
namespace {

// Positions from the smallest value to the largest; equal ones in the order given.
std::vector<std::size_t> order_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  return order;
}

// From the least striking to the most: a level may not be above that of a less striking test.
std::vector<double> step_up(const std::vector<double>& p, double factor) {
  const std::vector<std::size_t> order = order_of(p);
  const auto tests = static_cast<double>(p.size());
  std::vector<double> levels(p.size(), 1.0);
  double level = 1;
  for (std::size_t i = order.size(); i-- > 0;) {
    level = std::min(level, factor * tests * p[order[i]] / static_cast<double>(i + 1));
    levels[order[i]] = level;
  }
  return levels;
}

}  // namespace

double conformal_p(const std::vector<double>& controls, double score) {
  const auto from = std::lower_bound(controls.begin(), controls.end(), score);
  return (1 + static_cast<double>(controls.end() - from)) /
         (1 + static_cast<double>(controls.size()));
}

double fewest_controls(double tests, double level, double fewest) {
  return std::max(0.0, std::ceil(tests / (level * fewest) - 1 - 1e-9));
}

std::vector<double> benjamini_hochberg(const std::vector<double>& p) { return step_up(p, 1); }

std::vector<double> benjamini_yekutieli(const std::vector<double>& p) {
  double harmonic = 0;
  for (std::size_t i = 1; i <= p.size(); ++i) harmonic += 1 / static_cast<double>(i);
  return step_up(p, harmonic);
}

std::vector<double> holm(const std::vector<double>& p) {
  const std::vector<std::size_t> order = order_of(p);
  std::vector<double> levels(p.size(), 1.0);
  double level = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    level = std::max(level, static_cast<double>(p.size() - i) * p[order[i]]);
    levels[order[i]] = std::min(1.0, level);
  }
  return levels;
}

double all_or_nothing_e(double p, double threshold) { return p <= threshold ? 1 / threshold : 0; }

std::vector<double> e_benjamini_hochberg(const std::vector<double>& e) {
  std::vector<double> as_p;
  as_p.reserve(e.size());
  // 1/e behaves in the step-up like a p value that no dependence can harm.
  for (const double value : e) as_p.push_back(value > 1 ? 1 / value : 1);
  return step_up(as_p, 1);
}

double false_share_bound(double tests, double threshold, double found) {
  if (found <= 0) return 0;
  const double log_odds = std::log(20.0);
  const double factor = log_odds / std::log(1 + log_odds);
  return std::min(1.0, factor * (1 + tests * threshold) / found);
}

}  // namespace assay::methods
