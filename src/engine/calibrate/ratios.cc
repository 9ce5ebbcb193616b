#include "engine/calibrate/ratios.h"

#include <algorithm>
#include <cmath>

#include "engine/calibrate/family_cases.h"
#include "engine/calibrate/in_threads.h"

namespace assay {
namespace {

using likelihood::FamilyModel;
using likelihood::LabelledCases;
using likelihood::ModelClaim;

bool is_in(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

std::vector<std::string> families_that(const FamilyCases& cases,
                                       bool (*is_so)(const sim::CauseTruth&)) {
  std::vector<std::string> out;
  for (const std::string& family : cases.families) {
    if (is_so(sim::find_cause(family)->truth())) out.push_back(family);
  }
  return out;
}

std::vector<ModelClaim> claims_of(const FamilyCases& cases) {
  const auto is_automatic = [](const sim::CauseTruth& truth) { return truth.is_automatic; };
  const auto is_not = [](const sim::CauseTruth& truth) { return !truth.is_automatic; };
  const auto answers = [](const sim::CauseTruth& truth) { return truth.is_conversation; };
  const auto does_not = [](const sim::CauseTruth& truth) { return !truth.is_conversation; };
  std::vector<ModelClaim> claims(3);
  claims[0] = {.word = "person_timed",
               .a = "moments that persons chose",
               .b = "moments that software chose",
               .for_a = families_that(cases, is_not),
               .for_b = families_that(cases, is_automatic)};
  claims[1] = {.word = "exchange",
               .a = "persons who answered one another",
               .b = "another of the modelled causes",
               .for_a = families_that(cases, answers),
               .for_b = families_that(cases, does_not)};
  claims[2] = {
      .word = "timer",
      .a = "a timer, a schedule or a program without pause",
      .b = "moments that people set, by hand or by their mail",
      .for_a = {"archive_rescan", "poll", "steady", "replication", "beacon", "office_batch"},
      .for_b = {"campaign_checks", "correspondence", "mail_client", "invitations", "human_software",
                "office_stream_checks"}};
  return claims;
}

// Where the cases are cut.
struct Parts {
  std::size_t trained, calibrated, halved, all;
  Parts(const FamilyCases& cases, const RatioRequest& request)
      : trained(cases.families.size() * request.train),
        calibrated(trained + cases.families.size() * request.calibrate),
        halved(calibrated + cases.families.size() * (request.test / 2)),
        all(cases.values.size()) {}
};

// Cases [from, to) without those of family `left_out`; labels without a hole.
LabelledCases part_of(const FamilyCases& all, std::size_t from, std::size_t to,
                      std::size_t left_out) {
  LabelledCases part;
  part.features = all.features.size();
  part.classes = all.families.size() - (left_out < all.families.size() ? 1 : 0);
  for (std::size_t i = from; i < to; ++i) {
    const std::size_t family = all.family_of(i);
    if (family == left_out || all.values[i].empty()) continue;
    part.values.insert(part.values.end(), all.values[i].begin(), all.values[i].end());
    part.labels.push_back(family - (family > left_out ? 1 : 0));
  }
  return part;
}

Result<FamilyModel> learn(const FamilyCases& cases, const RatioRequest& request,
                          std::size_t left_out) {
  const Parts parts(cases, request);
  std::vector<std::string> families = cases.families;
  if (left_out < families.size()) {
    families.erase(families.begin() + static_cast<std::ptrdiff_t>(left_out));
  }
  return FamilyModel::learn(
      part_of(cases, 0, parts.trained, left_out),
      part_of(cases, parts.trained, parts.calibrated, left_out), std::move(families),
      cases.features,
      {.seed = 1, .trees = request.trees, .least_leaf = std::max(5u, request.train / 100)});
}

// By number of rows: what most decides how much a case can tell.
std::vector<Stratum> empty_strata() {
  return {{"fewer than 200 rows", {}}, {"200 to 999 rows", {}}, {"1,000 rows and more", {}}};
}

std::size_t stratum_of(const FamilyCases& cases, std::size_t i) {
  const auto at = std::find(cases.features.begin(), cases.features.end(), "log_rows");
  if (at == cases.features.end()) return 0;
  return likelihood::power_class(
      std::pow(10, cases.values[i][static_cast<std::size_t>(at - cases.features.begin())]));
}

// Share of cases that reach 10 within the limits; `sign` turns the ratio to their side.
double power_of(const std::vector<double>& ratios, const likelihood::LrBounds& limits,
                double sign) {
  const double needed = std::log(10) - 1e-9;
  const auto reached = std::count_if(ratios.begin(), ratios.end(), [&](double ratio) {
    return sign * likelihood::clamped(ratio, limits) >= needed;
  });
  return ratios.empty() ? 0 : static_cast<double>(reached) / static_cast<double>(ratios.size());
}

void test_whole(const FamilyCases& cases, const RatioRequest& request, RatioStudy& study) {
  const Parts parts(cases, request);
  std::uint64_t far = 0, tested = 0;
  for (std::size_t i = parts.calibrated; i < parts.all; ++i) {
    if (cases.values[i].empty()) continue;
    const std::size_t family = cases.family_of(i);
    const likelihood::ModelCase looked_at = study.model.look_at(cases.values[i]);
    const auto& ln = looked_at.ln_likelihoods;
    const auto likeliest = std::max_element(ln.begin(), ln.end()) - ln.begin();
    ++study.confusion[family][static_cast<std::size_t>(likeliest)];
    ++tested;
    far += !looked_at.unlike.empty();
    for (ClaimStudy& claim : study.claims) {
      const bool is_a = is_in(claim.claim.for_a, cases.families[family]);
      if (!is_a && !is_in(claim.claim.for_b, cases.families[family])) continue;
      const double ratio = study.model.ln_ratio(looked_at, claim.claim).value_or(0);
      if (i < parts.halved) {
        (is_a ? claim.for_bounds.h1 : claim.for_bounds.h2).push_back(ratio);
        continue;
      }
      (is_a ? claim.test.h1 : claim.test.h2).push_back(ratio);
      auto& stratum = claim.strata[stratum_of(cases, i)].cases;
      (is_a ? stratum.h1 : stratum.h2).push_back(ratio);
    }
  }
  study.taken_for_new = likelihood::exact_rate(far, tested);
}

// What a model without the family says of its cases.
struct LeftOut {
  std::vector<std::vector<double>> ratios;  // of each claim
  std::uint64_t noticed = 0, cases = 0;
};

Status test_left_out(const FamilyCases& cases, const RatioRequest& request, std::size_t family,
                     const std::vector<ClaimStudy>& claims, LeftOut& out) {
  const auto model = learn(cases, request, family);
  if (!model.ok()) return model.error();
  out.ratios.resize(claims.size());
  const Parts parts(cases, request);
  for (std::size_t i = parts.calibrated + family; i < parts.all; i += cases.families.size()) {
    if (cases.values[i].empty()) continue;
    const likelihood::ModelCase looked_at = model->look_at(cases.values[i]);
    ++out.cases;
    out.noticed += !looked_at.unlike.empty();
    for (std::size_t c = 0; c < claims.size(); ++c) {
      if (const auto ratio = model->ln_ratio(looked_at, claims[c].claim)) {
        out.ratios[c].push_back(*ratio);
      }
    }
  }
  return {};
}

std::vector<double> negated(std::vector<double> values) {
  for (double& value : values) value = -value;
  return values;
}

void set_limits(const FamilyCases& cases, const std::vector<LeftOut>& left_out, RatioStudy& study) {
  for (std::size_t c = 0; c < study.claims.size(); ++c) {
    ClaimStudy& claim = study.claims[c];
    std::vector<likelihood::LeftOutFamily> against_a, against_b;
    for (std::size_t f = 0; f < cases.families.size(); ++f) {
      const std::string& family = cases.families[f];
      if (is_in(claim.claim.for_b, family)) against_a.push_back({family, left_out[f].ratios[c]});
      if (is_in(claim.claim.for_a, family)) {
        against_b.push_back({family, negated(left_out[f].ratios[c])});
      }
    }
    claim.cap_a = likelihood::claim_cap(against_a);
    claim.cap_b = likelihood::claim_cap(against_b);
    claim.claim.bounds = likelihood::supported_bounds(claim.for_bounds);
    claim.claim.cap_a = claim.cap_a.steady_cap;
    claim.claim.cap_b = claim.cap_b.steady_cap;
    const likelihood::LrBounds limits = likelihood::limits_of(claim.claim);
    for (std::size_t s = 0; s < claim.strata.size(); ++s) {
      claim.claim.power_a[s] = power_of(claim.strata[s].cases.h1, limits, 1);
      claim.claim.power_b[s] = power_of(claim.strata[s].cases.h2, limits, -1);
    }
    study.model.claims().push_back(claim.claim);
  }
}

}  // namespace

Result<RatioStudy> study_ratios(const RatioRequest& request) {
  const std::uint32_t each = request.train + request.calibrate + request.test;
  const auto cases = draw_family_cases(request.first_seed, each, request.ranges, request.threads);
  if (!cases.ok()) return cases.error();
  const std::size_t families = cases->families.size();
  RatioStudy study;
  study.cases = cases->values.size();
  study.confusion.assign(families, std::vector<std::uint32_t>(families));
  for (ModelClaim& claim : claims_of(*cases)) {
    study.claims.push_back({std::move(claim), {}, {}, empty_strata(), {}, {}});
  }
  std::vector<LeftOut> left_out(families);
  const auto train_one = [&](std::size_t f, unsigned) -> Status {
    if (f < families) return test_left_out(*cases, request, f, study.claims, left_out[f]);
    auto whole = learn(*cases, request, families);
    if (!whole.ok()) return whole.error();
    study.model = std::move(*whole);
    return {};
  };
  ASSAY_TRY(in_threads(request.threads, families + 1, train_one));
  test_whole(*cases, request, study);
  for (std::size_t f = 0; f < families; ++f) {
    study.noticed.push_back(
        {cases->families[f], likelihood::exact_rate(left_out[f].noticed, left_out[f].cases)});
  }
  set_limits(*cases, left_out, study);
  return study;
}

}  // namespace assay
