#include "methods/support/lost_refreshes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "assay/instant.h"
#include "methods/support/cache_shape.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMinGaps = 100;
constexpr std::size_t kGapsInStratum = 100, kMostStrata = 3;
constexpr double kFrom = 1.4, kTo = 2.95;  // in TTLs: the waits that are looked at
constexpr double kLeastTtl = 120;
constexpr double kMostWait = 14 * 86'400.0;  // of a gap, as far as its open hours are counted
constexpr int kBins = 68;                    // over them; the bump begins with one
constexpr double kWidthQuantile = 0.75;
constexpr double kLeastWidth = 120;
constexpr double kLeastCapture = 0.25;
constexpr int kShareRounds = 5;
constexpr int kNewtonRounds = 30;
constexpr double kMostLog = 30;
constexpr double kMostShare = 0.25;  // x (1 - x) of x = one half
constexpr double kSlopeSd = 2,
                 kBendSd = 0.4;  // of the log hazard over the waits that are looked at
// Chi-squared with one degree of freedom has 3.84 at 5 %; the law of two waits, of which each group
// has few pairs, is taken as known, and 3.84 held the share in .88 of 300 development records.
constexpr double kTwoSided = 6.1;
constexpr double kOneSided = 3.09;  // normal at 0.1 %

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

// Hours of a working day or of a weekend, in UTC. Time as a party's clock has it is not needed:
// what matters is which hours are alike.
std::size_t hour_kind(double seconds) {
  const auto hour = static_cast<std::int64_t>(std::floor(seconds / 3600));
  const std::int64_t day = hour >= 0 ? hour / 24 : (hour - 23) / 24;
  return static_cast<std::size_t>((weekday_of(day) >= 5 ? 24 : 0) + (hour - day * 24));
}

template <typename Visit>
void for_each_hour(double from, double to, const Visit& visit) {
  while (from < to) {
    const double next = std::min(to, 3600 * (std::floor(from / 3600) + 1));
    visit(hour_kind(from), next - from);
    from = next;
  }
}

// For every gap: how much demand is to be expected from one to two TTLs after its begin, by what
// the record has at such hours. It depends on when a gap begins, not on when it ends, so that
// nothing in it changes at twice the TTL.
std::vector<double> demand_in_second_ttl(const std::vector<Gap>& gaps, double ttl) {
  std::array<double, 48> ends{}, open{};
  for (const Gap& gap : gaps) {
    const double end = static_cast<double>(gap.end_us) / 1e6;
    const double wait = std::clamp(gap.seconds - ttl, 0.0, kMostWait);
    ends[hour_kind(end)] += gap.seconds - ttl <= kMostWait ? 1 : 0;
    const double begin = end - gap.seconds + ttl;
    for_each_hour(begin, begin + wait,
                  [&](std::size_t hour, double seconds) { open[hour] += seconds; });
  }
  std::vector<double> demand;
  for (const Gap& gap : gaps) {
    const double begin = static_cast<double>(gap.end_us) / 1e6 - gap.seconds + ttl;
    double total = 0;
    for_each_hour(begin, begin + std::min(ttl, kMostWait), [&](std::size_t hour, double seconds) {
      total += seconds * ends[hour] / std::max(open[hour], 60.0);
    });
    demand.push_back(total);
  }
  return demand;
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
    bin.doubled = static_cast<double>(high - low) / std::max(pairs.all, 1.0);
  }
  return bins;
}

// Gaps that begin when about as much is asked for, with the pairs whose first gap begins then.
struct Stratum {
  std::vector<double> gaps;
  Pairs pairs;
  std::vector<Bin> bins;
};

std::vector<Stratum> strata_of(const std::vector<Gap>& gaps, double ttl, double early) {
  const std::vector<double> demand = demand_in_second_ttl(gaps, ttl);
  const auto count = std::clamp(gaps.size() / kGapsInStratum, std::size_t{1}, kMostStrata);
  std::vector<double> sorted = demand;
  std::sort(sorted.begin(), sorted.end());
  const auto stratum_of = [&](double value) {
    std::size_t at = 0;
    while (at + 1 < count && value > sorted[(at + 1) * sorted.size() / count]) ++at;
    return at;
  };
  std::vector<Stratum> strata(count);
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    strata[stratum_of(demand[i])].gaps.push_back(gaps[i].seconds);
    if (i == 0) continue;
    const double first = gaps[i - 1].seconds - ttl;
    const double second = gaps[i].seconds - ttl;
    if (first < -early || second < -early) continue;
    Pairs& pairs = strata[stratum_of(demand[i - 1])].pairs;
    pairs.all += 1;
    if (first < ttl && second < ttl) pairs.waits.push_back(first + second);
  }
  std::erase_if(strata, [](const Stratum& stratum) { return stratum.gaps.empty(); });
  for (Stratum& stratum : strata) {
    std::sort(stratum.pairs.waits.begin(), stratum.pairs.waits.end());
    stratum.bins = bins_of(stratum.gaps, stratum.pairs, ttl, early);
  }
  return strata;
}

