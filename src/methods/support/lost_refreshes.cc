#include "methods/support/lost_refreshes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "methods/support/cache_shape.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMinGaps = 100;
constexpr double kFrom = 1.4, kTo = 2.95;  // in TTLs: the waits that are looked at
constexpr double kLeastTtl = 120;
constexpr int kBins = 68;  // over them; the bump begins with one
constexpr double kWidthQuantile = 0.75;
constexpr double kLeastWidth = 120;
constexpr double kLeastCapture = 0.25;
constexpr int kShareRounds = 5;
constexpr int kNewtonRounds = 30;
constexpr double kMostLog = 30;
constexpr double kMostShare = 0.25;  // x (1 - x) of x = one half
constexpr double kSlopeSd = 2,
                 kBendSd = 0.4;     // of the log hazard over the waits that are looked at
constexpr double kTwoSided = 3.84;  // chi-squared with one degree of freedom at 5 %
constexpr double kOneSided = 2.58;  // normal at 0.5 %

constexpr std::size_t kTerms = 3;  // level, slope, bend
using Terms = std::array<double, kTerms>;

// A bin of waits: how many gaps ended in it, for how long gaps were running in it, and which part
// of all doubled gaps would end in it.
struct Bin {
  double from = 0, to = 0;
  double ends = 0, running = 0, doubled = 0;
  Terms at{};  // 1, u, u * u - 1/3, with u from -1 to 1
};

// The hazard of a gap's end is smooth, exp(level + slope u + bend u^2), but for doubled gaps.
struct Hazard {
  Terms term{};
  double likelihood = -1e300;  // with what the terms' spread takes off

  double in(const Bin& bin) const {
    double log_rate = 0;
    for (std::size_t i = 0; i < kTerms; ++i) log_rate += term[i] * bin.at[i];
    return bin.running * std::exp(std::clamp(log_rate, -kMostLog, kMostLog));
  }
};

double penalty(const Terms& term) {
  return 0.5 *
         (term[1] * term[1] / (kSlopeSd * kSlopeSd) + term[2] * term[2] / (kBendSd * kBendSd));
}

double likelihood_of(const std::vector<Bin>& bins, const Hazard& hazard, double doubled) {
  double total = -penalty(hazard.term);
  for (const Bin& bin : bins) {
    const double mean = hazard.in(bin) + doubled * bin.doubled;
    if (bin.running <= 0 && bin.ends <= 0) continue;
    total += bin.ends * std::log(std::max(mean, 1e-12)) - mean;
  }
  return total;
}

