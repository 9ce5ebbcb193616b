#include "methods/support/joins_time.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "assay/instant.h"

namespace assay::methods {
namespace {

constexpr int kMostShifts = 60;
constexpr int kMinuteShifts = 59;
constexpr std::size_t kMostLooked = 64;
constexpr double kFirstShift = 90, kLastShift = 900;  // seconds
constexpr std::int64_t kShortestSpanUs = 600 * kMicrosPerSecond;

using Sides = std::pair<int, int>;

// The b's of two sides, ascending by begin, and how far a span of theirs reaches at most.
struct Group {
  std::vector<std::uint32_t> members;
  std::int64_t widest_us = 0;
};
using Groups = std::map<Sides, Group>;

Groups groups_of(const JoinEvents& events) {
  Groups groups;
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    Group& group = groups[{events[i].from, events[i].to}];
    group.members.push_back(i);
    group.widest_us = std::max(group.widest_us, events[i].end_us - events[i].begin_us);
  }
  return groups;
}

struct Pair {
  std::int64_t gap_us = 0, between_us = 0;
  std::uint32_t a = 0, b = 0;
  auto order() const { return std::tie(gap_us, between_us, a, b); }
};

Pair pair_of(const JoinEvents& as, const JoinEvents& bs, std::uint32_t a, std::uint32_t b) {
  const JoinEvent &left = as[a], &right = bs[b];
  return {std::max<std::int64_t>({0, right.begin_us - left.end_us, left.begin_us - right.end_us}),
          std::abs(right.begin_us - left.begin_us), a, b};
}

struct Partners {
  std::vector<Pair> nearest;
  std::size_t all = 0;
};

// Of one a: its partners, the nearest first. Where more than kMostLooked begin within reach, those
// that begin next to it are looked at, and all are counted by their begin.
Partners partners(const JoinEvents& as, const JoinEvents& bs, const Group& group, std::uint32_t a,
                  JoinReach reach) {
  const std::int64_t from_us = as[a].begin_us - reach.before_us;
  const std::int64_t to_us = as[a].end_us + reach.after_us;
  const auto& all = group.members;
  const auto first_from = [&](std::int64_t us) {
    return std::lower_bound(all.begin(), all.end(), us, [&](std::uint32_t b, std::int64_t wanted) {
      return bs[b].begin_us < wanted;
    });
  };
  auto low = first_from(from_us - group.widest_us), high = first_from(to_us + 1);
  Partners found;
  found.all = static_cast<std::size_t>(high - low);
  const bool is_cut = found.all > kMostLooked;
  if (is_cut) {
    const auto middle = first_from(as[a].begin_us);
    low = std::max(low, middle - std::min<std::ptrdiff_t>(middle - all.begin(), kMostLooked / 2));
    high = std::min(high, middle + std::min<std::ptrdiff_t>(all.end() - middle, kMostLooked / 2));
  }
  for (auto at = low; at < high; ++at) {
    if (bs[*at].end_us >= from_us) found.nearest.push_back(pair_of(as, bs, a, *at));
  }
  if (!is_cut) found.all = found.nearest.size();
  std::sort(found.nearest.begin(), found.nearest.end(),
            [](const Pair& x, const Pair& y) { return x.order() < y.order(); });
  return found;
}

// `as` ascending; how many have a partner. Of each those that began last before its reach ends are
// looked at first, and kMostLooked at most, so that one long span costs nothing.
double count_with_partner(const JoinEvents& as, const JoinEvents& bs, const Groups& groups,
                          JoinReach reach) {
  double count = 0;
  std::map<Sides, std::size_t> ends;  // members that begin within reach or before
  for (const JoinEvent& a : as) {
    const auto found = groups.find({a.from, a.to});
    if (found == groups.end()) continue;
    const auto& members = found->second.members;
    std::size_t& end = ends[found->first];
    const std::int64_t from_us = a.begin_us - reach.before_us, to_us = a.end_us + reach.after_us;
    // Ends of spans need not ascend with their begins.
    while (end > 0 && bs[members[end - 1]].begin_us > to_us) --end;
    while (end < members.size() && bs[members[end]].begin_us <= to_us) ++end;
    const std::size_t last = end > kMostLooked ? end - kMostLooked : 0;
    for (std::size_t i = end; i-- > last;) {
      const JoinEvent& b = bs[members[i]];
      if (b.begin_us < from_us - found->second.widest_us) break;
      if (b.end_us < from_us) continue;
      count += 1;
      break;
    }
  }
  return count;
}

std::int64_t day_of(std::int64_t us) {
  return us >= 0 ? us / kMicrosPerDay : -((-us + kMicrosPerDay - 1) / kMicrosPerDay);
}

// The days of both lists, in classes whose days change places.
class Calendar {
 public:
  Calendar(std::int64_t first, std::int64_t last) : first_(first) {
    std::vector<std::int64_t> weekdays, weekend;
    for (std::int64_t day = first; day <= last; ++day) {
      (weekday_of(day) >= 5 ? weekend : weekdays).push_back(day);
    }
    if (weekend.size() < 2) {
      weekdays.insert(weekdays.end(), weekend.begin(), weekend.end());
      std::sort(weekdays.begin(), weekdays.end());
      weekend.clear();
    }
    classes_ = {std::move(weekdays), std::move(weekend)};
  }
  int shifts() const { return static_cast<int>(classes_[0].size()) - 1; }

