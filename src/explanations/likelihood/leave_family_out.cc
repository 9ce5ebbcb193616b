#include "explanations/likelihood/leave_family_out.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace assay::likelihood {
namespace {

// How many of a family's cases lie above a threshold, as it rises.
struct Above {
  std::vector<double> ln_lr;  // ascending; what is no number lies above everything
  double upper = 1;
};

// The largest k up to which no family exceeds 1/j at any threshold j below k. Between two values
// that occur all shares stay as they are, so the limit is passed there or at none.
double steady_cap(const std::vector<LeftOutFamily>& families, double confidence) {
  std::vector<Above> all;
  std::vector<std::pair<double, std::size_t>> steps;  // a value above 1, and whose it is
  for (const LeftOutFamily& family : families) {
    Above& above = all.emplace_back();
    above.ln_lr = family.ln_lr;
    for (double& value : above.ln_lr) {
      if (std::isnan(value)) value = std::numeric_limits<double>::infinity();
      if (value > 0) steps.emplace_back(value, all.size() - 1);
    }
    std::sort(above.ln_lr.begin(), above.ln_lr.end());
  }
  std::sort(steps.begin(), steps.end());
  const auto update = [&](Above& above, double threshold) {
    const auto count =
        above.ln_lr.end() - std::upper_bound(above.ln_lr.begin(), above.ln_lr.end(), threshold);
    above.upper =
        exact_rate(static_cast<std::uint64_t>(count), above.ln_lr.size(), confidence).upper;
  };
  for (Above& above : all) update(above, 0);
  double from = 0;  // ln of the threshold from which these shares hold
  for (std::size_t i = 0;; ++i) {
    double worst = 0;
    for (const Above& above : all) worst = std::max(worst, above.upper);
    const double passed = -std::log(worst);
    const double next = i < steps.size() ? steps[i].first : std::numeric_limits<double>::infinity();
    if (passed < next) return std::exp(std::max(from, passed));
    if (!std::isfinite(next)) return std::exp(from);
    update(all[steps[i].second], next);
    from = next;
  }
}

}  // namespace

ClaimCap claim_cap(const std::vector<LeftOutFamily>& families, double confidence) {
  ClaimCap result;
  if (families.empty()) return result;
  std::array<double, kCapThresholds.size()> worst{};
  for (const LeftOutFamily& family : families) {
    LeftOutRates rates{family.name, {}};
    for (std::size_t i = 0; i < kCapThresholds.size(); ++i) {
      const double limit = std::log(kCapThresholds[i]);
      const auto count = std::count_if(family.ln_lr.begin(), family.ln_lr.end(),
                                       [&](double ln_lr) { return !(ln_lr <= limit); });
      rates.above[i] =
          exact_rate(static_cast<std::uint64_t>(count), family.ln_lr.size(), confidence);
      if (kCapThresholds[i] == kCapThreshold && rates.above[i].upper > worst[i]) {
        result.worst_family = family.name;
      }
      worst[i] = std::max(worst[i], rates.above[i].upper);
    }
    result.families.push_back(std::move(rates));
  }
  for (std::size_t i = 0; i < kCapThresholds.size(); ++i) {
    if (kCapThresholds[i] == kCapThreshold) result.worst_upper_at_10 = worst[i];
  }
  result.cap = std::max(1.0, 1 / result.worst_upper_at_10);
  result.steady_cap = std::min(result.cap, steady_cap(families, confidence));
  return result;
}

}  // namespace assay::likelihood
