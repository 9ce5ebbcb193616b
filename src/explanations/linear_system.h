// Small systems of linear inequalities, decided exactly: can they all be true at once?
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace assay::claims {

// sum of coefficients[i] * x[i] <= bound, or < bound when strict. Integers, so no rounding.
struct Inequality {
  std::vector<std::int64_t> coefficients;
  std::int64_t bound = 0;
  bool is_strict = false;
};

// Bounds of one unknown that the system implies; missing where it implies none.
struct Range {
  struct End {
    std::int64_t numerator = 0;
    std::int64_t denominator = 1;  // > 0
    bool is_strict = false;
  };
  std::optional<End> low, high;
  bool is_empty = false;  // nothing satisfies the system
};

// The range of unknown `keep` over real numbers, by Fourier-Motzkin elimination of the others.
// nullopt when the system grows beyond 20,000 inequalities or its numbers beyond 64 bits: the
// method is exponential, and meant for a handful of unknowns.
std::optional<Range> range_of(std::vector<Inequality> system, std::size_t keep);

}  // namespace assay::claims
