#include "explanations/likelihood/multinomial.h"

#include <algorithm>
#include <cmath>

#include "explanations/likelihood/lbfgs.h"
#include "explanations/likelihood/model_text.h"

namespace assay::likelihood {
namespace {

constexpr std::string_view kKind = "assay-multinomial 1";
// Of standardised values: a case this far out is outside the model anyway.
constexpr double kMostDeviations = 1e3;
constexpr double kMostAbsoluteValue = 1e100;  // squares and sums stay finite
constexpr double kMostAbsoluteWeight = 1e12;

double standardised(double value, double mean, double deviation) {
  if (std::isnan(value)) return 0;
  return std::clamp((value - mean) / deviation, -kMostDeviations, kMostDeviations);
}

// Turns scores into logs of shares that add up to one.
void normalise(std::span<double> scores) {
  const double most = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const double score : scores) sum += std::exp(score - most);
  for (double& score : scores) score -= most + std::log(sum);
}

// Intercept first, then one weight a feature.
double linear(const double* weights, const double* z, std::size_t features) {
  double sum = weights[0];
  for (std::size_t j = 0; j < features; ++j) sum += weights[1 + j] * z[j];
  return sum;
}

struct Problem {
  const LabelledCases& cases;
  std::vector<double> z;        // standardised values, case by case
  std::vector<double> weights;  // of each class's cases; all classes together 1
  double ridge;

  double cost(std::span<const double> at, std::span<double> gradient) const {
    const std::size_t features = cases.features, width = features + 1;
    std::fill(gradient.begin(), gradient.end(), 0.0);
    double value = 0;
    std::vector<double> scores(cases.classes);
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const double* row = z.data() + i * features;
      for (std::size_t k = 0; k < cases.classes; ++k) {
        scores[k] = linear(at.data() + k * width, row, features);
      }
      normalise(scores);
      const std::size_t label = cases.labels[i];
      const double weight = weights[label];
      value -= weight * scores[label];
      for (std::size_t k = 0; k < cases.classes; ++k) {
        const double residual = weight * (std::exp(scores[k]) - (k == label ? 1 : 0));
        double* part = gradient.data() + k * width;
        part[0] += residual;
        for (std::size_t j = 0; j < features; ++j) part[1 + j] += residual * row[j];
      }
    }
    // On the intercepts too: adding one number to all of them changes nothing else, and the
    // minimum must be one point.
    for (std::size_t j = 0; j < at.size(); ++j) {
      const double pull = j % width == 0 ? ridge * 1e-3 : ridge;
      value += pull / 2 * at[j] * at[j];
      gradient[j] += pull * at[j];
    }
    return value;
  }
};

bool is_usable(const LabelledCases& cases, const MultinomialOptions& options) {
  return cases.is_complete() && cases.classes >= 2 && cases.classes <= kMaxMultinomialClasses &&
         cases.features <= kMaxMultinomialFeatures && cases.size() <= kMaxMultinomialCases &&
         options.ridge > 0 && std::isfinite(options.ridge) && options.tolerance > 0 &&
         std::all_of(cases.values.begin(), cases.values.end(),
                     [](double value) { return std::fabs(value) <= kMostAbsoluteValue; });
}

std::vector<double> class_weights(const LabelledCases& cases) {
  std::vector<double> counts(cases.classes);
  for (const std::size_t label : cases.labels) counts[label] += 1;
  for (double& count : counts) count = 1 / (count * static_cast<double>(cases.classes));
  return counts;
}

}  // namespace

