#include "methods/support/cache_shape.h"

#include <algorithm>
#include <cmath>
#include <map>
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
constexpr double kMinStrength = 0.7;
constexpr double kMinLoops = 20;     // periods of drift that a cache would have made
constexpr double kMostSpread = 300;  // seconds, of a daily clock and of bursts that stand alone
constexpr double kPauseSeconds = 3 * 3600;
constexpr double kPauseOfMedian = 3;
constexpr double kAloneSeconds = 6 * 3600;

constexpr double kKeptStrength = 0.95;  // of that of the clock tried
constexpr double kLongGap = 0.75;       // quantile of the gaps
constexpr double kSlackOfGap = 1.25;
// A line next to those of the day is found on its flank: its multiple is tuned.
constexpr double kTuning = 3;  // frequencies that the span resolves, either way
constexpr int kTuningSteps = 12;

constexpr double kIntervals[] = {60, 120, 180, 300, 600, 900, 1200, 1800, 3600};
// An exponential tail that begins at one interval is itself uneven over it; this strength takes a
// mean excess below a sixth of the interval, which leaves next to no gap that long.
constexpr double kMinCombStrength = 0.7;
constexpr double kCombTeeth = 6;

constexpr double kNearInterval = 0.25;  // of the shorter interval, either way of a whole multiple
constexpr double kKeptShare = 0.8;      // of the gaps that the shorter interval explains

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

struct Phases {
  std::vector<double> uncensored;  // of moments of true demand
  std::vector<double> all;
  double loops = 0;  // periods that the series would have drifted by, had it waited for its cache
};

// Phases of the bursts that a cache would have moved away from the start of their run. A run begins
// after a pause, and its first bursts keep the phase of that beginning (a door that opens at nine)
// for as long as the cache's excesses have not added up to a period. Counted are therefore whole
// loops beyond the first: over a loop, demand of no clock comes at all phases alike.
Phases phases_beyond_a_loop(const std::vector<Gap>& gaps, double period, double floor,
                            double well_above, double pause) {
  struct Moment {
    double drift;  // in periods, since the run began
    double cycle;
    bool is_uncensored;
  };
  struct Run {
    double drift = 0;
    std::vector<Moment> moments;
  };
  Phases phases;
  const auto close = [&phases](Run& run) {
    const double whole = std::floor(run.drift);
    for (const Moment& moment : run.moments) {
      if (moment.drift < 1 || moment.drift > whole) continue;
      phases.all.push_back(moment.cycle);
      if (moment.is_uncensored) phases.uncensored.push_back(moment.cycle);
    }
    phases.loops += std::max(whole - 1, 0.0);
    run = {};
  };
  std::map<std::uint32_t, Run> runs;  // by cache
  for (const Gap& gap : gaps) {
    Run& run = runs[gap.cache];
    if (gap.seconds > pause) {
      close(run);
      continue;
    }
    run.drift += std::clamp(gap.seconds - floor, 0.0, period) / period;
    run.moments.push_back({run.drift, cycles_of(gap.end_us, period), gap.seconds > well_above});
  }
  for (auto& [cache, run] : runs) close(run);
  return phases;
}

// Keeps `best` when the new one is at a longer period: a phase kept at 3,600 s is kept at 300 s
// too.
void consider(const ClockPhase& candidate, ClockPhase& best) {
  if (candidate.period_seconds > best.period_seconds) best = candidate;
}

ClockPhase phase_at(const std::vector<double>& cycles, double period, double effective,
                    bool is_alone) {
  ClockPhase phase;
  const Resultant resultant = resultant_of(cycles);
  phase.strength = resultant.length;
  phase.phase_seconds = resultant.angle * period;
  phase.p = std::min(
      1.0, std::size(kPeriods) * std::exp(-effective * resultant.length * resultant.length));
  // People keep hours too; only a machine keeps the same minutes of the day.
  const double spread = period * std::sqrt(-2.0 * std::log(std::max(resultant.length, 1e-12))) /
                        (2.0 * std::numbers::pi);
  const bool is_tight = !is_alone || spread <= kMostSpread;
  if (phase.p < kClockLevel && phase.strength >= kMinStrength && is_tight) {
    phase.period_seconds = period;
  }
  return phase;
}

