#include "core/said_date.h"

#include <algorithm>
#include <string>

namespace assay {

std::optional<Interval> parse_said_date(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::size_t dashes = static_cast<std::size_t>(std::count(text.begin(), text.end(), '-'));
  if (text.size() == 4 && std::all_of(text.begin(), text.end(), is_digit)) {
    const int year = std::stoi(std::string(text));
    return Interval{days_from_civil(year, 1, 1) * kMicrosPerDay,
                    days_from_civil(year + 1, 1, 1) * kMicrosPerDay};
  }
  if (text.size() == 7 && dashes == 1 && text[4] == '-') {
    const std::string digits = std::string(text.substr(0, 4)) + std::string(text.substr(5));
    if (!std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
    const int year = std::stoi(digits.substr(0, 4)), month = std::stoi(digits.substr(4));
    if (!is_valid_date(year, month, 1)) return std::nullopt;
    const bool is_last = month == 12;
    return Interval{
        days_from_civil(year, month, 1) * kMicrosPerDay,
        days_from_civil(is_last ? year + 1 : year, is_last ? 1 : month + 1, 1) * kMicrosPerDay};
  }
  const Result<Instant> instant = parse_rfc3339(text);
  if (!instant.ok()) return std::nullopt;
  // A bare day is wider than an instant's width can say.
  const std::int64_t width = text.size() == 10 ? kMicrosPerDay : instant->width_us;
  return Interval{instant->us, instant->us + width};
}

}  // namespace assay