Result<MultinomialLogistic> MultinomialLogistic::fit(const LabelledCases& cases,
                                                     const MultinomialOptions& options) {
  if (!is_usable(cases, options)) {
    return Error{ErrorCode::usage,
                 "multinomial regression: cases incomplete, beyond the limits or not finite", ""};
  }
  MultinomialLogistic model;
  model.classes_ = cases.classes;
  model.mean_.resize(cases.features);
  model.deviation_.resize(cases.features);
  const double n = static_cast<double>(cases.size());
  for (std::size_t j = 0; j < cases.features; ++j) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < cases.size(); ++i) sum += cases.row(i)[j];
    const double mean = sum / n;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      squares += (cases.row(i)[j] - mean) * (cases.row(i)[j] - mean);
    }
    const double deviation = std::sqrt(squares / n);
    model.mean_[j] = mean;
    // What never varied but for rounding is no feature.
    model.deviation_[j] = deviation > 1e-12 * std::fabs(mean) && deviation > 0 ? deviation : 1;
  }
  Problem problem{cases, {}, class_weights(cases), options.ridge};
  problem.z.reserve(cases.values.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    for (std::size_t j = 0; j < cases.features; ++j) {
      problem.z.push_back(standardised(cases.row(i)[j], model.mean_[j], model.deviation_[j]));
    }
  }
  const Minimum minimum =
      minimise([&](std::span<const double> at,
                   std::span<double> gradient) { return problem.cost(at, gradient); },
               std::vector<double>(cases.classes * (cases.features + 1)), options.most_iterations,
               options.tolerance);
  model.weights_ = minimum.at;
  model.has_converged_ = minimum.has_converged;
  model.iterations_ = minimum.iterations;
  return model;
}

std::vector<double> MultinomialLogistic::log_likelihoods(std::span<const double> features) const {
  std::vector<double> z(mean_.size());
  for (std::size_t j = 0; j < z.size() && j < features.size(); ++j) {
    z[j] = standardised(features[j], mean_[j], deviation_[j]);
  }
  std::vector<double> scores(classes_);
  for (std::size_t k = 0; k < classes_; ++k) {
    scores[k] = linear(weights_.data() + k * (z.size() + 1), z.data(), z.size());
  }
  normalise(scores);
  return scores;
}

std::string MultinomialLogistic::to_text() const {
  std::string text = std::string(kKind) + "\nclasses " + std::to_string(classes_) + " features " +
                     std::to_string(features()) + " converged " + (has_converged_ ? "1" : "0") +
                     " iterations " + std::to_string(iterations_) + "\n";
  for (std::size_t j = 0; j < features(); ++j) {
    text += "feature " + exact_text(mean_[j]) + " " + exact_text(deviation_[j]) + "\n";
  }
  for (std::size_t k = 0; k < classes_; ++k) {
    text += "class";
    for (std::size_t j = 0; j <= features(); ++j) {
      text += " " + exact_text(weights_[k * (features() + 1) + j]);
    }
    text += "\n";
  }
  return seal_model(std::move(text));
}

Result<MultinomialLogistic> MultinomialLogistic::from_text(std::string_view text) {
  const auto body = open_model(text, kKind, kMaxMultinomialTextBytes);
  if (!body) return body.error();
  Words words(*body);
  MultinomialLogistic model;
  words.skip("classes");
  const auto classes = words.count(kMaxMultinomialClasses);
  const bool is_shape = words.skip("features");
  const auto features = words.count(kMaxMultinomialFeatures);
  const bool is_said = words.skip("converged");
  const auto converged = words.count(1);
  const bool is_counted = words.skip("iterations");
  const auto iterations = words.count(1'000'000);
  if (!classes || *classes < 2 || !is_shape || !features || *features == 0 || !is_said ||
      !converged || !is_counted || !iterations) {
    return malformed_model(kKind, "its shape cannot be read");
  }
  model.classes_ = *classes;
  model.has_converged_ = *converged == 1;
  model.iterations_ = static_cast<int>(*iterations);
  for (std::size_t j = 0; j < *features; ++j) {
    const bool is_named = words.skip("feature");
    const auto mean = words.number(), deviation = words.number();
    if (!is_named || !mean || !deviation || !(*deviation > 0) ||
        std::fabs(*mean) > kMostAbsoluteValue) {
      return malformed_model(kKind, "a feature cannot be read");
    }
    model.mean_.push_back(*mean);
    model.deviation_.push_back(*deviation);
  }
  for (std::size_t k = 0; k < *classes; ++k) {
    if (!words.skip("class")) return malformed_model(kKind, "a class is missing");
    for (std::size_t j = 0; j <= *features; ++j) {
      const auto weight = words.number();
      if (!weight || std::fabs(*weight) > kMostAbsoluteWeight) {
        return malformed_model(kKind, "a weight cannot be read");
      }
      model.weights_.push_back(*weight);
    }
  }
  if (!words.is_at_end()) return malformed_model(kKind, "something stands after its end");
  return model;
}

}  // namespace assay::likelihood
