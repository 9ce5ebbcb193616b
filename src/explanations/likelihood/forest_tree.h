// One tree of a forest, grown over binned features.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/random.h"

namespace assay::likelihood {

inline constexpr std::uint16_t kLeaf = 0xffff;

// In preorder: a split's left child follows it. 8 bytes, so that a walk stays in the cache.
struct TreeNode {
  std::uint16_t feature = kLeaf;
  std::uint8_t bin = 0;    // split: bins up to this one go left; leaf: how many counts it has
  std::uint32_t next = 0;  // split: the right child; leaf: the first of its counts
};

struct LeafCount {
  std::uint32_t label = 0;
  std::uint32_t cases = 0;
};

struct Tree {
  std::vector<TreeNode> nodes;
  std::vector<LeafCount> counts;

  // Adds the shares of the leaf that these bins lead to, times `weight`.
  void add_shares(std::span<const std::uint8_t> bins, double weight,
                  std::span<double> shares) const;
};

// Binned training cases, feature by feature.
struct BinnedCases {
  std::size_t cases = 0, features = 0, classes = 0;
  std::vector<std::uint8_t> bins;  // features x cases
  std::vector<std::uint8_t> labels;

  const std::uint8_t* column(std::size_t feature) const { return bins.data() + feature * cases; }
};

struct TreeLimits {
  std::size_t features_per_split = 1;
  int depth = 1;
  std::uint32_t least_leaf = 1;  // drawn cases, counted as often as drawn
};

// Splits by the largest fall of the Gini impurity among `features_per_split` features drawn anew at
// each node (more only when none of these divides the node). `draws` says how often each case is in
// the sample.
Tree grow_tree(const BinnedCases& cases, const std::vector<std::uint16_t>& draws,
               const TreeLimits& limits, Random& random);

}  // namespace assay::likelihood
