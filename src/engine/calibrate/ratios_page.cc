#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/digest.h"
#include "engine/calibrate/ratio_figures.h"
#include "engine/calibrate/ratios.h"
#include "methods/features/features.h"

namespace assay {
namespace {

using likelihood::ClaimCap;
using likelihood::ExactRate;
using likelihood::KnownCases;

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.3f}", *value) : "-";
}

std::string rate(const ExactRate& rate) {
  return fmt::format("{} of {} (at most {:.3f})", rate.count, rate.cases, rate.upper);
}

// The cases as they would be reported: cut to the cap for each side.
KnownCases cut(const KnownCases& cases, const likelihood::ModelClaim& claim) {
  KnownCases out = cases;
  const likelihood::LrBounds limits = likelihood::limits_of(claim);
  for (auto* side : {&out.h1, &out.h2}) {
    for (double& ln : *side) ln = likelihood::clamped(ln, limits);
  }
  return out;
}

std::string measures_table(const ClaimStudy& study) {
  std::string page =
      "| cases | n for, against | Cllr | Cllr_min | Cllr_cal | AUC | 10 reached: for, against "
      "|\n|---|---|---|---|---|---|---|\n";
  const auto line = [&](const std::string& name, const KnownCases& cases,
                        const std::string& power) {
    page += fmt::format("| {} | {}, {} | {} | {} | {} | {} | {} |\n", name, cases.h1.size(),
                        cases.h2.size(), number(cllr(cases)), number(cllr_min(cases)),
                        number(cllr_cal(cases)), number(auc(cases)), power);
  };
  line("all", study.test, "");
  for (std::size_t s = 0; s < study.strata.size(); ++s) {
    line(study.strata[s].name, study.strata[s].cases,
         fmt::format("{:.2f}, {:.2f}", study.claim.power_a[s], study.claim.power_b[s]));
  }
  line("all, as reported (within bounds and caps)", cut(study.test, study.claim), "");
  line("drawn by other customs", study.other, "");
  return page;
}

std::string misleading_table(const ClaimStudy& study) {
  std::string page =
      "| k | LR > k though it is not so | 1/LR > k though it is so | LR > k as reported, though it "
      "is not so | LR > k though it is not so, by other customs | 1/LR > k though it is so, by "
      "other "
      "customs |\n|---|---|---|---|---|---|\n";
  const auto rates = likelihood::misleading_rates(study.test);
  const auto reported = likelihood::misleading_rates(cut(study.test, study.claim));
  const auto others = likelihood::misleading_rates(study.other);
  for (std::size_t i = 0; i < rates.size(); ++i) {
    page += fmt::format("| {} | {} | {} | {} | {} | {} |\n", rates[i].k, rate(rates[i].for_h1),
                        rate(rates[i].for_h2), rate(reported[i].for_h1), rate(others[i].for_h1),
                        rate(others[i].for_h2));
  }
  return page;
}

// The worst of a claim's rivals when everything else is drawn by other customs.
std::string other_customs_text(const ClaimCap& cap) {
  return fmt::format(
      "Drawn by other customs, with no family left out, the worst at 10 is {}: in at most {:.3f} "
      "(95 "
      "%); this allows {:.3g}.",
      cap.worst_family, cap.worst_upper_at_10, cap.steady_cap);
}

