// Multinomial logistic regression: scores of a classifier become calibrated log-likelihoods of the
// classes, at equal design priors.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/result.h"
#include "explanations/likelihood/known_cases.h"

namespace assay::likelihood {

inline constexpr std::size_t kMaxMultinomialClasses = 64;
inline constexpr std::size_t kMaxMultinomialFeatures = 1000;
inline constexpr std::size_t kMaxMultinomialCases = 2'000'000;
inline constexpr std::size_t kMaxMultinomialTextBytes = 4u << 20;

struct MultinomialOptions {
  // Times half the squared weights, per standard deviation; above 0. Less of it fits families that
  // hardly overlap better on average and overstates them: on five normal families (5,000 cases to
  // train, 5,000 apart to calibrate, 20,000 to test, Cllr_min 0.02) 1e-4 instead of 1e-3 took Cllr
  // from 0.025 to 0.022, and made log LRs a third too large that had been right within 4 %.
  double ridge = 1e-3;
  int most_iterations = 1000;
  double tolerance = 1e-7;  // of the gradient of the mean cost
};

class MultinomialLogistic {
 public:
  // Every class weighs the same, however many cases it has: the priors are those of the design, not
  // of the sample. Fit on cases that the classifier was not trained on (out of bag, or apart). The
  // ridge makes the answer unique. ErrorCode::usage when cases are incomplete or beyond the limits,
  // values are not finite or options out of range. L-BFGS, deterministic;
  // O(cases x features x classes) an iteration.
  static Result<MultinomialLogistic> fit(const LabelledCases& cases,
                                         const MultinomialOptions& options = {});

  // ln P(findings | class) but for a constant common to all classes: differences are ln LRs. As
  // logs of probabilities at equal priors they add up to 1 when exponentiated. `features` as many
  // as fitted; one that is no number counts as that feature's mean.
  std::vector<double> log_likelihoods(std::span<const double> features) const;

  std::size_t classes() const { return classes_; }
  std::size_t features() const { return mean_.size(); }
  bool has_converged() const { return has_converged_; }
  int iterations() const { return iterations_; }

  // Exact: from_text(to_text()) predicts the same bits.
  std::string to_text() const;
  static Result<MultinomialLogistic> from_text(std::string_view text);

 private:
  std::size_t classes_ = 0;
  std::vector<double> mean_, deviation_;  // of each feature; deviation 1 where it never varied
  std::vector<double> weights_;           // classes x (1 + features), intercept first
  bool has_converged_ = false;
  int iterations_ = 0;
};

}  // namespace assay::likelihood
