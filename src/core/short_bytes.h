// Equality, copy and search over a few dozen bytes, inlined: at such sizes the library's functions
// cost more in calls and branches than in bytes. Nothing is read or written outside the ranges
// given.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace assay {

inline std::uint64_t load64(const void* from) {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline std::uint32_t load32(const void* from) {
  std::uint32_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// The eight bytes at `from`, the first in the lowest place, whatever the machine's order.
inline std::uint64_t load64_low_first(const void* from) {
  const std::uint64_t value = load64(from);
  return std::endian::native == std::endian::big ? __builtin_bswap64(value) : value;
}

// Words that may overlap cover any size above theirs.
inline bool equal_short(const char* a, const char* b, std::size_t size) {
  if (size >= 8) {
    std::uint64_t differs = load64(a + size - 8) ^ load64(b + size - 8);
    for (std::size_t at = 0; at + 8 < size; at += 8) differs |= load64(a + at) ^ load64(b + at);
    return differs == 0;
  }
  if (size >= 4) {
    return ((load32(a) ^ load32(b)) | (load32(a + size - 4) ^ load32(b + size - 4))) == 0;
  }
  for (std::size_t at = 0; at < size; ++at) {
    if (a[at] != b[at]) return false;
  }
  return true;
}

inline void copy_short(char* into, const char* from, std::size_t size) {
  if (size >= 16) {
    for (std::size_t at = 0; at + 16 < size; at += 16) std::memcpy(into + at, from + at, 16);
    std::memcpy(into + size - 16, from + size - 16, 16);
  } else if (size >= 8) {
    const std::uint64_t first = load64(from), last = load64(from + size - 8);
    std::memcpy(into, &first, 8);
    std::memcpy(into + size - 8, &last, 8);
  } else {
    for (std::size_t at = 0; at < size; ++at) into[at] = from[at];
  }
}

// The first `byte` in [at, end), or `end`.
inline const char* find_short(const char* at, const char* end, char byte) {
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8(byte);
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const int found = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted));
    if (found != 0) return at + __builtin_ctz(static_cast<unsigned>(found));
  }
#endif
  while (at < end && *at != byte) ++at;
  return at;
}

}  // namespace assay
