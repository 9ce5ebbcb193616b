#include "methods/support/cache_inversion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "methods/support/stats.h"

namespace assay::methods {
namespace {

constexpr double kRepeatSeconds = 60;
constexpr double kViolations = 0.02 / 86'400;  // a second: restarts and evictions
constexpr double kHalfHour = 1'800;
constexpr double kDay = 86'400;
constexpr std::size_t kMostBins = 96;
constexpr int kProfileRounds = 6;
constexpr int kRounds = 8;
constexpr double kWidening = 1.5;  // of the change with the width of bins
constexpr int kHardRounds = 4;     // the last ones
constexpr double kLeastOpen = 1;   // seconds
constexpr std::size_t kProfileRows = 5'000;
constexpr std::size_t kClasses = 10;

using Bins = std::array<double, kMostBins>;

std::size_t bin_of(double t, int bins) {
  if (bins == 1) return 0;
  const double day = std::floor(t / kDay);
  const auto part = static_cast<std::size_t>((t - day * kDay) / kHalfHour);
  const bool is_weekend = std::fmod(std::fmod(day + 3, 7.0) + 7.0, 7.0) >= 5;
  const auto per_day = static_cast<std::size_t>(bins / 2);
  return std::min(part, std::size_t{47}) * per_day / 48 + (is_weekend ? per_day : 0);
}

// Walks the stretches in which neither the caches' state nor the hour changes.
template <typename Visit>
void sweep(const Thinned& rows, const std::vector<double>& weight, int caches, const Visit& visit) {
  const std::vector<double>& t = rows.times;
  std::size_t fills = 0;
  std::size_t expires = 0;
  double busy = 0;
  double now = t.front();
  while (now < rows.end) {
    // At one instant what expires goes first.
    while (expires < fills && t[expires] + rows.ttl <= now) busy -= weight[expires++];
    while (fills < t.size() && t[fills] <= now) busy += weight[fills++];
    double next = std::min(rows.end, (std::floor(now / kHalfHour) + 1) * kHalfHour);
    if (fills < t.size()) next = std::min(next, t[fills]);
    if (expires < fills) next = std::min(next, t[expires] + rows.ttl);
    if (next <= now) next = std::nextafter(now, std::numeric_limits<double>::infinity());
    const double open = std::clamp(caches - busy, 0.0, double(caches)) / caches;
    visit(now, next, open, fills);
    now = next;
  }
}

struct State {
  std::vector<double> weight;
  std::vector<std::size_t> bin;
  Bins rate{}, open{}, whole{}, refreshes{};
  double repeats = 0.3;
  double decay = 5;
  double likelihood = 0;
};

void measure_exposure(const Thinned& rows, int caches, int bins, State& state) {
  state.open.fill(0);
  state.whole.fill(0);
  state.refreshes.fill(0);
  sweep(rows, state.weight, caches, [&](double from, double to, double open, std::size_t) {
    const std::size_t bin = bin_of(from, bins);
    state.open[bin] += open * (to - from);
    state.whole[bin] += to - from;
  });
  // The first row begins the clock and is no event of it.
  for (std::size_t i = 1; i < rows.times.size(); ++i) {
    state.refreshes[state.bin[i]] += state.weight[i];
  }
  for (std::size_t b = 0; b < kMostBins; ++b) {
    state.rate[b] = state.open[b] > kLeastOpen ? state.refreshes[b] / state.open[b] : 0;
  }
}

// One round of expectation and maximisation: which rows are refreshes, which repeat one before.
void weigh(const Thinned& rows, int caches, State& state) {
  const std::vector<double>& t = rows.times;
  const std::size_t n = t.size();
  std::vector<double> cumulated(n + 1, 0);
  std::size_t expired = 0;
  double repeated = 0;
  double delay = 0;
  double total = 0;
  std::size_t parent = 0;
  for (std::size_t i = 0; i < n; ++i) {
    while (t[expired] + rows.ttl <= t[i]) ++expired;
    while (t[i] - t[parent] > kRepeatSeconds) ++parent;
    const double busy = cumulated[i] - cumulated[std::min(expired, i)];
    const double free = std::clamp(caches - busy, 0.0, double(caches)) / caches;
    const double base = state.rate[state.bin[i]] * free;
    double own = 0;
    double own_delay = 0;
    for (std::size_t j = parent; j < i; ++j) {
      const double since = t[i] - t[j];
      const double part = (state.repeats + 1e-9) / state.decay * std::exp(-since / state.decay);
      own += part;
      own_delay += part * since;
    }
    const double all = base + kViolations + own;
    const double before = state.weight[i];
    state.weight[i] = i == 0 ? 1.0 : std::clamp(base / all, 0.0, 1.0);
    // The count of busy caches is of the round before, as the exposure is.
    cumulated[i + 1] = cumulated[i] + before;
    repeated += own / all;
    delay += own_delay / all;
    total += std::log(all);
  }
  state.likelihood = total;
  for (std::size_t b = 0; b < kMostBins; ++b) state.likelihood -= state.rate[b] * state.open[b];
  state.likelihood -= kViolations * (rows.end - t.front()) + state.repeats * double(n);
  state.repeats = std::min(0.95, repeated / double(n));
  state.decay = std::clamp(delay / std::max(repeated, 1e-9), 0.5, 30.0);
}

// The integral of the rate from the first row to `t`, by half hours.
class Cumulated {
 public:
  Cumulated(const Thinned& rows, int bins, const Bins& rate)
      : from_(std::floor(rows.times.front() / kHalfHour)) {
    const auto count = static_cast<std::size_t>((rows.end + rows.ttl) / kHalfHour - from_) + 2;
    sums_.push_back(0);
    for (std::size_t i = 0; i < count; ++i) {
      sums_.push_back(sums_.back() +
                      rate[bin_of((from_ + double(i)) * kHalfHour + 1, bins)] * kHalfHour);
    }
  }
  double at(double t) const {
    const double halves = t / kHalfHour - from_;
    const auto i = std::min(static_cast<std::size_t>(halves), sums_.size() - 2);
    return sums_[i] + (halves - double(i)) * (sums_[i + 1] - sums_[i]);
  }

