#include "explanations/linear_system.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

namespace assay::claims {
namespace {

constexpr std::size_t kMostInequalities = 20'000;

using Wide = __int128;

bool fits(Wide value) {
  return value <= std::numeric_limits<std::int64_t>::max() &&
         value >= -std::numeric_limits<std::int64_t>::max();
}

// Divides by the greatest common divisor, so that numbers stay small and equal rows compare equal.
void reduce(Inequality& row) {
  std::int64_t divisor = row.bound < 0 ? -row.bound : row.bound;
  for (const std::int64_t coefficient : row.coefficients) divisor = std::gcd(divisor, coefficient);
  if (divisor <= 1) return;
  for (std::int64_t& coefficient : row.coefficients) coefficient /= divisor;
  row.bound /= divisor;
}

// upper has a positive, lower a negative coefficient of `unknown`; their sum is free of it.
bool combine(const Inequality& upper, const Inequality& lower, std::size_t unknown,
             Inequality& sum) {
  const Wide times_upper = -static_cast<Wide>(lower.coefficients[unknown]);
  const Wide times_lower = upper.coefficients[unknown];
  sum.coefficients.resize(upper.coefficients.size());
  for (std::size_t i = 0; i < sum.coefficients.size(); ++i) {
    const Wide value = times_upper * upper.coefficients[i] + times_lower * lower.coefficients[i];
    if (!fits(value)) return false;
    sum.coefficients[i] = static_cast<std::int64_t>(value);
  }
  const Wide bound = times_upper * upper.bound + times_lower * lower.bound;
  if (!fits(bound)) return false;
  sum.bound = static_cast<std::int64_t>(bound);
  sum.is_strict = upper.is_strict || lower.is_strict;
  reduce(sum);
  return true;
}

void drop_repeats(std::vector<Inequality>& system) {
  const auto key = [](const Inequality& row) {
    return std::make_tuple(std::cref(row.coefficients), row.bound, !row.is_strict);
  };
  std::sort(system.begin(), system.end(),
            [&](const Inequality& a, const Inequality& b) { return key(a) < key(b); });
  // Of rows with the same left side the first is the tightest.
  system.erase(std::unique(system.begin(), system.end(),
                           [](const Inequality& a, const Inequality& b) {
                             return a.coefficients == b.coefficients;
                           }),
               system.end());
}

bool eliminate(std::vector<Inequality>& system, std::size_t unknown) {
  std::vector<Inequality> without, upper, lower;
  for (Inequality& row : system) {
    const std::int64_t coefficient = row.coefficients[unknown];
    auto& target = coefficient == 0 ? without : coefficient > 0 ? upper : lower;
    target.push_back(std::move(row));
  }
  if (without.size() + upper.size() * lower.size() > kMostInequalities) return false;
  for (const Inequality& above : upper) {
    for (const Inequality& below : lower) {
      Inequality sum;
      if (!combine(above, below, unknown, sum)) return false;
      without.push_back(std::move(sum));
    }
  }
  drop_repeats(without);
  system = std::move(without);
  return true;
}

// a < b, or equal and a the tighter upper end.
bool is_below(const Range::End& a, const Range::End& b) {
  const Wide left = static_cast<Wide>(a.numerator) * b.denominator;
  const Wide right = static_cast<Wide>(b.numerator) * a.denominator;
  return left < right;
}

bool is_equal(const Range::End& a, const Range::End& b) {
  return !is_below(a, b) && !is_below(b, a);
}

void tighten(const Inequality& row, std::size_t keep, Range& range) {
  const std::int64_t coefficient = row.coefficients[keep];
  if (coefficient == 0) {
    range.is_empty |= row.is_strict ? row.bound <= 0 : row.bound < 0;
    return;
  }
  if (coefficient > 0) {
    const Range::End end{row.bound, coefficient, row.is_strict};
    if (!range.high || is_below(end, *range.high) ||
        (is_equal(end, *range.high) && end.is_strict)) {
      range.high = end;
    }
    return;
  }
  const Range::End end{-row.bound, -coefficient, row.is_strict};
  if (!range.low || is_below(*range.low, end) || (is_equal(end, *range.low) && end.is_strict)) {
    range.low = end;
  }
}

}  // namespace

std::optional<Range> range_of(std::vector<Inequality> system, std::size_t keep) {
  const std::size_t unknowns = system.empty() ? 0 : system.front().coefficients.size();
  for (Inequality& row : system) reduce(row);
  for (std::size_t unknown = 0; unknown < unknowns; ++unknown) {
    if (unknown != keep && !eliminate(system, unknown)) return std::nullopt;
  }
  Range range;
  for (const Inequality& row : system) tighten(row, keep, range);
  if (range.low && range.high) {
    range.is_empty |=
        is_below(*range.high, *range.low) ||
        (is_equal(*range.low, *range.high) && (range.low->is_strict || range.high->is_strict));
  }
  return range;
}

}  // namespace assay::claims
