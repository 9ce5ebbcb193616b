#include "explanations/likelihood/leave_family_out.h"

#include <algorithm>
#include <cmath>

namespace assay::likelihood {

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
  result.steady_cap = result.cap;
  for (std::size_t i = 0; i < kCapThresholds.size(); ++i) {
    const double k = kCapThresholds[i];
    if (k <= kCapThreshold && worst[i] > 1 / k) {
      result.steady_cap = std::min(result.cap, k);
      break;
    }
  }
  return result;
}

}  // namespace assay::likelihood