  // From which day each day of the record takes its events.
  std::vector<std::int64_t> sources(int shift) const {
    std::vector<std::int64_t> taken(classes_[0].size() + classes_[1].size());
    for (const auto& days : classes_) {
      if (days.empty()) continue;
      const std::size_t by =
          days.size() < 2 ? 0 : 1 + static_cast<std::size_t>(shift - 1) % (days.size() - 1);
      for (std::size_t i = 0; i < days.size(); ++i) {
        taken[static_cast<std::size_t>(days[i] - first_)] = days[(i + by) % days.size()];
      }
    }
    return taken;
  }

 private:
  std::int64_t first_;
  std::vector<std::vector<std::int64_t>> classes_;
};

JoinEvents moved_by_days(const JoinEvents& as, const Calendar& calendar, std::int64_t first,
                         int shift) {
  std::vector<std::pair<std::size_t, std::size_t>> of_day;  // ranges of `as`
  JoinEvents moved;
  moved.reserve(as.size());
  const auto sources = calendar.sources(shift);
  of_day.resize(sources.size());
  for (std::size_t i = 0; i < as.size();) {
    const std::int64_t day = day_of(as[i].begin_us);
    std::size_t end = i;
    while (end < as.size() && day_of(as[end].begin_us) == day) ++end;
    of_day[static_cast<std::size_t>(day - first)] = {i, end};
    i = end;
  }
  for (std::size_t day = 0; day < sources.size(); ++day) {
    const auto source = static_cast<std::size_t>(sources[day] - first);
    const std::int64_t by =
        (static_cast<std::int64_t>(day) - static_cast<std::int64_t>(source)) * kMicrosPerDay;
    for (std::size_t i = of_day[source].first; i < of_day[source].second; ++i) {
      moved.push_back(as[i]);
      moved.back().begin_us += by;
      moved.back().end_us += by;
    }
  }
  return moved;
}

JoinEvents moved_round(const JoinEvents& as, std::int64_t first_us, std::int64_t span_us,
                       std::int64_t by_us) {
  JoinEvents moved = as;
  for (JoinEvent& event : moved) {
    const std::int64_t length = event.end_us - event.begin_us;
    event.begin_us = first_us + ((event.begin_us - first_us + by_us) % span_us + span_us) % span_us;
    event.end_us = event.begin_us + length;
  }
  std::sort(moved.begin(), moved.end(),
            [](const auto& x, const auto& y) { return x.begin_us < y.begin_us; });
  return moved;
}

}  // namespace

