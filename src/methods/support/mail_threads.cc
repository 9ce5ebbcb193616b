#include "methods/support/mail_threads.h"

#include <algorithm>
#include <unordered_map>

#include "methods/support/mail_words.h"

namespace assay::methods {
namespace {

// The ids in a field: those in angle brackets, else the one word with an @ that it is.
void ids_in(std::string_view text, std::vector<std::string_view>& ids) {
  bool has_any = false;
  for (std::size_t at = 0; (at = text.find('<', at)) != text.npos;) {
    const std::size_t end = text.find('>', at);
    if (end == text.npos) break;
    if (end > at + 1) ids.push_back(text.substr(at + 1, end - at - 1)), has_any = true;
    at = end;
  }
  const bool is_word = text.find_first_of(" \t<>") == text.npos && text.find('@') != text.npos;
  if (!has_any && is_word) ids.push_back(text);
}

class Linker {
 public:
  explicit Linker(const std::vector<OtherRow>& rows) : rows_(rows) {}

  MailThreads link() {
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].row.kind == RecordKind::message) take(i);
    }
    // Of transfers only those matter whose id a message bears or names.
    for (const OtherRow& row : rows_) {
      if (row.row.kind != RecordKind::mail || is_scan_alone(row)) continue;
      const auto known = by_id_.find(bare(row.field(words_.id)));
      if (known != by_id_.end()) threads_.nodes[known->second].is_transferred = true;
    }
    return std::move(threads_);
  }

 private:
  struct Words {
    FieldId id = field_id("message_id"), reply = field_id("in_reply_to"),
            references = field_id("references");
  };

  static std::string_view bare(std::string_view text) {
    std::vector<std::string_view> ids;
    ids_in(text, ids);
    return ids.empty() ? std::string_view() : ids.front();
  }

  std::uint32_t node_of(std::string_view id) {
    const auto known = by_id_.find(id);
    if (known != by_id_.end()) return known->second;
    if (threads_.nodes.size() == kMostThreadIds) {
      threads_.is_cut = true;
      return kNoNode;
    }
    const auto node = static_cast<std::uint32_t>(threads_.nodes.size());
    threads_.nodes.emplace_back().id = id;
    if (!id.empty()) by_id_.emplace(id, node);
    return node;
  }

  void take(std::uint32_t index) {
    const OtherRow& row = rows_[index];
    const std::string_view id = bare(row.field(words_.id));
    ++threads_.messages;
    threads_.without_id += id.empty();
    const std::uint32_t node = node_of(id);
    std::vector<std::string_view> named, replied;
    for (const auto& [field, text] : row.fields) {
      if (field == words_.references) ids_in(text, named);
      if (field == words_.reply) ids_in(text, replied);
    }
    std::erase(named, id);
    std::erase(replied, id);
    const std::string_view last = named.empty() ? std::string_view() : named.back();
    const bool is_two_minded = !named.empty() && !replied.empty() &&
                               std::find(replied.begin(), replied.end(), last) == replied.end();
    if (named.empty() && !replied.empty()) named.push_back(replied.front());
    std::uint32_t above = kNoNode;
    for (const std::string_view each : named) {
      const std::uint32_t next = node_of(each);
      if (next == kNoNode) continue;
      if (above != kNoNode && threads_.nodes[next].parent == kNoNode) hang(next, above);
      above = next;
    }
    if (node == kNoNode) return;
    ThreadNode& own = threads_.nodes[node];
    const bool is_first = own.rows.empty();
    own.rows.push_back(index);
    own.is_automatic |= says_automatic(row);
    own.names_several |= is_two_minded;
    if (above == kNoNode) return;
    if (own.is_own_word) {
      own.names_several |= own.parent != above;
      return;
    }
    own.names_several |= !is_first;  // an earlier copy names none
    const std::uint32_t guessed = own.parent;
    own.parent = kNoNode;
    own.is_own_word = hang(node, above);
    if (!own.is_own_word) threads_.nodes[node].parent = guessed;
  }

  bool hang(std::uint32_t child, std::uint32_t parent) {
    std::uint32_t at = parent;
    for (std::size_t steps = 0; at != kNoNode && at != child; ++steps) {
      if (steps == kMostThreadDepth) {
        threads_.is_cut = true;
        return false;
      }
      at = threads_.nodes[at].parent;
    }
    if (at == child) {
      ++threads_.loops;
      return false;
    }
    threads_.nodes[child].parent = parent;
    return true;
  }

  const std::vector<OtherRow>& rows_;
  const Words words_;
  MailThreads threads_;
  std::unordered_map<std::string_view, std::uint32_t> by_id_;  // looked up only, never walked
};

}  // namespace

std::uint32_t MailThreads::root_of(std::uint32_t node) const {
  while (nodes[node].parent != kNoNode) node = nodes[node].parent;
  return node;
}

MailThreads threads_of(const MethodContext& context) {
  if (context.others == nullptr) return {};
  return Linker(context.others->rows).link();
}

}  // namespace assay::methods
