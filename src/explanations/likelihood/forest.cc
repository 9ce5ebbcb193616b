#include "explanations/likelihood/forest.h"

#include <algorithm>
#include <cmath>

namespace assay::likelihood {
namespace {

bool is_usable(const LabelledCases& cases, const ForestOptions& options) {
  return cases.is_complete() && cases.classes <= kMaxForestClasses &&
         cases.features <= kMaxForestFeatures && cases.size() <= kMaxForestCases &&
         options.trees > 0 && options.trees <= kMaxForestTrees && options.depth > 0 &&
         options.depth <= kMaxForestDepth && options.least_leaf > 0;
}

BinnedCases binned(const LabelledCases& cases, const FeatureBins& bins) {
  BinnedCases out{cases.size(), cases.features, cases.classes, {}, {}};
  out.bins.reserve(cases.values.size());
  for (std::size_t feature = 0; feature < cases.features; ++feature) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
      out.bins.push_back(bins.bin(feature, cases.row(i)[feature]));
    }
  }
  out.labels.assign(cases.labels.begin(), cases.labels.end());
  return out;
}

TreeLimits limits_of(const ForestOptions& options, std::size_t features) {
  const auto root = static_cast<std::size_t>(std::sqrt(static_cast<double>(features)));
  const std::size_t tried = options.features_per_split > 0 ? options.features_per_split : root;
  return {std::clamp<std::size_t>(tried, 1, features), options.depth, options.least_leaf};
}

std::vector<std::uint16_t> draw(std::size_t cases, Random& random) {
  std::vector<std::uint16_t> draws(cases);
  for (std::size_t i = 0; i < cases; ++i) ++draws[random.below(cases)];
  return draws;
}

void add_out_of_bag(const BinnedCases& cases, const std::vector<std::uint16_t>& draws,
                    const Tree& tree, OutOfBag& out) {
  std::vector<std::uint8_t> bins(cases.features);
  for (std::size_t i = 0; i < cases.cases; ++i) {
    if (draws[i] > 0) continue;
    for (std::size_t feature = 0; feature < cases.features; ++feature) {
      bins[feature] = cases.column(feature)[i];
    }
    tree.add_shares(bins, 1, {out.shares.data() + i * out.classes, out.classes});
    ++out.trees[i];
  }
}

void finish(OutOfBag& out) {
  for (std::size_t i = 0; i < out.trees.size(); ++i) {
    for (std::size_t k = 0; k < out.classes; ++k) {
      double& share = out.shares[i * out.classes + k];
      share = out.trees[i] > 0 ? share / out.trees[i] : 1 / static_cast<double>(out.classes);
    }
  }
}

}  // namespace

Result<TrainedForest> Forest::train(const LabelledCases& cases, const ForestOptions& options) {
  if (!is_usable(cases, options)) {
    return Error{ErrorCode::usage, "forest: cases incomplete, or options beyond the limits", ""};
  }
  TrainedForest trained;
  Forest& forest = trained.forest;
  forest.classes_ = cases.classes;
  forest.bins_ = FeatureBins::of(cases);
  const BinnedCases all = binned(cases, forest.bins_);
  const TreeLimits limits = limits_of(options, cases.features);
  OutOfBag& out = trained.out_of_bag;
  out.classes = cases.classes;
  out.shares.resize(cases.size() * cases.classes);
  out.trees.resize(cases.size());
  Random seeds(options.seed);
  std::size_t nodes = 0;
  for (std::size_t t = 0; t < options.trees; ++t) {
    Random random(seeds.bits());  // a stream of its own, so that trees could be grown in any order
    const std::vector<std::uint16_t> draws = draw(cases.size(), random);
    forest.trees_.push_back(grow_tree(all, draws, limits, random));
    nodes += forest.trees_.back().nodes.size();
    if (nodes > kMaxForestNodes) {
      return Error{ErrorCode::usage, "forest: more nodes than a model file may have",
                   "Grow fewer trees, or larger leaves."};
    }
    add_out_of_bag(all, draws, forest.trees_.back(), out);
  }
  finish(out);
  return trained;
}

std::vector<double> Forest::shares(std::span<const double> features) const {
  const std::vector<std::uint8_t> bins = bins_.bins(features);
  std::vector<double> shares(classes_);
  const double weight = 1 / static_cast<double>(trees_.size());
  for (const Tree& tree : trees_) tree.add_shares(bins, weight, shares);
  return shares;
}

std::size_t Forest::nodes() const {
  std::size_t count = 0;
  for (const Tree& tree : trees_) count += tree.nodes.size();
  return count;
}

}  // namespace assay::likelihood
