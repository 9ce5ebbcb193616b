#include "explanations/likelihood/family_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace assay::likelihood {
namespace {

// No forest has shown a class to be impossible by never having met it in a leaf.
constexpr double kFloor = 1e-3;
constexpr std::size_t kMostNamedFeatures = 3;

std::optional<std::size_t> index_of(const std::vector<std::string>& names,
                                    const std::string& name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<std::size_t>(at - names.begin());
}

// ln of the mean likelihood of those families that the model has.
std::optional<double> ln_mean(const std::vector<double>& ln, const std::vector<std::string>& known,
                              const std::vector<std::string>& families) {
  double sum = 0, count = 0;
  for (const std::string& family : families) {
    const auto at = index_of(known, family);
    if (!at) continue;
    sum += std::exp(ln[*at]);
    ++count;
  }
  if (count == 0) return std::nullopt;
  return std::log(sum / count);
}

}  // namespace

LrBounds limits_of(const ModelClaim& claim) {
  return narrower(claim.bounds, {-std::log(claim.cap_b), std::log(claim.cap_a)});
}

std::size_t power_class(double rows) { return rows < 200 ? 0 : rows < 1'000 ? 1 : 2; }

Result<FamilyModel> FamilyModel::learn(const LabelledCases& train, const LabelledCases& apart,
                                       std::vector<std::string> families,
                                       std::vector<std::string> features, const Options& options) {
  if (train.classes != families.size() || train.features != features.size() ||
      apart.classes != train.classes || apart.features != train.features) {
    return Error{ErrorCode::usage, "cases and the names of families or features do not agree", ""};
  }
  FamilyModel model;
  auto trained = Forest::train(
      train, {.seed = options.seed, .trees = options.trees, .least_leaf = options.least_leaf});
  if (!trained.ok()) return trained.error();
  model.forest_ = std::move(trained->forest);
  LabelledCases scores{apart.classes, apart.classes, {}, apart.labels};
  for (std::size_t i = 0; i < apart.size(); ++i) {
    const auto logs = log_shares(model.forest_.shares(apart.row(i)), kFloor);
    scores.values.insert(scores.values.end(), logs.begin(), logs.end());
  }
  auto calibration = MultinomialLogistic::fit(scores);
  if (!calibration.ok()) return calibration.error();
  model.calibration_ = std::move(*calibration);
  model.range_ = CaseRange::of(train, apart);
  model.families_ = std::move(families);
  model.features_ = std::move(features);
  return model;
}

ModelCase FamilyModel::look_at(std::span<const double> values) const {
  ModelCase looked_at;
  looked_at.ln_likelihoods =
      calibration_.log_likelihoods(log_shares(forest_.shares(values), kFloor));
  const CaseRange::Unlikeness unlike = range_.of_case(values);
  for (std::size_t i = 0; i < std::min(unlike.outside.size(), kMostNamedFeatures); ++i) {
    const std::size_t f = unlike.outside[i];
    looked_at.unlike.push_back(fmt::format("{} is {:.4g}, simulated were {:.4g} to {:.4g}",
                                           features_[f], values[f], range_.least(f),
                                           range_.most(f)));
  }
  if (unlike.outside.size() > kMostNamedFeatures) {
    looked_at.unlike.push_back(fmt::format("so are {} other numbers of the case",
                                           unlike.outside.size() - kMostNamedFeatures));
  }
  if (unlike.is_far) {
    looked_at.unlike.emplace_back(
        "its numbers taken together are further from each family than those of 99 in 100 "
        "simulated cases are from the nearest");
  }
  return looked_at;
}

std::optional<double> FamilyModel::ln_ratio(const ModelCase& looked_at,
                                            const ModelClaim& claim) const {
  const auto a = ln_mean(looked_at.ln_likelihoods, families_, claim.for_a);
  const auto b = ln_mean(looked_at.ln_likelihoods, families_, claim.for_b);
  if (!a || !b) return std::nullopt;
  return *a - *b;
}

}  // namespace assay::likelihood
