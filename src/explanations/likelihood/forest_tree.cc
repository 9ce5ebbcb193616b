#include "explanations/likelihood/forest_tree.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace assay::likelihood {
namespace {

struct Range {
  std::size_t begin, end;
  int depth;
  std::size_t parent;  // whose right child this is; kNoParent for the root and left children
};
constexpr std::size_t kNoParent = ~std::size_t{0};

struct Split {
  std::size_t feature = 0;
  std::uint8_t bin = 0;
  double purity = 0;  // sum over both sides of (sum of squared counts) / count; more is purer
  bool is_found = false;
};

double square(double x) { return x * x; }

class Grower {
 public:
  Grower(const BinnedCases& cases, const std::vector<std::uint16_t>& draws,
         const TreeLimits& limits, Random& random)
      : cases_(cases), draws_(draws), limits_(limits), random_(random), features_(cases.features) {
    std::iota(features_.begin(), features_.end(), std::size_t{0});
    for (std::uint32_t i = 0; i < cases.cases; ++i) {
      if (draws[i] > 0) drawn_.push_back(i);
    }
    by_bin_.resize(drawn_.size());
    counts_.resize(cases.classes);
    left_.resize(cases.classes);
  }

  Tree grow() {
    std::vector<Range> open = {{0, drawn_.size(), 0, kNoParent}};
    while (!open.empty()) {
      const Range range = open.back();
      open.pop_back();
      if (range.parent != kNoParent) {
        tree_.nodes[range.parent].next = static_cast<std::uint32_t>(tree_.nodes.size());
      }
      count(range);
      const Split split = best_split(range);
      if (!split.is_found) {
        add_leaf();
        continue;
      }
      const std::uint8_t* column = cases_.column(split.feature);
      const auto middle =
          std::stable_partition(drawn_.begin() + static_cast<std::ptrdiff_t>(range.begin),
                                drawn_.begin() + static_cast<std::ptrdiff_t>(range.end),
                                [&](std::uint32_t i) { return column[i] <= split.bin; });
      const auto at = static_cast<std::size_t>(middle - drawn_.begin());
      open.push_back({at, range.end, range.depth + 1, tree_.nodes.size()});
      open.push_back({range.begin, at, range.depth + 1, kNoParent});
      tree_.nodes.push_back({static_cast<std::uint16_t>(split.feature), split.bin, 0});
    }
    return std::move(tree_);
  }

 private:
  void count(const Range& range) {
    std::fill(counts_.begin(), counts_.end(), 0u);
    total_ = 0;
    for (std::size_t at = range.begin; at < range.end; ++at) {
      counts_[cases_.labels[drawn_[at]]] += draws_[drawn_[at]];
      total_ += draws_[drawn_[at]];
    }
  }

  bool is_pure() const {
    return std::any_of(counts_.begin(), counts_.end(),
                       [&](std::uint32_t count) { return count == total_; });
  }

  void add_leaf() {
    TreeNode leaf;
    leaf.next = static_cast<std::uint32_t>(tree_.counts.size());
    for (std::uint32_t label = 0; label < counts_.size(); ++label) {
      if (counts_[label] == 0) continue;
      tree_.counts.push_back({label, counts_[label]});
      ++leaf.bin;
    }
    tree_.nodes.push_back(leaf);
  }

  Split best_split(const Range& range) {
    Split best;
    if (range.depth >= limits_.depth || total_ < 2 * limits_.least_leaf || is_pure()) return best;
    squares_ = 0;
    for (const std::uint32_t count : counts_) squares_ += square(count);
    // A split must gain more than rounding does.
    best.purity = squares_ / total_ * (1 + 1e-12);
    for (std::size_t tried = 0; tried < features_.size(); ++tried) {
      if (tried >= limits_.features_per_split && best.is_found) break;
      const std::size_t other = tried + random_.below(features_.size() - tried);
      std::swap(features_[tried], features_[other]);
      try_feature(range, features_[tried], best);
    }
    return best;
  }

  // Sorts the range's cases by bin (counting sort) and looks at each boundary between two bins.
  void try_feature(const Range& range, std::size_t feature, Split& best) {
    const std::uint8_t* column = cases_.column(feature);
    std::array<std::uint32_t, 257> first{};
    for (std::size_t at = range.begin; at < range.end; ++at) ++first[column[drawn_[at]] + 1u];
    for (std::size_t bin = 1; bin < first.size(); ++bin) first[bin] += first[bin - 1];
    for (std::size_t at = range.begin; at < range.end; ++at) {
      by_bin_[first[column[drawn_[at]]]++] = drawn_[at];
    }
    std::fill(left_.begin(), left_.end(), 0u);
    double left_squares = 0, right_squares = squares_;
    std::uint32_t left_total = 0;
    const std::size_t size = range.end - range.begin;
    for (std::size_t at = 0; at + 1 < size; ++at) {
      const std::uint32_t i = by_bin_[at];
      const std::size_t label = cases_.labels[i];
      const double left = left_[label], right = counts_[label] - left_[label], n = draws_[i];
      left_squares += n * (2 * left + n);
      right_squares -= n * (2 * right - n);
      left_[label] += draws_[i];
      left_total += draws_[i];
      const std::uint8_t bin = column[i];
      if (bin == column[by_bin_[at + 1]] || left_total < limits_.least_leaf ||
          total_ - left_total < limits_.least_leaf) {
        continue;
      }
      const double purity = left_squares / left_total + right_squares / (total_ - left_total);
      if (purity > best.purity) best = {feature, bin, purity, true};
    }
  }

  const BinnedCases& cases_;
  const std::vector<std::uint16_t>& draws_;
  const TreeLimits& limits_;
  Random& random_;
  std::vector<std::size_t> features_;
  std::vector<std::uint32_t> drawn_, by_bin_;
  std::vector<std::uint32_t> counts_, left_;  // by class
  std::uint32_t total_ = 0;
  double squares_ = 0;
  Tree tree_;
};

}  // namespace

void Tree::add_shares(std::span<const std::uint8_t> bins, double weight,
                      std::span<double> shares) const {
  std::size_t at = 0;
  while (nodes[at].feature != kLeaf) {
    at = bins[nodes[at].feature] <= nodes[at].bin ? at + 1 : nodes[at].next;
  }
  const LeafCount* first = counts.data() + nodes[at].next;
  const LeafCount* end = first + nodes[at].bin;
  double total = 0;
  for (const LeafCount* count = first; count != end; ++count) total += count->cases;
  for (const LeafCount* count = first; count != end; ++count) {
    shares[count->label] += weight * count->cases / total;
  }
}

Tree grow_tree(const BinnedCases& cases, const std::vector<std::uint16_t>& draws,
               const TreeLimits& limits, Random& random) {
  return Grower(cases, draws, limits, random).grow();
}

}  // namespace assay::likelihood
