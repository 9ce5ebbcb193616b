#include "methods/support/stats.h"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numbers>
#include <numeric>

#include "methods/support/block_correlation.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMinBlocks = 5;
constexpr std::size_t kMinDays = 10;

double sum_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

}  // namespace

double mean_of(const std::vector<double>& values) {
  return values.empty() ? 0.0 : sum_of(values) / static_cast<double>(values.size());
}

double variance_of(const std::vector<double>& values) {
  if (values.size() < 2) return 0.0;
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / static_cast<double>(values.size() - 1);
}

std::optional<Range> t_interval(const std::vector<double>& values) {
  if (values.size() < kMinBlocks) return std::nullopt;
  const double q = static_cast<double>(values.size());
  const double critical =
      boost::math::quantile(boost::math::students_t_distribution<double>(q - 1), 0.975);
  const double half = critical * std::sqrt(variance_of(values) / q);
  const double mean = mean_of(values);
  return Range{mean - half, mean + half};
}

std::optional<Range> block_t_mean(const std::vector<double>& values) {
  auto range = t_interval(values);
  if (range) range->first = std::max(range->first, 0.0);
  return range;
}

std::optional<Range> block_t_share(const std::vector<double>& part,
                                   const std::vector<double>& whole) {
  return widened_block_share(part, whole, 1);
}

std::optional<double> design_effect(const std::vector<double>& part_by_day,
                                    const std::vector<double>& whole_by_day) {
  const std::size_t days = whole_by_day.size();
  const double n = sum_of(whole_by_day);
  const double p = n > 0 ? sum_of(part_by_day) / n : 0.0;
  if (days < kMinDays || p <= 0.0 || p >= 1.0) return std::nullopt;
  const double d = static_cast<double>(days);
  const double per_day = n / d;
  std::vector<double> u(days);
  for (std::size_t i = 0; i < days; ++i) {
    u[i] = (part_by_day[i] - p * whole_by_day[i]) / per_day;
  }
  const auto products = [&u](std::size_t lag) {
    double total = 0;
    for (std::size_t i = lag; i < u.size(); ++i) total += u[i] * u[i - lag];
    return total;
  };
  const double alone = products(0);
  // Andrews' plug-in order, with four more days: look-ups remember the week better than white
  // noise.
  const auto lags = std::min(
      days - 1, static_cast<std::size_t>(std::ceil(4.0 * std::pow(d / 100.0, 2.0 / 9.0))) + 4);
  double with_lags = alone;
  for (std::size_t l = 1; l <= lags; ++l) {
    with_lags += 2.0 * (1.0 - static_cast<double>(l) / static_cast<double>(lags + 1)) * products(l);
  }
  // Negative correlation between days would make the answer look better than counting days apart.
  const double variance = std::max(alone, with_lags) / (d * d);
  return variance / (p * (1.0 - p) / n);
}

Range clopper_pearson(double part, double whole) {
  using boost::math::beta_distribution;
  if (whole <= 0) return {0.0, 1.0};
  const double low =
      part <= 0 ? 0.0
                : boost::math::quantile(beta_distribution<double>(part, whole - part + 1), 0.025);
  const double high = part >= whole ? 1.0
                                    : boost::math::quantile(
                                          beta_distribution<double>(part + 1, whole - part), 0.975);
  return {low, high};
}

Range poisson_range(double count) {
  using boost::math::gamma_distribution;
  const double low =
      count <= 0 ? 0.0 : boost::math::quantile(gamma_distribution<double>(count, 1.0), 0.025);
  return {low, boost::math::quantile(gamma_distribution<double>(count + 1, 1.0), 0.975)};
}

double binomial_cdf(double at_most, double trials, double probability) {
  if (at_most < 0) return 0.0;
  if (at_most >= trials || probability <= 0.0) return 1.0;
  if (probability >= 1.0) return 0.0;
  return boost::math::cdf(boost::math::binomial_distribution<double>(trials, probability), at_most);
}

double binomial_at_least(double at_least, double trials, double probability) {
  if (at_least <= 0) return 1.0;
  if (at_least > trials || probability <= 0.0) return 0.0;
  if (probability >= 1.0) return 1.0;
  return boost::math::cdf(boost::math::complement(
      boost::math::binomial_distribution<double>(trials, probability), at_least - 1));
}

double chi_squared_upper(double value, double degrees_of_freedom) {
  if (value <= 0) return 1.0;
  return boost::math::cdf(boost::math::complement(
      boost::math::chi_squared_distribution<double>(degrees_of_freedom), value));
}

double student_t_two_sided(double t, double degrees_of_freedom) {
  return 2.0 * boost::math::cdf(boost::math::complement(
                   boost::math::students_t_distribution<double>(degrees_of_freedom), std::fabs(t)));
}

double quantile_of_sorted(const std::vector<double>& sorted, double p) {
  const double position = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Resultant resultant_of(const std::vector<double>& cycles) {
  if (cycles.empty()) return {};
  double x = 0;
  double y = 0;
  for (const double cycle : cycles) {
    x += std::cos(2.0 * std::numbers::pi * cycle);
    y += std::sin(2.0 * std::numbers::pi * cycle);
  }
  const double n = static_cast<double>(cycles.size());
  double angle = std::atan2(y, x) / (2.0 * std::numbers::pi);
  if (angle < 0) angle += 1.0;
  return {std::hypot(x, y) / n, angle};
}

}  // namespace assay::methods