// The most likely number of doubled gaps, and where the likelihood has fallen by so much.
struct Doubled {
  double count = 0, low = 0, high = 0;
  std::vector<Hazard> hazards;  // of the strata, at `count`
  double deviance = 0;          // over none
};

// The hazards of all strata when `count` of `gaps` gaps are doubled, the same part in each stratum.
std::vector<Hazard> fit_hazards(const std::vector<Stratum>& strata, double count, double gaps,
                                const std::vector<Hazard>& start) {
  std::vector<Hazard> hazards;
  for (std::size_t s = 0; s < strata.size(); ++s) {
    const double part = static_cast<double>(strata[s].gaps.size()) / gaps;
    hazards.push_back(fit_hazard(strata[s].bins, count * part, start[s]));
  }
  return hazards;
}

double total_likelihood(const std::vector<Hazard>& hazards) {
  double total = 0;
  for (const Hazard& hazard : hazards) total += hazard.likelihood;
  return total;
}

Doubled fit_doubled(const std::vector<Stratum>& strata, double gaps) {
  const double most = kMostShare * gaps;
  std::vector<Hazard> start;
  for (const Stratum& stratum : strata) {
    double ends = 0, running = 0;
    for (const Bin& bin : stratum.bins) {
      ends += bin.ends;
      running += bin.running;
    }
    start.emplace_back().term[0] = std::log((ends + 0.5) / std::max(running, 1.0));
  }
  const std::vector<Hazard> none = fit_hazards(strata, 0, gaps, start);
  const auto likelihood = [&](double count) {
    return total_likelihood(fit_hazards(strata, count, gaps, none));
  };
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
  found.hazards = fit_hazards(strata, found.count, gaps, none);
  if (total_likelihood(found.hazards) <= total_likelihood(none)) {
    found.count = 0;
    found.hazards = none;
  }
  const double top = total_likelihood(found.hazards);
  found.deviance = 2 * (top - total_likelihood(none));
  const double floor = top - kTwoSided / 2;
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

LostRefreshes lost_refreshes(const std::vector<Gap>& gaps, double ttl, double tolerance) {
  LostRefreshes result;
  const double early = tolerance + kAheadSeconds;
  if (ttl < kLeastTtl || gaps.size() < kMinGaps) return result;
  const std::vector<Stratum> strata = strata_of(gaps, ttl, early);
  const double n = static_cast<double>(gaps.size());
  std::vector<double> waits;
  for (const Stratum& stratum : strata) {
    const double part = static_cast<double>(stratum.gaps.size()) / n;
    for (const Bin& bin : stratum.bins) result.capture += part * bin.doubled;
    waits.insert(waits.end(), stratum.pairs.waits.begin(), stratum.pairs.waits.end());
  }
  if (waits.size() < kMinGaps / 2 || result.capture < kLeastCapture) return result;
  std::sort(waits.begin(), waits.end());
  result.is_enough = true;
  const double begin = 2 * (ttl - early);
  result.width_seconds = std::clamp(quantile_of_sorted(waits, kWidthQuantile), kLeastWidth,
                                    std::max(kTo * ttl - begin, kLeastWidth));
  const Doubled found = fit_doubled(strata, n);
  // Fisher's information of the number, the smooth hazards taken as known but for their level.
  double information = 0;
  for (std::size_t s = 0; s < strata.size(); ++s) {
    const double share = static_cast<double>(strata[s].gaps.size()) / n;
    for (const Bin& bin : strata[s].bins) {
      const double smooth = found.hazards[s].in(bin);
      information += share * share * bin.doubled * bin.doubled / std::max(smooth, 0.3);
      if (bin.from < begin - 1 || bin.from >= begin + result.width_seconds) continue;
      const double part =
          std::min(1.0, (begin + result.width_seconds - bin.from) / (bin.to - bin.from));
      result.near_count += std::round(part * bin.ends);
      result.expected += part * smooth;
    }
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
  result.detectable_share = share_of(kOneSided / std::sqrt(std::max(information, 1e-12)) / n);
  return result;
}

}  // namespace assay::methods
