#include "methods/support/event_spectrum.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <utility>

namespace assay::methods {
namespace {

constexpr std::size_t kMaxBins = 1 << 17;
constexpr double kDayHz = 1.0 / 86'400;
constexpr double kWeekHz = kDayHz / 7;
constexpr double kCoarseHz = 12 * kDayHz;
constexpr double kLobe = 2.5;        // of the taper, in 1/span
constexpr std::size_t kAround = 50;  // frequencies on either side
constexpr std::size_t kOwn = 4;      // of these, next to the line, are its own
constexpr double kIndependent = 33;  // of the hundred, given taper and padding
constexpr double kTaperLoss = 1.5;   // of a Hann taper, in events

using Complex = std::complex<double>;

// In place, radix 2; the size is a power of two.
void transform(std::vector<Complex>& values) {
  const std::size_t n = values.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    std::size_t bit = n >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(values[i], values[j]);
  }
  std::vector<Complex> roots(n / 2);
  for (std::size_t k = 0; k < n / 2; ++k) {
    const double angle = -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
    roots[k] = {std::cos(angle), std::sin(angle)};
  }
  for (std::size_t length = 2; length <= n; length <<= 1) {
    const std::size_t half = length / 2;
    const std::size_t stride = n / length;
    for (std::size_t i = 0; i < n; i += length) {
      for (std::size_t k = 0; k < half; ++k) {
        const Complex& even = values[i + k];
        const Complex& root = roots[k * stride];
        const Complex& odd = values[i + k + half];
        // By hand: the operator must heed infinities, which costs half of the time.
        const Complex turned{odd.real() * root.real() - odd.imag() * root.imag(),
                             odd.real() * root.imag() + odd.imag() * root.real()};
        const Complex sum = even + turned;
        values[i + k + half] = even - turned;
        values[i + k] = sum;
      }
    }
  }
}

// Hours and weekends have lines at k a day plus or minus m a week; of k beyond twelve only the
// strongest of these stand out.
bool is_of_day_or_week(double hz, double width) {
  const double of_day = std::fabs(hz - kDayHz * std::round(hz / kDayHz));
  const double of_week = of_day / kWeekHz;
  const double nearest = std::round(of_week);
  return hz < kWeekHz + width ||
         (std::fabs(of_week - nearest) * kWeekHz < width && (nearest <= 1 || hz < kCoarseHz));
}

// Each value over the mean of those around it that are not zero and not its own lobe.
std::vector<double> over_surroundings(const std::vector<double>& power) {
  std::vector<double> kept;
  std::vector<std::size_t> at;
  for (std::size_t j = 0; j < power.size(); ++j) {
    if (power[j] <= 0) continue;
    kept.push_back(power[j]);
    at.push_back(j);
  }
  std::vector<double> sums(kept.size() + 1, 0.0);
  for (std::size_t i = 0; i < kept.size(); ++i) sums[i + 1] = sums[i] + kept[i];
  std::vector<double> excess(power.size(), 0.0);
  if (kept.size() < 2 * kAround) return excess;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const std::size_t from = i > kAround ? i - kAround : 0;
    const std::size_t to = std::min(kept.size(), i + kAround + 1);
    const std::size_t own_from = i > kOwn ? i - kOwn : 0;
    const std::size_t own_to = std::min(kept.size(), i + kOwn + 1);
    const double sum = sums[to] - sums[from] - (sums[own_to] - sums[own_from]);
    const auto count = static_cast<double>(to - from - (own_to - own_from));
    excess[at[i]] = sum > 0 ? kept[i] * count / sum : 0;
  }
  return excess;
}

}  // namespace

EventSpectrum::EventSpectrum(const std::vector<double>& seconds, double span,
                             double shortest_seconds) {
  if (seconds.empty() || span < 4 * shortest_seconds) return;
  double bin = shortest_seconds / 2;
  bin = std::max(bin, span / static_cast<double>(kMaxBins));
  std::size_t size = 1;
  while (static_cast<double>(size) * bin < span) size <<= 1;
  std::vector<Complex> values(size);
  const auto taper = [span](double t) { return 1 - std::cos(2 * std::numbers::pi * t / span); };
  double squares = 0;
  for (const double t : seconds) {
    const auto at = std::min(static_cast<std::size_t>(std::max(t, 0.0) / bin), size - 1);
    const double weight = taper(t);
    values[at] += weight;
    squares += weight * weight;
  }
  if (squares <= 0) return;
  events_ = static_cast<double>(seconds.size());
  const double level = events_ * bin / span;
  for (std::size_t i = 0; i < size; ++i) {
    const double t = (static_cast<double>(i) + 0.5) * bin;
    if (t < span) values[i] -= level * taper(t);
  }
  transform(values);
  step_hz_ = 1 / (static_cast<double>(size) * bin);
  power_.assign(size / 2, 0.0);
  for (std::size_t j = 1; j < size / 2; ++j) {
    const double hz = static_cast<double>(j) * step_hz_;
    if (hz < 1 / kLongestPeriod || is_of_day_or_week(hz, kLobe / span)) continue;
    power_[j] = std::norm(values[j]) / squares;
    ++looked_at_;
  }
  excess_ = over_surroundings(power_);
}

std::vector<SpectralLine> EventSpectrum::lines(std::size_t count) const {
  std::vector<std::size_t> order;
  for (std::size_t j = 1; j + 1 < excess_.size(); ++j) {
    if (excess_[j] > 8 && excess_[j] >= excess_[j - 1] && excess_[j] >= excess_[j + 1]) {
      order.push_back(j);
    }
  }
  std::sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    return excess_[a] != excess_[b] ? excess_[a] > excess_[b] : a < b;
  });
  std::vector<SpectralLine> found;
  std::vector<std::size_t> taken;
  for (const std::size_t j : order) {
    if (found.size() == count) break;
    const bool is_lobe = std::any_of(taken.begin(), taken.end(), [j](std::size_t other) {
      return (j > other ? j - other : other - j) <= 2 * kOwn;
    });
    if (is_lobe) continue;
    taken.push_back(j);
    SpectralLine line;
    line.period_seconds = 1 / (static_cast<double>(j) * step_hz_);
    line.excess = excess_[j];
    line.strength = std::min(1.0, std::sqrt(power_[j] * kTaperLoss / events_));
    line.frequencies = static_cast<double>(looked_at_);
    line.p = std::min(
        1.0, line.frequencies * std::exp(-kIndependent * std::log1p(line.excess / kIndependent)));
    found.push_back(line);
  }
  return found;
}

double EventSpectrum::excess_near(double period_seconds, double share) const {
  double most = 0;
  if (step_hz_ <= 0) return most;
  const auto from = static_cast<std::size_t>((1 - share) / period_seconds / step_hz_);
  const auto to = static_cast<std::size_t>((1 + share) / period_seconds / step_hz_) + 1;
  for (std::size_t j = from; j <= to && j < excess_.size(); ++j) most = std::max(most, excess_[j]);
  return most;
}

double jitter_of(double strength) {
  double low = 0;
  double high = 0.5;
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    const double x = 2 * std::numbers::pi * middle;
    (std::sin(x) / x > strength ? low : high) = middle;
  }
  return low;
}

}  // namespace assay::methods