 private:
  double from_;
  std::vector<double> sums_;
};

// Would `i` leave more refreshes than caches within the TTL of a later one?
bool crowds(const Thinned& rows, int caches, const std::vector<double>& weight, std::size_t i) {
  const std::vector<double>& t = rows.times;
  double between = 0;
  std::size_t left = i;
  // What still counts when i comes, nearest last.
  double before = 0;
  while (left > 0 && t[i] - t[left - 1] < rows.ttl) before += weight[--left];
  for (std::size_t j = i + 1; j < t.size() && t[j] - t[i] < rows.ttl; ++j) {
    if (weight[j] <= 0.5) continue;
    for (; left < i && t[left] + rows.ttl <= t[j]; ++left) before -= weight[left];
    if (before + 1 + between >= caches) return true;
    between += 1;
  }
  return false;
}

// Refresh or repeat, each row with the others as they stand. A refresh that passes for a repeat
// would leave its cache open for a whole TTL: for busy caches that is most of the open time there
// is. That nothing came in all that time speaks for a refresh, so it is counted in.
void decide(const Thinned& rows, int caches, int bins, State& state) {
  const std::vector<double>& t = rows.times;
  const Cumulated expected(rows, bins, state.rate);
  std::size_t parent = 0;
  for (double& weight : state.weight) weight = weight > 0.5 ? 1.0 : 0.0;
  state.weight.front() = 1;
  for (std::size_t i = 1; i < t.size(); ++i) {
    while (t[i] - t[parent] > kRepeatSeconds) ++parent;
    double busy = 0;
    for (std::size_t j = i; j > 0 && t[i] - t[j - 1] < rows.ttl && busy < caches; --j) {
      busy += state.weight[j - 1];
    }
    state.weight[i] = 0;
    if (busy >= caches || crowds(rows, caches, state.weight, i)) continue;
    double own = kViolations;
    for (std::size_t j = parent; j < i; ++j) {
      own += state.repeats / state.decay * std::exp(-(t[i] - t[j]) / state.decay);
    }
    const double base = state.rate[state.bin[i]] * (caches - busy) / caches;
    const double until = std::min(t[i] + rows.ttl, rows.end);
    const double spared = (expected.at(until) - expected.at(t[i])) / caches;
    if (base > 0 && std::log(base / own) + spared > 0) state.weight[i] = 1;
  }
}

// Variance of the total by days: what each day adds beyond what its open time would give.
double variance_by_days(const Thinned& rows, int caches, int bins, const State& state) {
  const auto first = static_cast<std::int64_t>(std::floor(rows.times.front() / kDay));
  const auto last = static_cast<std::int64_t>(std::floor(rows.end / kDay));
  std::vector<double> beyond(static_cast<std::size_t>(last - first + 1), 0);
  const auto day_of = [&](double t) {
    return static_cast<std::size_t>(static_cast<std::int64_t>(std::floor(t / kDay)) - first);
  };
  const auto factor = [&](std::size_t b) {
    return state.open[b] > kLeastOpen ? state.whole[b] / state.open[b] : 0.0;
  };
  sweep(rows, state.weight, caches, [&](double from, double to, double open, std::size_t) {
    const std::size_t b = bin_of(from, bins);
    beyond[day_of(from)] -= factor(b) * state.rate[b] * open * (to - from);
  });
  for (std::size_t i = 1; i < rows.times.size(); ++i) {
    beyond[day_of(rows.times[i])] += factor(state.bin[i]) * state.weight[i];
  }
  double squares = 0;
  for (const double x : beyond) squares += x * x;
  // Hours that were hardly ever open tell nothing, and say so.
  double poisson = 0;
  for (std::size_t b = 0; b < kMostBins; ++b) {
    if (state.whole[b] <= 0) continue;
    const double ratio = state.whole[b] / std::max(state.open[b], kLeastOpen);
    poisson += (state.refreshes[b] + 0.5) * ratio * ratio;
  }
  const double days = static_cast<double>(beyond.size());
  return std::max(squares * days / std::max(days - 1, 1.0), poisson);
}

// Times between refreshes, in units of what was expected: exponential, if the model holds.
void test_fit(const Thinned& rows, int caches, int bins, const State& state, CacheFit& fit) {
  std::vector<double> at(rows.times.size(), 0);
  double expected = 0;
  std::size_t seen = 1;
  sweep(rows, state.weight, caches, [&](double from, double to, double open, std::size_t fills) {
    while (seen < fills) at[seen++] = expected;
    expected += state.rate[bin_of(from, bins)] * open * (to - from);
  });
  while (seen < rows.times.size()) at[seen++] = expected;
  std::array<double, kClasses> counts{};
  double last = 0;
  double n = 0;
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 1; i < rows.times.size(); ++i) {
    if (state.weight[i] < 0.5) continue;
    const double u = 1 - std::exp(-(at[i] - last));
    sum += at[i] - last;
    squares += (at[i] - last) * (at[i] - last);
    last = at[i];
    counts[std::min(static_cast<std::size_t>(u * kClasses), kClasses - 1)] += 1;
    n += 1;
  }
  if (n < 5 * kClasses || sum <= 0) return;
  fit.dispersion = n * squares / (sum * sum) - 1;
  double chi = 0;
  for (const double count : counts) {
    const double mean = n / kClasses;
    chi += (count - mean) * (count - mean) / mean;
  }
  fit.p_fit = chi_squared_upper(chi, kClasses - 1);
  fit.p_soon = binomial_at_least(counts.front(), n, 1.0 / kClasses);
}

}  // namespace

