// One small tree of a boosting, grown over binned features towards the steepest fall of the cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/random.h"

namespace assay::likelihood {

inline constexpr std::uint16_t kBoostLeaf = 0xffff;
inline constexpr double kBoostStep = 1.0 / 1024;  // values of leaves are whole multiples of it
inline constexpr int kMostBoostValue = 8 * 1024;
inline constexpr std::size_t kMostBoostLeaves = 256;

// In preorder: a split's left child follows it.
struct BoostedNode {
  std::uint16_t feature = kBoostLeaf;
  std::uint8_t bin = 0;     // bins up to this one go left
  std::uint16_t right = 0;  // the right child
  std::int16_t value = 0;   // of a leaf, in steps
};

struct BoostedTree {
  std::vector<BoostedNode> nodes;
  int value(const std::uint8_t* bins) const {
    std::size_t at = 0;
    while (nodes[at].feature != kBoostLeaf) {
      at = bins[nodes[at].feature] <= nodes[at].bin ? at + 1 : nodes[at].right;
    }
    return nodes[at].value;
  }
};

struct BoostedTreeLimits {
  std::size_t leaves = 12;
  std::size_t features = 0;       // drawn for each tree; 0: a third of them
  std::uint32_t least_leaf = 20;  // cases
  double ridge = 1;               // added to the second derivative of each leaf
};

// What trees are grown on: bins feature by feature, and of each drawn case the derivatives of the
// cost by its score.
struct BoostedCases {
  std::size_t cases = 0, features = 0, bins = 0;  // bins: how many a feature has at most
  std::vector<std::uint8_t> columns;              // features x cases
};
struct Derivatives {
  float first = 0, second = 0;
};

// `drawn`: the cases to grow on, of which `derivatives` (by case) are read; `rate` shortens the
// values of the leaves.
BoostedTree grow_boosted(const BoostedCases& cases, const std::vector<std::uint32_t>& drawn,
                         const std::vector<Derivatives>& derivatives,
                         const BoostedTreeLimits& limits, double rate, Random& random);

}  // namespace assay::likelihood
