#include "readers/packet/key_cache.h"

#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace assay {

KeyCache::KeyCache(RecordSink& sink) : sink_(sink), names_(kNameSlots), ipv6_(kIpv6Slots) {}

CachedName KeyCache::compute(Bytes wire_name) {
  CachedName found;
  text_.clear();
  append_canonical_name(wire_name, text_, &found.had_upper);
  found.key = sink_.name(text_);
  return found;
}

CachedName KeyCache::name(Bytes wire_name) {
  if (wire_name.size() > kCachedNameBytes) return compute(wire_name);
  NameSlot& slot = names_[XXH3_64bits(wire_name.data(), wire_name.size()) & (kNameSlots - 1)];
  // A wire name is at least one byte long, so an empty slot never compares equal.
  if (slot.length == wire_name.size() &&
      std::memcmp(slot.wire, wire_name.data(), wire_name.size()) == 0) {
    return {slot.key, slot.had_upper};
  }
  const CachedName found = compute(wire_name);
  slot.key = found.key;
  slot.had_upper = found.had_upper;
  slot.length = static_cast<std::uint8_t>(wire_name.size());
  std::memcpy(slot.wire, wire_name.data(), wire_name.size());
  return found;
}

std::uint64_t KeyCache::host(const IpAddress& address) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15ull;
  if (address.is_v4()) return address.v4();  // its own key
  std::uint64_t low = 0, high = 0;
  std::memcpy(&high, address.bytes.data(), 8);
  std::memcpy(&low, address.bytes.data() + 8, 8);
  Ipv6Slot& slot = ipv6_[((low ^ high) * kOdd >> 40) & (kIpv6Slots - 1)];
  if (slot.key == 0 || slot.address != address) slot = {address, sink_.host(address)};
  return slot.key;
}

}  // namespace assay
