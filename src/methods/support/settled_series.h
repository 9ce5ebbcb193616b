// The gaps of an asker's series, with the TTL that they are held against: what gap_law measures and
// what others build on.
#pragma once

#include <vector>

#include "methods/support/askers.h"
#include "methods/support/gap_series.h"

namespace assay::methods {

struct SettledSeries {
  GapSeries series;
  Ttl ttl;
  double burst_gap = 0;    // seconds without a row that end a burst
  bool is_pooled = false;  // all addresses taken as one
};

inline constexpr double kShapeLevel = 0.001;  // of the tests for the shape of a cache

std::vector<double> sorted_gaps(const GapSeries& series);
// Gaps and TTL of one series of `group` (split_series). Addresses that are to be pooled are taken
// apart where only then a cache shows.
SettledSeries settle_series(const QuestionRecords& records, const MethodContext& context,
                            const AskerGroup& group, GapSeries series, bool is_pooled);

}  // namespace assay::methods
