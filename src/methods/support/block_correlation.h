// Consecutive blocks of a record whose days resemble the days before them are not quite
// independent.
#pragma once

#include <optional>
#include <vector>

#include "methods/support/stats.h"

namespace assay::methods {

// By which factor a t interval over `blocks` blocks of equal time is to be wider than if they were
// independent. `by_day`: deviations of consecutive days, around zero. Their autocovariances at lags
// of one to three days are taken as those of a first-order autoregression under noise of single
// days, and the correlation that follows between blocks enters the variance of their mean, as in
// batch-means procedures (Tafazzoli and Wilson 2011). At least 1; 1 for fewer than 10 days.
// O(days).
double widening_for_correlated_days(const std::vector<double>& by_day, int blocks);

// block_t_share with its interval so much wider, on the scale of logits.
std::optional<Range> widened_block_share(const std::vector<double>& part,
                                         const std::vector<double>& whole, double widening);

}  // namespace assay::methods
