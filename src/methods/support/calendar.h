// Time cut into days and blocks, for daily counts and block statistics.
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

std::vector<double> count_by_block(const QuestionRecords& records, const RowIndices& rows,
                                   const Interval& window, int blocks);
// 8, 7, 6 or 5 blocks of at least a day, each with at least 10 of `rows`; 0 when even 5 are too
// many. Fewer than 10 rows bend a block's logit towards one half.
int blocks_for_share(const QuestionRecords& records, const RowIndices& rows,
                     const Interval& window);
// The same without the demand on rows: for rates, where an empty block is a value like another.
int blocks_for_rate(const Interval& window);

}  // namespace assay::methods
