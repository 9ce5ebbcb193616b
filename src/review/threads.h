// Which messages belong to one conversation, by the ids that they bear and name.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "assay/mail.h"
#include "assay/store.h"
#include "review/review_item.h"

namespace assay::review {

inline constexpr std::size_t kMostIds = 8'000'000;  // borne or named; of more, threads are not told

class Threads {
 public:
  // A record of kind message, in the order of its set.
  void add(const StoredRecord& record, bool is_new);

  struct Told {
    ReviewThreads counts;
    std::vector<std::string_view> of_new;  // by new item: "fills", "known", "new" or ""
  };
  // `is_not_known`: by new item, of those that count as new ones.
  Told tell(const std::vector<bool>& is_not_known);
  bool is_cut() const { return is_cut_; }

 private:
  struct Node {
    std::uint32_t parent;
    bool is_known = false, is_named_by_known = false, is_named = false;
    bool is_new = false;  // borne by a message of the new set
  };
  std::uint32_t node_of(std::string_view id);
  std::uint32_t root(std::uint32_t node);
  void join(std::uint32_t a, std::uint32_t b);

  std::unordered_map<std::uint64_t, std::uint32_t> by_id_;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> new_nodes_;  // by new item
  bool is_cut_ = false;
};

}  // namespace assay::review
