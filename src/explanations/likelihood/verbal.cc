#include "explanations/likelihood/verbal.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace assay::likelihood {
namespace {

constexpr double kLargestPrinted = 1e9;
// exp(log(1000)) is less than 1000; a value within rounding of a step stands on it.
constexpr double kRounding = 1 + 1e-12;

std::string grouped(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

struct Sides {
  std::string_view favoured, other;
};

// "between 12 and 60", or with ends on both sides "from 3 for B rather than A to 12 for A rather
// ..."
std::string range_text(double low, double high, const Sides& sides, bool is_one_sided) {
  if (is_one_sided) {
    return fmt::format("between {} and {} in the cases counted (95 %)", lr_text(std::exp(low)),
                       lr_text(std::exp(high)));
  }
  return fmt::format(
      "from {} for {} rather than {} to {} for {} rather than {} in the cases counted (95 %)",
      lr_text(std::exp(-low)), sides.other, sides.favoured, lr_text(std::exp(high)), sides.favoured,
      sides.other);
}

}  // namespace

std::string_view verbal_word(double lr) {
  std::string_view word = kVerbalScale.front().word;
  for (const VerbalStep& step : kVerbalScale) {
    if (lr * kRounding >= step.from) word = step.word;
  }
  return word;
}

std::string lr_text(double lr) {
  lr *= kRounding;
  if (!(lr >= 1)) return "1";
  if (lr > kLargestPrinted) return "more than " + grouped(1'000'000'000);
  if (lr < 10) {
    const auto tenths = static_cast<std::uint64_t>(lr * 10);
    return tenths % 10 == 0 ? std::to_string(tenths / 10)
                            : fmt::format("{}.{}", tenths / 10, tenths % 10);
  }
  std::uint64_t unit = 1;
  while (lr / static_cast<double>(unit) >= 100) unit *= 10;
  return grouped(static_cast<std::uint64_t>(lr / static_cast<double>(unit)) * unit);
}

std::string weight_text(const Weight& weight, std::string_view a, std::string_view b) {
  const double ln_lr = clamped(weight.ln_lr, weight.bounds);
  const bool is_for_a = std::isnan(weight.ln_lr) || weight.ln_lr >= 0;
  const double sign = is_for_a ? 1 : -1;
  const Sides sides = is_for_a ? Sides{a, b} : Sides{b, a};
  double weakest = sign * ln_lr;
  std::string range;
  if (weight.range) {
    double low = sign * clamped(weight.range->first, weight.bounds);
    double high = sign * clamped(weight.range->second, weight.bounds);
    if (low > high) std::swap(low, high);
    weakest = std::clamp(weakest, 0.0, std::max(low, 0.0));
    // Both ends at the bound say no more than the bound does.
    if (high > low) range = ", " + range_text(low, high, sides, low >= 0);
  }
  const bool is_clamped = !std::isnan(weight.ln_lr) && ln_lr != weight.ln_lr;
  const double lr = std::exp(sign * ln_lr);
  return fmt::format(
      "LR {}{} for {} rather than {}{}: {} support, under these stated models{}", lr_text(lr),
      is_clamped ? " at most" : "", sides.favoured, sides.other, range,
      verbal_word(std::exp(weakest)),
      is_clamped ? "; the models alone give more, but this is the most that may be reported" : "");
}

}  // namespace assay::likelihood
