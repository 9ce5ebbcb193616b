// How many events there were, by how many of them two recorders both tell.
#pragma once

#include <algorithm>
#include <cmath>

#include "methods/support/stats.h"

namespace assay::methods {

struct Recapture {
  double told = 0;      // by at least one
  double estimate = 0;  // Chapman 1951
  Range interval;       // 95 %, log-normal on those that neither tells (Chao 1987)
};

// `first` and `second` events told by each, `both` of them by both. Right when being told by one
// makes an event neither more nor less likely to be told by the other; where what is easily seen by
// one is easily seen by the other, as usual, too low: a lower bound.
inline Recapture recapture(double first, double second, double both) {
  Recapture result;
  result.told = first + second - both;
  result.estimate = (first + 1) * (second + 1) / (both + 1) - 1;
  const double unseen = std::max(0.0, result.estimate - result.told);
  const double variance = (first + 1) * (second + 1) * (first - both) * (second - both) /
                          ((both + 1) * (both + 1) * (both + 2));
  result.interval = {result.told, result.told};
  if (unseen > 0 && variance > 0) {
    const double factor = std::exp(1.96 * std::sqrt(std::log(1 + variance / (unseen * unseen))));
    result.interval = {result.told + unseen / factor, result.told + unseen * factor};
  }
  return result;
}

}  // namespace assay::methods
