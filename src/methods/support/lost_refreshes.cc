#include "methods/support/lost_refreshes.h"

#include <algorithm>
#include <cmath>

namespace assay::methods {
namespace {

constexpr std::size_t kMinGaps = 100;
constexpr double kLeastWidth = 120;
constexpr double kMostWidth = 0.45;  // of the TTL: the neighbours are to lie between T and 3T
constexpr double kWidthQuantile = 0.75;
constexpr double kLeastCapture = 0.25;
constexpr int kShareRounds = 5;

// Gaps that end in [from, to), and the time for which gaps were still running there.
struct Stretch {
  double ends = 0;
  double running = 0;
};
Stretch stretch(const std::vector<double>& gaps, double from, double to) {
  Stretch found;
  for (const double gap : gaps) {
    if (gap < from) continue;
    found.ends += gap < to ? 1 : 0;
    found.running += std::min(gap, to) - from;
  }
  return found;
}

// Share x of refreshes lost, when `surplus` of n gaps are two that ran together.
double share_of(double surplus, double n) {
  const double part = std::clamp(surplus / std::max(n, 1.0), 0.0, 0.25);
  return (1 - std::sqrt(1 - 4 * part)) / 2;
}

}  // namespace

LostRefreshes lost_refreshes(const std::vector<double>& gaps, double ttl, double tolerance) {
  LostRefreshes result;
  std::vector<double> pairs;
  double all = 0;
  for (std::size_t i = 1; i < gaps.size(); ++i) {
    const double first = gaps[i - 1] - ttl;
    const double second = gaps[i] - ttl;
    if (first < -tolerance || second < -tolerance) continue;
    all += 1;
    if (first < ttl && second < ttl) pairs.push_back(std::max(first + second, 0.0));
  }
  if (gaps.size() < kMinGaps || pairs.size() < kMinGaps / 2) return result;
  std::sort(pairs.begin(), pairs.end());
  const double most = kMostWidth * ttl;
  if (most <= kLeastWidth) return result;
  const double width = std::clamp(quantile_of_sorted(pairs, kWidthQuantile), kLeastWidth, most);
  result.width_seconds = width;
  const auto inside = std::lower_bound(pairs.begin(), pairs.end(), width) - pairs.begin();
  result.capture = static_cast<double>(inside) / all;
  if (result.capture < kLeastCapture) return result;
  result.is_enough = true;
  const double begin = 2 * ttl - tolerance;
  const Stretch before = stretch(gaps, begin - width, begin);
  const Stretch near = stretch(gaps, begin, begin + width);
  const Stretch after = stretch(gaps, begin + width, begin + 2 * width);
  result.near_count = near.ends;
  result.neighbour_count = before.ends + after.ends;
  const double running = before.running + after.running;
  const double total = near.ends + result.neighbour_count;
  if (near.running <= 0 || running <= 0 || total <= 0) return result;
  result.expected = result.neighbour_count / running * near.running;
  result.p = binomial_at_least(near.ends, total, near.running / (near.running + running));
  const double n = static_cast<double>(gaps.size());
  const double ratio = near.running / running;
  const auto beyond = std::lower_bound(pairs.begin(), pairs.end(), 2 * width) - pairs.begin();
  // Doubled gaps that end after the window stand among the neighbours.
  const double tail = static_cast<double>(beyond - inside) / all;
  const auto lost_at = [&](double share_near) {
    const double surplus = total * share_near - total * (1 - share_near) * ratio;
    double share = 0;
    for (int round = 0; round < kShareRounds; ++round) {
      // Pairs with a doubled gap in them tell nothing of what a doubled gap looks like.
      const double single = std::max(std::pow(1 - share * (1 - share), 2), 0.5);
      share = share_of(surplus * single / std::max(result.capture - ratio * tail, 0.1), n);
    }
    return share;
  };
  result.lost_share = lost_at(near.ends / total);
  const Range range = clopper_pearson(near.ends, total);
  result.lost_range = Range{lost_at(range.first), lost_at(range.second)};
  const double noise = std::sqrt(std::max(result.expected, 1.0) * (1 + ratio));
  result.detectable_share = share_of(2.33 * noise / result.capture, n);
  return result;
}

}  // namespace assay::methods