std::vector<TimeJoin> join_by_time(const JoinEvents& as, const JoinEvents& bs, JoinReach reach,
                                   bool is_shared) {
  const Groups groups = groups_of(bs);
  std::vector<Pair> pairs;
  std::vector<std::uint32_t> fitting(as.size(), 0);
  for (std::uint32_t a = 0; a < as.size(); ++a) {
    const auto group = groups.find({as[a].from, as[a].to});
    if (group == groups.end()) continue;
    const Partners found = partners(as, bs, group->second, a, reach);
    fitting[a] = static_cast<std::uint32_t>(found.all);
    const auto kept = std::min<std::size_t>(found.nearest.size(), is_shared ? 1 : kMostPartners);
    pairs.insert(pairs.end(), found.nearest.begin(),
                 found.nearest.begin() + static_cast<std::ptrdiff_t>(kept));
  }
  std::sort(pairs.begin(), pairs.end(),
            [](const Pair& x, const Pair& y) { return x.order() < y.order(); });
  std::vector<bool> has_a(as.size()), has_b(bs.size());
  std::vector<TimeJoin> joins;
  for (const Pair& pair : pairs) {
    if (has_a[pair.a] || (has_b[pair.b] && !is_shared)) continue;
    has_a[pair.a] = has_b[pair.b] = true;
    joins.push_back({pair.a, pair.b, fitting[pair.a] - 1});
  }
  std::sort(joins.begin(), joins.end(),
            [](const TimeJoin& x, const TimeJoin& y) { return x.a < y.a; });
  return joins;
}

void drop_farther(std::vector<TimeJoin>& ones, std::vector<TimeJoin>& others, const JoinEvents& as,
                  const JoinEvents& bs, std::int64_t by_us) {
  const auto gap_us = [&](const TimeJoin& join) {
    const JoinEvent &a = as[join.a], &b = bs[join.b];
    return std::max({std::int64_t{0}, b.begin_us - a.end_us, a.begin_us - b.end_us});
  };
  std::vector<TimeJoin> kept_ones, kept_others;
  auto one = ones.begin();
  auto other = others.begin();
  while (one != ones.end() || other != others.end()) {
    if (other == others.end() || (one != ones.end() && one->a < other->a)) {
      kept_ones.push_back(*one++);
    } else if (one == ones.end() || other->a < one->a) {
      kept_others.push_back(*other++);
    } else {
      const std::int64_t farther_us = gap_us(*one) - gap_us(*other);
      if (farther_us <= by_us) kept_ones.push_back(*one);
      if (-farther_us <= by_us) kept_others.push_back(*other);
      ++one;
      ++other;
    }
  }
  ones = std::move(kept_ones);
  others = std::move(kept_others);
}

ByChance chance_of(const JoinEvents& as, const JoinEvents& bs, JoinReach reach) {
  ByChance result;
  if (as.empty() || bs.empty()) return result;
  const Groups groups = groups_of(bs);
  result.with_partner = count_with_partner(as, bs, groups, reach);
  const std::int64_t first_us = std::min(as.front().begin_us, bs.front().begin_us);
  const std::int64_t last_us = std::max(as.back().begin_us, bs.back().begin_us);
  const std::int64_t first = day_of(first_us), last = day_of(last_us);
  constexpr std::int64_t kMostDays = 36'525;  // a century: a stamp that is wrong by more is no day
  double total = 0, at_least = 0;
  const auto note = [&](const JoinEvents& moved) {
    const double count = count_with_partner(moved, bs, groups, reach);
    total += count;
    at_least += count >= result.with_partner ? 1 : 0;
    result.most = std::max(result.most, count);
    ++result.shifts;
  };
  if (last - first > kMostDays) return result;
  const Calendar calendar(first, last);
  if (calendar.shifts() + 1 >= kFewestDays) {
    result.by = ShiftOf::days;
    const int all = calendar.shifts(), used = std::min(all, kMostShifts);
    for (int k = 0; k < used; ++k) note(moved_by_days(as, calendar, first, 1 + k * all / used));
  } else if (last_us - first_us >= kShortestSpanUs) {
    result.by = ShiftOf::minutes;
    const std::int64_t span_us = last_us - first_us + 1;
    const double longest =
        std::min(kLastShift, static_cast<double>(span_us) / (2.0 * kMicrosPerSecond));
    for (int k = 0; k < kMinuteShifts; ++k) {
      const double part = std::fmod((k + 1) * 0.6180339887498949, 1.0);
      const auto by_us = static_cast<std::int64_t>((kFirstShift + part * (longest - kFirstShift)) *
                                                   kMicrosPerSecond);
      note(moved_round(as, first_us, span_us, k % 2 == 0 ? by_us : -by_us));
    }
  } else {
    return result;
  }
  result.mean = total / result.shifts;
  result.p = (1 + at_least) / (1 + result.shifts);
  return result;
}

}  // namespace assay::methods
