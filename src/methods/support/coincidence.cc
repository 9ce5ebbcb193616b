#include "methods/support/coincidence.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "assay/instant.h"
#include "methods/support/stats.h"

namespace assay::methods {
namespace {

constexpr std::size_t kExactCounts = 4;
constexpr double kBlockDays = 28;
constexpr double kEventsOfBlock = 150;

constexpr double kAlikeBand = 0.1;  // of the median gap, either way
constexpr double kMostAlike = 0.5;  // share of gaps; exponential gaps have 0.07
constexpr double kPhasePeriods[] = {300, 600, 900, 1800, 3600};
constexpr double kPhaseLevel = 0.001;
constexpr double kMinResultant = 0.3;

std::int64_t micros(double seconds) {
  return static_cast<std::int64_t>(std::llround(seconds * kMicrosPerSecond));
}

std::int64_t floor_to(std::int64_t us, std::int64_t step) {
  const std::int64_t inside = ((us % step) + step) % step;
  return us - inside;
}

// What B did in one window of one day, as times since the window began. A run that begins in the
// window belongs to it to its end.
struct Pattern {
  std::int64_t begin = 0;  // of the window
  std::vector<std::int64_t> since;
  std::size_t from = 0, to = 0;  // the events of A that may lie near
};
// Windows that may exchange what they hold.
using Pool = std::vector<std::uint32_t>;  // indices of patterns

struct Counts {
  double answered = 0;  // of A
  double preceded = 0;  // of B
  double reversed = 0;  // of B with an event of A after it
};

// Counts of one placement of B; keeps which events of A were answered by a stamp.
class Counter {
 public:
  Counter(const EventTimes& a, std::int64_t delay_us)
      : a_(a), delay_us_(delay_us), stamp_(a.size(), 0) {}

  void begin() {
    ++now_;
    counts_ = {};
  }
  void place(std::int64_t b, std::size_t from, std::size_t to) {
    const auto at = std::lower_bound(a_.begin() + static_cast<std::ptrdiff_t>(from),
                                     a_.begin() + static_cast<std::ptrdiff_t>(to), b);
    auto before = static_cast<std::size_t>(at - a_.begin());
    auto after = before;
    // Events of one instant have no order, so neither answers the other.
    while (after < a_.size() && a_[after] == b) ++after;
    counts_.reversed += after < a_.size() && a_[after] - b <= delay_us_ ? 1 : 0;
    bool is_preceded = false;
    while (before > 0 && b - a_[before - 1] <= delay_us_) {
      --before;
      is_preceded = true;
      if (stamp_[before] == now_) continue;
      stamp_[before] = now_;
      counts_.answered += 1;
    }
    counts_.preceded += is_preceded ? 1 : 0;
  }
  const Counts& counts() const { return counts_; }

