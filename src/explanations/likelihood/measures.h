// How good likelihood ratios are, measured on cases of known cause. docs/weighing.md says it in
// words.
//
// Every function takes natural logs (KnownCases) and returns nothing where is_measurable() fails,
// if not said otherwise. Few cases give unsteady measures; only misleading_rates() carries limits.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "explanations/likelihood/exact_rate.h"
#include "explanations/likelihood/known_cases.h"

namespace assay::likelihood {

// Cost of log likelihood ratios in bits, at equal priors: 0 is perfect, 1 is what LR = 1 everywhere
// costs, more than 1 is worse than saying nothing. Infinite when one case has LR 0 or infinity on
// the wrong side. N. Bruemmer, J. du Preez (2006). O(n).
//   1/2 [ mean over H1 of log2(1 + 1/LR) + mean over H2 of log2(1 + LR) ]
std::optional<double> cllr(const KnownCases& cases);

// The same after the best order-preserving correction (pav.h): what is lost because the two kinds
// of case cannot be told apart. In [0, 1]. O(n log n).
std::optional<double> cllr_min(const KnownCases& cases);

// cllr - cllr_min, at least 0: what is lost because the numbers are too large or too small.
std::optional<double> cllr_cal(const KnownCases& cases);

// Mean distance, in units of log10, between LRs and LRs after PAV, along the line through the
// points of finite LR after PAV; 0 is perfect. Nothing when no pool is mixed (then calibration
// cannot be judged), infinite when a mixed pool holds an infinite LR.
// P. Vergeer and others, Measuring calibration of likelihood-ratio systems: a comparison of four
// metrics, including a new metric devPAV (2021).
std::optional<double> dev_pav(const KnownCases& cases);

// P(LR of an H1 case > LR of an H2 case) + P(equal) / 2. O(n log n).
std::optional<double> auc(const KnownCases& cases);

inline constexpr std::array<double, 4> kMisleadingThresholds = {1, 10, 100, 1000};

// How often the LR points strongly the wrong way: for a true LR at most 1/k of H2 cases have LR > k
// (R. Royall, Statistical Evidence, 1997; J. Ville 1939), so a lower limit above 1/k shows that the
// numbers are too large.
struct MisleadingRate {
  double k = 1;
  ExactRate for_h1;  // LR > k among cases where H2 is true
  ExactRate for_h2;  // 1/LR > k among cases where H1 is true
};

// Always one for each threshold. A value that is no number counts as misleading: whoever asked got
// no right answer.
std::vector<MisleadingRate> misleading_rates(const KnownCases& cases, double confidence = 0.95);

// log2(1 + e^x) without overflow; infinite only for x = infinity.
double log2_1p_exp(double x);

}  // namespace assay::likelihood
