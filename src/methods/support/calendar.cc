#include "methods/support/calendar.h"

#include <algorithm>

namespace assay::methods {
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

}  // namespace assay::methods
