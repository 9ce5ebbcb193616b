// Keys of the names and hosts met lately.
//
// A key costs two hashes and a look-up in a table that outgrows the processor's cache; an answer
// repeats the name and the addresses of its query microseconds later. Two small direct-mapped
// tables, compared byte by byte, answer those. Small: 16,384 names, which leave the processor's
// second cache no room, cost a fifth of reading a capture.
#pragma once

#include <vector>

#include "assay/reader.h"
#include "readers/dns_message.h"

namespace assay {

struct CachedName {
  std::uint64_t key = 0;
  bool had_upper = false;
};

class KeyCache {
 public:
  explicit KeyCache(RecordSink& sink);

  CachedName name(Bytes wire_name);
  std::uint64_t host(const IpAddress& address);

 private:
  static constexpr std::size_t kNameSlots = 1 << 10, kIpv6Slots = 1 << 12;
  static constexpr std::size_t kCachedNameBytes = 54;  // longer names are rare and go uncached

  struct NameSlot {
    std::uint64_t key;
    std::uint8_t length;
    bool had_upper;
    std::uint8_t wire[kCachedNameBytes];
  };
  static_assert(sizeof(NameSlot) == 64);
  struct Ipv6Slot {
    IpAddress address;
    std::uint64_t key = 0;  // never 0 for an IPv6 address
  };

  CachedName compute(Bytes wire_name);

  RecordSink& sink_;
  std::vector<NameSlot> names_;
  std::vector<Ipv6Slot> ipv6_;
  std::string text_;
};

}  // namespace assay
