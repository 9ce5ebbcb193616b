// A smooth convex function's minimum by limited-memory BFGS (J. Nocedal 1980; D. Liu, J. Nocedal
// 1989).
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace assay::likelihood {

// Returns the value at a point and writes the gradient there; both finite wherever it is asked.
using Objective = std::function<double(std::span<const double> at, std::span<double> gradient)>;

struct Minimum {
  std::vector<double> at;
  double value = 0;
  int iterations = 0;
  bool has_converged = false;  // the largest part of the gradient is at most `tolerance`
};

// Serial sums in a fixed order: the same input gives the same bits. Memory 20 times the unknowns.
Minimum minimise(const Objective& objective, std::vector<double> start, int most_iterations,
                 double tolerance);

}  // namespace assay::likelihood