CacheFit fit_caches(const Thinned& rows, int caches, int bins, int rounds) {
  CacheFit fit;
  fit.caches = caches;
  fit.bins = bins;
  if (rows.times.size() < 2 || rows.end <= rows.times.front()) return fit;
  State state;
  state.weight.assign(rows.times.size(), 1.0);
  for (const double t : rows.times) state.bin.push_back(bin_of(t, bins));
  for (int round = 0; round < rounds; ++round) {
    measure_exposure(rows, caches, bins, state);
    weigh(rows, caches, state);
    if (rounds > kProfileRounds && round + kHardRounds >= rounds) decide(rows, caches, bins, state);
  }
  measure_exposure(rows, caches, bins, state);
  fit.likelihood = state.likelihood;
  fit.repeats = state.repeats;
  double open = 0;
  double whole = 0;
  for (std::size_t b = 0; b < kMostBins; ++b) {
    fit.refreshes += state.refreshes[b];
    open += state.open[b];
    whole += state.whole[b];
    if (state.open[b] <= kLeastOpen) continue;
    // Waiting for the n-th arrival, n over the wait is too large by one arrival.
    const double surplus = 1 - state.open[b] / state.whole[b];
    fit.demands += std::max(state.refreshes[b] - surplus, 0.0) / state.open[b] * state.whole[b];
    fit.per_ttl += state.refreshes[b] * state.rate[b] * rows.ttl / caches;
  }
  fit.per_ttl /= std::max(fit.refreshes, 1.0);
  fit.open_share = open / std::max(whole, 1.0);
  fit.log_error =
      std::sqrt(variance_by_days(rows, caches, bins, state)) / std::max(fit.demands, 1.0);
  fit.demands *= (rows.end - rows.begin) / std::max(whole, 1.0);
  test_fit(rows, caches, bins, state, fit);
  return fit;
}

