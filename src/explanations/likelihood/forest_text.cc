// assay-forest 1
// classes <classes> features <features> trees <trees>
// edges <n> <edge> ...                       a line for each feature
// tree <nodes> <node> ...                    a line for each tree, its nodes in preorder
//   s <feature> <bin>                        a split; its left child follows, then the right one
//   <n> <class> <cases> ...                  a leaf with n classes, ascending
// sha256 <hex>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "explanations/likelihood/forest.h"
#include "explanations/likelihood/model_text.h"

namespace assay::likelihood {
namespace {

constexpr std::string_view kKind = "assay-forest 1";

void append(std::string& text, std::string_view word) {
  text += ' ';
  text += word;
}

void append(std::string& text, std::uint64_t value) {
  fmt::format_to(std::back_inserter(text), " {}", value);
}

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
  TreeReader(Words& words, std::size_t features, std::size_t classes)
      : words_(words), features_(features), classes_(classes) {}

  // A tree is whole when the last open place is filled by its last node and by no earlier one.
  std::optional<Tree> read(std::size_t most_nodes) {
    if (!words_.skip("tree")) return std::nullopt;
    const auto nodes = words_.count(most_nodes);
    if (!nodes) return std::nullopt;
    open_ = {{kRoot, 0}};
    for (std::size_t i = 0; i < *nodes; ++i) {
      if (open_.empty() || !read_node()) return std::nullopt;
    }
    if (!open_.empty()) return std::nullopt;
    return std::move(tree_);
  }

 private:
  struct Place {
    std::size_t parent;  // whose right child comes here
    int depth;
  };
  static constexpr std::size_t kRoot = ~std::size_t{0};

  bool read_node() {
    const Place place = open_.back();
    open_.pop_back();
    if (place.parent != kRoot) {
      tree_.nodes[place.parent].next = static_cast<std::uint32_t>(tree_.nodes.size());
    }
    const std::string_view word = words_.next();
    return word == "s" ? read_split(place.depth) : read_leaf(word);
  }

  bool read_split(int depth) {
    const auto feature = words_.count(features_ - 1);
    const auto bin = words_.count(kMaxBinEdges);
    if (!feature || !bin || depth >= kMaxForestDepth) return false;
    open_.push_back({tree_.nodes.size(), depth + 1});
    open_.push_back({kRoot, depth + 1});
    tree_.nodes.push_back(
        {static_cast<std::uint16_t>(*feature), static_cast<std::uint8_t>(*bin), 0});
    return true;
  }

  bool read_leaf(std::string_view word) {
    const auto size = parse_count(word, classes_);
    if (!size || *size == 0) return false;
    TreeNode leaf;
    leaf.bin = static_cast<std::uint8_t>(*size);
    leaf.next = static_cast<std::uint32_t>(tree_.counts.size());
    for (std::size_t i = 0; i < *size; ++i) {
      const auto label = words_.count(classes_ - 1);
      const auto cases = words_.count(kMaxForestCases);
      if (!label || !cases || *cases == 0 || (i > 0 && *label <= tree_.counts.back().label)) {
        return false;
      }
      tree_.counts.push_back(
          {static_cast<std::uint32_t>(*label), static_cast<std::uint32_t>(*cases)});
    }
    tree_.nodes.push_back(leaf);
    return true;
  }

  Words& words_;
  std::size_t features_, classes_;
  std::vector<Place> open_;
  Tree tree_;
};

}  // namespace

std::string Forest::to_text() const {
  std::string text = std::string(kKind) + "\nclasses " + std::to_string(classes_) + " features " +
                     std::to_string(features()) + " trees " + std::to_string(trees()) + "\n";
  for (std::size_t feature = 0; feature < features(); ++feature) {
    text += "edges";
    append(text, bins_.edges(feature).size());
    for (const double edge : bins_.edges(feature)) append(text, exact_text(edge));
    text += '\n';
  }
  for (const Tree& tree : trees_) {
    text += "tree";
    append(text, tree.nodes.size());
    for (const TreeNode& node : tree.nodes) {
      if (node.feature != kLeaf) {
        append(text, "s");
        append(text, node.feature);
        append(text, node.bin);
        continue;
      }
      append(text, node.bin);
      for (std::size_t i = node.next; i < node.next + std::size_t{node.bin}; ++i) {
        append(text, tree.counts[i].label);
        append(text, tree.counts[i].cases);
      }
    }
    text += '\n';
  }
  return seal_model(std::move(text));
}

Result<Forest> Forest::from_text(std::string_view text) {
  const auto body = open_model(text, kKind, kMaxForestTextBytes);
  if (!body) return body.error();
  Words words(*body);
  const bool has_classes = words.skip("classes");
  const auto classes = words.count(kMaxForestClasses);
  const bool has_features = words.skip("features");
  const auto features = words.count(kMaxForestFeatures);
  const bool has_trees = words.skip("trees");
  const auto trees = words.count(kMaxForestTrees);
  if (!has_classes || !has_features || !has_trees || !classes || !features || !trees ||
      *classes == 0 || *features == 0 || *trees == 0) {
    return malformed_model(kKind, "its shape cannot be read");
  }
  Forest forest;
  forest.classes_ = *classes;
  std::vector<std::vector<double>> edges;
  for (std::size_t i = 0; i < *features; ++i) {
    auto of_feature = read_edges(words);
    if (!of_feature) return malformed_model(kKind, fmt::format("edges of feature {}", i));
    edges.push_back(std::move(*of_feature));
  }
  forest.bins_ = FeatureBins(std::move(edges));
  std::size_t nodes = 0;
  for (std::size_t i = 0; i < *trees; ++i) {
    auto tree = TreeReader(words, *features, *classes).read(kMaxForestNodes - nodes);
    if (!tree) return malformed_model(kKind, fmt::format("tree {}", i));
    nodes += tree->nodes.size();
    forest.trees_.push_back(std::move(*tree));
  }
  if (!words.is_at_end()) return malformed_model(kKind, "something stands after its end");
  return forest;
}

}  // namespace assay::likelihood
