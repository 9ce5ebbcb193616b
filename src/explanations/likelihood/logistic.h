// Logistic calibration: scores, or uncalibrated log LRs, become log LRs by a straight line.
//
// N. Bruemmer and others, Fusion of heterogeneous speaker recognition systems (2007); G. Morrison,
// Tutorial on logistic-regression calibration and fusion (2013).
#pragma once

#include <optional>
#include <span>

namespace assay::likelihood {

struct LogisticOptions {
  // Where the line must be best: the cost is weighed as if this share of cases were H1. One half
  // minimises cllr (measures.h). In (0, 1).
  double prior_h1 = 0.5;
  // Times half the squared slope, per standard deviation of the scores, added to the mean cost. It
  // keeps the line finite when the scores separate the cases wholly. At least 0.
  double ridge = 1e-4;
};

struct LogisticCalibration {
  double intercept = 0;
  double slope = 0;
  bool has_converged = false;

  // Natural log LR. A score that is no number says nothing: 0.
  double ln_lr(double score) const;
};

// The numbers of cases do not matter, only their spread: each side is weighed as a whole. nullopt
// when a side is empty, a score is not finite or the options are out of range. Newton's method with
// halved steps; deterministic. O(n) an iteration, at most 100.
std::optional<LogisticCalibration> fit_logistic(std::span<const double> scores_h1,
                                                std::span<const double> scores_h2,
                                                const LogisticOptions& options = {});

}  // namespace assay::likelihood
