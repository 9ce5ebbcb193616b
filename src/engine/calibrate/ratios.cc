#include "engine/calibrate/ratios.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

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

// Families that stand on neither side of a claim are those of which it is neither true nor false:
// docs/weighing.md argues each.
std::vector<ModelClaim> claims_of(const FamilyCases& cases) {
  std::vector<ModelClaim> claims(3);
  claims[0] = {.word = "person_timed",
               .a = "moments at which persons acted",
               .b = "moments that a program, a mailing or a flow of others' mail set",
               .for_a = person_families(),
               .for_b = program_families()};
  std::vector<std::string> exchanges, others;
  for (const std::string& family : cases.families) {
    (sim::find_cause(family)->truth().is_conversation ? exchanges : others).push_back(family);
  }
  claims[1] = {.word = "exchange",
               .a = "persons who answered one another",
               .b = "another of the modelled causes",
               .for_a = std::move(exchanges),
               .for_b = std::move(others)};
  claims[2] = {
      .word = "timer",
      .a = "a timer, a schedule or a program without pause",
      .b = "moments that people set, by hand or by their mail",
      .for_a = {"archive_rescan", "poll", "steady", "replication", "beacon", "office_batch"},
      .for_b = {"campaign_checks", "correspondence", "mail_client", "invitations", "human_software",
                "office_stream_checks"}};
  return claims;
}

enum class Part { train, calibrate, bounds, test };

// What a case is for in one of the trainings. Each training takes other cases of every family: the
// places at which they are cut move on.
Part part_of_case(const FamilyCases& cases, const RatioRequest& request, std::size_t training,
                  std::size_t i) {
  const std::size_t each = request.train + request.calibrate + request.test;
  const std::size_t moved = each * training / std::max(1u, request.trainings);
  const std::size_t at = (i / cases.families.size() + moved) % each;
  if (at < request.train) return Part::train;
  if (at < request.train + request.calibrate) return Part::calibrate;
  return at < each - (request.test - request.test / 2) ? Part::bounds : Part::test;
}

// Cases of a part without those of family `left_out`; labels without a hole.
LabelledCases cases_of(const FamilyCases& all, const RatioRequest& request, std::size_t training,
                       Part part, std::size_t left_out) {
  LabelledCases out;
  out.features = all.features.size();
  out.classes = all.families.size() - (left_out < all.families.size() ? 1 : 0);
  for (std::size_t i = 0; i < all.values.size(); ++i) {
    const std::size_t family = all.family_of(i);
    if (family == left_out || all.values[i].empty()) continue;
    if (part_of_case(all, request, training, i) != part) continue;
    out.values.insert(out.values.end(), all.values[i].begin(), all.values[i].end());
    out.labels.push_back(family - (family > left_out ? 1 : 0));
  }
  return out;
}

