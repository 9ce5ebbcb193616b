#include "methods/support/steady_gaps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "methods/support/stats.h"

namespace assay::methods {
namespace {

constexpr double kMinGaps = 30;
constexpr double kMostBelow = 0.10;  // of gaps below the floor: several caches, or none of that TTL
constexpr double kPauseOfMedian = 3;
constexpr double kMostJitter = 0.20;
constexpr double kMostSkew = 2;  // a cache's floor has its gaps on one side, as 3.6 to 1
constexpr double kAloneSeconds = 6 * 3600;
constexpr double kMostSpreadAlone = 300;
constexpr double kLevel = 0.001;
constexpr double kAlike = 20;  // seconds over which a busy cache's gaps may spread
// Lower limits and TTLs that resolvers and zone owners choose.
constexpr double kUsual[] = {60,   120,  180,   300,   600,   900,   1200,  1800,  2700,  3600,
                             5400, 7200, 10800, 14400, 21600, 28800, 43200, 86400, 172800};

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return quantile_of_sorted(values, 0.5);
}

double mad_of(const std::vector<double>& values, double median) {
  std::vector<double> apart;
  for (const double value : values) apart.push_back(std::fabs(value - median));
  return median_of(std::move(apart));
}

}  // namespace

SteadyGaps steady_gaps(const std::vector<double>& gaps, double floor, double tolerance,
                       bool is_ttl_known) {
  SteadyGaps steady;
  if (gaps.empty()) return steady;
  const double pause = kPauseOfMedian * quantile_of_sorted(gaps, 0.5);
  std::vector<double> kept;
  double below = 0;
  for (const double gap : gaps) {
    if (gap < floor - tolerance) below += 1;
    if (gap >= floor - tolerance && gap <= pause) kept.push_back(gap);
  }
  const auto n = static_cast<double>(kept.size());
  steady.gaps = n;
  if (n < kMinGaps || below > kMostBelow * static_cast<double>(gaps.size())) return steady;
  const double median = quantile_of_sorted(kept, 0.5);
  const double mad = mad_of(kept, median);
  steady.median_over_mad = median / std::max(mad, tolerance / 2);
  const double low = quantile_of_sorted(kept, 0.05);
  const double high = quantile_of_sorted(kept, 0.95);
  steady.jitter = (high - low) / 2 / median;
  // A density that falls has at least a third of what lies below 1.5 medians below half a median.
  const double excess = median - floor;
  double near = 0, short_ones = 0;
  for (const double gap : kept) {
    if (gap - floor < 1.5 * excess) near += 1;
    if (gap - floor < 0.5 * excess) short_ones += 1;
  }
  if (excess < std::max(30.0, 4 * tolerance)) return steady;
  steady.p = binomial_cdf(short_ones, near, 1.0 / 3);
  // An early renewal, or a lower limit, moves the floor and leaves gaps on one side of it.
  const bool is_one_sided = high - median > kMostSkew * (median - low) + 2 * tolerance;
  const bool is_tight = steady.jitter <= kMostJitter &&
                        (median < kAloneSeconds || (high - low) / 2 <= kMostSpreadAlone);
  if (steady.p >= kLevel || is_one_sided || !is_tight) return steady;
  if (!is_ttl_known) steady.could_be_cache = high - low <= kAlike;
  for (const double usual : kUsual) {
    steady.could_be_cache |=
        low >= usual - tolerance && low - usual <= 2 * tolerance + 2 && high - low <= 4 * tolerance;
  }
  if (!steady.could_be_cache) steady.period_seconds = median;
  return steady;
}

namespace {

double timing_part(std::vector<double> gaps) {
  std::sort(gaps.begin(), gaps.end());
  const double q1 = quantile_of_sorted(gaps, 0.25);
  const double q2 = quantile_of_sorted(gaps, 0.5);
  const double q3 = quantile_of_sorted(gaps, 0.75);
  const bool is_flat = q3 - q1 < 10 || q2 == q1 || q2 == q3;
  const double bowley = is_flat ? 0 : (q1 + q3 - 2 * q2) / (q3 - q1);
  const double mad = q2 < 1 ? 1 : std::max(0.0, (q2 - mad_of(gaps, q2)) / q2);
  return std::round(1000 * (1 - std::fabs(bowley) + mad) / 2) / 1000;
}

double histogram_part(const std::vector<double>& seconds, double span) {
  constexpr std::size_t kBars = 24;
  constexpr double kBarsForModes = 11;
  std::array<double, kBars> bars{};
  for (const double t : seconds) {
    bars[std::min(static_cast<std::size_t>(t / span * kBars), kBars - 1)] += 1;
  }
  const std::vector<double> all(bars.begin(), bars.end());
  const double mean = mean_of(all);
  double squares = 0;
  for (const double bar : all) squares += (bar - mean) * (bar - mean);
  const double even = mean > 0 ? std::max(0.0, 1 - std::sqrt(squares / kBars) / mean) : 0;
  const auto filled =
      static_cast<double>(std::count_if(all.begin(), all.end(), [](double b) { return b > 0; }));
  if (filled < kBarsForModes) return even;
  const double step = std::max(1.0, std::ceil(0.05 * *std::max_element(all.begin(), all.end())));
  std::map<double, double> heights;
  for (const double bar : all) {
    if (bar > 0) heights[std::floor(bar / step)] += 1;
  }
  std::vector<double> modes;
  for (const auto& [height, count] : heights) modes.push_back(count);
  std::sort(modes.rbegin(), modes.rend());
  const double two = modes[0] + (modes.size() > 1 ? modes[1] : 0);
  return std::max(even, std::min(1.0, two / (filled - 1)));
}

double duration_part(const std::vector<double>& seconds, double span) {
  constexpr double kHour = 3600;
  constexpr double kMinHours = 6;
  constexpr double kFullRun = 12;
  std::vector<double> hours;
  for (const double t : seconds) {
    const double hour = std::floor(t / kHour);
    if (hours.empty() || hour != hours.back()) hours.push_back(hour);
  }
  if (static_cast<double>(hours.size()) < kMinHours) return 0;
  double run = 1, longest = 1;
  for (std::size_t i = 1; i < hours.size(); ++i) {
    run = hours[i] == hours[i - 1] + 1 ? run + 1 : 1;
    longest = std::max(longest, run);
  }
  const double covered = (seconds.back() - seconds.front()) / span;
  return std::clamp(std::max(covered, longest / kFullRun), 0.0, 1.0);
}

}  // namespace

std::optional<BeaconScore> beacon_score(const std::vector<double>& seconds, double span) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < seconds.size(); ++i) {
    if (seconds[i] > seconds[i - 1]) gaps.push_back(seconds[i] - seconds[i - 1]);
  }
  if (seconds.size() < 4 || gaps.size() < 3 || span <= 0) return std::nullopt;
  return BeaconScore{timing_part(gaps), histogram_part(seconds, span),
                     duration_part(seconds, span)};
}

}  // namespace assay::methods
