// A dotted quad at the start of a text, inlined: the hot path of text logs.
#pragma once

#include <cstdint>

#include "core/short_bytes.h"

namespace assay {

// Reads the address at [at, end) into `value` (host order) and returns the byte behind it, or
// nullptr: four decimal numbers up to 255 without leading zeros, with dots between them. What
// follows is the caller's to judge.
inline const char* parse_ipv4_text(const char* at, const char* end, std::uint32_t& value) {
  value = 0;
  for (int octets = 0; octets < 4; ++octets) {
    if (octets > 0 && (at == end || *at++ != '.')) return nullptr;
    std::uint32_t octet = 0;
    std::size_t digits = 0;
    if (end - at >= 4) {
      // Four bytes at once, without a branch on how many digits there are: predicting that fails
      // for every other address.
      std::uint32_t word = load32(at);
      if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap32(word);
      word ^= 0x3030'3030u;
      const std::uint32_t others = (word | (word + 0x7676'7676u)) & 0x8080'8080u;
      // Of a fourth digit: no octet has it, and a sum that carries comes from bytes above 0x7f.
      if (others == 0) return nullptr;
      digits = static_cast<std::size_t>(__builtin_ctz(others)) / 8;
      if (digits == 0) return nullptr;
      word <<= 8 * (4 - digits);  // the last digit stands in the top byte
      octet = (word >> 24) + (word >> 16 & 0xff) * 10 + (word >> 8 & 0xff) * 100;
    } else {
      while (digits < 3 && at + digits < end) {
        const unsigned digit = static_cast<unsigned char>(at[digits]) - unsigned{'0'};
        if (digit > 9) break;
        octet = octet * 10 + digit;
        ++digits;
      }
      if (digits == 0) return nullptr;
    }
    if (octet > 255 || (digits > 1 && *at == '0')) return nullptr;
    at += digits;
    value = value << 8 | octet;
  }
  return at;
}

}  // namespace assay
