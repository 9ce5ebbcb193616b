#include "readers/packet/query_table.h"

namespace assay {
namespace {

constexpr std::size_t kFirstBuckets = 1 << 12;
constexpr int kAnyQuestionSteps = 64;

bool is_same_exchange(const PendingQuery& a, const PendingQuery& b) {
  return a.row.id == b.row.id && a.row.client_port == b.row.client_port &&
         a.row.client == b.row.client && a.row.server == b.row.server &&
         a.server_port == b.server_port && ((a.row.flags ^ b.row.flags) & kTcp) == 0;
}

bool is_equal(const PendingQuery& a, const PendingQuery& b) {
  return is_same_exchange(a, b) && a.row.qname == b.row.qname && a.row.qtype == b.row.qtype;
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
  node.last_equal = index;
  (last_ == kNone ? first_ : nodes_[last_].newer) = index;
  last_ = index;
  Index* link = find(query);
  if (*link == kNone) {
    *link = index;
  } else {
    Node& head = nodes_[*link];
    nodes_[head.last_equal].next_equal = index;
    head.last_equal = index;
  }
  ++size_;
}

void QueryTable::remove_first_of_group(Index* link) {
  const Index index = *link;
  const Node& node = nodes_[index];
  if (node.next_equal == kNone) {
    *link = node.next_in_bucket;
  } else {
    Node& heir = nodes_[node.next_equal];
    heir.next_in_bucket = node.next_in_bucket;
    heir.last_equal = node.last_equal;
    *link = node.next_equal;
  }
  release(index);
}

void QueryTable::release(Index index) {
  const Node& node = nodes_[index];
  (node.older == kNone ? first_ : nodes_[node.older].newer) = node.newer;
  (node.newer == kNone ? last_ : nodes_[node.newer].older) = node.older;
  free_.push_back(index);
  --size_;
}

bool QueryTable::take(const PendingQuery& like, PendingQuery& out) {
  Index* link = find(like);
  if (*link == kNone) return false;
  out = nodes_[*link].query;
  remove_first_of_group(link);
  return true;
}

bool QueryTable::take_any_question(const PendingQuery& like, PendingQuery& out) {
  Index index = last_;
  for (int i = 0; i < kAnyQuestionSteps && index != kNone; ++i, index = nodes_[index].older) {
    if (is_same_exchange(nodes_[index].query, like)) {
      const PendingQuery found = nodes_[index].query;
      return take(found, out);
    }
  }
  return false;
}

// The oldest node is the first of its group: groups are in order of arrival.
PendingQuery QueryTable::pop_oldest() {
  PendingQuery out;
  const PendingQuery like = oldest();
  take(like, out);
  return out;
}

}  // namespace assay
