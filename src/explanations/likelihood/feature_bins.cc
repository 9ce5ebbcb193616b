#include "explanations/likelihood/feature_bins.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace assay::likelihood {
namespace {

double limited(double value) { return std::clamp(value, -kMostFeatureValue, kMostFeatureValue); }

// An edge that `low` does not exceed and `high` does; low < high. The one with fewest digits near
// their middle: edges are a good part of a model file.
double between(double low, double high) {
  const double middle = low + (high / 2 - low / 2);
  char text[40];
  for (int digits = 2; digits < 17; ++digits) {
    const auto written =
        std::to_chars(text, text + sizeof text, middle, std::chars_format::general, digits);
    double edge = 0;
    std::from_chars(text, written.ptr, edge);
    if (edge >= low && edge < high) return edge;
  }
  return middle >= low && middle < high ? middle : low;
}

std::vector<double> edges_of(std::vector<double> sorted, std::size_t most) {
  std::vector<double> edges;
  std::vector<double> values = sorted;
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (values.size() <= most + 1) {
    for (std::size_t i = 1; i < values.size(); ++i) {
      edges.push_back(between(values[i - 1], values[i]));
    }
    return edges;
  }
  for (std::size_t i = 1; i <= most; ++i) {
    const double low = sorted[std::max<std::size_t>(1, sorted.size() * i / (most + 1)) - 1];
    const auto high = std::upper_bound(values.begin(), values.end(), low);
    if (high == values.end()) break;
    const double edge = between(low, *high);
    if (edges.empty() || edge > edges.back()) edges.push_back(edge);
  }
  return edges;
}

}  // namespace

FeatureBins FeatureBins::of(const LabelledCases& cases, std::size_t most_edges) {
  std::vector<std::vector<double>> edges;
  std::vector<double> column;
  for (std::size_t feature = 0; feature < cases.features; ++feature) {
    column.clear();
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const double value = cases.row(i)[feature];
      if (!std::isnan(value)) column.push_back(limited(value));
    }
    std::sort(column.begin(), column.end());
    edges.push_back(edges_of(column, most_edges));
  }
  return FeatureBins(std::move(edges));
}

std::uint8_t FeatureBins::bin(std::size_t feature, double value) const {
  if (std::isnan(value)) return 0;
  const auto& edges = edges_[feature];
  const auto below = std::lower_bound(edges.begin(), edges.end(), limited(value)) - edges.begin();
  return static_cast<std::uint8_t>(1 + below);
}

std::vector<std::uint8_t> FeatureBins::bins(std::span<const double> features) const {
  std::vector<std::uint8_t> bins(edges_.size());
  for (std::size_t feature = 0; feature < bins.size() && feature < features.size(); ++feature) {
    bins[feature] = bin(feature, features[feature]);
  }
  return bins;
}

}  // namespace assay::likelihood
