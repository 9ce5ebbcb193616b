#include "methods/support/cache_shape.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "methods/support/stats.h"

namespace assay::methods {
namespace {

constexpr double kMostViolations = 0.10;
constexpr double kOnsetBand = 0.10;  // of the TTL
constexpr double kPrefetchFrom = 0.90;
constexpr double kPrefetchShare = 0.20;
constexpr double kMinPrefetch = 5;

// TTLs that zone owners choose.
constexpr double kTtlGrid[] = {120,  180,  300,   600,   900,   1200,  1800,  2700,  3600,
                               5400, 7200, 10800, 14400, 21600, 28800, 43200, 86400, 172800};
// Edges of the bins of the excess, doubling beyond the last.
constexpr double kExcessEdges[] = {0, 30, 120, 300, 900, 1800, 3600};
constexpr double kMinGain = 10;  // natural log units over no TTL
constexpr std::size_t kMinGapsToEstimate = 30;
constexpr double kSpreadOfConstant = 5;  // seconds between the 5 % and 95 % quantiles

constexpr double kPeriods[] = {300, 600, 900, 1800, 3600, 86400};
constexpr double kClockLevel = 0.001;
constexpr std::size_t kMinUncensored = 20;
constexpr double kMinStrength = 0.3;
constexpr double kMinStrengthAll = 0.5;
constexpr double kMinLoops = 20;        // periods of drift that a cache would have made
constexpr double kMostDayspread = 900;  // a daily clock keeps to a quarter of an hour

constexpr double kIntervals[] = {60, 120, 180, 300, 600, 900, 1200, 1800, 3600};
// An exponential tail that begins at one interval is itself uneven over it; this strength takes a
// mean excess below a sixth of the interval, which leaves next to no gap that long.
constexpr double kMinCombStrength = 0.7;
constexpr double kCombTeeth = 6;

constexpr int kEmRounds = 60;
constexpr std::size_t kEmPoints = 4096;
constexpr double kMinTwoRateGain = 7;  // twice the difference is beyond chi2_2 at 0.001

double count_in(const std::vector<double>& sorted, double from, double to) {
  const auto low = std::lower_bound(sorted.begin(), sorted.end(), from);
  const auto high = std::lower_bound(low, sorted.end(), to);
  return static_cast<double>(high - low);
}

// Log-likelihood of a histogram density with one bin below the TTL and fixed bins of excess above.
double histogram_likelihood(const std::vector<double>& gaps, double ttl, double tolerance,
                            double burst_gap) {
  const double n = static_cast<double>(gaps.size());
  const double floor = ttl - tolerance;
  double total = 0;
  const auto bin = [&](double from, double to) {
    const double count = count_in(gaps, from, to);
    if (count > 0) total += count * std::log(count / (n * (to - from)));
  };
  if (floor > burst_gap) bin(0, floor);
  for (std::size_t e = 0; e + 1 < std::size(kExcessEdges); ++e) {
    bin(floor + kExcessEdges[e], floor + kExcessEdges[e + 1]);
  }
  for (double edge = std::end(kExcessEdges)[-1]; floor + edge <= gaps.back(); edge *= 2) {
    bin(floor + edge, floor + 2 * edge);
  }
  return total;
}

double cycles_of(std::int64_t us, double period_seconds) {
  const auto period = static_cast<std::int64_t>(period_seconds) * kMicrosPerSecond;
  const std::int64_t inside = ((us % period) + period) % period;
  return static_cast<double>(inside) / static_cast<double>(period);
}

// Keeps `best` when the new one is at a longer period: a phase kept at 3,600 s is kept at 300 s
// too.
void consider(const ClockPhase& candidate, ClockPhase& best) {
  if (candidate.period_seconds > best.period_seconds) best = candidate;
}

ClockPhase phase_at(const std::vector<double>& cycles, double period, double effective,
                    double min_strength) {
  ClockPhase phase;
  const Resultant resultant = resultant_of(cycles);
  phase.strength = resultant.length;
  phase.phase_seconds = resultant.angle * period;
  phase.p = std::min(
      1.0, std::size(kPeriods) * std::exp(-effective * resultant.length * resultant.length));
  // People keep hours too; only a machine keeps the same minutes of the day.
  const double spread = period * std::sqrt(-2.0 * std::log(std::max(resultant.length, 1e-12))) /
                        (2.0 * std::numbers::pi);
  const bool is_tight = period < 86400 || spread <= kMostDayspread;
  if (phase.p < kClockLevel && phase.strength >= min_strength && is_tight) {
    phase.period_seconds = period;
  }
  return phase;
}

}  // namespace

CacheShape cache_shape(const std::vector<double>& gaps, double ttl, double tolerance,
                       double burst_gap, double level) {
  CacheShape shape;
  const double n = static_cast<double>(gaps.size());
  const double floor = ttl - tolerance;
  shape.below = count_in(gaps, 0, floor);
  shape.within_120 = count_in(gaps, floor, ttl + 120);
  if (gaps.empty() || floor <= burst_gap) return shape;
  // A refresh ahead of expiry can only come in the last tenth; the tenth before it is the control.
  const double early = kPrefetchFrom * ttl - tolerance;
  shape.prefetch_band = count_in(gaps, early, floor);
  const double control = count_in(gaps, early - (floor - early), early);
  shape.is_prefetch =
      shape.prefetch_band >= std::max(kMinPrefetch, kPrefetchShare * n) &&
      count_in(gaps, 0, early) <= kMostViolations * n &&
      binomial_at_least(shape.prefetch_band, shape.prefetch_band + control, 0.5) < level;
  const double from = shape.is_prefetch ? early : floor;
  // Without a cache gaps get rarer with length, so at least as many would lie below as above.
  const double below = count_in(gaps, 0, from);
  const double above = count_in(gaps, from, 2 * from);
  shape.p_suppressed =
      binomial_cdf(below, below + above, (from - burst_gap) / (2 * from - burst_gap));
  // And were the floor elsewhere, the first tenth above would be empty.
  shape.p_no_onset = binomial_cdf(count_in(gaps, from, from * (1 + kOnsetBand)), above, kOnsetBand);
  shape.is_cache =
      below <= kMostViolations * n && shape.p_suppressed < level && shape.p_no_onset >= level;
  return shape;
}

double estimate_ttl(const std::vector<double>& gaps, double tolerance, double burst_gap) {
  if (gaps.size() < kMinGapsToEstimate) return 0;
  // Gaps that are all alike fit a timer as well as a cache: no TTL can be read off them.
  if (quantile_of_sorted(gaps, 0.95) - quantile_of_sorted(gaps, 0.05) <= kSpreadOfConstant)
    return 0;
  const double none = histogram_likelihood(gaps, burst_gap, 0, burst_gap);
  const double level = 0.001 / std::size(kTtlGrid);
  double best = 0;
  double best_gain = kMinGain;
  for (const double ttl : kTtlGrid) {
    if (ttl < 2 * burst_gap) continue;
    if (!cache_shape(gaps, ttl, tolerance, burst_gap, level).is_cache) continue;
    const double gain = histogram_likelihood(gaps, ttl, tolerance, burst_gap) - none;
    if (gain <= best_gain) continue;
    best_gain = gain;
    best = ttl;
  }
  return best;
}

ClockPhase clock_phase(const std::vector<Gap>& gaps, double floor, double tolerance) {
  ClockPhase best;
  std::vector<std::int64_t> uncensored;
  const double well_above = floor + std::max(60.0, floor / 4);
  for (const Gap& gap : gaps) {
    if (gap.seconds > well_above) uncensored.push_back(gap.end_us);
  }
  for (const double period : kPeriods) {
    std::vector<double> cycles;
    if (uncensored.size() >= kMinUncensored) {
      for (const std::int64_t us : uncensored) cycles.push_back(cycles_of(us, period));
      ClockPhase phase = phase_at(cycles, period, static_cast<double>(cycles.size()), kMinStrength);
      phase.is_from_uncensored = true;
      consider(phase, best);
    }
    // All burst starts: a series that waits for its cache drifts by the excess of every gap, so a
    // phase that outlasts many periods of drift is kept by something else.
    cycles.clear();
    double loops = 0;
    for (const Gap& gap : gaps) {
      cycles.push_back(cycles_of(gap.end_us, period));
      loops += std::clamp(gap.seconds - floor - tolerance, 0.0, period) / period;
    }
    if (loops < kMinLoops) continue;
    consider(phase_at(cycles, period, loops, kMinStrengthAll), best);
  }
  best.uncensored_rows = static_cast<double>(uncensored.size());
  return best;
}

TimerComb timer_comb(const std::vector<Gap>& gaps, double floor, double tolerance) {
  TimerComb best;
  for (const double interval : kIntervals) {
    double n = 0;
    double sum = 0;
    for (const Gap& gap : gaps) {
      const double excess = gap.seconds - floor;
      // Longer gaps are pauses between runs of the timer, which no longer count for it.
      if (excess < interval - tolerance || excess > kCombTeeth * interval + tolerance) continue;
      n += 1;
      // Towards phase 0, not any phase: both ends of the gap lie on the timer. One common gap is in
      // phase with itself for every interval, but whole for few.
      sum += std::cos(2 * std::numbers::pi * gap.seconds / interval);
    }
    if (n < kMinUncensored) continue;
    const double strength = std::max(sum / n, 0.0);
    const double p = std::min(1.0, std::size(kIntervals) * std::exp(-n * strength * strength));
    if (p < kClockLevel && strength >= kMinCombStrength) best = {interval, strength, p, n};
  }
  return best;
}

ExcessLaw excess_law(const std::vector<double>& all) {
  ExcessLaw law;
  if (all.empty()) return law;
  law.mean_seconds = std::max(mean_of(all), 1e-3);
  std::vector<double> sorted = all;
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> points;
  const std::size_t count = std::min(sorted.size(), kEmPoints);
  for (std::size_t i = 0; i < count; ++i) {
    points.push_back(sorted[i * sorted.size() / count] + 0.5);
  }
  const double mean = mean_of(points);
  double share = 0.5;
  double quick = std::max(mean / 5, 0.5);
  double slow = mean * 2;
  double likelihood = 0;
  for (int round = 0; round < kEmRounds; ++round) {
    double weight = 0, quick_sum = 0, slow_sum = 0;
    likelihood = 0;
    for (const double x : points) {
      const double a = share / quick * std::exp(-x / quick);
      const double b = (1 - share) / slow * std::exp(-x / slow);
      const double w = a / std::max(a + b, 1e-300);
      weight += w;
      quick_sum += w * x;
      slow_sum += (1 - w) * x;
      likelihood += std::log(std::max(a + b, 1e-300));
    }
    const double n = static_cast<double>(points.size());
    share = std::clamp(weight / n, 1e-6, 1 - 1e-6);
    quick = std::max(quick_sum / std::max(weight, 1e-9), 0.5);
    slow = std::max(slow_sum / std::max(n - weight, 1e-9), quick);
  }
  const double one = -static_cast<double>(points.size()) * (std::log(mean) + 1);
  law.is_two_rates = likelihood - one > kMinTwoRateGain && slow > 3 * quick;
  law.quick_share = share;
  law.quick_mean_seconds = quick;
  law.slow_mean_seconds = slow;
  return law;
}

}  // namespace assay::methods
