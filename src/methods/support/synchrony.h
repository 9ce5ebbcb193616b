// Do two series of burst heads move together? Against all whole-day circular shifts of the second.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "assay/method.h"
#include "methods/support/askers.h"
#include "methods/support/stats.h"

namespace assay::methods {

inline constexpr double kSynchronousSeconds = 30;
inline constexpr double kSuppressedFromSeconds = 60;
inline constexpr double kSuppressedToTtl = 0.95;
inline constexpr std::size_t kMinHeads = 20;

struct Synchrony {
  std::size_t heads_a = 0;
  std::size_t heads_b = 0;
  std::size_t shifts = 0;  // size of the null
  // Share of B's heads within kSynchronousSeconds of one of A's; of the null's mean; p upwards.
  double synchronous = 0, synchronous_null = 0, p_synchronous = 1;
  std::optional<Range> synchronous_range;  // block t over eight blocks of the window
  // Share of B's heads whose last head of A lies 60 s to 0.95 TTL before; p downwards. A cache that
  // both use suppresses these. Only with a TTL.
  bool has_suppressed = false;
  double suppressed = 0, suppressed_null = 0, p_suppressed = 1;

  bool is_enough = false;  // heads and days enough for a p value
  bool acts_as_one = false;
};

// Heads ascending, in microseconds; ttl_seconds 0 = not known. The shifts keep B's own gaps and its
// hour of day. O(shifts * heads), at most kMaxShifts shifts, evenly spread.
Synchrony synchrony(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b,
                    const Interval& window, double ttl_seconds);

std::vector<std::int64_t> head_times(const QuestionRecords& records, const RowIndices& rows);

}  // namespace assay::methods
