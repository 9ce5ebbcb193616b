// The cap on support for a claim, measured by leaving each rival family out of the model.
//
// A model gives LR_C = P(findings | C) / P(findings | rivals), where the rivals are families of
// causes that somebody thought of and could simulate. Leave one of them out, fit the model anew,
// and give it cases of that family: they are what the model meets when the truth is a cause that
// nobody thought of. f(k) is the share of them with LR_C > k, for the worst family.
//
// The argument for the cap 1/f(10). Take no more from the model than the event "LR_C > 10". If the
// truth is a rival as unforeseen as the worst left-out family, the event has probability f(10);
// under C it has at most 1. So the event supports C against such a rival by at most 1/f(10),
// whatever larger number the model prints. With every report cut to c = max(1, 1/f(10)) the report
// exceeds any k >= 10 in at most 1/k of such cases, as it must if it is to be an LR (Royall 1997;
// Ville 1939): for 10 <= k < c the share is f(k) <= f(10) = 1/c < 1/k, and for k >= c it is 0.
//
// f(10) is taken as the upper exact 95 % limit of the worst family, not as the share that was seen:
// 0 of 20 cases is no licence for any number. No correction for several families is due: whichever
// family is truly the worst, the largest of the limits is at least that family's own limit.
//
// What it does not cover:
// - causes less like the modelled ones than the left-out families are; the cap measures surprise of
//   the size that these families cause, and a list without a family says nothing of it;
// - errors that all simulators share (the cache model, the vantage), left out with none of them;
// - k below 10, where f(k) may exceed 1/k: `steady_cap` holds there as well, and is what verdicts
//   are cut to;
// - LR_C below 1, support for the rivals: measure it as another claim, with its own left-out cases;
// - cases unlike those simulated in length, sampling or TTL: check that the case is within range.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "explanations/likelihood/exact_rate.h"

namespace assay::likelihood {

// Natural logs of LR_C of cases of one family, by a model that was fitted without it. What is no
// number counts as above every threshold.
struct LeftOutFamily {
  std::string name;
  std::vector<double> ln_lr;
};

inline constexpr std::array<double, 6> kCapThresholds = {1, 2, 5, 10, 100, 1000};
inline constexpr double kCapThreshold = 10;

struct LeftOutRates {
  std::string family;
  std::array<ExactRate, kCapThresholds.size()> above;  // in the order of kCapThresholds
};

struct ClaimCap {
  std::vector<LeftOutRates> families;  // as given
  std::string worst_family;            // largest upper limit at 10; empty without a family
  double worst_upper_at_10 = 1;
  double cap = 1;  // LR, at least 1: 1 says that the model gives no support for the claim at all
  // The largest c at most `cap` such that at every threshold k below it the worst upper limit of
  // the share with LR_C > k is at most 1/k: a report cut to it keeps P(LR > k) <= 1/k everywhere.
  double steady_cap = 1;
};

// Without a family, or with a family without a case, the cap is 1. O(cases).
ClaimCap claim_cap(const std::vector<LeftOutFamily>& families, double confidence = 0.95);

}  // namespace assay::likelihood
