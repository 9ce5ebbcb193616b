// Boosted trees: scores of classes that small trees add up to, each round mending what the rounds
// before it got wrong.
//
// J. Friedman, Greedy function approximation: a gradient boosting machine (2001); with second
// derivatives as T. Chen and C. Guestrin, XGBoost (2016). The scores are logs of shares of classes
// but for a constant, and too sure of the cases that were trained on: calibrate them on cases apart
// (multinomial.h) before anything is made of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/result.h"
#include "explanations/likelihood/boosted_tree.h"
#include "explanations/likelihood/feature_bins.h"
#include "explanations/likelihood/known_cases.h"

namespace assay::likelihood {

inline constexpr std::size_t kMaxBoostRounds = 2000;
inline constexpr std::size_t kMaxBoostFeatures = 1000;
inline constexpr std::size_t kMaxBoostClasses = 64;
inline constexpr std::size_t kMaxBoostCases = 1'000'000;
inline constexpr std::size_t kMaxBoostTextBytes = 64u << 20;

struct BoostOptions {
  std::uint64_t seed = 1;
  std::size_t rounds = 150;  // of one tree for each class
  double rate = 0.08;        // share of each tree's step that is taken
  double row_share = 0.5;    // of the cases, drawn anew for each round
  std::size_t edges = 63;    // of a feature: fewer are coarser, faster and a smaller file
  BoostedTreeLimits tree;
};

class Boosting {
 public:
  // Classes that have more cases get larger shares, so give as many of each. A value that is no
  // number is a value of its own. ErrorCode::usage when cases are incomplete or beyond the limits.
  // O(rounds x classes x cases x features_per_tree).
  static Result<Boosting> train(const LabelledCases& cases, const BoostOptions& options);

  // Of each class, with mean 0. `features` as many as trained on; what is missing counts as no
  // number. O(rounds x classes).
  std::vector<double> scores(std::span<const double> features) const;

  std::size_t features() const { return bins_.features(); }
  std::size_t classes() const { return classes_; }
  std::size_t trees() const { return trees_.size(); }

  // Exact: from_text(b.to_text()).to_text() is the same text. Whatever bytes from_text() is given,
  // it returns trees within the limits, or ErrorCode::malformed.
  std::string to_text() const;
  static Result<Boosting> from_text(std::string_view text);

 private:
  std::size_t classes_ = 0;
  FeatureBins bins_;
  std::vector<BoostedTree> trees_;  // round by round, a tree for each class
};

}  // namespace assay::likelihood