// Share of `gaps` that an interval explains: those within `near` seconds of a whole multiple, less
// what comes there by chance.
double explained_share(const std::vector<double>& gaps, double interval, double near) {
  const auto count = std::count_if(gaps.begin(), gaps.end(), [&](double gap) {
    return std::fabs(std::remainder(gap, interval)) <= near;
  });
  const double chance = 2 * near / interval;
  return (static_cast<double>(count) / static_cast<double>(gaps.size()) - chance) / (1 - chance);
}

// Gaps that are all 600 s are whole multiples of 60 s too. The longest interval that explains them
// as well; gaps down to the floor are looked at, since there a shorter timer leaves the multiples
// that a longer one does not have.
double longest_interval(const std::vector<Gap>& gaps, double floor, double tolerance,
                        double shortest) {
  std::vector<double> seconds;
  for (const Gap& gap : gaps) {
    const double excess = gap.seconds - floor;
    if (excess < -tolerance || excess > kCombTeeth * shortest + tolerance) continue;
    seconds.push_back(gap.seconds);
  }
  const double near = kNearInterval * shortest;
  const double explained = explained_share(seconds, shortest, near);
  double longest = shortest;
  for (const double interval : kIntervals) {
    if (interval <= shortest || std::remainder(interval, shortest) != 0) continue;
    if (explained_share(seconds, interval, near) >= kKeptShare * explained) longest = interval;
  }
  return longest;
}

// Whoever keeps the phase of 7,200 s keeps that of 3,600 s too, and the clocks that are tried are
// few. So the clock found is named by the longest whole multiple that the ends keep as well as it:
// no row shows the marks between. A multiple that is kept leaves few gaps shorter than itself.
void name_longest(const std::vector<Gap>& gaps, double longest_gap, double pause, bool is_alone,
                  ClockPhase& clock) {
  if (clock.period_seconds <= 0) return;
  const double shortest = clock.period_seconds;
  const double least = std::max(kMinStrength, kKeptStrength * clock.strength);
  for (double period = 2 * shortest; period <= kSlackOfGap * longest_gap; period += shortest) {
    if (period > 86400 || (period == 86400 && !is_alone)) break;
    std::vector<double> cycles;
    for (const Gap& gap : gaps) {
      if (gap.seconds <= pause) cycles.push_back(cycles_of(gap.end_us, period));
    }
    if (cycles.size() < kMinUncensored) return;
    const Resultant resultant = resultant_of(cycles);
    if (resultant.length < least) continue;
    clock.period_seconds = period;
    clock.strength = resultant.length;
    clock.phase_seconds = resultant.angle * period;
  }
}

}  // namespace

CacheShape cache_shape(const std::vector<double>& gaps, double ttl, double tolerance,
                       double burst_gap, double level) {
  CacheShape shape;
  const double n = static_cast<double>(gaps.size());
  const double floor = ttl - tolerance;
  const double strict = std::max(floor - kAheadSeconds, 0.0);
  shape.below = count_in(gaps, 0, strict);
  shape.within_120 = count_in(gaps, floor, ttl + 120);
  if (gaps.empty() || floor <= burst_gap) return shape;
  // A refresh ahead of expiry can only come in the last tenth; the tenth before it is the control.
  const double early = kPrefetchFrom * ttl - tolerance;
  shape.prefetch_band = count_in(gaps, early, floor);
  shape.prefetch_early = count_in(gaps, early, strict);
  const double control = count_in(gaps, early - (floor - early), early);
  shape.is_prefetch =
      shape.prefetch_band >= std::max(kMinPrefetch, kPrefetchShare * n) &&
      count_in(gaps, 0, early) <= kMostViolations * n &&
      binomial_at_least(shape.prefetch_band, shape.prefetch_band + control, 0.5) < level;
  const double from = shape.is_prefetch ? early : strict;
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
  if (gaps.empty()) return best;
  const double well_above = floor + std::max(60.0, floor / 4);
  best.uncensored_rows = static_cast<double>(std::count_if(
      gaps.begin(), gaps.end(), [&](const Gap& gap) { return gap.seconds > well_above; }));
  std::vector<double> seconds;
  for (const Gap& gap : gaps) seconds.push_back(gap.seconds);
  std::sort(seconds.begin(), seconds.end());
  const double median = quantile_of_sorted(seconds, 0.5);
  const double pause = std::max(kPauseSeconds, kPauseOfMedian * median);
  const bool is_alone = median >= kAloneSeconds;
  for (const double period : kPeriods) {
    // A phase of the day is for bursts that stand alone.
    if (period >= 86400 && !is_alone) continue;
    const Phases phases = phases_beyond_a_loop(gaps, period, floor + tolerance, well_above, pause);
    if (phases.uncensored.size() >= kMinUncensored) {
      ClockPhase phase = phase_at(phases.uncensored, period,
                                  static_cast<double>(phases.uncensored.size()), is_alone);
      phase.is_from_uncensored = true;
      consider(phase, best);
    }
    if (phases.loops < kMinLoops) continue;
    consider(phase_at(phases.all, period, phases.loops, is_alone), best);
  }
  name_longest(gaps, quantile_of_sorted(seconds, kLongGap), pause, is_alone, best);
  return best;
}

