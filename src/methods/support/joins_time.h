// Records of two kinds joined by who and when: the best partner of each, how many others would have
// fitted, and how many would find one by chance.
#pragma once

#include <cstdint>
#include <vector>

namespace assay::methods {

// It began within [begin_us, end_us], between two sides. Only events of the same two sides meet.
struct JoinEvent {
  std::int64_t begin_us = 0, end_us = 0;
  int from = 0, to = 0;
  std::uint32_t source = 0;  // the caller's
};
using JoinEvents = std::vector<JoinEvent>;

// A partner of `a` may begin so long before a's earliest and after its latest begin.
struct JoinReach {
  std::int64_t before_us = 0, after_us = 0;
};

struct TimeJoin {
  std::uint32_t a = 0, b = 0;  // indices into the lists
  std::uint32_t other_bs = 0;  // that a could have been joined to as well
  bool operator==(const TimeJoin&) const = default;
};

// Each a to at most one b, each b to at most one a unless `is_shared`: nearest first, by the gap
// between both spans, then between their begins, then by index. Both lists ascend by begin_us, no
// span is longer than kLongestSpanUs. Ascending by a. O(n log n + pairs); of each a the nearest
// kMostPartners are tried, all are counted.
std::vector<TimeJoin> join_by_time(const JoinEvents& as, const JoinEvents& bs, JoinReach reach,
                                   bool is_shared);
// Of an `a` that stands in both lists, with partners of either direction, the join whose spans lie
// farther apart by more than `by_us` is taken out: the nearer one was its reason. Both ascend by a.
void drop_farther(std::vector<TimeJoin>& ones, std::vector<TimeJoin>& others, const JoinEvents& as,
                  const JoinEvents& bs, std::int64_t by_us);
inline constexpr std::int64_t kLongestSpanUs = 3'600LL * 1'000'000;
inline constexpr std::uint32_t kMostPartners = 32;

// How many of `as` have a b within reach, and how many have one when their times are exchanged.
enum class ShiftOf { none, days, minutes };
struct ByChance {
  double with_partner = 0;
  double mean = 0, most = 0;  // over the shifts
  double p = 1;
  int shifts = 0;
  ShiftOf by = ShiftOf::none;

  // More than chance explains, by a wide enough margin that most of them are no chance.
  bool is_beyond() const { return by != ShiftOf::none && p <= 0.05 && with_partner >= 2 * mean; }
};

// Days of `as` change places: weekdays among themselves and weekends among themselves, by 1, 2, ...
// places, so that hours and busy half-weeks stay. Below kFewestDays weekdays all of `as` moves
// round within its span by 90 to 900 s instead. Seedless.
ByChance chance_of(const JoinEvents& as, const JoinEvents& bs, JoinReach reach);
inline constexpr int kFewestDays = 20;

}  // namespace assay::methods
