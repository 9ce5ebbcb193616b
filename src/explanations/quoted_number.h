// A number as somebody printed it, and the range of true values that the print allows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay::claims {

// mantissa / 10^scale, exact.
struct Decimal {
  std::int64_t mantissa = 0;
  int scale = 0;
  double value() const;
};

enum class NumberUnit {
  count,  // "2,820"; a whole number is exact
  share,  // "87 %", "87%", "0.87": value and range as parts of one
  plain,  // "1", "0.5"
};

// From low to high. Rounding half up keeps low in and high out; "exactly" keeps both.
struct Quoted {
  std::string text;
  Decimal value;
  Decimal low;
  Decimal high;
  bool is_low_in = true;
  bool is_high_in = false;
  bool has_high = true;  // "at least 80 %" has none
  bool has_low = true;   // "at most 80 %" has none
  bool is_percent = false;

  bool holds(double number) const;
};

// Reads "87 %", "0.87", "2,820", "2 820", with an optional "about", "at least", "at most", "more
// than", "less than" (also "~", ">=", "<=", ">", "<"). Printed digits set the range, rounded half
// up: "80 %" is [79.5 %, 80.5 %); a whole count is exact; "about 2,800" is [2,750, 2,850).
// nullopt when it is not such a number or has more than 11 digits, 5 after the point.
std::optional<Quoted> parse_quoted(std::string_view text, NumberUnit unit);
// The same with the range value - tolerance .. value + tolerance, both ends in. Tolerance "" or
// "rounded" leaves the printed digits to decide; a tolerance without '%' takes the value's unit.
std::optional<Quoted> parse_quoted(std::string_view text, NumberUnit unit,
                                   std::string_view tolerance);
// "79.5 % to below 80.5 %", "exactly 2,820", "at least 80 %"
std::string range_text(const Quoted& quoted);

}  // namespace assay::claims
