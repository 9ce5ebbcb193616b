// Cases of known cause, in the forms in which they are measured and learnt from.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace assay::likelihood {

// Natural logarithms of likelihood ratios LR = P(findings | H1) / P(findings | H2) that a model
// gave to cases in which H1, or H2, is known to be true. Infinite values are values like others: an
// LR of infinity where H2 is true is the worst of errors, and is counted as that.
struct KnownCases {
  std::vector<double> h1, h2;
};

// True when there is a case on each side and every value is a number: otherwise nothing can be
// measured, and what measures returns nothing.
inline bool is_measurable(const KnownCases& cases) {
  for (const auto* side : {&cases.h1, &cases.h2}) {
    if (side->empty()) return false;
    for (const double value : *side) {
      if (std::isnan(value)) return false;
    }
  }
  return true;
}

// Cases with `features` numbers each and the class of each.
struct LabelledCases {
  std::size_t features = 0;
  std::size_t classes = 0;
  std::vector<double> values;       // cases x features, case by case
  std::vector<std::size_t> labels;  // 0 .. classes - 1

  std::size_t size() const { return labels.size(); }
  std::span<const double> row(std::size_t i) const {
    return {values.data() + i * features, features};
  }
  // Shape and labels agree, and every class has a case.
  bool is_complete() const {
    if (features == 0 || classes == 0 || labels.empty() ||
        values.size() / features != labels.size() || values.size() % features != 0) {
      return false;
    }
    std::vector<bool> is_seen(classes, false);
    for (const std::size_t label : labels) {
      if (label >= classes) return false;
      is_seen[label] = true;
    }
    for (const bool seen : is_seen) {
      if (!seen) return false;
    }
    return true;
  }
};

}  // namespace assay::likelihood