Result<FamilyModel> learn(const FamilyCases& cases, const RatioRequest& request,
                          std::size_t training, std::size_t left_out) {
  std::vector<std::string> families = cases.families;
  if (left_out < families.size()) {
    families.erase(families.begin() + static_cast<std::ptrdiff_t>(left_out));
  }
  return FamilyModel::learn(cases_of(cases, request, training, Part::train, left_out),
                            cases_of(cases, request, training, Part::calibrate, left_out),
                            std::move(families), cases.features,
                            {.seed = 1 + training,
                             .rounds = request.rounds,
                             .least_leaf = std::clamp(request.train / 50, 2u, 20u)});
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

void add_costs_of_pairs(const FamilyCases& cases, const std::vector<std::vector<double>>& ln,
                        const std::vector<std::size_t>& family_of, RatioStudy& study) {
  const std::size_t families = cases.families.size();
  for (std::size_t a = 0; a < families; ++a) {
    for (std::size_t b = a + 1; b < families; ++b) {
      likelihood::KnownCases known;
      for (std::size_t i = 0; i < ln.size(); ++i) {
        if (family_of[i] == a) known.h1.push_back(ln[i][a] - ln[i][b]);
        if (family_of[i] == b) known.h2.push_back(ln[i][a] - ln[i][b]);
      }
      study.pairs.push_back({cases.families[a], cases.families[b], cllr(known).value_or(1)});
    }
  }
  std::stable_sort(study.pairs.begin(), study.pairs.end(),
                   [](const PairCost& x, const PairCost& y) { return x.cllr > y.cllr; });
}

void test_whole(const FamilyCases& cases, const RatioRequest& request, RatioStudy& study) {
  std::uint64_t far = 0, tested = 0;
  std::vector<std::vector<double>> measured;
  std::vector<std::size_t> measured_families;
  for (std::size_t i = 0; i < cases.values.size(); ++i) {
    const Part part = part_of_case(cases, request, 0, i);
    if (cases.values[i].empty() || part == Part::train || part == Part::calibrate) continue;
    const std::size_t family = cases.family_of(i);
    const likelihood::ModelCase looked_at = study.model.look_at(cases.values[i]);
    const auto& ln = looked_at.ln_likelihoods;
    const auto likeliest = std::max_element(ln.begin(), ln.end()) - ln.begin();
    ++study.confusion[family][static_cast<std::size_t>(likeliest)];
    ++tested;
    far += !looked_at.unlike.empty();
    if (part == Part::test) {
      measured.push_back(ln);
      measured_families.push_back(family);
    }
    for (ClaimStudy& claim : study.claims) {
      const bool is_a = is_in(claim.claim.for_a, cases.families[family]);
      if (!is_a && !is_in(claim.claim.for_b, cases.families[family])) continue;
      const double ratio = study.model.ln_ratio(looked_at, claim.claim).value_or(0);
      if (part == Part::bounds) {
        (is_a ? claim.for_bounds.h1 : claim.for_bounds.h2).push_back(ratio);
        continue;
      }
      (is_a ? claim.test.h1 : claim.test.h2).push_back(ratio);
      auto& stratum = claim.strata[stratum_of(cases, i)].cases;
      (is_a ? stratum.h1 : stratum.h2).push_back(ratio);
    }
  }
  study.taken_for_new = likelihood::exact_rate(far, tested);
  add_costs_of_pairs(cases, measured, measured_families, study);
}

// What a model without the family says of its cases.
struct LeftOut {
  std::vector<std::vector<double>> ratios;  // of each claim
  std::uint64_t noticed = 0, cases = 0;
};

Status test_left_out(const FamilyCases& cases, const RatioRequest& request, std::size_t training,
                     std::size_t family, const std::vector<ClaimStudy>& claims, LeftOut& out) {
  const auto model = learn(cases, request, training, family);
  if (!model.ok()) return model.error();
  out.ratios.resize(claims.size());
  for (std::size_t i = family; i < cases.values.size(); i += cases.families.size()) {
    const Part part = part_of_case(cases, request, training, i);
    if (cases.values[i].empty() || part == Part::train || part == Part::calibrate) continue;
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

// For both sides of a claim, of what each family's cases got.
std::pair<likelihood::ClaimCap, likelihood::ClaimCap> caps_of(
    const FamilyCases& cases, const ModelClaim& claim,
    const std::vector<std::vector<double>>& ratios) {
  std::vector<likelihood::LeftOutFamily> against_a, against_b;
  for (std::size_t f = 0; f < cases.families.size(); ++f) {
    const std::string& family = cases.families[f];
    if (is_in(claim.for_b, family)) against_a.push_back({family, ratios[f]});
    if (is_in(claim.for_a, family)) against_b.push_back({family, negated(ratios[f])});
  }
  return {likelihood::claim_cap(against_a), likelihood::claim_cap(against_b)};
}

// The least over the trainings: a cap of one training is a draw.
void set_caps(const FamilyCases& cases, const std::vector<LeftOut>& left_out, std::size_t trainings,
              RatioStudy& study) {
  const std::size_t families = cases.families.size();
  for (std::size_t c = 0; c < study.claims.size(); ++c) {
    ClaimStudy& claim = study.claims[c];
    for (std::size_t training = 0; training < trainings; ++training) {
      std::vector<std::vector<double>> ratios;
      for (std::size_t f = 0; f < families; ++f) {
        ratios.push_back(left_out[training * families + f].ratios[c]);
      }
      auto [cap_a, cap_b] = caps_of(cases, claim.claim, ratios);
      claim.training_caps_a.push_back(cap_a.steady_cap);
      claim.training_caps_b.push_back(cap_b.steady_cap);
      const auto is_least = [&](const std::vector<double>& caps) {
        return *std::min_element(caps.begin(), caps.end()) == caps.back();
      };
      if (is_least(claim.training_caps_a)) claim.cap_a = std::move(cap_a);
      if (is_least(claim.training_caps_b)) claim.cap_b = std::move(cap_b);
    }
  }
}

// Cases of the same causes with other customs, given to the model that never met these customs. Of
// several such worlds the one that allows least rules.
void test_other_customs(const FamilyCases& others, RatioStudy& study) {
  const std::size_t families = others.families.size();
  std::vector<std::vector<std::vector<double>>> ratios(study.claims.size(),
                                                       std::vector<std::vector<double>>(families));
  std::uint64_t far = 0, tested = 0;
  for (std::size_t i = 0; i < others.values.size(); ++i) {
    if (others.values[i].empty()) continue;
    const std::size_t family = others.family_of(i);
    const likelihood::ModelCase looked_at = study.model.look_at(others.values[i]);
    ++tested;
    far += !looked_at.unlike.empty();
    for (std::size_t c = 0; c < study.claims.size(); ++c) {
      ClaimStudy& claim = study.claims[c];
      const double ratio = study.model.ln_ratio(looked_at, claim.claim).value_or(0);
      ratios[c][family].push_back(ratio);
      if (is_in(claim.claim.for_a, others.families[family])) claim.other.h1.push_back(ratio);
      if (is_in(claim.claim.for_b, others.families[family])) claim.other.h2.push_back(ratio);
    }
  }
  const bool is_first = study.other_cases == 0;
  study.other_cases += others.values.size();
  study.other_taken_for_new = likelihood::exact_rate(far + study.other_taken_for_new.count,
                                                     tested + study.other_taken_for_new.cases);
  for (std::size_t c = 0; c < study.claims.size(); ++c) {
    ClaimStudy& claim = study.claims[c];
    auto [cap_a, cap_b] = caps_of(others, claim.claim, ratios[c]);
    const auto keep_least = [&](auto& kept, auto& made) {
      if (is_first || made.steady_cap < kept.steady_cap) kept = std::move(made);
    };
    keep_least(claim.other_cap_a, cap_a);
    keep_least(claim.other_cap_b, cap_b);
  }
}

void set_limits(RatioStudy& study) {
  for (ClaimStudy& claim : study.claims) {
    claim.claim.bounds = likelihood::supported_bounds(claim.for_bounds);
    claim.claim.cap_a = std::min(claim.cap_a.steady_cap, claim.other_cap_a.steady_cap);
    claim.claim.cap_b = std::min(claim.cap_b.steady_cap, claim.other_cap_b.steady_cap);
    const likelihood::LrBounds limits = likelihood::limits_of(claim.claim);
    for (std::size_t s = 0; s < claim.strata.size(); ++s) {
      claim.claim.power_a[s] = power_of(claim.strata[s].cases.h1, limits, 1);
      claim.claim.power_b[s] = power_of(claim.strata[s].cases.h2, limits, -1);
    }
    claim.claim.counted = likelihood::lr_counts(claim.test);
    claim.claim.counted_elsewhere = likelihood::lr_counts(claim.other);
    study.model.claims().push_back(claim.claim);
  }
}

}  // namespace

Result<RatioStudy> study_ratios(const RatioRequest& request) {
  const std::uint32_t each = request.train + request.calibrate + request.test;
  const auto cases = draw_family_cases(request.first_seed, each, request.ranges, request.threads);
  if (!cases.ok()) return cases.error();
  std::vector<FamilyCases> worlds;
  std::uint64_t next_seed = request.first_seed + cases->values.size();
  for (const sim::Customs customs :
       {sim::Customs::other, sim::Customs::textbook, sim::Customs::appointed}) {
    sim::ScenarioRanges ranges = request.ranges;
    ranges.customs = customs;
    auto drawn =
        draw_family_cases(next_seed, std::max(2u, request.test / 2), ranges, request.threads);
    if (!drawn.ok()) return drawn.error();
    next_seed += drawn->values.size();
    worlds.push_back(std::move(*drawn));
  }
  const std::size_t families = cases->families.size(), trainings = std::max(1u, request.trainings);
  RatioStudy study;
  study.cases = cases->values.size();
  study.confusion.assign(families, std::vector<std::uint32_t>(families));
  for (ModelClaim& claim : claims_of(*cases)) {
    ClaimStudy& made = study.claims.emplace_back();
    made.claim = std::move(claim);
    made.strata = empty_strata();
  }
  std::vector<LeftOut> left_out(families * trainings);
  const auto train_one = [&](std::size_t i, unsigned) -> Status {
    if (i < left_out.size()) {
      return test_left_out(*cases, request, i / families, i % families, study.claims, left_out[i]);
    }
    auto whole = learn(*cases, request, 0, families);
    if (!whole.ok()) return whole.error();
    study.model = std::move(*whole);
    return {};
  };
  ASSAY_TRY(in_threads(request.threads, left_out.size() + 1, train_one));
  test_whole(*cases, request, study);
  for (std::size_t f = 0; f < families; ++f) {
    study.noticed.push_back(
        {cases->families[f], likelihood::exact_rate(left_out[f].noticed, left_out[f].cases)});
  }
  set_caps(*cases, left_out, trainings, study);
  for (const FamilyCases& world : worlds) test_other_customs(world, study);
  set_limits(study);
  return study;
}

}  // namespace assay
