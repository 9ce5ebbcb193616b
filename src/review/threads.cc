#include "review/threads.h"

#include <algorithm>

namespace assay::review {
namespace {

// The ids in a field: those in angle brackets, or the one that it is.
template <typename Take>
void each_id(std::string_view text, Take take) {
  bool has_any = false;
  for (std::size_t at = 0; (at = text.find('<', at)) != text.npos;) {
    const std::size_t end = text.find('>', at);
    if (end == text.npos) break;
    if (end > at + 1) take(text.substr(at + 1, end - at - 1)), has_any = true;
    at = end;
  }
  const std::string_view bare = bare_id(text);
  if (!has_any && !bare.empty() && bare.find(' ') == bare.npos) take(bare);
}

}  // namespace

std::uint32_t Threads::node_of(std::string_view id) {
  const auto [at, is_met_first] =
      by_id_.try_emplace(key_of_text(id).high, static_cast<std::uint32_t>(nodes_.size()));
  if (is_met_first) nodes_.push_back({static_cast<std::uint32_t>(nodes_.size())});
  return at->second;
}

std::uint32_t Threads::root(std::uint32_t node) {
  while (nodes_[node].parent != node) {
    nodes_[node].parent = nodes_[nodes_[node].parent].parent;
    node = nodes_[node].parent;
  }
  return node;
}

void Threads::join(std::uint32_t a, std::uint32_t b) {
  a = root(a);
  b = root(b);
  nodes_[std::max(a, b)].parent = std::min(a, b);
}

void Threads::add(const StoredRecord& record, bool is_new) {
  static const FieldId kId = field_id("message_id"), kReply = field_id("in_reply_to"),
                       kReferences = field_id("references");
  if (is_new) new_nodes_.push_back(kNone);
  if (nodes_.size() >= kMostIds) {
    is_cut_ = true;
    return;
  }
  std::uint32_t own = kNone;
  for (const auto& [field, text] : record.fields) {
    if (field != kId || own != kNone || bare_id(text).empty()) continue;
    own = node_of(bare_id(text));
    (is_new ? nodes_[own].is_new : nodes_[own].is_known) = true;
  }
  if (is_new) new_nodes_.back() = own;
  for (const auto& [field, text] : record.fields) {
    if (field != kReply && field != kReferences) continue;
    each_id(text, [&](std::string_view id) {
      const std::uint32_t named = node_of(id);
      if (named == own) return;
      nodes_[named].is_named = true;
      nodes_[named].is_named_by_known |= !is_new;
      // A message without an id still says that the ids it names belong together.
      if (own == kNone) own = named;
      join(own, named);
    });
  }
}

Threads::Told Threads::tell(const std::vector<bool>& is_not_known) {
  struct Thread {
    std::uint32_t messages = 0;
    bool has_known = false, has_other = false;
  };
  std::vector<Thread> threads(nodes_.size());
  Told told;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    Thread& thread = threads[root(i)];
    const Node& node = nodes_[i];
    thread.messages += node.is_known || node.is_new;
    thread.has_known |= node.is_known;
    told.counts.still_gone += node.is_named && !node.is_known && !node.is_new;
    told.counts.filled += node.is_named_by_known && !node.is_known && node.is_new;
  }
  told.of_new.resize(new_nodes_.size());
  for (std::size_t i = 0; i < new_nodes_.size(); ++i) {
    if (new_nodes_[i] == kNone) continue;
    const Node& node = nodes_[new_nodes_[i]];
    Thread& thread = threads[root(new_nodes_[i])];
    thread.has_other |= is_not_known[i];
    const bool fills = node.is_named_by_known && !node.is_known;
    if (fills) {
      told.of_new[i] = "fills";
    } else if (thread.messages > 1) {
      told.of_new[i] = thread.has_known ? "known" : "new";
    }
  }
  for (const Thread& thread : threads) {
    told.counts.threads += thread.messages > 1;
    told.counts.joined += thread.messages > 1 && thread.has_known && thread.has_other;
  }
  return told;
}

}  // namespace assay::review
