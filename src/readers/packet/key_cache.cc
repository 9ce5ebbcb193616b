#include "readers/packet/key_cache.h"

#include <cstring>

#include "core/plain_name.h"
#include "core/short_bytes.h"

namespace assay {
namespace {

// Of names of a few labels; who makes names collide here makes a slot be filled anew, no more.
std::uint64_t slot_hash(const std::uint8_t* name, std::size_t size) {
  constexpr std::uint64_t kOdd[] = {0x9e37'79b9'7f4a'7c15u, 0xc2b2'ae3d'27d4'eb4fu,
                                    0x1656'67b1'9e37'79f9u};
  if (size < 8) {
    std::uint64_t sum = size;
    for (std::size_t i = 0; i < size; ++i) sum = sum << 8 | name[i];
    return sum * kOdd[0] >> 32;
  }
  const std::uint64_t sum = load64(name) * kOdd[0] ^ load64(name + size / 2 - 4) * kOdd[1] ^
                            load64(name + size - 8) * kOdd[2];
  return (sum ^ size) >> 32;
}

// Writes the name as text without the last dot; false when it is no plain one (core/plain_name.h).
bool plain_text(Bytes wire_name, char* text, std::size_t& size) {
  if (wire_name.size() < 3 || wire_name.size() - 2 > kMaxPlainName) return false;
  size = wire_name.size() - 2;
  copy_short(text, reinterpret_cast<const char*>(wire_name.data()) + 1, size);
  int dots_due = 0, dots = 0;
  for (std::size_t at = wire_name[0]; at < size; at += 1u + wire_name[at + 1]) {
    text[at] = '.';
    ++dots_due;
  }
  return is_plain_canonical({text, size}, &dots) && dots == dots_due;
}

}  // namespace

KeyCache::KeyCache(RecordSink& sink) : sink_(sink), names_(kNameSlots), ipv6_(kIpv6Slots) {}

CachedName KeyCache::compute(Bytes wire_name) {
  CachedName found;
  char plain[kMaxPlainName];
  std::size_t size = 0;
  if (plain_text(wire_name, plain, size)) {
    found.key = sink_.name({plain, size});
    return found;
  }
  text_.clear();
  append_canonical_name(wire_name, text_, &found.had_upper);
  found.key = sink_.name(text_);
  return found;
}

CachedName KeyCache::name(Bytes wire_name) {
  if (wire_name.size() > kCachedNameBytes) return compute(wire_name);
  NameSlot& slot = names_[slot_hash(wire_name.data(), wire_name.size()) & (kNameSlots - 1)];
  // A wire name is at least one byte long, so an empty slot never compares equal.
  if (slot.length == wire_name.size() &&
      equal_short(reinterpret_cast<const char*>(slot.wire),
                  reinterpret_cast<const char*>(wire_name.data()), wire_name.size())) {
    return {slot.key, slot.had_upper};
  }
  const CachedName found = compute(wire_name);
  slot.key = found.key;
  slot.had_upper = found.had_upper;
  slot.length = static_cast<std::uint8_t>(wire_name.size());
  copy_short(reinterpret_cast<char*>(slot.wire), reinterpret_cast<const char*>(wire_name.data()),
             wire_name.size());
  return found;
}

std::uint64_t KeyCache::host(const IpAddress& address) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15ull;
  const std::uint64_t high = load64(address.bytes.data()), low = load64(address.bytes.data() + 8);
  if (high == 0 && address.is_v4()) return address.v4();  // its own key
  Ipv6Slot& slot = ipv6_[((low ^ high) * kOdd >> 40) & (kIpv6Slots - 1)];
  if (slot.key == 0 || slot.address != address) slot = {address, sink_.host(address)};
  return slot.key;
}

}  // namespace assay
