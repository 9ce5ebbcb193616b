#include "explanations/timing_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "explanations/likelihood/verbal.h"

namespace assay {
namespace {

using likelihood::FamilyModel;
using likelihood::ModelCase;
using likelihood::ModelClaim;

// The finding's numbers in the model's order; those that it lacks are no numbers.
std::vector<double> numbers_of(const Table& table, const std::vector<std::string>& names) {
  std::vector<double> values(names.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto at = std::find(table.row_labels.begin(), table.row_labels.end(), names[i]);
    if (at == table.row_labels.end()) continue;
    const auto& row = table.rows[static_cast<std::size_t>(at - table.row_labels.begin())];
    if (!row.empty()) values[i] = row.front();
  }
  return values;
}

// What such records could have given, before looking at what they gave.
std::string expected_text(const ModelClaim& claim, double rows) {
  const std::size_t at = likelihood::power_class(rows);
  constexpr const char* kRows[] = {"fewer than 200 rows", "200 to 999 rows", "1,000 rows and more"};
  return fmt::format(
      "Of simulated records of {}, {:.0f} % of those of {} and {:.0f} % of those of {} reach an LR "
      "of 10 for their side; no more than {} is reported for the one and {} for the other.",
      kRows[at], 100 * claim.power_a[at], claim.a, 100 * claim.power_b[at], claim.b,
      likelihood::lr_text(std::min(claim.cap_a, std::exp(claim.bounds.high))),
      likelihood::lr_text(std::min(claim.cap_b, std::exp(-claim.bounds.low))));
}

TimingWeight weigh(const FamilyModel& model, const ModelClaim& claim, const Finding& finding,
                   const ModelCase& looked_at) {
  TimingWeight weight;
  weight.claim = claim.word;
  weight.finding = finding.id;
  weight.party = finding.subject;
  weight.expected = expected_text(claim, finding.value_or("rows", 0));
  const auto ratio = model.ln_ratio(looked_at, claim);
  if (!looked_at.unlike.empty() || !ratio) {
    weight.statement = fmt::format(
        "No number for {} rather than {}: the look-ups of {} are unlike those that were simulated "
        "({}).",
        claim.a, claim.b, finding.subject, fmt::join(looked_at.unlike, "; "));
    return weight;
  }
  const likelihood::LrBounds limits = likelihood::limits_of(claim);
  weight.ln_lr = likelihood::clamped(*ratio, limits);
  weight.statement = fmt::format(
      "{}'s look-ups: {}.", finding.subject,
      likelihood::weight_text({.ln_lr = *ratio, .bounds = limits, .range = {}}, claim.a, claim.b));
  return weight;
}

}  // namespace

std::vector<TimingWeight> timing_weights(const FamilyModel& model, const FindingSet& findings) {
  std::vector<TimingWeight> weights;
  for (const Finding* finding : findings.by_method("timing_summary")) {
    const Table* table = finding->table("features");
    if (table == nullptr) continue;
    const ModelCase looked_at = model.look_at(numbers_of(*table, model.features()));
    for (const ModelClaim& claim : model.claims()) {
      weights.push_back(weigh(model, claim, *finding, looked_at));
    }
  }
  return weights;
}

}  // namespace assay
