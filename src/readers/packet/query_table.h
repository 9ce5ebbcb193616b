// Queries that wait for their answer.
//
// A query and an answer belong together when addresses, ports, transport, message id, name and type
// agree (RFC 5452 section 9.1). Of several equal queries, which a stub sends when it repeats itself
// on one socket, the latest that was sent before the answer gets it. The earliest would do better
// by a stub whose query and repetition are both answered late, but worse by a host that asks on and
// on under one id: after a single lost answer each later one would go to the query before its own.
// The table is bounded in entries and in time; what leaves it unanswered becomes a row of its own.
// Every operation takes constant time, a flood of equal queries included.
#pragma once

#include <vector>

#include "assay/record.h"
#include "readers/path_changes.h"

namespace assay {

inline constexpr std::int64_t kPairingWindowUs = 30 * kMicrosPerSecond;
// Stamps of one capture fall by so much, where several processors write them.
inline constexpr std::int64_t kStampDisorderUs = 1'000;
inline constexpr std::size_t kMaxPendingQueries = 1 << 18;

struct PendingQuery {
  DnsRow row;
  std::uint16_t server_port = 0;
  // On a port that nobody assigned to DNS: neither a row nor a used packet until something speaks
  // for it.
  bool is_tentative = false;
  // The side of its recorder on which the exchange took place, where records tell: a resolver is
  // asked and asks, and an answer of one side belongs to no query of the other.
  std::uint8_t side = 0;
  std::uint64_t told = 0;  // a sum over what its record tells beyond the row; 0: nothing
  QueryPath path;          // of a query in a packet
};

enum class Pairing : std::uint8_t { none, sole, one_of_several };

class QueryTable {
 public:
  explicit QueryTable(std::size_t capacity = kMaxPendingQueries);

  bool is_empty() const { return first_ == kNone; }
  bool is_full() const { return size_ == capacity_; }
  std::size_t size() const { return size_; }

  // Precondition: not full.
  void insert(const PendingQuery& query);
  // Takes out the latest query that equals `answer` in all that pairs, was not sent after it, and
  // is not older than the window. one_of_several: an earlier one would do as well. Of a group of
  // equal queries, the 64 latest are looked at.
  Pairing take(const PendingQuery& answer, PendingQuery& out);
  // The same without the name and type, among the latest few: for answers that repeat no question.
  Pairing take_any_question(const PendingQuery& answer, PendingQuery& out);
  // The query that has waited longest. Precondition: not empty.
  const PendingQuery& oldest() const { return nodes_[first_].query; }
  PendingQuery pop_oldest();

 private:
  using Index = std::uint32_t;
  static constexpr Index kNone = 0xffffffff;

  struct Node {
    PendingQuery query;
    Index older = kNone, newer = kNone;              // all nodes, in order of arrival
    Index next_in_bucket = kNone;                    // a group's newest is in a bucket
    Index older_equal = kNone, newer_equal = kNone;  // within a group, in order of arrival
  };

  Index& bucket_of(const PendingQuery& query);
  Index* find(const PendingQuery& like);
  // `link`: what find() gives for the node's group.
  void remove(Index index, Index* link);

  std::size_t capacity_;
  std::size_t size_ = 0;
  std::vector<Node> nodes_;
  std::vector<Index> free_;
  std::vector<Index> buckets_;
  Index first_ = kNone, last_ = kNone;
};

}  // namespace assay
