#include "explanations/likelihood/elub.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace assay::likelihood {
namespace {

// ln of the largest t >= 1 up to which the LRs are worth having. C(t) is a rising line between two
// neighbouring values, so it is enough to look where that line reaches 1.
double upper_bound_of(std::vector<double> h1, std::vector<double> h2) {
  std::sort(h1.begin(), h1.end());
  std::sort(h2.begin(), h2.end());
  std::vector<double> starts = {0};
  for (const auto* side : {&h1, &h2}) {
    std::copy_if(side->begin(), side->end(), std::back_inserter(starts),
                 [](double value) { return value > 0 && std::isfinite(value); });
  }
  std::sort(starts.begin(), starts.end());
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  const double n1 = static_cast<double>(h1.size()), n2 = static_cast<double>(h2.size());
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const double start = starts[i];
    const double end =
        i + 1 < starts.size() ? starts[i + 1] : std::numeric_limits<double>::infinity();
    const auto missed = std::upper_bound(h1.begin(), h1.end(), start) - h1.begin();
    const auto misled = h2.end() - std::upper_bound(h2.begin(), h2.end(), start);
    const double missing = (static_cast<double>(missed) + 1) / (n1 + 1);
    const double misleading = (static_cast<double>(misled) + 1) / (n2 + 1);
    if (missing >= 1) return start;
    const double crossing = std::log((1 - missing) / misleading);
    if (crossing <= start) return start;
    if (crossing < end) return crossing;
  }
  return starts.back();
}

std::vector<double> negated(const std::vector<double>& values) {
  std::vector<double> out(values.size());
  std::transform(values.begin(), values.end(), out.begin(), std::negate<>());
  return out;
}

}  // namespace

LrBounds empirical_bounds(const KnownCases& cases) {
  if (!is_measurable(cases)) return {};
  // With H1 and H2 exchanged the lower bound is an upper one: C(t) / t has the same form.
  return {-upper_bound_of(negated(cases.h2), negated(cases.h1)),
          upper_bound_of(cases.h1, cases.h2)};
}

LrBounds count_bounds(std::size_t n1, std::size_t n2) {
  return {-std::log1p(static_cast<double>(n1)), std::log1p(static_cast<double>(n2))};
}

LrBounds supported_bounds(const KnownCases& cases) {
  if (!is_measurable(cases)) return {};
  return narrower(empirical_bounds(cases), count_bounds(cases.h1.size(), cases.h2.size()));
}

LrBounds narrower(const LrBounds& a, const LrBounds& b) {
  return {std::max(a.low, b.low), std::min(a.high, b.high)};
}

double clamped(double ln_lr, const LrBounds& bounds) {
  if (std::isnan(ln_lr)) return 0;
  return std::clamp(ln_lr, bounds.low, bounds.high);
}

}  // namespace assay::likelihood