std::string list_of(const std::vector<double>& caps) {
  std::vector<std::string> words;
  for (const double cap : caps) words.push_back(fmt::format("{:.3g}", cap));
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string cap_table(const ClaimCap& cap, const std::vector<double>& of_trainings,
                      const ClaimCap& other, double final_cap, std::string_view side) {
  std::string page = fmt::format(
      "\nWith one family left out of training, its cases taken for {}:\n\n"
      "| left out | LR > 1 | LR > 10 | LR > 100 |\n|---|---|---|---|\n",
      side);
  for (const likelihood::LeftOutRates& family : cap.families) {
    const auto share = [&](std::size_t at) {
      return family.above[at].cases == 0 ? std::string("-")
                                         : fmt::format("{:.3f}", family.above[at].rate);
    };
    page += fmt::format("| {} | {} | {} | {} |\n", family.family, share(0), share(3), share(4));
  }
  page += fmt::format(
      "\nThe worst at 10 is {}: in at most {:.3f} (95 %), which allows {:.3g}; with every lower "
      "threshold kept as well the trainings allow {}, and the table is of the least. {} **The cap "
      "for {} is {:.3g}.**\n",
      cap.worst_family, cap.worst_upper_at_10, cap.cap, list_of(of_trainings),
      other_customs_text(other), side, final_cap);
  return page;
}

std::string claim_section(const ClaimStudy& study) {
  const likelihood::ModelClaim& claim = study.claim;
  std::string page = fmt::format(
      "\n### {} rather than {}\nFor: {}. Against: {}. The cases support LRs from {:.3g} "
      "to {:.3g}.\n\n",
      claim.a, claim.b, fmt::join(claim.for_a, ", "), fmt::join(claim.for_b, ", "),
      std::exp(claim.bounds.low), std::exp(claim.bounds.high));
  page += measures_table(study) + "\n" + misleading_table(study);
  page += cap_table(study.cap_a, study.training_caps_a, study.other_cap_a, claim.cap_a,
                    fmt::format("\"{}\"", claim.a));
  page += cap_table(study.cap_b, study.training_caps_b, study.other_cap_b, claim.cap_b,
                    fmt::format("\"{}\"", claim.b));
  return page;
}

std::string confusion_table(const RatioStudy& study) {
  const auto& families = study.model.families();
  std::string page = "| true \\ likeliest |";
  for (std::size_t i = 0; i < families.size(); ++i) page += fmt::format(" {} |", i + 1);
  page += "\n|---|";
  for (std::size_t i = 0; i < families.size(); ++i) page += "---|";
  page += "\n";
  for (std::size_t i = 0; i < families.size(); ++i) {
    page += fmt::format("| {} {} |", i + 1, families[i]);
    for (const std::uint32_t count : study.confusion[i]) {
      page += count == 0 ? " |" : fmt::format(" {} |", count);
    }
    page += "\n";
  }
  return page;
}

std::string pairs_table(const RatioStudy& study) {
  constexpr std::size_t kMostPairs = 16;
  std::string page =
      "\n### Which families cost most\nCllr of the ratio between two families, of their own test "
      "cases; 0 is told apart, 1 is alike. The dearest pairs:\n\n| one | other | Cllr "
      "|\n|---|---|---|\n";
  for (std::size_t i = 0; i < std::min(kMostPairs, study.pairs.size()); ++i) {
    const PairCost& pair = study.pairs[i];
    page += fmt::format("| {} | {} | {:.3f} |\n", pair.a, pair.b, pair.cllr);
  }
  return page;
}

std::string noticed_table(const RatioStudy& study) {
  std::string page = fmt::format(
      "\n### Cases unlike those simulated\nOf cases of known families {} are taken for unlike and "
      "get no number; drawn by other customs, {}. Of a family that the model never met:\n\n| left "
      "out | noticed |\n|---|---|\n",
      rate(study.taken_for_new), rate(study.other_taken_for_new));
  for (const Noticed& family : study.noticed) {
    page += fmt::format("| {} | {:.3f} |\n", family.family, family.rate.rate);
  }
  return page;
}

std::string drawn_from(const RatioRequest& request) {
  const sim::ScenarioRanges& ranges = request.ranges;
  return fmt::format("TTL {:.0f} to {:.0f} s, {:.0f} to {:.0f} days, {} to {} rows",
                     ranges.least_ttl_s, ranges.most_ttl_s, ranges.least_days, ranges.most_days,
                     ranges.fewest_rows, ranges.most_rows);
}

using Json = nlohmann::ordered_json;

Json json_of(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json json_of(const ExactRate& rate) {
  return {{"count", rate.count}, {"cases", rate.cases}, {"rate", rate.rate}, {"upper", rate.upper}};
}

Json json_of(const KnownCases& cases) {
  return {{"for", cases.h1.size()},
          {"against", cases.h2.size()},
          {"cllr", json_of(cllr(cases))},
          {"cllr_min", json_of(cllr_min(cases))},
          {"cllr_cal", json_of(cllr_cal(cases))},
          {"auc", json_of(auc(cases))}};
}

Json json_of(const ClaimCap& cap) {
  Json families = Json::array();
  for (const likelihood::LeftOutRates& family : cap.families) {
    Json above = Json::object();
    for (std::size_t i = 0; i < family.above.size(); ++i) {
      above[fmt::format("{}", likelihood::kCapThresholds[i])] = json_of(family.above[i]);
    }
    families.push_back({{"family", family.family}, {"above", above}});
  }
  return {{"cap", cap.cap},
          {"steady_cap", cap.steady_cap},
          {"worst_family", cap.worst_family},
          {"families", families}};
}

Json json_of(const ClaimStudy& study) {
  const likelihood::ModelClaim& claim = study.claim;
  Json strata = Json::object();
  for (const Stratum& stratum : study.strata) strata[stratum.name] = json_of(stratum.cases);
  Json misleading = Json::array();
  for (const likelihood::MisleadingRate& rate : likelihood::misleading_rates(study.test)) {
    misleading.push_back({{"k", rate.k},
                          {"above_though_not_so", json_of(rate.for_h1)},
                          {"below_though_so", json_of(rate.for_h2)}});
  }
  return {{"claim", claim.word},
          {"a", claim.a},
          {"b", claim.b},
          {"for_a", claim.for_a},
          {"for_b", claim.for_b},
          {"reaches_10_a", claim.power_a},
          {"reaches_10_b", claim.power_b},
          {"ln_bounds", {claim.bounds.low, claim.bounds.high}},
          {"all", json_of(study.test)},
          {"as_reported", json_of(cut(study.test, claim))},
          {"by_rows", strata},
          {"misleading", misleading},
          {"other_customs", json_of(study.other)},
          {"training_caps_a", study.training_caps_a},
          {"training_caps_b", study.training_caps_b},
          {"other_customs_cap_a", study.other_cap_a.steady_cap},
          {"other_customs_cap_b", study.other_cap_b.steady_cap},
          {"reported_cap_a", claim.cap_a},
          {"reported_cap_b", claim.cap_b},
          {"cap_a", json_of(study.cap_a)},
          {"cap_b", json_of(study.cap_b)}};
}

}  // namespace

std::string ratio_page(const RatioStudy& study, const RatioRequest& request) {
  std::string page = fmt::format(
      "{} cases of {} families ({}), {} features; of each family {} to train, {} to calibrate, {} "
      "to test, of which the first half sets the bounds of what is reported and the second is what "
      "the tables of each claim count; seeds {} to {}. For the caps {} trainings, each on other "
      "cases of these. {} cases more are drawn by other customs; seeds {} to {}.\n\n",
      study.cases, study.model.families().size(), drawn_from(request),
      study.model.features().size(), request.train, request.calibrate, request.test,
      request.first_seed, request.first_seed + study.cases - 1, request.trainings,
      study.other_cases, request.first_seed + study.cases,
      request.first_seed + study.cases + study.other_cases - 1);
  page += confusion_table(study);
  for (const ClaimStudy& each : study.claims) page += claim_section(each);
  return page + pairs_table(study) + noticed_table(study);
}

nlohmann::ordered_json ratio_json(const RatioStudy& study, const RatioRequest& request) {
  Json claims = Json::array(), noticed = Json::object(), pairs = Json::array();
  for (const PairCost& pair : study.pairs) pairs.push_back({pair.a, pair.b, pair.cllr});
  for (const ClaimStudy& claim : study.claims) claims.push_back(json_of(claim));
  for (const Noticed& family : study.noticed) noticed[family.family] = json_of(family.rate);
  const sim::ScenarioRanges& ranges = request.ranges;
  return {{"first_seed", request.first_seed},
          {"runs", study.cases},
          {"train", request.train},
          {"calibrate", request.calibrate},
          {"test", request.test},
          {"ttl_s", {ranges.least_ttl_s, ranges.most_ttl_s}},
          {"days", {ranges.least_days, ranges.most_days}},
          {"rows", {ranges.fewest_rows, ranges.most_rows}},
          {"families", study.model.families()},
          {"confusion", study.confusion},
          {"claims", claims},
          {"pairs_cllr", pairs},
          {"other_customs_runs", study.other_cases},
          {"other_customs_taken_for_new", json_of(study.other_taken_for_new)},
          {"left_out_noticed", noticed},
          {"known_taken_for_new", json_of(study.taken_for_new)}};
}

std::vector<SimulatedFile> ratio_files(const RatioStudy& study, const std::string& page,
                                       const std::string& json) {
  std::vector<SimulatedFile> files = {
      {"timing.model", study.model.to_text()},
      {"numbers.json", json},
      {"confusion.svg", confusion_figure(study)},
      {"left_out.svg", left_out_figure(study)},
  };
  for (const ClaimStudy& claim : study.claims) {
    files.push_back({"tippett_" + claim.claim.word + ".svg", tippett_figure(claim)});
    files.push_back({"reliability_" + claim.claim.word + ".svg", reliability_figure(claim)});
  }
  const std::string card = fmt::format(
      "# Model card: timing.model\nSHA-256 {}. Features version {}. Trained, calibrated and tested "
      "by `assay calibrate --ratios` on simulated query logs of the authoritative servers, one in "
      "ten edited and three in ten sampled; what "
      "it is for, and not for: [weighing.md](../../docs/weighing.md).\n\n",
      sha256_hex(files.front().bytes), methods::kFeaturesVersion);
  files.push_back({"card.md", card + page});
  return files;
}

}  // namespace assay
