#include "explanations/likelihood/logistic.h"

#include <algorithm>
#include <cmath>

namespace assay::likelihood {
namespace {

constexpr int kMostIterations = 100;
constexpr int kMostHalvings = 40;
constexpr double kSmallStep = 1e-6;  // of one iteration, relative
// Keeps the Hessian invertible where every case is far on its side of the line.
constexpr double kHessianFloor = 1e-12;

double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

// What the scores are shifted and divided by, so that the ridge means the same for all of them.
struct Scale {
  double size = 1;  // largest absolute score: keeps squares from overflowing
  double mean = 0, deviation = 0;

  double of(double score) const { return (score / size - mean) / deviation; }
};

Scale scale_of(std::span<const double> h1, std::span<const double> h2) {
  Scale scale;
  double largest = 0;
  for (const auto side : {h1, h2}) {
    for (const double score : side) largest = std::max(largest, std::fabs(score));
  }
  if (largest == 0) return scale;
  scale.size = largest;
  double sum = 0, squares = 0;
  for (const auto side : {h1, h2}) {
    double side_sum = 0;
    for (const double score : side) side_sum += score / largest;
    sum += side_sum / static_cast<double>(side.size());
  }
  scale.mean = sum / 2;
  for (const auto side : {h1, h2}) {
    double side_squares = 0;
    for (const double score : side) {
      const double distance = score / largest - scale.mean;
      side_squares += distance * distance;
    }
    squares += side_squares / static_cast<double>(side.size());
  }
  scale.deviation = std::sqrt(squares / 2);
  return scale;
}

struct Cost {
  double value = 0;
  double by_intercept = 0, by_slope = 0;
  double second_ii = 0, second_is = 0, second_ss = 0;
};

class Fit {
 public:
  Fit(std::span<const double> h1, std::span<const double> h2, const Scale& scale,
      const LogisticOptions& options)
      : h1_(h1), h2_(h2), scale_(scale), options_(options) {
    ln_prior_odds_ = std::log(options.prior_h1) - std::log1p(-options.prior_h1);
  }

  Cost at(double intercept, double slope) const {
    Cost cost;
    add(h1_, 1, options_.prior_h1, intercept, slope, cost);
    add(h2_, -1, 1 - options_.prior_h1, intercept, slope, cost);
    cost.value += options_.ridge / 2 * slope * slope;
    cost.by_slope += options_.ridge * slope;
    cost.second_ss += options_.ridge;
    return cost;
  }

 private:
  void add(std::span<const double> side, double sign, double share, double intercept, double slope,
           Cost& cost) const {
    const double weight = share / static_cast<double>(side.size());
    for (const double score : side) {
      const double z = scale_.of(score);
      const double margin = sign * (intercept + slope * z + ln_prior_odds_);
      const double wrong = 1 / (1 + std::exp(margin));
      cost.value += weight * softplus(-margin);
      cost.by_intercept -= weight * sign * wrong;
      cost.by_slope -= weight * sign * wrong * z;
      const double curve = weight * wrong * (1 - wrong);
      cost.second_ii += curve;
      cost.second_is += curve * z;
      cost.second_ss += curve * z * z;
    }
  }

  std::span<const double> h1_, h2_;
  const Scale& scale_;
  const LogisticOptions& options_;
  double ln_prior_odds_ = 0;
};

bool are_finite(std::span<const double> scores) {
  return std::all_of(scores.begin(), scores.end(),
                     [](double score) { return std::isfinite(score); });
}

// One step of Newton's method, halved until the cost does not rise. Says whether to go on.
bool improve(const Fit& fit, double& intercept, double& slope, Cost& cost, bool& has_converged) {
  const double ii = cost.second_ii + kHessianFloor, ss = cost.second_ss + kHessianFloor;
  const double determinant = ii * ss - cost.second_is * cost.second_is;
  if (!(determinant > 0)) return false;
  const double by_intercept =
      (ss * cost.by_intercept - cost.second_is * cost.by_slope) / determinant;
  const double by_slope = (ii * cost.by_slope - cost.second_is * cost.by_intercept) / determinant;
  // The cost is flat to within rounding here, and would refuse the step that Newton's method, which
  // squares the error each time, needs to be done.
  if (std::max(std::fabs(by_intercept), std::fabs(by_slope)) <=
      kSmallStep * (1 + std::fabs(intercept) + std::fabs(slope))) {
    intercept -= by_intercept;
    slope -= by_slope;
    has_converged = true;
    return false;
  }
  double share = 1;
  for (int halving = 0; halving < kMostHalvings; ++halving, share /= 2) {
    const Cost next = fit.at(intercept - share * by_intercept, slope - share * by_slope);
    if (!(next.value <= cost.value)) continue;
    intercept -= share * by_intercept;
    slope -= share * by_slope;
    cost = next;
    return true;
  }
  // No step lowers the cost any more: it is as low as rounding lets it be.
  has_converged = true;
  return false;
}

}  // namespace

double LogisticCalibration::ln_lr(double score) const {
  if (std::isnan(score)) return 0;
  return slope == 0 ? intercept : intercept + slope * score;
}

std::optional<LogisticCalibration> fit_logistic(std::span<const double> scores_h1,
                                                std::span<const double> scores_h2,
                                                const LogisticOptions& options) {
  if (scores_h1.empty() || scores_h2.empty() || !are_finite(scores_h1) || !are_finite(scores_h2) ||
      !(options.prior_h1 > 0 && options.prior_h1 < 1) || !(options.ridge >= 0)) {
    return std::nullopt;
  }
  const Scale scale = scale_of(scores_h1, scores_h2);
  // Scores that are all alike tell nothing.
  if (scale.deviation == 0) return LogisticCalibration{0, 0, true};
  const Fit fit(scores_h1, scores_h2, scale, options);
  double intercept = 0, slope = 0;
  bool has_converged = false;
  Cost cost = fit.at(intercept, slope);
  for (int i = 0; i < kMostIterations; ++i) {
    if (!improve(fit, intercept, slope, cost, has_converged)) break;
  }
  LogisticCalibration result;
  result.intercept = intercept - slope * scale.mean / scale.deviation;
  result.slope = slope / scale.deviation / scale.size;
  result.has_converged = has_converged;
  if (!std::isfinite(result.intercept) || !std::isfinite(result.slope)) return std::nullopt;
  return result;
}

}  // namespace assay::likelihood
