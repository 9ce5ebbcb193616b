// Numbers as logs print them.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace assay {

// A whole decimal number that fits, and nothing else.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct DecimalMicros {
  std::int64_t us = 0;
  std::uint32_t width_us = 1;  // of the last digit printed: "1.25" is 10,000
};
// "1517336042.279652": seconds with up to 12 digits before the point; digits behind the sixth
// round.
std::optional<DecimalMicros> parse_decimal_seconds(std::string_view text);

// A count since 1970 in seconds, milliseconds or microseconds: told from its size, which leaves no
// doubt between 1973 and 5138. One too large for any clock stays so: the range is for add_skew.
DecimalMicros epoch_of_count(std::uint64_t count);

}  // namespace assay
