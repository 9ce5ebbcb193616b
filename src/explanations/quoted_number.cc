#include "explanations/quoted_number.h"

#include <fmt/core.h>

#include <array>
#include <cmath>

#include "explanations/claims.h"

namespace assay::claims {
namespace {

// Together they keep every mantissa within 64 bits, also after two numbers share one scale.
constexpr int kMostDigits = 11;
constexpr int kMostDecimals = 5;

enum class Bound { around, about, at_least, more_than, at_most, less_than };

struct Prefix {
  std::string_view word;
  Bound bound;
};
constexpr std::array<Prefix, 12> kPrefixes{{
    {"at least", Bound::at_least},
    {"at most", Bound::at_most},
    {"more than", Bound::more_than},
    {"less than", Bound::less_than},
    {"over", Bound::more_than},
    {"under", Bound::less_than},
    {"about", Bound::about},
    {">=", Bound::at_least},
    {"<=", Bound::at_most},
    {">", Bound::more_than},
    {"<", Bound::less_than},
    {"~", Bound::about},
}};

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits, groups of three after ',' or ' ', and one decimal point.
std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal decimal;
  int digits = 0;
  int digits_in_group = 0;
  bool is_grouped = false;
  bool is_fraction = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_digit(c)) {
      if (++digits > kMostDigits) return std::nullopt;
      decimal.mantissa = decimal.mantissa * 10 + (c - '0');
      if (is_fraction && ++decimal.scale > kMostDecimals) return std::nullopt;
      ++digits_in_group;
    } else if ((c == ',' || c == ' ') && !is_fraction && digits > 0) {
      if (is_grouped ? digits_in_group != 3 : digits_in_group > 3) return std::nullopt;
      is_grouped = true;
      digits_in_group = 0;
    } else if (c == '.' && !is_fraction) {
      if (is_grouped && digits_in_group != 3) return std::nullopt;
      is_fraction = true;
    } else {
      return std::nullopt;
    }
  }
  if (digits == 0 || (is_grouped && !is_fraction && digits_in_group != 3)) return std::nullopt;
  return decimal;
}

Decimal plus(const Decimal& a, std::int64_t mantissa_at_one_more_digit) {
  return {a.mantissa * 10 + mantissa_at_one_more_digit, a.scale + 1};
}

// Half a unit of the last significant digit, as a mantissa with one more digit than the value.
std::int64_t half_unit(const Decimal& value, bool zeros_are_padding) {
  std::int64_t unit = 5;
  std::int64_t rest = value.mantissa;
  while (zeros_are_padding && value.scale == 0 && rest >= 10 && rest % 10 == 0) {
    rest /= 10;
    unit *= 10;
  }
  return unit;
}

void set_range(Quoted& quoted, Bound bound, NumberUnit unit) {
  switch (bound) {
    case Bound::at_least:
    case Bound::more_than:
      quoted.low = quoted.value;
      quoted.has_high = false;
      quoted.is_low_in = bound == Bound::at_least;
      return;
    case Bound::at_most:
    case Bound::less_than:
      quoted.high = quoted.value;
      quoted.has_low = false;
      quoted.is_high_in = bound == Bound::at_most;
      return;
    case Bound::around:
    case Bound::about:
      break;
  }
  if (bound == Bound::around && unit == NumberUnit::count && quoted.value.scale == 0) {
    quoted.low = quoted.high = quoted.value;
    quoted.is_high_in = true;
    return;
  }
  const std::int64_t half = half_unit(quoted.value, bound == Bound::about);
  quoted.low = plus(quoted.value, -half);
  quoted.high = plus(quoted.value, half);
}

void make_parts_of_one(Quoted& quoted) {
  for (Decimal* decimal : {&quoted.value, &quoted.low, &quoted.high}) decimal->scale += 2;
}

}  // namespace

double Decimal::value() const {
  double divisor = 1;
  for (int i = 0; i < scale; ++i) divisor *= 10;
  return static_cast<double>(mantissa) / divisor;
}

