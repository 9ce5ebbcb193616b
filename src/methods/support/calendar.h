// Time cut into UTC days, for daily counts.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "assay/method.h"
#include "methods/support/askers.h"

namespace assay::methods {

inline constexpr std::int64_t kMaxDays = 20'000;

// UTC days that a window touches. A window beyond kMaxDays is cut at that many days.
struct DayGrid {
  std::int64_t first_day = 0;  // days since the epoch
  std::size_t count = 0;

  static DayGrid over(const Interval& window);
  // Nothing outside the grid.
  std::optional<std::size_t> index_of(std::int64_t us) const;
};
std::int64_t day_number(std::int64_t us);
std::vector<double> count_by_day(const QuestionRecords& records, const RowIndices& rows,
                                 const DayGrid& grid);

}  // namespace assay::methods
