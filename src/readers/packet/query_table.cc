#include "readers/packet/query_table.h"

namespace assay {
namespace {

constexpr std::size_t kFirstBuckets = 1 << 12;
constexpr int kMaxSteps = 64;

bool is_same_exchange(const PendingQuery& a, const PendingQuery& b) {
  return a.row.id == b.row.id && a.row.client_port == b.row.client_port &&
         a.row.client == b.row.client && a.row.server == b.row.server &&
         a.server_port == b.server_port && a.side == b.side &&
         ((a.row.flags ^ b.row.flags) & kTcp) == 0;
}

bool is_equal(const PendingQuery& a, const PendingQuery& b) {
  return is_same_exchange(a, b) && a.row.qname == b.row.qname && a.row.qtype == b.row.qtype;
}

bool is_in_time(const PendingQuery& query, const PendingQuery& answer) {
  const std::int64_t age_us = answer.row.time_us - query.row.time_us;
  return age_us >= -kStampDisorderUs && age_us <= kPairingWindowUs;
}

}  // namespace

QueryTable::QueryTable(std::size_t capacity)
    : capacity_(capacity), buckets_(kFirstBuckets, kNone) {}

// The name's key is hashed under the case's seed, which a sender of packets does not know.
QueryTable::Index& QueryTable::bucket_of(const PendingQuery& query) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15ull;
  const DnsRow& row = query.row;
  std::uint64_t hash = row.qname ^ (row.client * kOdd);
  hash = (hash ^ hash >> 29) * kOdd;
  hash ^= std::uint64_t{row.id} << 48 | std::uint64_t{row.client_port} << 32 |
          std::uint64_t{row.qtype} << 16 | query.server_port;
  hash = (hash ^ row.server) * kOdd;
  return buckets_[(hash ^ hash >> 32) & (buckets_.size() - 1)];
}

QueryTable::Index* QueryTable::find(const PendingQuery& like) {
  Index* link = &bucket_of(like);
  while (*link != kNone && !is_equal(nodes_[*link].query, like)) {
    link = &nodes_[*link].next_in_bucket;
  }
  return link;
}

void QueryTable::insert(const PendingQuery& query) {
  if (size_ == buckets_.size()) {
    std::vector<Index> old(buckets_.size() * 2, kNone);
    old.swap(buckets_);
    for (Index head : old) {
      while (head != kNone) {
        const Index next = nodes_[head].next_in_bucket;
        Index& bucket = bucket_of(nodes_[head].query);
        nodes_[head].next_in_bucket = bucket;
        bucket = head;
        head = next;
      }
    }
  }
  Index index = 0;
  if (free_.empty()) {
    index = static_cast<Index>(nodes_.size());
    nodes_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Node& node = nodes_[index];
  node = Node{};
  node.query = query;
  node.older = last_;
  (last_ == kNone ? first_ : nodes_[last_].newer) = index;
  last_ = index;
  Index* link = find(query);
  if (*link != kNone) {
    Node& before = nodes_[*link];
    before.newer_equal = index;
    node.older_equal = *link;
    node.next_in_bucket = before.next_in_bucket;
  }
  *link = index;
  ++size_;
}

void QueryTable::remove(Index index, Index* link) {
  const Node& node = nodes_[index];
  if (node.newer_equal != kNone) {
    nodes_[node.newer_equal].older_equal = node.older_equal;
  } else {
    *link = node.older_equal == kNone ? node.next_in_bucket : node.older_equal;
  }
  if (node.older_equal != kNone) {
    Node& heir = nodes_[node.older_equal];
    heir.newer_equal = node.newer_equal;
    heir.next_in_bucket = node.next_in_bucket;
  }
  (node.older == kNone ? first_ : nodes_[node.older].newer) = node.newer;
  (node.newer == kNone ? last_ : nodes_[node.newer].older) = node.older;
  free_.push_back(index);
  --size_;
}

Pairing QueryTable::take(const PendingQuery& answer, PendingQuery& out) {
  Index* link = find(answer);
  Index index = *link;
  for (int i = 0; i < kMaxSteps && index != kNone; ++i, index = nodes_[index].older_equal) {
    const Node& node = nodes_[index];
    if (!is_in_time(node.query, answer)) continue;
    const bool has_rival =
        node.older_equal != kNone && is_in_time(nodes_[node.older_equal].query, answer);
    out = node.query;
    remove(index, link);
    return has_rival ? Pairing::one_of_several : Pairing::sole;
  }
  return Pairing::none;
}

Pairing QueryTable::take_any_question(const PendingQuery& answer, PendingQuery& out) {
  Index index = last_;
  for (int i = 0; i < kMaxSteps && index != kNone; ++i, index = nodes_[index].older) {
    const PendingQuery& query = nodes_[index].query;
    if (is_same_exchange(query, answer) && is_in_time(query, answer)) {
      out = query;
      remove(index, find(query));
      return Pairing::sole;
    }
  }
  return Pairing::none;
}

PendingQuery QueryTable::pop_oldest() {
  const PendingQuery out = oldest();
  remove(first_, find(out));
  return out;
}

}  // namespace assay
