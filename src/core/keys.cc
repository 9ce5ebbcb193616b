// Inlined: names are short, and the library chooses its instruction set anew at each call.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "assay/names.h"

namespace assay {

NameKey name_key(std::string_view canonical, std::uint64_t seed) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(canonical.data(), canonical.size(), seed);
  // 0 marks an empty slot in hash tables of keys.
  return {hash.low64 == 0 ? 1 : hash.low64, hash.high64};
}

std::uint64_t host_key(const IpAddress& address, std::uint64_t seed) {
  if (address.is_v4()) return address.v4();
  return XXH3_64bits_withSeed(address.bytes.data(), address.bytes.size(), seed) | 1ull << 63;
}

}  // namespace assay
