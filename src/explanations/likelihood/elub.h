// How far from 1 a likelihood ratio may be reported, given the cases on which it was calibrated.
#pragma once

#include <cstddef>

#include "explanations/likelihood/known_cases.h"

namespace assay::likelihood {

// Natural logs, low <= 0 <= high. The default allows LR = 1 alone: without cases there is no
// number.
struct LrBounds {
  double low = 0;
  double high = 0;
};

// Empirical lower and upper bounds (P. Vergeer, A. van Es, A. de Jongh, I. Alberink, R. Stoel,
// Numerical likelihood ratios outputted by LR systems are often based on extrapolation: when to
// stop extrapolating?, 2016). Who takes H1 for true when the LR is above t, where taking it wrongly
// costs t times what missing it costs, pays
//   C(t) = (H1 cases at or below t + 1) / (n1 + 1) + t (H2 cases above t + 1) / (n2 + 1),
// with one misleading case added on each side, since the next case may be one; without any LR,
// min(1, t). The bounds are the thresholds nearest to 1 on each side beyond which C is the larger.
// Solved between the values that occur, on no grid. {0, 0} unless is_measurable(). O(n log n).
LrBounds empirical_bounds(const KnownCases& cases);

// LR <= n2 + 1 and 1/LR <= n1 + 1: after n2 cases of H2 without a misleading one, the next may be.
LrBounds count_bounds(std::size_t n1, std::size_t n2);

// The narrower of the two on each side; what is reported is clamped to these.
LrBounds supported_bounds(const KnownCases& cases);

LrBounds narrower(const LrBounds& a, const LrBounds& b);
// A value that is no number becomes 0, LR = 1.
double clamped(double ln_lr, const LrBounds& bounds);

}  // namespace assay::likelihood
