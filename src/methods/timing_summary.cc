// A party's look-ups summed up in numbers, for the models of simulated causes. None is evidence by
// itself; what they weigh together the verdict says (docs/weighing.md).
#include <fmt/core.h>

#include <cmath>

#include "methods/features/features.h"
#include "methods/registry.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

// Fewer say nothing of hours, and hardly any simulated case has them.
constexpr std::size_t kFewestRows = 50;

class TimingSummary final : public Method {
 public:
  std::string_view name() const override { return "timing_summary"; }
  std::string_view version() const override { return kFeaturesVersion; }
  std::string_view summary() const override {
    return "a party's look-ups in numbers, for models of simulated causes";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    std::vector<Finding> findings;
    const Askers askers = split_by_asker(records, context);
    for (const AskerGroup& party : askers.parties) {
      findings.push_back(sum_up(records, context, party));
    }
    if (findings.empty()) {
      Finding& none = findings.emplace_back(make_finding(*this, records, context, ""));
      none.outcome = Outcome::not_enough;
      none.statement = "No party of the question asked, so there is nothing to sum up.";
    }
    return findings;
  }

 private:
  Finding sum_up(const QuestionRecords& records, const MethodContext& context,
                 const AskerGroup& party) const {
    Finding finding = make_finding(*this, records, context, party.subject);
    finding.dedup_rule = "rows and bursts (60 s)";
    finding.selection = seal(records, party.rows, "rows of " + party.subject);
    finding.denominator = fmt::format("of {}", plural(party.rows.size(), "row"));
    add(finding, "rows", static_cast<double>(party.rows.size()), "rows");
    finding.limitations = {
        "The numbers are what models of simulated causes read. None of them "
        "shows a cause.",
        kUpstreamLimit};
    say_window(records, finding);
    if (records.vantage != "authoritative") {
      finding.outcome = Outcome::not_applicable;
      finding.statement = fmt::format(
          "{}'s rows were recorded at a vantage ({}) that the models do not have: they are of "
          "query logs of the names' own servers.",
          party.subject, records.vantage);
      return finding;
    }
    if (party.rows.size() < kFewestRows) {
      finding.outcome = Outcome::not_enough;
      finding.statement =
          fmt::format("{} has {} for {}; the models have {} and more.", party.subject,
                      plural(party.rows.size(), "row"), target_text(records), kFewestRows);
      return finding;
    }
    const Features features = summary_features(records, context, party);
    Table table{"features", {"value"}, {}, {}};
    for (std::size_t i = 0; i < features.names().size(); ++i) {
      if (!std::isfinite(features.values()[i])) continue;
      table.row_labels.push_back(features.names()[i]);
      table.rows.push_back({features.values()[i]});
    }
    finding.outcome = Outcome::measured;
    finding.parameters["features_version"] = kFeaturesVersion;
    finding.statement = fmt::format(
        "{}'s {} for {} are summed up in {} numbers, {}, for the models of simulated causes.",
        party.subject, plural(party.rows.size(), "row"), target_text(records), table.rows.size(),
        window_text(records.window));
    finding.tables.push_back(std::move(table));
    return finding;
  }
};

}  // namespace

const Method& timing_summary_method() {
  static const TimingSummary kMethod;
  return kMethod;
}

}  // namespace assay::methods
