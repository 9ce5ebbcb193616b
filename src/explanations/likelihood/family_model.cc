#include "explanations/likelihood/family_model.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "explanations/likelihood/exact_rate.h"

namespace assay::likelihood {
namespace {

constexpr std::size_t kMostNamedFeatures = 3;

std::optional<std::size_t> index_of(const std::vector<std::string>& names,
                                    const std::string& name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<std::size_t>(at - names.begin());
}

std::size_t class_of(double ln_lr) {
  const auto above = std::find_if(kLrClassEdges.begin(), kLrClassEdges.end(),
                                  [&](double edge) { return ln_lr < std::log(edge); });
  return static_cast<std::size_t>(above - kLrClassEdges.begin());
}

// Limits of one side's share that are passed, above or below, in 1 of 80 each: the quotient of two
// shares then in 1 of 20 at most.
ExactRate share_of(const std::array<std::uint64_t, kLrClasses>& counts, std::size_t at) {
  std::uint64_t all = 0;
  for (const std::uint64_t count : counts) all += count;
  return exact_rate(counts[at], all, 1 - 0.05 / 4);
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

LrCounts lr_counts(const KnownCases& cases) {
  LrCounts counts;
  for (const double ln_lr : cases.h1) ++counts.h1[class_of(ln_lr)];
  for (const double ln_lr : cases.h2) ++counts.h2[class_of(ln_lr)];
  return counts;
}

std::optional<std::pair<double, double>> counted_range(const ModelClaim& claim, double ln_lr) {
  if (std::isnan(ln_lr)) return std::nullopt;
  const std::size_t at = class_of(ln_lr);
  std::optional<std::pair<double, double>> range;
  for (const LrCounts* counts : {&claim.counted, &claim.counted_elsewhere}) {
    const ExactRate h1 = share_of(counts->h1, at), h2 = share_of(counts->h2, at);
    if (h1.cases == 0 || h2.cases == 0 || h1.count + h2.count == 0) continue;
    const std::pair<double, double> one = {std::log(h1.lower) - std::log(h2.upper),
                                           std::log(h1.upper) - std::log(h2.lower)};
    range = range
                ? std::pair{std::min(range->first, one.first), std::max(range->second, one.second)}
                : one;
  }
  return range;
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
  BoostOptions boost{.seed = options.seed, .rounds = options.rounds};
  boost.tree.least_leaf = options.least_leaf;
  auto trained = Boosting::train(train, boost);
  if (!trained.ok()) return trained.error();
  model.boosting_ = std::move(*trained);
  LabelledCases scores{apart.classes, apart.classes, {}, apart.labels};
  for (std::size_t i = 0; i < apart.size(); ++i) {
    const auto of_case = model.boosting_.scores(apart.row(i));
    scores.values.insert(scores.values.end(), of_case.begin(), of_case.end());
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
  looked_at.ln_likelihoods = calibration_.log_likelihoods(boosting_.scores(values));
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
