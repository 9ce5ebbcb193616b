// assay-boosting 1
// classes <classes> features <features> trees <trees>
// edges <n> <edge> ...                       a line for each feature
// tree <nodes> <node> ...                    a line for each tree, its nodes in preorder
//   s<feature> <bin>                         a split; its left child follows, then the right one
//   <value>                                  a leaf, in steps of 1/1024
// sha256 <hex>
// Trees come round by round, one for each class.
#include <fmt/core.h>

#include <charconv>
#include <iterator>

#include "explanations/likelihood/boosting.h"
#include "explanations/likelihood/model_text.h"

namespace assay::likelihood {
namespace {

constexpr std::string_view kKind = "assay-boosting 1";

std::optional<std::vector<double>> read_edges(Words& words) {
  if (!words.skip("edges")) return std::nullopt;
  const auto count = words.count(kMaxBinEdges);
  if (!count) return std::nullopt;
  std::vector<double> edges;
  for (std::size_t i = 0; i < *count; ++i) {
    const auto edge = words.number();
    if (!edge || (i > 0 && *edge <= edges.back())) return std::nullopt;
    edges.push_back(*edge);
  }
  return edges;
}

class TreeReader {
 public:
  TreeReader(Words& words, std::size_t features) : words_(words), features_(features) {}

  // A tree is whole when the last open place is filled by its last node and by no earlier one.
  std::optional<BoostedTree> read() {
    if (!words_.skip("tree")) return std::nullopt;
    const auto nodes = words_.count(2 * kMostBoostLeaves - 1);
    if (!nodes) return std::nullopt;
    open_ = {kNoParent};
    for (std::size_t i = 0; i < *nodes; ++i) {
      if (open_.empty() || !read_node()) return std::nullopt;
    }
    if (!open_.empty()) return std::nullopt;
    return std::move(tree_);
  }

 private:
  static constexpr std::size_t kNoParent = ~std::size_t{0};  // of the root and of left children

  bool read_node() {
    const std::size_t parent = open_.back();
    open_.pop_back();
    if (parent != kNoParent) {
      tree_.nodes[parent].right = static_cast<std::uint16_t>(tree_.nodes.size());
    }
    const std::string_view word = words_.next();
    return word.substr(0, 1) == "s" ? read_split(word.substr(1)) : read_leaf(word);
  }

  bool read_split(std::string_view word) {
    const auto feature = parse_count(word, features_ - 1);
    const auto bin = words_.count(kMaxBinEdges);
    if (!feature || !bin) return false;
    open_.push_back(tree_.nodes.size());
    open_.push_back(kNoParent);
    tree_.nodes.push_back(
        {static_cast<std::uint16_t>(*feature), static_cast<std::uint8_t>(*bin), 0, 0});
    return true;
  }

  bool read_leaf(std::string_view word) {
    const bool is_negative = word.substr(0, 1) == "-";
    const auto steps = parse_count(word.substr(is_negative ? 1 : 0), kMostBoostValue);
    if (!steps || (is_negative && *steps == 0)) return false;
    BoostedNode leaf;
    leaf.value = static_cast<std::int16_t>(is_negative ? -static_cast<int>(*steps)
                                                       : static_cast<int>(*steps));
    tree_.nodes.push_back(leaf);
    return true;
  }

  Words& words_;
  std::size_t features_;
  std::vector<std::size_t> open_;  // places to fill: whose right child comes there
  BoostedTree tree_;
};

}  // namespace

std::string Boosting::to_text() const {
  std::string text =
      fmt::format("{}\nclasses {} features {} trees {}\n", kKind, classes_, features(), trees());
  for (std::size_t feature = 0; feature < features(); ++feature) {
    text += fmt::format("edges {}", bins_.edges(feature).size());
    for (const double edge : bins_.edges(feature)) text += " " + exact_text(edge);
    text += '\n';
  }
  for (const BoostedTree& tree : trees_) {
    auto out = std::back_inserter(text);
    fmt::format_to(out, "tree {}", tree.nodes.size());
    for (const BoostedNode& node : tree.nodes) {
      if (node.feature == kBoostLeaf) {
        fmt::format_to(out, " {}", node.value);
      } else {
        fmt::format_to(out, " s{} {}", node.feature, node.bin);
      }
    }
    text += '\n';
  }
  return seal_model(std::move(text));
}

Result<Boosting> Boosting::from_text(std::string_view text) {
  const auto body = open_model(text, kKind, kMaxBoostTextBytes);
  if (!body) return body.error();
  Words words(*body);
  const auto classes = words.skip("classes") ? words.count(kMaxBoostClasses) : std::nullopt;
  const auto features = words.skip("features") ? words.count(kMaxBoostFeatures) : std::nullopt;
  const auto trees =
      words.skip("trees") ? words.count(kMaxBoostRounds * kMaxBoostClasses) : std::nullopt;
  if (!classes || !features || !trees || *classes < 2 || *features == 0 || *trees == 0 ||
      *trees % *classes != 0) {
    return malformed_model(kKind, "its shape cannot be read");
  }
  Boosting boosting;
  boosting.classes_ = *classes;
  std::vector<std::vector<double>> edges;
  for (std::size_t i = 0; i < *features; ++i) {
    auto of_feature = read_edges(words);
    if (!of_feature) return malformed_model(kKind, fmt::format("edges of feature {}", i));
    edges.push_back(std::move(*of_feature));
  }
  boosting.bins_ = FeatureBins(std::move(edges));
  for (std::size_t i = 0; i < *trees; ++i) {
    auto tree = TreeReader(words, *features).read();
    if (!tree) return malformed_model(kKind, fmt::format("tree {}", i));
    boosting.trees_.push_back(std::move(*tree));
  }
  if (!words.is_at_end()) return malformed_model(kKind, "something stands after its end");
  return boosting;
}

}  // namespace assay::likelihood
