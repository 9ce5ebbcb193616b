#include "methods/support/block_correlation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace assay::methods {
namespace {

constexpr std::size_t kMinDays = 10;
constexpr std::size_t kLags = 3;  // more add noise: with 8, coverage falls by .004 at .85
constexpr int kRounds = 3;
// Between a day and the next. Beyond, a correlation is no longer told from a level that moves.
constexpr double kLeast = 0.05, kMost = 0.95, kStep = 0.025;

// Variance of a day = `alone` + `lasting`, of which the second is correlated by `from_day_to_day`
// with that of the next.
struct DayModel {
  double lasting = 0, from_day_to_day = kLeast, alone = 0;

  double of_mean(std::size_t days) const {
    const double n = static_cast<double>(days);
    double total = 1, power = 1;
    for (std::size_t lag = 1; lag < days; ++lag) {
      power *= from_day_to_day;
      total += 2 * (1 - static_cast<double>(lag) / n) * power;
    }
    return (alone + lasting * total) / n;
  }
};

using Covariances = std::array<double, kLags + 1>;

Covariances covariances_of(const std::vector<double>& by_day) {
  Covariances at{};
  const double mean = mean_of(by_day);
  for (std::size_t lag = 0; lag <= kLags; ++lag) {
    for (std::size_t d = lag; d < by_day.size(); ++d) {
      at[lag] += (by_day[d] - mean) * (by_day[d - lag] - mean);
    }
    at[lag] /= static_cast<double>(by_day.size());
  }
  return at;
}

// Least squares over the lags. Every covariance about the record's own mean is too small by the
// variance of that mean, which is put back from the model of the round before.
DayModel fit_days(const Covariances& raw, std::size_t days) {
  DayModel best;
  best.alone = raw[0];
  double missing = 0;
  for (int round = 0; round < kRounds; ++round) {
    const double all = raw[0] + missing;
    double least = INFINITY;
    DayModel found;
    for (double r = kLeast; r < kMost + kStep / 2; r += kStep) {
      double xy = 0, xx = 0, yy = 0, x = 1;
      for (std::size_t lag = 1; lag <= kLags; ++lag) {
        x *= r;
        const double y = raw[lag] + missing;
        xy += x * y;
        xx += x * x;
        yy += y * y;
      }
      const double lasting = std::clamp(xy / xx, 0.0, all);
      const double error = yy - 2 * lasting * xy + lasting * lasting * xx;
      if (error >= least) continue;
      least = error;
      found = {lasting, r, all - lasting};
    }
    best = found;
    missing = best.of_mean(days);
  }
  return best;
}

}  // namespace

double widening_for_correlated_days(const std::vector<double>& by_day, int blocks) {
  const std::size_t days = by_day.size();
  if (days < kMinDays || blocks < 2) return 1;
  const Covariances raw = covariances_of(by_day);
  if (raw[0] <= 0) return 1;
  const DayModel model = fit_days(raw, days);
  const double q = blocks;
  const double length = std::max(1.0, std::round(static_cast<double>(days) / q));
  const double r = model.from_day_to_day;
  const double reach = (1 - std::pow(r, length)) / (1 - r) / length;
  double pairs = 0;
  for (int apart = 1; apart < blocks; ++apart) {
    pairs +=
        2 * (q - apart) * model.lasting * reach * reach * std::pow(r, (apart - 1) * length + 1);
  }
  const double correlation =
      pairs / (q * (q - 1)) / model.of_mean(static_cast<std::size_t>(length));
  return std::sqrt((1 + (q - 1) * correlation) / (1 - correlation));
}

std::optional<Range> widened_block_share(const std::vector<double>& part,
                                         const std::vector<double>& whole, double widening) {
  std::vector<double> logits;
  logits.reserve(part.size());
  double of_part = 0, of_whole = 0;
  for (std::size_t b = 0; b < part.size(); ++b) {
    const double p = (part[b] + 0.5) / (whole[b] + 1.0);
    logits.push_back(std::log(p / (1.0 - p)));
    of_part += part[b];
    of_whole += whole[b];
  }
  const auto range = t_interval(logits);
  if (!range) return std::nullopt;
  const auto share_at = [](double logit) { return 1.0 / (1.0 + std::exp(-logit)); };
  const double middle = (range->first + range->second) / 2;
  const double half = (range->second - range->first) / 2 * widening;
  const double observed = of_part / std::max(of_whole, 1.0);
  return Range{std::min(share_at(middle - half), observed),
               std::max(share_at(middle + half), observed)};
}

}  // namespace assay::methods
