#include "engine/calibrate/ratios.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>
#include <thread>

#include "engine/calibrate/simulated_case.h"
#include "explanations/likelihood/forest.h"
#include "explanations/likelihood/multinomial.h"
#include "methods/features/features.h"
#include "sim/random_scenario.h"

namespace assay {
namespace {

using likelihood::LabelledCases;

// No forest has shown a class to be impossible by never having met it in a leaf.
constexpr double kFloor = 1e-3;

// Those whose look-ups of the target leave by the party's own resolvers.
constexpr const char* kFamilies[] = {"campaign_checks",
                                     "archive_rescan",
                                     "poll",
                                     "steady",
                                     "spoofed",
                                     "correspondence",
                                     "mail_client",
                                     "replication",
                                     "beacon",
                                     "invitations",
                                     "human_software",
                                     "office_batch",
                                     "office_stream_checks"};
constexpr std::size_t kFamilyCount = std::size(kFamilies);

bool is_in(const std::vector<std::size_t>& list, std::size_t value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

Result<std::vector<double>> features_of_case(std::size_t family, std::uint64_t seed) {
  const auto draw = sim::draw_scenario(*sim::find_cause(kFamilies[family]), seed);
  if (!draw.ok()) return draw.error();
  std::vector<double> values;
  ASSAY_TRY(look_at_run(draw->scenario, draw->run, DeclaredCoverage::as_it_was,
                        [&](const QuestionRecords& records, const MethodContext& context) {
                          const methods::Askers askers = methods::split_by_asker(records, context);
                          values = methods::summary_features(records, context,
                                                             askers.parties.front(), askers.other)
                                       .values();
                        }));
  return values;
}

struct DrawnCases {
  std::vector<std::vector<double>> values;
  std::vector<std::size_t> families;
};

Result<DrawnCases> draw_cases(const RatioRequest& request) {
  const std::size_t count = kFamilyCount * (request.train + request.calibrate + request.test);
  DrawnCases cases;
  cases.values.resize(count);
  for (std::size_t i = 0; i < count; ++i) cases.families.push_back(i % kFamilyCount);
  std::vector<std::optional<Error>> errors(std::max(1u, request.threads));
  std::atomic<std::size_t> next = 0;
  const auto work = [&](std::size_t thread) {
    for (std::size_t i = next++; i < count && !errors[thread]; i = next++) {
      auto values = features_of_case(cases.families[i], request.first_seed + i);
      if (values.ok()) {
        cases.values[i] = std::move(*values);
      } else {
        errors[thread] = values.error();
      }
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < errors.size(); ++i) threads.emplace_back(work, i);
  work(0);
  for (std::thread& thread : threads) thread.join();
  for (const auto& error : errors) {
    if (error) return *error;
  }
  return cases;
}

// Cases [from, to) without those of family `left_out`; labels without a hole.
LabelledCases part_of(const DrawnCases& all, std::size_t from, std::size_t to,
                      std::size_t left_out) {
  LabelledCases part;
  part.classes = left_out < kFamilyCount ? kFamilyCount - 1 : kFamilyCount;
  for (std::size_t i = from; i < to; ++i) {
    const std::size_t family = all.families[i];
    if (family == left_out || all.values[i].empty()) continue;
    part.features = all.values[i].size();
    part.values.insert(part.values.end(), all.values[i].begin(), all.values[i].end());
    part.labels.push_back(family - (family > left_out ? 1 : 0));
  }
  return part;
}

class Model {
 public:
  static Result<Model> learn(const DrawnCases& all, const RatioRequest& request,
                             std::size_t left_out) {
    const std::size_t trained = kFamilyCount * request.train;
    const std::size_t calibrated = trained + kFamilyCount * request.calibrate;
    auto forest = likelihood::Forest::train(part_of(all, 0, trained, left_out),
                                            {.seed = 1, .trees = request.trees, .least_leaf = 5});
    if (!forest.ok()) return forest.error();
    const LabelledCases apart = part_of(all, trained, calibrated, left_out);
    LabelledCases scores{apart.classes, apart.classes, {}, apart.labels};
    for (std::size_t i = 0; i < apart.size(); ++i) {
      const auto logs = likelihood::log_shares(forest->forest.shares(apart.row(i)), kFloor);
      scores.values.insert(scores.values.end(), logs.begin(), logs.end());
    }
    auto calibration = likelihood::MultinomialLogistic::fit(scores);
    if (!calibration.ok()) return calibration.error();
    return Model(std::move(forest->forest), std::move(*calibration), left_out);
  }

  // By family; of the one left out, nothing.
  std::vector<std::optional<double>> ln_likelihoods(const std::vector<double>& features) const {
    const auto logs =
        calibration_.log_likelihoods(likelihood::log_shares(forest_.shares(features), kFloor));
    std::vector<std::optional<double>> out(kFamilyCount);
    for (std::size_t f = 0, k = 0; f < kFamilyCount; ++f) {
      if (f != left_out_) out[f] = logs[k++];
    }
    return out;
  }

 private:
  Model(likelihood::Forest forest, likelihood::MultinomialLogistic calibration,
        std::size_t left_out)
      : forest_(std::move(forest)), calibration_(std::move(calibration)), left_out_(left_out) {}

  likelihood::Forest forest_;
  likelihood::MultinomialLogistic calibration_;
  std::size_t left_out_;
};

// Families of one side weigh the same.
double ln_ratio(const std::vector<std::optional<double>>& ln,
                const std::vector<std::size_t>& claim) {
  double sums[2] = {0, 0}, counts[2] = {0, 0};
  for (std::size_t f = 0; f < ln.size(); ++f) {
    if (!ln[f]) continue;
    const int side = is_in(claim, f) ? 0 : 1;
    sums[side] += std::exp(*ln[f]);
    ++counts[side];
  }
  return std::log(sums[0] / counts[0]) - std::log(sums[1] / counts[1]);
}

std::vector<std::size_t> families_that(bool (*is_so)(const sim::CauseTruth&)) {
  std::vector<std::size_t> out;
  for (std::size_t f = 0; f < kFamilyCount; ++f) {
    if (is_so(sim::find_cause(kFamilies[f])->truth())) out.push_back(f);
  }
  return out;
}

ClaimStudy begin_claim(const char* claim, const std::vector<std::size_t>& families) {
  ClaimStudy study;
  study.claim = claim;
  for (const std::size_t f : families) study.families.emplace_back(kFamilies[f]);
  return study;
}

}  // namespace

std::uint32_t ratio_families() { return kFamilyCount; }

Result<RatioStudy> study_ratios(const RatioRequest& request) {
  const auto cases = draw_cases(request);
  if (!cases.ok()) return cases.error();
  const std::vector<std::vector<std::size_t>> claims = {
      families_that([](const sim::CauseTruth& truth) { return !truth.is_automatic; }),
      families_that([](const sim::CauseTruth& truth) { return truth.is_conversation; })};
  RatioStudy study;
  study.families.assign(std::begin(kFamilies), std::end(kFamilies));
  study.confusion.assign(kFamilyCount, std::vector<std::uint32_t>(kFamilyCount));
  study.claims = {begin_claim("a person chose the moments", claims[0]),
                  begin_claim("persons answered one another", claims[1])};
  study.cases = cases->values.size();
  const std::size_t tested = kFamilyCount * (request.train + request.calibrate);
  const auto whole = Model::learn(*cases, request, kFamilyCount);
  if (!whole.ok()) return whole.error();
  for (std::size_t i = tested; i < cases->values.size(); ++i) {
    if (cases->values[i].empty()) continue;
    study.features = cases->values[i].size();
    const std::size_t family = cases->families[i];
    const auto ln = whole->ln_likelihoods(cases->values[i]);
    ++study.confusion[family][static_cast<std::size_t>(std::max_element(ln.begin(), ln.end()) -
                                                       ln.begin())];
    for (std::size_t c = 0; c < claims.size(); ++c) {
      auto& known = study.claims[c].test;
      (is_in(claims[c], family) ? known.h1 : known.h2).push_back(ln_ratio(ln, claims[c]));
    }
  }
  std::vector<std::vector<likelihood::LeftOutFamily>> left_out(claims.size());
  for (std::size_t f = 0; f < kFamilyCount; ++f) {
    const auto model = Model::learn(*cases, request, f);
    if (!model.ok()) return model.error();
    for (std::size_t c = 0; c < claims.size(); ++c) {
      if (is_in(claims[c], f)) continue;
      likelihood::LeftOutFamily& family = left_out[c].emplace_back();
      family.name = kFamilies[f];
      for (std::size_t i = tested + f; i < cases->values.size(); i += kFamilyCount) {
        if (cases->values[i].empty()) continue;
        family.ln_lr.push_back(ln_ratio(model->ln_likelihoods(cases->values[i]), claims[c]));
      }
    }
  }
  for (std::size_t c = 0; c < claims.size(); ++c) {
    study.claims[c].cap = likelihood::claim_cap(left_out[c]);
  }
  return study;
}

}  // namespace assay