 private:
  const EventTimes& a_;
  std::int64_t delay_us_;
  std::vector<std::uint32_t> stamp_;
  std::uint32_t now_ = 0;
  Counts counts_;
};

// Windows are alike by a quarter of their events; so few as four count exactly.
std::size_t size_class(std::size_t events) {
  if (events <= kExactCounts) return events;
  return kExactCounts + static_cast<std::size_t>(
                            std::log(static_cast<double>(events) / kExactCounts) / std::log(1.25));
}

bool is_weekend(std::int64_t day) { return (((day + 3) % 7) + 7) % 7 >= 5; }  // day 0: a Thursday

struct Windows {
  std::vector<Pattern> patterns;
  std::vector<Pool> pools;
};

Windows cut(const EventTimes& a, const EventTimes& b, const TurnRule& rule, std::int64_t width_us) {
  const std::int64_t pause_us = micros(rule.run_pause_seconds);
  Windows windows;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const bool is_head = i == 0 || b[i] - b[i - 1] > pause_us;
    const std::int64_t day = floor_to(b[i], kMicrosPerDay);
    const std::int64_t begin = day + floor_to(b[i] - day, width_us);
    if (windows.patterns.empty() || (is_head && begin != windows.patterns.back().begin)) {
      windows.patterns.push_back({begin, {}, 0, 0});
    }
    windows.patterns.back().since.push_back(b[i] - windows.patterns.back().begin);
  }
  // Days near each other exchange first: rhythms move with the season and with daylight saving.
  const double days = static_cast<double>(b.back() - b.front()) / kMicrosPerDay + 1;
  const double per_block = kEventsOfBlock * days / static_cast<double>(b.size());
  const auto block_days = static_cast<std::int64_t>(std::max(kBlockDays, std::ceil(per_block)));
  const std::int64_t first_day = floor_to(b.front(), kMicrosPerDay) / kMicrosPerDay;
  std::map<std::tuple<std::int64_t, bool, std::int64_t, std::size_t>, Pool> pools;
  std::int64_t longest = width_us;
  for (std::uint32_t i = 0; i < windows.patterns.size(); ++i) {
    const Pattern& pattern = windows.patterns[i];
    const std::int64_t day = floor_to(pattern.begin, kMicrosPerDay) / kMicrosPerDay;
    const std::int64_t slot = (pattern.begin - day * kMicrosPerDay) / width_us;
    pools[{slot, is_weekend(day), (day - first_day) / block_days, size_class(pattern.since.size())}]
        .push_back(i);
    longest = std::max(longest, pattern.since.back());
  }
  for (auto& [key, pool] : pools) {
    if (pool.size() > 1) windows.pools.push_back(std::move(pool));
  }
  const std::int64_t delay_us = micros(rule.delay_seconds);
  for (Pattern& pattern : windows.patterns) {
    const auto from = std::lower_bound(a.begin(), a.end(), pattern.begin - delay_us);
    const auto to = std::upper_bound(from, a.end(), pattern.begin + longest + delay_us);
    pattern.from = static_cast<std::size_t>(from - a.begin());
    pattern.to = static_cast<std::size_t>(to - a.begin());
  }
  return windows;
}

double share(double part, std::size_t whole) {
  return whole == 0 ? 0.0 : part / static_cast<double>(whole);
}

JitterNull summary(std::vector<double> values, double observed) {
  JitterNull null;
  // Sums of the same shares in another order differ in the last digit.
  const auto at_least = std::count_if(values.begin(), values.end(),
                                      [&](double value) { return value >= observed - 1e-12; });
  null.p = (1.0 + static_cast<double>(at_least)) / (1.0 + static_cast<double>(values.size()));
  null.mean = mean_of(values);
  std::sort(values.begin(), values.end());
  null.low = std::min(quantile_of_sorted(values, 0.025), null.mean);
  null.high = std::max(quantile_of_sorted(values, 0.975), null.mean);
  return null;
}

// Leaves every `every`-th day, so that both sides are at most kMaxTurnEvents.
std::size_t thin(EventTimes& a, EventTimes& b) {
  const std::size_t most = std::max(a.size(), b.size());
  if (most <= kMaxTurnEvents) return 1;
  for (std::size_t every = (most + kMaxTurnEvents - 1) / kMaxTurnEvents;; ++every) {
    EventTimes kept[2];
    std::size_t side = 0;
    for (const EventTimes* events : {&a, &b}) {
      for (const std::int64_t us : *events) {
        const auto day = static_cast<std::uint64_t>(floor_to(us, kMicrosPerDay) / kMicrosPerDay);
        if (day % every == 0) kept[side].push_back(us);
      }
      ++side;
    }
    if (std::max(kept[0].size(), kept[1].size()) > kMaxTurnEvents && every < 1'000) continue;
    for (EventTimes& events : kept) events.resize(std::min(events.size(), kMaxTurnEvents));
    a = std::move(kept[0]);
    b = std::move(kept[1]);
    return every;
  }
}

void add_null(const EventTimes& a, const EventTimes& b, const TurnRule& rule, std::size_t which,
              Random& random, Turns& result) {
  const std::int64_t delay_us = micros(rule.delay_seconds);
  Windows windows = cut(a, b, rule, kJitterWidths[which] * delay_us);
  std::vector<std::uint32_t> holds(windows.patterns.size());
  for (std::uint32_t i = 0; i < holds.size(); ++i) holds[i] = i;
  Counter counter(a, delay_us);
  std::vector<double> answered;
  std::vector<double> asymmetry;
  for (std::size_t s = 0; s < kSurrogates; ++s) {
    counter.begin();
    for (const Pool& pool : windows.pools) {
      for (std::size_t left = pool.size(); left > 1; --left) {
        const auto pick = static_cast<std::size_t>(random.uniform() * static_cast<double>(left));
        std::swap(holds[pool[left - 1]], holds[pool[pick]]);
      }
    }
    for (std::size_t i = 0; i < holds.size(); ++i) {
      const Pattern& window = windows.patterns[i];
      if (window.from == window.to) continue;
      for (const std::int64_t since : windows.patterns[holds[i]].since) {
        counter.place(window.begin + since, window.from, window.to);
      }
    }
    const Counts& counts = counter.counts();
    answered.push_back(share(counts.answered, a.size()));
    asymmetry.push_back(answered.back() - share(counts.reversed, b.size()));
  }
  result.answered_null[which] = summary(std::move(answered), result.answered);
  result.asymmetry_null[which] = summary(std::move(asymmetry), result.asymmetry);
}

Counts count_all(const EventTimes& a, const EventTimes& b, std::int64_t delay_us) {
  Counter counter(a, delay_us);
  counter.begin();
  for (const std::int64_t us : b) counter.place(us, 0, a.size());
  return counter.counts();
}

}  // namespace

Turns turns(EventTimes a, EventTimes b, const TurnRule& rule, Random random) {
  Turns result;
  result.every_day = thin(a, b);
  result.events_a = a.size();
  result.events_b = b.size();
  if (std::min(a.size(), b.size()) < kMinTurnEvents) return result;
  result.is_enough = true;
  const Counts counts = count_all(a, b, micros(rule.delay_seconds));
  result.answered = share(counts.answered, a.size());
  result.preceded = share(counts.preceded, b.size());
  result.asymmetry = result.answered - share(counts.reversed, b.size());
  result.in_chain = share(count_all(a, b, micros(rule.chain_seconds)).answered, a.size());
  result.p = 0;
  result.p_asymmetry = 0;
  for (std::size_t which = 0; which < kJitterWidths.size(); ++which) {
    add_null(a, b, rule, which, random, result);
    result.p = std::max(result.p, result.answered_null[which].p);
    result.p_asymmetry = std::max(result.p_asymmetry, result.asymmetry_null[which].p);
  }
  return result;
}

Regularity regularity(const EventTimes& events) {
  Regularity result;
  if (events.size() < 3) return result;
  std::vector<double> gaps;
  for (std::size_t i = 1; i < events.size(); ++i) {
    gaps.push_back(static_cast<double>(events[i] - events[i - 1]));
  }
  std::sort(gaps.begin(), gaps.end());
  const double median = quantile_of_sorted(gaps, 0.5);
  const auto low = std::lower_bound(gaps.begin(), gaps.end(), (1 - kAlikeBand) * median);
  const auto high = std::upper_bound(low, gaps.end(), (1 + kAlikeBand) * median);
  result.share_alike = static_cast<double>(high - low) / static_cast<double>(gaps.size());
  for (const double period : kPhasePeriods) {
    std::vector<double> cycles;
    const std::int64_t period_us = micros(period);
    for (const std::int64_t us : events) {
      cycles.push_back(static_cast<double>(us - floor_to(us, period_us)) /
                       static_cast<double>(period_us));
    }
    const double length = resultant_of(cycles).length;
    const double n = static_cast<double>(cycles.size());
    if (length >= kMinResultant && std::exp(-n * length * length) < kPhaseLevel) {
      result.phase_seconds = period;
    }
  }
  result.is_regular = result.share_alike > kMostAlike || result.phase_seconds > 0;
  return result;
}

}  // namespace assay::methods
