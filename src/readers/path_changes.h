// What the packets of queries tell beyond their rows: the hop limit that they arrived with and the
// size that their EDNS offers. One host keeps both for weeks, so a record is written only where one
// of them changes: it holds for that query of a client and for its later ones by the same transport
// in this evidence, up to its next such record. See docs/records.md.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "assay/reader.h"

namespace assay {

struct QueryPath {
  static constexpr std::int32_t kNotTold = -1;
  std::int32_t hop_limit = kNotTold;
  std::int32_t edns_size = kNotTold;  // also: the query has no EDNS

  bool operator==(const QueryPath&) const = default;
};

// One per read; used by one thread. Memory: 16 bytes for each client and transport, at most 16 MiB.
// Clients beyond that push others out, whose next query then writes its record again.
class PathChanges {
 public:
  explicit PathChanges(RecordSink& sink, std::size_t most_slots = std::size_t{1} << 20)
      : sink_(sink), most_slots_(most_slots), slots_(kFirstSlots) {}

  // Of each query, in the order of the file.
  void take(const DnsRow& query, const QueryPath& path);
  // Called a while before take(), this hides most of its cost: a walk to memory for each query was
  // a tenth of the time of reading a capture of 20,000 clients.
  void prefetch(std::uint64_t client, bool is_tcp) const {
    __builtin_prefetch(&slots_[bucket_of(client, is_tcp)]);
  }

 private:
  static constexpr std::size_t kWays = 4, kFirstSlots = 64;
  struct Slot {
    std::uint64_t client = 0;  // 0: free
    std::int32_t edns_size = QueryPath::kNotTold;
    std::int16_t hop_limit = QueryPath::kNotTold;
    bool is_tcp = false;
  };
  static_assert(sizeof(Slot) == 16);

  Slot& slot_of(std::uint64_t client, bool is_tcp);
  // Keys of IPv4 are addresses, which whoever sends may choose. A bucket that is chosen for them
  // costs no more than records written twice.
  std::size_t bucket_of(std::uint64_t client, bool is_tcp) const {
    const std::uint64_t mixed = (client * 2 + is_tcp) * 0x9e3779b97f4a7c15ull;
    return (mixed >> 32) & (slots_.size() - kWays);
  }
  Slot& free_slot(std::size_t bucket);
  void grow();
  void write(const DnsRow& query, const Slot& slot);

  RecordSink& sink_;
  std::size_t most_slots_;
  std::size_t used_ = 0;
  std::size_t next_way_ = 0;  // to be pushed out
  std::vector<Slot> slots_;
};

}  // namespace assay
