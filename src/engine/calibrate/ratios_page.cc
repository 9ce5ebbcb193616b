#include <fmt/format.h>

#include <cmath>

#include "engine/calibrate/ratios.h"
#include "explanations/likelihood/elub.h"

namespace assay {
namespace {

using likelihood::KnownCases;

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.3f}", *value) : "-";
}

std::string rate(const likelihood::ExactRate& rate) {
  return fmt::format("{} of {} (at most {:.3f})", rate.count, rate.cases, rate.upper);
}

// The cases as they would be reported: cut to what the calibration supports and to the cap.
KnownCases cut(const KnownCases& cases, double high) {
  KnownCases out = cases;
  for (auto* side : {&out.h1, &out.h2}) {
    for (double& ln : *side) ln = std::min(ln, high);
  }
  return out;
}

std::string claim_section(const ClaimStudy& study) {
  std::string page = fmt::format("\n### \"{}\"\nTrue of: {}. Against all other families.\n\n",
                                 study.claim, fmt::join(study.families, ", "));
  const auto bounds = likelihood::supported_bounds(study.test);
  page +=
      "| Cllr | Cllr_min | Cllr_cal | AUC | LR supported by the cases |\n|---|---|---|---|---|\n";
  page += fmt::format("| {} | {} | {} | {} | {:.3g} to {:.3g} |\n\n", number(cllr(study.test)),
                      number(cllr_min(study.test)), number(cllr_cal(study.test)),
                      number(auc(study.test)), std::exp(bounds.low), std::exp(bounds.high));
  page +=
      "| k | LR > k though it is not so | 1/LR > k though it is so | LR > k after the cap, though "
      "it is not so |\n|---|---|---|---|\n";
  const auto rates = likelihood::misleading_rates(study.test);
  const auto capped = likelihood::misleading_rates(cut(study.test, std::log(study.cap.cap)));
  for (std::size_t i = 0; i < rates.size(); ++i) {
    page += fmt::format("| {} | {} | {} | {} |\n", rates[i].k, rate(rates[i].for_h1),
                        rate(rates[i].for_h2), rate(capped[i].for_h1));
  }
  page += "\nWith one family left out of training, cases of that family for the claim:\n\n";
  page += "| left out | LR > 1 | LR > 10 | LR > 100 |\n|---|---|---|---|\n";
  for (const likelihood::LeftOutRates& family : study.cap.families) {
    page += fmt::format("| {} | {:.3f} | {:.3f} | {:.3f} |\n", family.family, family.above[0].rate,
                        family.above[3].rate, family.above[4].rate);
  }
  page += fmt::format(
      "\nThe worst is {}: LR > 10 in at most {:.3f} (95 %). **The cap of this claim is {:.2f}.**\n",
      study.cap.worst_family, study.cap.worst_upper_at_10, study.cap.cap);
  return page;
}

}  // namespace

std::string ratio_page(const RatioStudy& study, const RatioRequest& request) {
  std::string page = fmt::format(
      "{} cases of {} families, {} features; of each family {} to train, {} to calibrate, {} to "
      "test; seeds {} to {}.\n\n",
      study.cases, study.families.size(), study.features, request.train, request.calibrate,
      request.test, request.first_seed, request.first_seed + study.cases - 1);
  page += "| true \\ likeliest |";
  for (std::size_t i = 0; i < study.families.size(); ++i) page += fmt::format(" {} |", i + 1);
  page += "\n|---|";
  for (std::size_t i = 0; i < study.families.size(); ++i) page += "---|";
  page += "\n";
  for (std::size_t i = 0; i < study.families.size(); ++i) {
    page += fmt::format("| {} {} |", i + 1, study.families[i]);
    for (const std::uint32_t count : study.confusion[i]) {
      page += count == 0 ? " |" : fmt::format(" {} |", count);
    }
    page += "\n";
  }
  for (const ClaimStudy& each : study.claims) page += claim_section(each);
  return page;
}

}  // namespace assay