bool Quoted::holds(double number) const {
  // A quotient of two counts that equals the bound must not fail by its last bit.
  const double slack = 1e-12 * std::max(1.0, std::abs(number));
  if (has_low) {
    const double bound = low.value();
    if (is_low_in ? number < bound - slack : number <= bound + slack) return false;
  }
  if (has_high) {
    const double bound = high.value();
    if (is_high_in ? number > bound + slack : number >= bound - slack) return false;
  }
  return true;
}

std::optional<Quoted> parse_quoted(std::string_view text, NumberUnit unit) {
  Quoted quoted;
  std::string_view rest = trimmed(text);
  quoted.text = std::string(rest);
  Bound bound = Bound::around;
  for (const Prefix& prefix : kPrefixes) {
    if (!rest.starts_with(prefix.word)) continue;
    bound = prefix.bound;
    rest = trimmed(rest.substr(prefix.word.size()));
    break;
  }
  if (rest.ends_with('%')) {
    if (unit != NumberUnit::share) return std::nullopt;
    quoted.is_percent = true;
    rest = trimmed(rest.substr(0, rest.size() - 1));
  }
  const auto decimal = parse_decimal(rest);
  if (!decimal) return std::nullopt;
  quoted.value = *decimal;
  if (unit == NumberUnit::share && !quoted.is_percent) {
    if (quoted.value.value() > 1) return std::nullopt;  // "87" of a share: which unit?
    if (quoted.value.scale == 0) {                      // 0 or 1: none or all of them
      quoted.value = {quoted.value.mantissa * 100, 0};
      quoted.is_percent = true;
    }
  }
  set_range(quoted, bound, unit);
  if (quoted.is_percent) make_parts_of_one(quoted);
  return quoted;
}

std::optional<Quoted> parse_quoted(std::string_view text, NumberUnit unit,
                                   std::string_view tolerance) {
  std::optional<Quoted> quoted = parse_quoted(text, unit);
  if (!quoted || tolerance.empty() || tolerance == "rounded") return quoted;
  if (!quoted->has_low || !quoted->has_high) return std::nullopt;  // a bound and a tolerance
  std::string_view rest = trimmed(tolerance);
  bool is_percent = quoted->is_percent;
  if (rest.ends_with('%')) {
    if (unit != NumberUnit::share) return std::nullopt;
    is_percent = true;
    rest = trimmed(rest.substr(0, rest.size() - 1));
  }
  std::optional<Decimal> width = parse_decimal(rest);
  if (!width) return std::nullopt;
  if (is_percent) width->scale += 2;
  Decimal value = quoted->value;
  for (; value.scale < width->scale; ++value.scale) value.mantissa *= 10;
  for (; width->scale < value.scale; ++width->scale) width->mantissa *= 10;
  quoted->low = {value.mantissa - width->mantissa, value.scale};
  quoted->high = {value.mantissa + width->mantissa, value.scale};
  quoted->is_low_in = quoted->is_high_in = true;
  return quoted;
}

std::string range_text(const Quoted& quoted) {
  const auto one = [&](const Decimal& decimal) {
    return quoted.is_percent ? fmt::format("{} %", number_text(100 * decimal.value(), 4))
                             : number_text(decimal.value(), 6);
  };
  if (!quoted.has_high) {
    return fmt::format("{} {}", quoted.is_low_in ? "at least" : "more than", one(quoted.low));
  }
  if (!quoted.has_low) {
    return fmt::format("{} {}", quoted.is_high_in ? "at most" : "less than", one(quoted.high));
  }
  if (quoted.low.value() == quoted.high.value()) return fmt::format("exactly {}", one(quoted.low));
  return fmt::format("{} to {}{}", one(quoted.low), quoted.is_high_in ? "" : "below ",
                     one(quoted.high));
}

}  // namespace assay::claims
