#include "methods/support/calendar.h"

#include <algorithm>

namespace assay::methods {
namespace {

constexpr int kMostBlocks = 8;
constexpr int kFewestBlocks = 5;
constexpr double kMinRowsInBlock = 10;

}  // namespace

std::int64_t day_number(std::int64_t us) {
  const std::int64_t day = us / kMicrosPerDay;
  return us < 0 && us % kMicrosPerDay != 0 ? day - 1 : day;
}

DayGrid DayGrid::over(const Interval& window) {
  if (window.empty()) return {};
  const std::int64_t first = day_number(window.begin_us);
  const std::int64_t last = day_number(window.end_us - 1);
  return {first, static_cast<std::size_t>(std::min(last - first + 1, kMaxDays))};
}

std::optional<std::size_t> DayGrid::index_of(std::int64_t us) const {
  const std::int64_t index = day_number(us) - first_day;
  if (index < 0 || index >= static_cast<std::int64_t>(count)) return std::nullopt;
  return static_cast<std::size_t>(index);
}

std::vector<double> count_by_day(const QuestionRecords& records, const RowIndices& rows,
                                 const DayGrid& grid) {
  std::vector<double> counts(grid.count, 0.0);
  for (const std::uint32_t index : rows) {
    if (const auto day = grid.index_of(records.rows[index].time_us)) counts[*day] += 1;
  }
  return counts;
}

std::vector<double> count_by_block(const QuestionRecords& records, const RowIndices& rows,
                                   const Interval& window, int blocks) {
  std::vector<double> counts(static_cast<std::size_t>(blocks), 0.0);
  if (blocks == 0 || window.empty()) return counts;
  const double length = static_cast<double>(window.length_us());
  for (const std::uint32_t index : rows) {
    const std::int64_t us = records.rows[index].time_us;
    if (!window.contains(us)) continue;
    const double place = static_cast<double>(us - window.begin_us) / length * blocks;
    counts[std::min(static_cast<std::size_t>(place), counts.size() - 1)] += 1;
  }
  return counts;
}

int blocks_for_rate(const Interval& window) {
  const int blocks = static_cast<int>(std::min(window.length_days(), double{kMostBlocks}));
  return blocks < kFewestBlocks ? 0 : blocks;
}

int blocks_for_share(const QuestionRecords& records, const RowIndices& rows,
                     const Interval& window) {
  for (int blocks = blocks_for_rate(window); blocks >= kFewestBlocks; --blocks) {
    const auto counts = count_by_block(records, rows, window, blocks);
    if (*std::min_element(counts.begin(), counts.end()) >= kMinRowsInBlock) return blocks;
  }
  return 0;
}

}  // namespace assay::methods
