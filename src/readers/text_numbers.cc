#include "readers/text_numbers.h"

#include <algorithm>

#include "assay/instant.h"

namespace assay {

std::optional<DecimalMicros> parse_decimal_seconds(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (whole.empty() || whole.size() > 12) return std::nullopt;
  DecimalMicros out{0, 1'000'000};
  for (const char c : whole) {
    if (c < '0' || c > '9') return std::nullopt;
    out.us = out.us * 10 + (c - '0');
  }
  out.us *= kMicrosPerSecond;
  if (point != std::string_view::npos) {
    bool is_rounded = false;
    for (const char c : text.substr(point + 1)) {
      if (c < '0' || c > '9') return std::nullopt;
      if (out.width_us > 1) {
        out.width_us /= 10;
        out.us += (c - '0') * static_cast<std::int64_t>(out.width_us);
      } else if (!is_rounded) {
        is_rounded = true;
        out.us += c >= '5' ? 1 : 0;
      }
    }
  }
  if (is_negative) out.us = -out.us;
  return out;
}

DecimalMicros epoch_of_count(std::uint64_t count) {
  constexpr std::uint64_t kMostSeconds = 100'000'000'000;
  if (count < kMostSeconds) {
    return {static_cast<std::int64_t>(count) * kMicrosPerSecond, 1'000'000};
  }
  if (count < kMostSeconds * 1'000) return {static_cast<std::int64_t>(count) * 1'000, 1'000};
  return {static_cast<std::int64_t>(std::min<std::uint64_t>(count, INT64_MAX)), 1};
}

}  // namespace assay