ClockPhase longest_kept(const std::vector<Gap>& gaps, double period, double strength) {
  ClockPhase clock{period, strength, 0, 1, 0, false};
  std::vector<double> seconds;
  for (const Gap& gap : gaps) seconds.push_back(gap.seconds);
  std::sort(seconds.begin(), seconds.end());
  const double pause = std::max(kPauseSeconds, kPauseOfMedian * quantile_of_sorted(seconds, 0.5));
  std::vector<double> ends;  // seconds since the first
  for (const Gap& gap : gaps) {
    if (gap.seconds <= pause)
      ends.push_back(static_cast<double>(gap.end_us - gaps.front().end_us) / kMicrosPerSecond);
  }
  if (ends.size() < kMinUncensored) return clock;
  const double span = std::max(ends.back() - ends.front(), 1.0);
  const double longest = std::min(kSlackOfGap * quantile_of_sorted(seconds, kLongGap), 43'200.0);
  const double least = std::max(kMinStrength, kKeptStrength * strength);
  for (int times = 2; times * period <= longest; ++times) {
    for (int step = -kTuningSteps; step <= kTuningSteps; ++step) {
      const double frequency =
          (1 / period + step * kTuning / (kTuningSteps * span)) / static_cast<double>(times);
      std::vector<double> cycles;
      for (const double end : ends) cycles.push_back(end * frequency);
      const double kept = resultant_of(cycles).length;
      const bool is_longer = clock.period_seconds * frequency < 0.9;
      if (kept < least || (!is_longer && kept <= clock.strength)) continue;
      clock.period_seconds = 1 / frequency;
      clock.strength = kept;
    }
  }
  return clock;
}

TimerComb timer_comb(const std::vector<Gap>& gaps, double floor, double tolerance) {
  TimerComb best;
  // Longer gaps are pauses between runs of the timer, which no longer count for it.
  const auto is_shown = [&](const Gap& gap, double interval) {
    const double excess = gap.seconds - floor;
    return excess >= interval - tolerance && excess <= kCombTeeth * interval + tolerance;
  };
  // Towards phase 0, not any phase: both ends of the gap lie on the timer.
  const auto strength_of = [&](double shown_at, double interval, double& n) {
    double sum = 0;
    n = 0;
    for (const Gap& gap : gaps) {
      if (!is_shown(gap, shown_at)) continue;
      n += 1;
      sum += std::cos(2 * std::numbers::pi * gap.seconds / interval);
    }
    return n > 0 ? std::max(sum / n, 0.0) : 0.0;
  };
  for (const double interval : kIntervals) {
    double n = 0;
    const double strength = strength_of(interval, interval, n);
    if (n < kMinUncensored) continue;
    const double p = std::min(1.0, std::size(kIntervals) * std::exp(-n * strength * strength));
    if (p < kClockLevel && strength >= kMinCombStrength) best = {interval, strength, p, n};
  }
  if (best.interval_seconds == 0) return best;
  const double longest = longest_interval(gaps, floor, tolerance, best.interval_seconds);
  if (longest == best.interval_seconds) return best;
  const double kept = strength_of(best.interval_seconds, longest, best.gaps);
  if (kept < kMinCombStrength) return best;
  best.strength = kept;
  best.interval_seconds = longest;
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
