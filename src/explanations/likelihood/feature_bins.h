// Features cut into at most 255 bins: trees need only their order, and small numbers keep them
// small.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "explanations/likelihood/known_cases.h"

namespace assay::likelihood {

// Bin 0 is "no number", below all others; bin b > 0 holds values above b - 1 edges.
inline constexpr std::size_t kMaxBinEdges = 254;
// Values beyond it, infinite ones too, count as this large.
inline constexpr double kMostFeatureValue = 1e300;

class FeatureBins {
 public:
  // Edges between neighbouring values of the cases: between all of them when there are few enough,
  // else at their quantiles.
  static FeatureBins of(const LabelledCases& cases, std::size_t most_edges = kMaxBinEdges);
  // Ascending finite edges, one list a feature.
  explicit FeatureBins(std::vector<std::vector<double>> edges) : edges_(std::move(edges)) {}
  FeatureBins() = default;

  std::size_t features() const { return edges_.size(); }
  const std::vector<double>& edges(std::size_t feature) const { return edges_[feature]; }
  std::uint8_t bin(std::size_t feature, double value) const;
  // One bin for each feature; missing values are no numbers.
  std::vector<std::uint8_t> bins(std::span<const double> features) const;

 private:
  std::vector<std::vector<double>> edges_;
};

}  // namespace assay::likelihood