int caches_at_least(const Thinned& rows) {
  std::vector<double> heads;
  double last = -std::numeric_limits<double>::infinity();
  for (const double t : rows.times) {
    if (t - last > std::min(kRepeatSeconds, rows.ttl / 5)) heads.push_back(t);
    last = t;
  }
  std::size_t from = 0;
  std::size_t most = 0;
  for (std::size_t i = 0; i < heads.size(); ++i) {
    while (heads[i] - heads[from] >= rows.ttl) ++from;
    most = std::max(most, i - from + 1);
  }
  return static_cast<int>(most);
}

Thinned beginning_of(const Thinned& rows) {
  if (rows.times.size() <= kProfileRows) return rows;
  Thinned part = rows;
  part.times.resize(kProfileRows);
  part.end = part.times.back();
  return part;
}

Inversion invert(const Thinned& rows) {
  Inversion result;
  const Thinned part = beginning_of(rows);
  int best = 1;
  for (int caches = 1; caches <= kMostCaches; ++caches) {
    result.likelihood_of_caches.push_back(fit_caches(part, caches, 16, kProfileRounds).likelihood);
    if (result.likelihood_of_caches.back() >
        result.likelihood_of_caches[static_cast<std::size_t>(best - 1)]) {
      best = caches;
    }
    // The likelihood falls on after two worse numbers.
    if (caches >= best + 2) break;
  }
  CacheFit even = fit_caches(rows, best, 1, kRounds);
  // Repeats and another cache's refreshes are never parted quite.
  const double parting = best == 1 ? 0 : best == 2 ? 0.012 : 0.02;
  even.log_error = std::hypot(even.log_error, parting);
  const CacheFit coarse = fit_caches(rows, best, 16, kRounds);
  const double cost = 15 * std::log(std::max(even.refreshes, 2.0));
  result.fit = even;
  if (2 * (coarse.likelihood - even.likelihood) <= cost) return result;
  // A rate that changes within a bin weighs its quiet part most, where the cache is open. How much
  // bins of half the width change the answer says how much that can be.
  const int fine_bins = even.refreshes >= 960 ? 96 : even.refreshes >= 480 ? 48 : 16;
  const CacheFit half = fine_bins == 16 ? even : fit_caches(rows, best, fine_bins / 2, kRounds);
  result.fit = fine_bins == 16 ? coarse : fit_caches(rows, best, fine_bins, kRounds);
  const double change =
      kWidening * std::log(std::max(result.fit.demands, 1.0) / std::max(half.demands, 1.0));
  result.fit.log_error = std::hypot(result.fit.log_error, change, parting);
  return result;
}

}  // namespace assay::methods
