// Whether a case is like those that a model was trained on. A likelihood ratio of a case that is
// like none of them compares stories that are all wrong, so none is given.
//
// Two tests, on each number and on all together. Neither notices every cause that nobody thought
// of: how many of a left-out family are noticed is measured (docs/calibration.md).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/result.h"
#include "explanations/likelihood/known_cases.h"

namespace assay::likelihood {

class CaseRange {
 public:
  // Least and largest value of each feature, and for each class the mean and deviation. The
  // distance of a case to a class is the mean over features of z squared, each at most 25; the
  // largest distance to the nearest class that is still like them is what 99 % of `apart` have.
  static CaseRange of(const LabelledCases& cases, const LabelledCases& apart);

  struct Unlikeness {
    std::vector<std::size_t>
        outside;          // features below or above all cases by more than 2 % of their range
    double distance = 0;  // to the nearest class
    bool is_far = false;
  };
  Unlikeness of_case(std::span<const double> values) const;

  std::string to_text() const;
  static Result<CaseRange> from_text(std::string_view text);

  double least(std::size_t feature) const { return least_[feature]; }
  double most(std::size_t feature) const { return most_[feature]; }
  std::size_t features() const { return least_.size(); }

 private:
  double distance(std::span<const double> values) const;

  std::vector<double> least_, most_;      // of each feature; least > most: never a number
  std::vector<double> mean_, deviation_;  // classes x features
  double farthest_ = 0;
};

}  // namespace assay::likelihood
