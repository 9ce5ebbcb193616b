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
std::string expected_text(const FamilyModel& model, const ModelClaim& claim, double rows) {
  const std::size_t at = likelihood::power_class(rows);
  constexpr const char* kRows[] = {"fewer than 200 rows", "200 to 999 rows", "1,000 rows and more"};
  const likelihood::LrBounds limits = likelihood::limits_of(claim);
  std::string text = fmt::format(
      "At most LR {} for the one and {} for the other can be reported; with {}, {:.0f} % and "
      "{:.0f} % of simulated cases reach 10 for what is true of them.",
      likelihood::lr_text(std::exp(limits.high)), likelihood::lr_text(std::exp(-limits.low)),
      kRows[at], 100 * claim.power_a[at], 100 * claim.power_b[at]);
  // As a rule of the weighing: what fewer than half of such cases could show, such records cannot
  // be expected to show.
  constexpr double kExpected = 0.5;
  if (std::max(claim.power_a[at], claim.power_b[at]) >= kExpected) return text;
  text += " Such records cannot be expected to give moderate support, whichever is true.";
  if (!model.gains().empty() && model.open_bits() > 0) {
    text += fmt::format(
        " Of whether there was contact they leave {:.2f} bits open; the missing records are "
        "ranked by what each adds.",
        model.open_bits());
  }
  return text;
}

// Below 2 the scale has no word, and a number would be read as one.
constexpr double kLeastSaid = 2;

TimingWeight weigh(const FamilyModel& model, const ModelClaim& claim, const Finding& finding,
                   const ModelCase& looked_at) {
  TimingWeight weight;
  weight.claim = claim.word;
  weight.finding = finding.id;
  weight.party = finding.subject;
  weight.expected = expected_text(model, claim, finding.value_or("rows", 0));
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
  if (std::exp(std::abs(*weight.ln_lr)) < kLeastSaid) {
    weight.statement = fmt::format(
        "{}'s look-ups: no support that can be reported for {} rather than {}, or "
        "against it.",
        finding.subject, claim.a, claim.b);
    return weight;
  }
  weight.statement = fmt::format(
      "{}'s look-ups: {}.", finding.subject,
      likelihood::weight_text(
          {.ln_lr = *ratio, .bounds = limits, .range = likelihood::counted_range(claim, *ratio)},
          claim.a, claim.b));
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
