#include "explanations/likelihood/boosting.h"

#include <algorithm>
#include <cmath>

namespace assay::likelihood {
namespace {

bool is_usable(const LabelledCases& cases, const BoostOptions& options) {
  return cases.is_complete() && cases.classes > 1 && cases.classes <= kMaxBoostClasses &&
         cases.features <= kMaxBoostFeatures && cases.size() <= kMaxBoostCases &&
         options.rounds > 0 && options.rounds <= kMaxBoostRounds && options.rate > 0 &&
         options.rate <= 1 && options.row_share > 0 && options.row_share <= 1 &&
         options.edges > 0 && options.edges <= kMaxBinEdges && options.tree.leaves > 1 &&
         options.tree.leaves <= kMostBoostLeaves && options.tree.ridge > 0;
}

// The cases as they are grown on and, case by case, as trees are walked.
struct Binned {
  BoostedCases by_feature;
  std::vector<std::uint8_t> by_case;  // cases x features
};

Binned binned(const LabelledCases& cases, const FeatureBins& bins, std::size_t edges) {
  Binned out{{cases.size(), cases.features, edges + 2, {}}, {}};
  out.by_feature.columns.resize(cases.values.size());
  out.by_case.resize(cases.values.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    for (std::size_t f = 0; f < cases.features; ++f) {
      const std::uint8_t bin = bins.bin(f, cases.row(i)[f]);
      out.by_feature.columns[f * cases.size() + i] = bin;
      out.by_case[i * cases.features + f] = bin;
    }
  }
  return out;
}

// Shares of the classes that the scores of each case stand for.
void add_shares(const std::vector<int>& scores, std::size_t classes, std::vector<double>& shares) {
  for (std::size_t at = 0; at < scores.size(); at += classes) {
    const int most = *std::max_element(scores.begin() + static_cast<std::ptrdiff_t>(at),
                                       scores.begin() + static_cast<std::ptrdiff_t>(at + classes));
    double sum = 0;
    for (std::size_t k = at; k < at + classes; ++k) {
      shares[k] = std::exp(kBoostStep * (scores[k] - most));
      sum += shares[k];
    }
    for (std::size_t k = at; k < at + classes; ++k) shares[k] /= sum;
  }
}

}  // namespace

Result<Boosting> Boosting::train(const LabelledCases& cases, const BoostOptions& options) {
  if (!is_usable(cases, options)) {
    return Error{ErrorCode::usage, "boosting: cases incomplete, or options beyond the limits", ""};
  }
  Boosting boosting;
  boosting.classes_ = cases.classes;
  boosting.bins_ = FeatureBins::of(cases, options.edges);
  const Binned all = binned(cases, boosting.bins_, options.edges);
  const std::size_t classes = cases.classes;
  std::vector<int> scores(cases.size() * classes);
  std::vector<double> shares(scores.size());
  std::vector<Derivatives> derivatives(cases.size());
  std::vector<std::uint32_t> drawn;
  Random random(options.seed);
  for (std::size_t round = 0; round < options.rounds; ++round) {
    drawn.clear();
    for (std::uint32_t i = 0; i < cases.size(); ++i) {
      if (random.chance(options.row_share)) drawn.push_back(i);
    }
    add_shares(scores, classes, shares);
    for (std::size_t k = 0; k < classes; ++k) {
      for (const std::uint32_t i : drawn) {
        const double share = shares[i * classes + k];
        derivatives[i] = {static_cast<float>(share - (cases.labels[i] == k ? 1 : 0)),
                          static_cast<float>(std::max(share * (1 - share), 1e-6))};
      }
      boosting.trees_.push_back(
          grow_boosted(all.by_feature, drawn, derivatives, options.tree, options.rate, random));
      for (std::size_t i = 0; i < cases.size(); ++i) {
        scores[i * classes + k] +=
            boosting.trees_.back().value(all.by_case.data() + i * cases.features);
      }
    }
  }
  return boosting;
}

std::vector<double> Boosting::scores(std::span<const double> features) const {
  const std::vector<std::uint8_t> bins = bins_.bins(features);
  std::vector<int> sums(classes_);
  for (std::size_t t = 0; t < trees_.size(); ++t)
    sums[t % classes_] += trees_[t].value(bins.data());
  double mean = 0;
  for (const int sum : sums) mean += sum / static_cast<double>(classes_);
  std::vector<double> scores;
  for (const int sum : sums) scores.push_back(kBoostStep * (sum - mean));
  return scores;
}

}  // namespace assay::likelihood
