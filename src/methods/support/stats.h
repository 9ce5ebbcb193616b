// The statistics that more than one method needs. Pure functions over plain numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace assay::methods {

using Range = std::pair<double, double>;

// 95 % interval for a share from q blocks of equal time, by Student's t on the blocks' logits
// (Ibragimov and Mueller 2010): valid for any correlation inside a block, as long as blocks are
// about independent. `part` and `whole` are counts per block. Empty for fewer than 5 blocks. The
// observed overall share is always inside: blocks of unequal weight could else leave it out.
std::optional<Range> block_t_share(const std::vector<double>& part,
                                   const std::vector<double>& whole);

// The same for a mean of block values, not below zero.
std::optional<Range> block_t_mean(const std::vector<double>& values);
// For the mean of any values, negative ones too.
std::optional<Range> t_interval(const std::vector<double>& values);

// How much more a share of clustered rows varies than one of independent rows: variance by
// linearisation over days with Bartlett weights, over p(1-p)/n. Empty for fewer than 10 days, or
// a share of 0 or 1.
std::optional<double> design_effect(const std::vector<double>& part_by_day,
                                    const std::vector<double>& whole_by_day);

// Exact 95 % intervals for independent rows. For comparison only: rows come in bursts.
Range clopper_pearson(double part, double whole);
Range poisson_range(double count);

double binomial_cdf(double at_most, double trials, double probability);
double binomial_at_least(double at_least, double trials, double probability);
double chi_squared_upper(double value, double degrees_of_freedom);
double student_t_two_sided(double t, double degrees_of_freedom);

// Linear interpolation between order statistics; `sorted` ascending and not empty.
double quantile_of_sorted(const std::vector<double>& sorted, double p);
double mean_of(const std::vector<double>& values);
double variance_of(const std::vector<double>& values);  // over n-1; 0 for fewer than 2

// Resultant of phases: length 0..1 and angle in cycles 0..1.
struct Resultant {
  double length = 0;
  double angle = 0;
};
Resultant resultant_of(const std::vector<double>& cycles);

}  // namespace assay::methods
