#include "explanations/likelihood/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

namespace assay::likelihood {
namespace {

constexpr std::size_t kPairsKept = 10;
constexpr int kMostHalvings = 50;
constexpr double kSufficientDecrease = 1e-4;

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

double largest(const Vector& values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::fabs(value));
  return most;
}

struct Pair {
  Vector step, change;  // of the point, of the gradient
  double inverse_dot;
};

// The gradient times an estimate of the inverse Hessian, downhill.
Vector direction_of(const Vector& gradient, const std::deque<Pair>& pairs) {
  Vector q = gradient;
  std::vector<double> alpha(pairs.size());
  for (std::size_t i = pairs.size(); i-- > 0;) {
    alpha[i] = pairs[i].inverse_dot * dot(pairs[i].step, q);
    for (std::size_t j = 0; j < q.size(); ++j) q[j] -= alpha[i] * pairs[i].change[j];
  }
  if (!pairs.empty()) {
    const Pair& last = pairs.back();
    const double scale = 1 / (last.inverse_dot * dot(last.change, last.change));
    for (double& value : q) value *= scale;
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const double beta = pairs[i].inverse_dot * dot(pairs[i].change, q);
    for (std::size_t j = 0; j < q.size(); ++j) q[j] += (alpha[i] - beta) * pairs[i].step[j];
  }
  for (double& value : q) value = -value;
  return q;
}

void remember(std::deque<Pair>& pairs, Pair pair) {
  const double curvature = dot(pair.step, pair.change);
  // Too little curvature is rounding, and would throw the next direction anywhere.
  if (!(curvature > 1e-12 * dot(pair.change, pair.change))) return;
  pair.inverse_dot = 1 / curvature;
  if (pairs.size() == kPairsKept) pairs.pop_front();
  pairs.push_back(std::move(pair));
}

}  // namespace

Minimum minimise(const Objective& objective, std::vector<double> start, int most_iterations,
                 double tolerance) {
  Minimum minimum{std::move(start)};
  Vector gradient(minimum.at.size()), next_gradient(minimum.at.size()), next(minimum.at.size());
  minimum.value = objective(minimum.at, gradient);
  std::deque<Pair> pairs;
  for (; minimum.iterations < most_iterations; ++minimum.iterations) {
    if (largest(gradient) <= tolerance) break;
    Vector direction = direction_of(gradient, pairs);
    double slope = dot(direction, gradient);
    if (!(slope < 0)) {
      pairs.clear();
      direction = direction_of(gradient, pairs);
      slope = -dot(gradient, gradient);
    }
    double length = pairs.empty() ? 1 / std::max(1.0, std::sqrt(-slope)) : 1;
    double value = minimum.value;
    bool is_lower = false;
    for (int halving = 0; halving < kMostHalvings && !is_lower; ++halving, length /= 2) {
      for (std::size_t j = 0; j < next.size(); ++j) {
        next[j] = minimum.at[j] + length * direction[j];
      }
      value = objective(next, next_gradient);
      is_lower = value <= minimum.value + kSufficientDecrease * length * slope;
    }
    if (!is_lower) break;  // rounding hides any further descent
    Pair pair{next, next_gradient, 0};
    for (std::size_t j = 0; j < next.size(); ++j) {
      pair.step[j] -= minimum.at[j];
      pair.change[j] -= gradient[j];
    }
    remember(pairs, std::move(pair));
    minimum.at.swap(next);
    gradient.swap(next_gradient);
    minimum.value = value;
  }
  minimum.has_converged = largest(gradient) <= tolerance;
  return minimum;
}

}  // namespace assay::likelihood
