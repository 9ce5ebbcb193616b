#include "explanations/likelihood/boosted_tree.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace assay::likelihood {
namespace {

// In single precision, so that the histograms of a leaf stay in the nearest cache.
struct Sum {
  float first = 0, second = 0;
  std::uint32_t cases = 0;

  void add(const Derivatives& each) {
    first += each.first;
    second += each.second;
    ++cases;
  }
  Sum minus(const Sum& other) const {
    return {first - other.first, second - other.second, cases - other.cases};
  }
};

struct Split {
  std::uint16_t feature = kBoostLeaf;
  std::uint8_t bin = 0;
  double gain = 0;
  Sum left;
};

// A leaf that may still be split.
struct Open {
  std::size_t begin = 0, end = 0;  // of the drawn cases
  Sum sum;
  std::vector<Sum> histogram;  // features drawn x bins
  Split best;
  // Where it stands in the growing tree: children are numbers of nodes, -1 = a leaf.
  int left = -1, right = -1;
};

class Grower {
 public:
  Grower(const BoostedCases& cases, const std::vector<std::uint32_t>& drawn,
         const std::vector<Derivatives>& derivatives, const BoostedTreeLimits& limits,
         Random& random)
      : cases_(cases), drawn_(drawn), derivatives_(derivatives), limits_(limits) {
    std::vector<std::uint16_t> all(cases.features);
    std::iota(all.begin(), all.end(), std::uint16_t{0});
    const std::size_t wanted = limits.features > 0 ? limits.features : (cases.features + 2) / 3;
    for (std::size_t i = 0; i < std::min(wanted, all.size()); ++i) {
      std::swap(all[i], all[i + random.below(all.size() - i)]);
      features_.push_back(all[i]);
    }
    std::sort(features_.begin(), features_.end());
  }

  BoostedTree grow(double rate) {
    Open& root = open_.emplace_back();
    root.end = drawn_.size();
    for (const std::uint32_t i : drawn_) root.sum.add(derivatives_[i]);
    root.histogram = histogram_of(root);
    find_split(root);
    for (std::size_t leaves = 1; leaves < limits_.leaves; ++leaves) {
      const auto best =
          std::max_element(open_.begin(), open_.end(), [](const Open& a, const Open& b) {
            return (a.left < 0 ? a.best.gain : 0) < (b.left < 0 ? b.best.gain : 0);
          });
      if (best->left >= 0 || best->best.gain <= 0) break;
      split(static_cast<std::size_t>(best - open_.begin()));
    }
    BoostedTree tree;
    write(0, rate, tree);
    return tree;
  }

 private:
  std::vector<Sum> histogram_of(const Open& leaf) {
    std::vector<Sum> histogram(features_.size() * cases_.bins);
    of_leaf_.clear();
    for (std::size_t at = leaf.begin; at < leaf.end; ++at) {
      of_leaf_.push_back(derivatives_[drawn_[at]]);
    }
    const std::uint32_t* drawn = drawn_.data() + leaf.begin;
    for (std::size_t f = 0; f < features_.size(); ++f) {
      const std::uint8_t* column = cases_.columns.data() + features_[f] * cases_.cases;
      Sum* bins = histogram.data() + f * cases_.bins;
      for (std::size_t i = 0; i < of_leaf_.size(); ++i) bins[column[drawn[i]]].add(of_leaf_[i]);
    }
    return histogram;
  }

  double worth(const Sum& sum) const {
    return double{sum.first} * sum.first / (sum.second + limits_.ridge);
  }

  void find_split(Open& leaf) const {
    const double whole = worth(leaf.sum);
    for (std::size_t f = 0; f < features_.size(); ++f) {
      const Sum* bins = leaf.histogram.data() + f * cases_.bins;
      Sum left;
      for (std::size_t bin = 0; bin + 1 < cases_.bins; ++bin) {
        if (bins[bin].cases == 0) continue;
        left.first += bins[bin].first;
        left.second += bins[bin].second;
        left.cases += bins[bin].cases;
        if (left.cases < limits_.least_leaf) continue;
        const Sum right = leaf.sum.minus(left);
        if (right.cases < limits_.least_leaf) break;
        // A split must gain more than rounding does.
        const double gain = worth(left) + worth(right) - whole - 1e-9;
        if (gain > leaf.best.gain) {
          leaf.best = {features_[f], static_cast<std::uint8_t>(bin), gain, left};
        }
      }
    }
  }

  void split(std::size_t number) {
    Open left, right;
    {
      Open& parent = open_[number];
      const std::uint8_t* column = cases_.columns.data() + parent.best.feature * cases_.cases;
      const auto middle =
          std::stable_partition(drawn_.begin() + static_cast<std::ptrdiff_t>(parent.begin),
                                drawn_.begin() + static_cast<std::ptrdiff_t>(parent.end),
                                [&](std::uint32_t i) { return column[i] <= parent.best.bin; });
      left.begin = parent.begin;
      left.end = right.begin = static_cast<std::size_t>(middle - drawn_.begin());
      right.end = parent.end;
      left.sum = parent.best.left;
      right.sum = parent.sum.minus(left.sum);
      Open& small = left.sum.cases <= right.sum.cases ? left : right;
      Open& large = &small == &left ? right : left;
      small.histogram = histogram_of(small);
      large.histogram = std::move(parent.histogram);
      for (std::size_t i = 0; i < large.histogram.size(); ++i) {
        large.histogram[i] = large.histogram[i].minus(small.histogram[i]);
      }
      parent.left = static_cast<int>(open_.size());
      parent.right = parent.left + 1;
    }
    find_split(left);
    find_split(right);
    open_.push_back(std::move(left));
    open_.push_back(std::move(right));
  }

  void write(std::size_t number, double rate, BoostedTree& tree) const {
    const Open& open = open_[number];
    const std::size_t at = tree.nodes.size();
    BoostedNode& node = tree.nodes.emplace_back();
    if (open.left < 0) {
      const double value = -rate * open.sum.first / (open.sum.second + limits_.ridge);
      node.value = static_cast<std::int16_t>(
          std::clamp<long>(std::lround(value / kBoostStep), -kMostBoostValue, kMostBoostValue));
      return;
    }
    node.feature = open.best.feature;
    node.bin = open.best.bin;
    write(static_cast<std::size_t>(open.left), rate, tree);
    tree.nodes[at].right = static_cast<std::uint16_t>(tree.nodes.size());
    write(static_cast<std::size_t>(open.right), rate, tree);
  }

  const BoostedCases& cases_;
  std::vector<std::uint32_t> drawn_;
  const std::vector<Derivatives>& derivatives_;
  const BoostedTreeLimits& limits_;
  std::vector<std::uint16_t> features_;
  std::vector<Open> open_;
  std::vector<Derivatives> of_leaf_;  // room for histogram_of()
};

}  // namespace

BoostedTree grow_boosted(const BoostedCases& cases, const std::vector<std::uint32_t>& drawn,
                         const std::vector<Derivatives>& derivatives,
                         const BoostedTreeLimits& limits, double rate, Random& random) {
  return Grower(cases, drawn, derivatives, limits, random).grow(rate);
}

}  // namespace assay::likelihood
