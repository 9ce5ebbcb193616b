// Rows are not events: the three counting rules, and bursts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/method.h"
#include "methods/support/askers.h"

namespace assay::methods {

inline constexpr double kBurstSeconds = 60.0;

inline constexpr char kRawRows[] = "raw rows";
inline constexpr char kCollapsed[] = "identical rows collapsed";
std::string bursts_rule(double gap_seconds);  // "bursts (60 s)"

// The first of every set of rows with the same second, client, name, type and server; where no
// server is told, the evidence stands for it. O(n log n) in the rows of one second.
RowIndices collapse_identical(const QuestionRecords& records, const RowIndices& rows);

// The first row of every burst: a burst ends when its group asks nothing for more than
// `gap_seconds`. O(n).
RowIndices burst_heads(const QuestionRecords& records, const RowIndices& rows,
                       const BurstGroups& groups, double gap_seconds);

// A burst of rows taken together, whoever of them asked.
struct Burst {
  std::uint32_t first = 0;       // positions in the RowIndices that were merged
  std::uint32_t last = 0;        // inclusive
  std::int64_t begin_us = 0;     // of its first row
  std::int64_t end_us = 0;       // of its last row
  std::int64_t answered_us = 0;  // of its last answer where the record tells it, else end_us
  std::uint32_t size() const { return last - first + 1; }
};
std::vector<Burst> merge_bursts(const QuestionRecords& records, const RowIndices& rows,
                                double gap_seconds);

}  // namespace assay::methods
