// Pairs of texts that have most of their phrases in common, found without comparing all with all.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "methods/support/stats.h"

namespace assay::methods {

// Two texts count as near copies from this Jaccard index on, as their sketches tell it.
inline constexpr double kNearCopy = 0.75;

struct NearPair {
  std::uint32_t first = 0, second = 0;  // places in the list that was given; first < second
  double jaccard = 0;
  Range range;  // 95 %, Clopper and Pearson over the sketch's bins
};

struct NearPairs {
  std::vector<NearPair> pairs;  // ascending
  bool is_cut = false;          // so many alike that not all were compared
};

// `sketches`: as sketch_bytes gives them; empty ones are near to none. Candidates agree in one of
// 21 bands of six bins (P. Indyk, R. Motwani, STOC 1998): at a Jaccard index of 0.8 in 0.998 of
// pairs, at 0.5 in 0.28, at 0.3 in 0.015. Each is compared with the last 32 of its band alone, so
// that the time is bounded: O(texts).
NearPairs near_texts(const std::vector<std::string>& sketches);

}  // namespace assay::methods
