// Whether a name already stands in canonical text (names.h), for the short names of small letters,
// digits, hyphens, underscores, slashes and dots that nearly all are: such a name needs no copy.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/short_bytes.h"

namespace assay {

// Names this short can have no label that is too long. It is also the width of the masks.
inline constexpr std::size_t kMaxPlainName = 63;

namespace plain_name {

#if defined(__SSE2__)

struct Masks {
  std::uint32_t plain = 0;  // a bit a byte: one that needs no escape and is no capital, or a dot
  std::uint32_t dots = 0;
};

inline Masks masks_of(__m128i bytes) {
  const auto in_range = [bytes](char low, char span) {
    const __m128i above = _mm_sub_epi8(bytes, _mm_set1_epi8(low));
    return _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(span)), above);
  };
  const __m128i letters = in_range('a', 'z' - 'a');
  const __m128i others = in_range('-', '9' - '-');  // - . / and the digits
  const __m128i underscores = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_'));
  const __m128i plain = _mm_or_si128(_mm_or_si128(letters, others), underscores);
  const __m128i dots = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('.'));
  return {static_cast<std::uint32_t>(_mm_movemask_epi8(plain)),
          static_cast<std::uint32_t>(_mm_movemask_epi8(dots))};
}

#endif

}  // namespace plain_name

// False also for names in canonical text that are longer or hold other bytes. `dots`: how many.
inline bool is_plain_canonical(std::string_view name, int* dot_count = nullptr) {
  const std::size_t size = name.size();
  if (size == 0 || size > kMaxPlainName) return false;
#if defined(__SSE2__)
  std::uint64_t plain = 0, dots = 0;
  const auto look = [&](const char* from, std::size_t at) {
    const auto masks =
        plain_name::masks_of(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
    plain |= std::uint64_t{masks.plain} << at;
    dots |= std::uint64_t{masks.dots} << at;  // a byte looked at twice sets one bit twice
  };
  if (size >= 16) {
    for (std::size_t at = 0; at + 16 < size; at += 16) look(name.data() + at, at);
    look(name.data() + size - 16, size - 16);
  } else {
    char padded[16] = {};
    copy_short(padded, name.data(), size);
    look(padded, 0);
  }
  const std::uint64_t all = (std::uint64_t{1} << size) - 1;
  const std::uint64_t ends = std::uint64_t{1} | std::uint64_t{1} << (size - 1);
  if (dot_count != nullptr) *dot_count = __builtin_popcountll(dots & all);
  return (plain & all) == all && (dots & (dots >> 1)) == 0 && (dots & ends) == 0;
#else
  char before = '.';
  if (dot_count != nullptr) *dot_count = 0;
  for (const char c : name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '-' && c <= '9') || c == '_';
    if (!is_plain || (c == '.' && before == '.')) return false;
    if (dot_count != nullptr && c == '.') ++*dot_count;
    before = c;
  }
  return before != '.';
#endif
}

}  // namespace assay
