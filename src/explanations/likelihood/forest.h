// A random forest: shares of classes that many randomised trees give to a case.
//
// L. Breiman, Random forests (2001); for telling simulated models apart: P. Pudlo and others,
// Reliable ABC model choice via random forests (2016). The shares are scores, not probabilities:
// calibrate them on the out-of-bag ones, or on cases apart (multinomial.h), before anything is made
// of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/result.h"
#include "explanations/likelihood/feature_bins.h"
#include "explanations/likelihood/forest_tree.h"
#include "explanations/likelihood/known_cases.h"

namespace assay::likelihood {

inline constexpr std::size_t kMaxForestTrees = 2000;
inline constexpr std::size_t kMaxForestNodes = 8'000'000;  // of all trees
inline constexpr std::size_t kMaxForestFeatures = 1000;
inline constexpr std::size_t kMaxForestClasses = 64;
inline constexpr std::size_t kMaxForestCases = 1'000'000;
inline constexpr int kMaxForestDepth = 64;
inline constexpr std::size_t kMaxForestTextBytes = 64u << 20;

struct ForestOptions {
  std::uint64_t seed = 1;
  std::size_t trees = 200;
  std::size_t features_per_split = 0;  // 0: the square root of their number
  int depth = 24;
  std::uint32_t least_leaf = 3;  // cases, as drawn
};

// What the trees that had not drawn a case say of it: as good as held-out cases, without any apart.
// They are a third of the trees, so these shares are rougher than those of a new case, and log LRs
// calibrated on them come out too small (pipeline_test.cc), which errs to the side of caution.
struct OutOfBag {
  std::size_t classes = 0;
  std::vector<double> shares;        // cases x classes; all alike where no tree left the case out
  std::vector<std::uint32_t> trees;  // that left the case out

  std::span<const double> row(std::size_t i) const {
    return {shares.data() + i * classes, classes};
  }
};

struct TrainedForest;

class Forest {
 public:
  // The same cases and options give the same forest on every machine. Each tree draws as many cases
  // as there are, with replacement; classes that have more cases get larger shares, so give as many
  // of each. A value that is no number is a value of its own. ErrorCode::usage when cases are
  // incomplete or beyond the limits above. O(trees x features_per_split x cases x depth).
  static Result<TrainedForest> train(const LabelledCases& cases, const ForestOptions& options);

  // Share of each class, adding up to 1. `features` as many as trained on; what is missing counts
  // as no number. O(trees x depth).
  std::vector<double> shares(std::span<const double> features) const;

  std::size_t features() const { return bins_.features(); }
  std::size_t classes() const { return classes_; }
  std::size_t trees() const { return trees_.size(); }
  std::size_t nodes() const;

  // Exact: from_text(f.to_text()).to_text() is the same text. Whatever bytes from_text() is given,
  // it returns a forest within the limits, or ErrorCode::malformed.
  std::string to_text() const;
  static Result<Forest> from_text(std::string_view text);

 private:
  std::size_t classes_ = 0;
  FeatureBins bins_;
  std::vector<Tree> trees_;
};

struct TrainedForest {
  Forest forest;
  OutOfBag out_of_bag;
};

}  // namespace assay::likelihood
