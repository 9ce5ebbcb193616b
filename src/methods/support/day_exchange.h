// Are chosen days quieter than others? Days of the record are exchanged for one another, the same
// exchange for every set of chosen days: sets that share days share their chance as well.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "methods/support/random.h"

namespace assay::methods {

using DayCounts = std::map<std::int64_t, double>;  // by day number

// Each day's count less the mean of its weekday, over all days but those `left_out`.
DayCounts off_weekday(const DayCounts& days, const std::set<std::int64_t>& left_out);

struct ChosenDays {
  DayCounts residuals;
  std::set<std::int64_t> chosen;
};

struct ExchangeP {
  double p = 1;          // the share of exchanges in which the chosen days sum to as little
  double corrected = 1;  // over all sets: step-down of the least p (Westfall and Young 1993)
};

// Of each set; the record as it is counts as one exchange, so that no p is below 1/(draws + 1). A
// single day of n is never below about 1/n, however quiet. O(draws x sets x (days + ln draws)).
std::vector<ExchangeP> exchange_p(const std::vector<ChosenDays>& sets, int draws, Random random);

}  // namespace assay::methods
