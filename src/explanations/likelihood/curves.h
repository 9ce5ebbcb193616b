// The curves that show what single measures hide: Tippett, empirical cross-entropy, reliability.
//
// Inputs and refusals as in measures.h: where is_measurable() fails the curve has no point.
#pragma once

#include <vector>

#include "explanations/likelihood/exact_rate.h"
#include "explanations/likelihood/known_cases.h"

namespace assay::likelihood {

// Share of cases of each kind whose log10 LR is at least that of the point; the points are all
// values that occur, ascending, infinite ones included.
struct TippettPoint {
  double log10_lr = 0;
  double share_h1 = 0, share_h2 = 0;
};
std::vector<TippettPoint> tippett_curve(const KnownCases& cases);

// Empirical cross-entropy in bits over prior odds of H1: of the LRs, of the LRs after PAV (the best
// that their order allows) and of LR = 1. At even odds they are cllr, cllr_min and 1. Where the
// LRs' curve runs above that of LR = 1, a reader with those prior odds is better off without them.
// D. Ramos, J. Gonzalez-Rodriguez, Reliable support: measuring calibration of likelihood ratios
// (2013).
struct EcePoint {
  double log10_prior_odds = 0;
  double of_lr = 0, after_pav = 0, of_neutral = 0;
};
// `points` (2 to 10,000) from -width to width (above 0, to 100); no point for other widths.
std::vector<EcePoint> ece_curve(const KnownCases& cases, double width = 3, int points = 61);

// Cases by what the LR makes of even odds, in groups of about equal number (cases of equal LR stay
// together): the mean probability stated, and the share of H1 cases found, both as if there were
// as many cases of H1 as of H2. The limits are exact two-sided 95 % ones.
struct ReliabilityPoint {
  double stated = 0;
  double found = 0;
  double found_low = 0, found_high = 1;
  std::size_t h1 = 0, h2 = 0;
};
std::vector<ReliabilityPoint> reliability_curve(const KnownCases& cases, std::size_t groups = 10);

}  // namespace assay::likelihood
