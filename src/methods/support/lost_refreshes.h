// Are refreshes of one cache missing? Two gaps that ran into each other are longer than two TTLs,
// by as much as two waits are together.
#pragma once

#include <optional>
#include <vector>

#include "methods/support/gap_series.h"
#include "methods/support/stats.h"

namespace assay::methods {

struct LostRefreshes {
  bool is_enough = false;
  double width_seconds = 0;  // after two TTLs: where three of four doubled gaps would end
  double capture = 0;        // share of doubled gaps that end before three TTLs
  double near_count = 0;     // gaps that end in the width
  double expected = 0;       // of them, by the smooth hazard alone
  double p = 1;
  double lost_share = 0;  // estimate
  std::optional<Range> lost_range;
  double detectable_share = 0;  // that would be found in half of cases
};

// `gaps` of one cache in order of time. They are fitted in up to three groups, by how much demand
// is to be expected a TTL after they begin: in a busy hour hardly any gap reaches two TTLs by
// itself. O(n log n + hours of the record).
LostRefreshes lost_refreshes(const std::vector<Gap>& gaps, double ttl_seconds,
                             double tolerance_seconds);

}  // namespace assay::methods
