// A share of cases with exact binomial limits.
#pragma once

#include <cstdint>

namespace assay::likelihood {

// One-sided limits after C. Clopper and E. Pearson (1934): the true rate lies above `upper` in at
// most 1 - confidence of all samples, whatever it is, and however few the cases are. With no case
// the rate is 0 and the limits are 0 and 1: nothing is known.
struct ExactRate {
  std::uint64_t count = 0;
  std::uint64_t cases = 0;
  double rate = 0;
  double lower = 0;
  double upper = 1;
};

// count <= cases, 0 < confidence < 1.
ExactRate exact_rate(std::uint64_t count, std::uint64_t cases, double confidence = 0.95);

}  // namespace assay::likelihood