// Solves the 3 by 3 system by elimination; the matrix is positive definite.
Terms solved(std::array<Terms, kTerms> a, Terms b) {
  for (std::size_t i = 0; i < kTerms; ++i) {
    for (std::size_t j = i + 1; j < kTerms; ++j) {
      const double factor = a[j][i] / a[i][i];
      for (std::size_t k = i; k < kTerms; ++k) a[j][k] -= factor * a[i][k];
      b[j] -= factor * b[i];
    }
  }
  for (std::size_t i = kTerms; i-- > 0;) {
    for (std::size_t k = i + 1; k < kTerms; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

// The most likely smooth hazard when `doubled` doubled gaps are expected besides. Fisher scoring.
Hazard fit_hazard(const std::vector<Bin>& bins, double doubled, Hazard start) {
  Hazard best = start;
  best.likelihood = likelihood_of(bins, best, doubled);
  for (int round = 0; round < kNewtonRounds; ++round) {
    std::array<Terms, kTerms> information{};
    Terms score{};
    for (const Bin& bin : bins) {
      const double smooth = best.in(bin);
      const double mean = smooth + doubled * bin.doubled;
      if (mean <= 1e-12) continue;
      for (std::size_t i = 0; i < kTerms; ++i) {
        score[i] += (bin.ends / mean - 1) * smooth * bin.at[i];
        for (std::size_t j = 0; j < kTerms; ++j) {
          information[i][j] += smooth * smooth / mean * bin.at[i] * bin.at[j];
        }
      }
    }
    const Terms spread{1e6, kSlopeSd, kBendSd};
    for (std::size_t i = 0; i < kTerms; ++i) {
      score[i] -= i == 0 ? 0 : best.term[i] / (spread[i] * spread[i]);
      information[i][i] += 1 / (spread[i] * spread[i]) + 1e-6;
    }
    const Terms step = solved(information, score);
    double length = 1;
    Hazard next = best;
    do {
      for (std::size_t i = 0; i < kTerms; ++i) {
        next.term[i] = best.term[i] + length * std::clamp(step[i], -5.0, 5.0);
      }
      next.likelihood = likelihood_of(bins, next, doubled);
      length /= 2;
    } while (next.likelihood < best.likelihood && length > 1e-3);
    const double gain = next.likelihood - best.likelihood;
    if (gain > 0) best = next;
    if (gain < 1e-6) break;
  }
  return best;
}

// Share x of refreshes lost, when `part` of the gaps, x (1 - x), are two that ran together.
double share_of(double part) {
  return (1 - std::sqrt(1 - 4 * std::clamp(part, 0.0, kMostShare))) / 2;
}

struct Pairs {
  std::vector<double> waits;  // beyond two TTLs, of following gaps taken together
  double all = 0;             // pairs, also those too long to count
};

Pairs pairs_of(const std::vector<double>& gaps, double ttl, double early) {
  Pairs pairs;
  for (std::size_t i = 1; i < gaps.size(); ++i) {
    const double first = gaps[i - 1] - ttl;
    const double second = gaps[i] - ttl;
    if (first < -early || second < -early) continue;
    pairs.all += 1;
    if (first < ttl && second < ttl) pairs.waits.push_back(first + second);
  }
  std::sort(pairs.waits.begin(), pairs.waits.end());
  return pairs;
}

// Bins are cut so that one begins where doubled gaps do.
std::vector<Bin> bins_of(const std::vector<double>& gaps, const Pairs& pairs, double ttl,
                         double early) {
  const double width = (kTo - kFrom) * ttl / kBins;
  const double begin = 2 * (ttl - early);
  const int before = static_cast<int>((begin - kFrom * ttl) / width);
  std::vector<Bin> bins(kBins);
  for (int k = 0; k < kBins; ++k) {
    Bin& bin = bins[static_cast<std::size_t>(k)];
    bin.from = begin + (k - before) * width;
    bin.to = bin.from + width;
    const double u = 2 * (k + 0.5) / kBins - 1;
    bin.at = {1, u, u * u - 1.0 / 3};
    for (const double gap : gaps) {
      if (gap < bin.from) continue;
      bin.ends += gap < bin.to ? 1 : 0;
      bin.running += std::min(gap, bin.to) - bin.from;
    }
    const auto low = std::lower_bound(pairs.waits.begin(), pairs.waits.end(), bin.from - 2 * ttl);
    const auto high = std::lower_bound(low, pairs.waits.end(), bin.to - 2 * ttl);
    bin.doubled = static_cast<double>(high - low) / pairs.all;
  }
  return bins;
}

// The most likely number of doubled gaps, and where the likelihood has fallen by so much.
struct Doubled {
  double count = 0, low = 0, high = 0;
  Hazard hazard;        // at `count`
  double deviance = 0;  // over none
};

Doubled fit_doubled(const std::vector<Bin>& bins, double most) {
  double ends = 0, running = 0;
  for (const Bin& bin : bins) {
    ends += bin.ends;
    running += bin.running;
  }
  Hazard start;
  start.term[0] = std::log((ends + 0.5) / std::max(running, 1.0));
  const Hazard none = fit_hazard(bins, 0, start);
  const auto likelihood = [&](double count) { return fit_hazard(bins, count, none).likelihood; };
  // The profile has one top: golden section.
  constexpr double kGolden = 0.6180339887498949;
  double low = 0, high = most;
  double a = high - kGolden * (high - low), b = low + kGolden * (high - low);
  double at_a = likelihood(a), at_b = likelihood(b);
  while (high - low > std::max(0.02, 1e-3 * most)) {
    if (at_a >= at_b) {
      high = b, b = a, at_b = at_a;
      at_a = likelihood(a = high - kGolden * (high - low));
    } else {
      low = a, a = b, at_a = at_b;
      at_b = likelihood(b = low + kGolden * (high - low));
    }
  }
  Doubled found;
  found.count = (low + high) / 2;
  found.hazard = fit_hazard(bins, found.count, none);
  if (found.hazard.likelihood <= none.likelihood) {
    found.count = 0;
    found.hazard = none;
  }
  found.deviance = 2 * (found.hazard.likelihood - none.likelihood);
  const double floor = found.hazard.likelihood - kTwoSided / 2;
  const auto cross = [&](double inside, double outside) {
    if (likelihood(outside) >= floor) return outside;
    for (int round = 0; round < 20; ++round) {
      const double middle = (inside + outside) / 2;
      (likelihood(middle) >= floor ? inside : outside) = middle;
    }
    return (inside + outside) / 2;
  };
  found.low = cross(found.count, 0);
  found.high = cross(found.count, most);
  return found;
}

}  // namespace

LostRefreshes lost_refreshes(const std::vector<double>& gaps, double ttl, double tolerance) {
  LostRefreshes result;
  const double early = tolerance + kAheadSeconds;
  const Pairs pairs = pairs_of(gaps, ttl, early);
  if (ttl < kLeastTtl || gaps.size() < kMinGaps || pairs.waits.size() < kMinGaps / 2) return result;
  const std::vector<Bin> bins = bins_of(gaps, pairs, ttl, early);
  for (const Bin& bin : bins) result.capture += bin.doubled;
  if (result.capture < kLeastCapture) return result;
  result.is_enough = true;
  const double begin = 2 * (ttl - early);
  result.width_seconds = std::clamp(quantile_of_sorted(pairs.waits, kWidthQuantile), kLeastWidth,
                                    std::max(kTo * ttl - begin, kLeastWidth));
  const double n = static_cast<double>(gaps.size());
  const Doubled found = fit_doubled(bins, kMostShare * n);
  for (const Bin& bin : bins) {
    if (bin.from < begin - 1 || bin.from >= begin + result.width_seconds) continue;
    const double part =
        std::min(1.0, (begin + result.width_seconds - bin.from) / (bin.to - bin.from));
    result.near_count += std::round(part * bin.ends);
    result.expected += part * found.hazard.in(bin);
  }
  result.p = 0.5 * std::erfc(std::sqrt(std::max(found.deviance, 0.0) / 2));
  const auto lost_at = [&](double count) {
    double share = 0;
    for (int round = 0; round < kShareRounds; ++round) {
      // Pairs with a doubled gap in them tell nothing of what a doubled gap looks like.
      const double single = std::max(std::pow(1 - share * (1 - share), 2), 0.5);
      share = share_of(count * single / n);
    }
    return share;
  };
  result.lost_share = lost_at(found.count);
  result.lost_range = Range{lost_at(found.low), lost_at(found.high)};
  // By Fisher's information of the number, the smooth hazard taken as known but for its level.
  double information = 0;
  for (const Bin& bin : bins) {
    information += bin.doubled * bin.doubled / std::max(found.hazard.in(bin), 0.3);
  }
  result.detectable_share = share_of(kOneSided / std::sqrt(std::max(information, 1e-12)) / n);
  return result;
}

}  // namespace assay::methods
