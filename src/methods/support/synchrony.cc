#include "methods/support/synchrony.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "methods/support/calendar.h"
#include "methods/support/dedup.h"
#include "methods/support/stats.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMaxShifts = 400;
constexpr std::size_t kMinShifts = 20;
constexpr std::size_t kFullShifts = 99;  // from here on a p value of 0.01 can be reached
constexpr double kLevel = 0.01;
constexpr double kFarFromNull = 5;  // standard deviations, when there are fewer shifts
constexpr double kLeastGain = 0.05;
constexpr double kLeastSuppression = 0.7;

struct Shares {
  double synchronous = 0;
  double suppressed = 0;
};

// One pass over A for all of B, both ascending.
Shares shares_of(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b,
                 std::int64_t ttl_us) {
  const auto near_us = static_cast<std::int64_t>(kSynchronousSeconds * kMicrosPerSecond);
  const auto from_us = static_cast<std::int64_t>(kSuppressedFromSeconds * kMicrosPerSecond);
  const auto to_us = static_cast<std::int64_t>(kSuppressedToTtl * static_cast<double>(ttl_us));
  double synchronous = 0;
  double suppressed = 0;
  std::size_t next = 0;
  for (const std::int64_t t : b) {
    while (next < a.size() && a[next] <= t) ++next;
    const bool has_before = next > 0;
    const std::int64_t before = has_before ? t - a[next - 1] : 0;
    const bool is_near =
        (has_before && before <= near_us) || (next < a.size() && a[next] - t <= near_us);
    synchronous += is_near ? 1 : 0;
    suppressed += has_before && before > from_us && before < to_us ? 1 : 0;
  }
  const double n = static_cast<double>(b.size());
  return {synchronous / n, suppressed / n};
}

// Of blocks of equal time: correlation inside a block does not narrow it.
std::optional<Range> synchronous_range(const std::vector<std::int64_t>& a,
                                       const std::vector<std::int64_t>& b, const Interval& window) {
  constexpr std::int64_t kBlocks = 8;
  std::vector<double> near;
  std::vector<double> all;
  for (std::int64_t block = 0; block < kBlocks; ++block) {
    const std::int64_t begin = window.begin_us + window.length_us() / kBlocks * block;
    const std::int64_t end = begin + window.length_us() / kBlocks;
    const auto from = std::lower_bound(b.begin(), b.end(), begin);
    const std::vector<std::int64_t> part(from, std::lower_bound(from, b.end(), end));
    if (part.empty()) return std::nullopt;
    all.push_back(static_cast<double>(part.size()));
    near.push_back(shares_of(a, part, 0).synchronous * all.back());
  }
  return block_t_share(near, all);
}

// B moved by whole days around the circle of the window's days, ascending.
std::vector<std::int64_t> shifted(const std::vector<std::int64_t>& b, std::int64_t begin,
                                  std::int64_t span, std::int64_t by) {
  std::vector<std::int64_t> moved;
  moved.reserve(b.size());
  const auto wraps = std::lower_bound(b.begin(), b.end(), begin + span - by);
  for (auto it = wraps; it != b.end(); ++it) moved.push_back(*it + by - span);
  for (auto it = b.begin(); it != wraps; ++it) moved.push_back(*it + by);
  return moved;
}

double far_from(double observed, const std::vector<double>& null) {
  const double spread = std::sqrt(variance_of(null));
  return (observed - mean_of(null)) / std::max(spread, 1e-9);
}

}  // namespace

std::vector<std::int64_t> head_times(const QuestionRecords& records, const RowIndices& rows) {
  std::vector<std::int64_t> times;
  for (const Burst& burst : merge_bursts(records, rows, kBurstSeconds)) {
    times.push_back(burst.begin_us);
  }
  return times;
}

Synchrony synchrony(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b,
                    const Interval& window, double ttl_seconds) {
  Synchrony result;
  result.heads_a = a.size();
  result.heads_b = b.size();
  const DayGrid grid = DayGrid::over(window);
  if (a.size() < kMinHeads || b.size() < kMinHeads || grid.count <= kMinShifts) return result;
  result.is_enough = true;
  result.has_suppressed = ttl_seconds * kSuppressedToTtl > kSuppressedFromSeconds;
  const auto ttl_us = static_cast<std::int64_t>(ttl_seconds * kMicrosPerSecond);
  const Shares observed = shares_of(a, b, ttl_us);
  const std::size_t days = grid.count;
  result.shifts = std::min(days - 1, kMaxShifts);
  std::vector<double> synchronous;
  std::vector<double> suppressed;
  double at_least = 0;
  double at_most = 0;
  for (std::size_t s = 1; s <= result.shifts; ++s) {
    const auto by = static_cast<std::int64_t>(s * (days - 1) / result.shifts) * kMicrosPerDay;
    const Shares null = shares_of(a,
                                  shifted(b, grid.first_day * kMicrosPerDay,
                                          static_cast<std::int64_t>(days) * kMicrosPerDay, by),
                                  ttl_us);
    synchronous.push_back(null.synchronous);
    suppressed.push_back(null.suppressed);
    at_least += null.synchronous >= observed.synchronous ? 1 : 0;
    at_most += null.suppressed <= observed.suppressed ? 1 : 0;
  }
  const double n = static_cast<double>(result.shifts) + 1;
  result.synchronous = observed.synchronous;
  result.synchronous_range = synchronous_range(a, b, window);
  result.synchronous_null = mean_of(synchronous);
  result.p_synchronous = (1 + at_least) / n;
  result.suppressed = observed.suppressed;
  result.suppressed_null = mean_of(suppressed);
  result.p_suppressed = result.has_suppressed ? (1 + at_most) / n : 1.0;
  const bool is_full = result.shifts >= kFullShifts;
  const bool together =
      (is_full ? result.p_synchronous <= kLevel
               : at_least == 0 && far_from(observed.synchronous, synchronous) >= kFarFromNull) &&
      observed.synchronous >= result.synchronous_null + kLeastGain;
  const bool apart =
      result.has_suppressed &&
      (is_full ? result.p_suppressed <= kLevel
               : at_most == 0 && far_from(observed.suppressed, suppressed) <= -kFarFromNull) &&
      observed.suppressed <= kLeastSuppression * result.suppressed_null;
  result.acts_as_one = together || apart;
  return result;
}

}  // namespace assay::methods
