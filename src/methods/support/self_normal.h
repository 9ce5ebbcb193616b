// A test for changes of level that needs no variance: the contrast of two means over what the two
// stretches themselves wander (Shao and Zhang 2010; Zhao, Jiang and Shao 2022 for several changes).
#pragma once

#include <cstddef>
#include <vector>

#include "methods/support/random.h"

namespace assay::methods {

inline constexpr std::size_t kContrastDays = 14;  // no mean over fewer days

struct Contrast {
  double statistic = 0;
  std::size_t at = 0;  // first day of the second stretch; 0 = too few days
};

// Prefix sums over a series of days; contrasts in O(1).
class SelfNormal {
 public:
  explicit SelfNormal(const std::vector<double>& values);
  // The largest contrast with its days inside [from, to), over stretches of 14 to 168 days on
  // either side. O(days).
  Contrast largest(std::size_t from, std::size_t to) const;

 private:
  double wander(std::size_t from, std::size_t to) const;
  double at(std::size_t from, std::size_t split, std::size_t to) const;

  std::vector<double> sums_, of_sums_, of_squares_, of_moments_;
};

// Largest contrasts of series that have one level and remember it: Gaussian AR(1) with this
// correlation from day to day, ascending.
std::vector<double> contrasts_of_one_level(std::size_t days, double correlation, std::size_t count,
                                           Random random);

}  // namespace assay::methods
