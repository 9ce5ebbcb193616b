// same_event: look-ups that two evidences both tell. Recognised, counted, never merged.
#include <fmt/format.h>

#include <algorithm>

#include "methods/registry.h"
#include "methods/support/measure.h"
#include "methods/support/shared_events.h"

namespace assay::methods {
namespace {

Finding measure_pair(const EvidencePair& pair, const MethodContext& context) {
  const auto& [a, b] = pair;
  Finding finding = make_pair_finding(same_event_method(), pair, context);
  const SharedEvents shared = find_shared_events(*a, *b);
  const double events = is_identified(shared) ? static_cast<double>(shared.twins.size()) : 0;
  const double rows_a = static_cast<double>(a->rows.size());
  const double rows_b = static_cast<double>(b->rows.size());
  const double fewer = std::min(rows_a, rows_b);
  finding.denominator =
      fmt::format("of {} of {} and {} of {} for {}", plural(rows_a, "row"), a->evidence->id,
                  plural(rows_b, "row"), b->evidence->id, target_text(*a->records));
  finding.selection =
      seal_twins(*a, *b, events > 0 ? shared : SharedEvents(),
                 fmt::format("rows that {} and {} both tell", a->evidence->id, b->evidence->id));
  add(finding, "shared_events", events, "events");
  add(finding, "rows_first", rows_a, "rows");
  add(finding, "rows_second", rows_b, "rows");
  if (fewer > 0) add(finding, "share_of_fewer", events / fewer);
  finding.parameters["most_offset_hours"] = "26";
  if (fewer == 0) {
    finding.outcome = Outcome::not_enough;
    finding.statement =
        fmt::format("{} tells no look-up of {}, so {} and {} can have none in common.",
                    rows_a == 0 ? a->evidence->id : b->evidence->id, target_text(*a->records),
                    a->evidence->id, b->evidence->id);
    return finding;
  }
  finding.outcome = events > 0 ? Outcome::found : Outcome::nothing_found;
  if (events == 0) {
    finding.statement = fmt::format(
        "{} and {} tell no events that can be recognised as the same ({} agree in client, name, "
        "type and, where told, id and port at the best offset; {} are wanted, and no other offset "
        "that does as well).",
        a->evidence->id, b->evidence->id, plural(static_cast<double>(shared.twins.size()), "row"),
        number_text(kFewestTwins));
    return finding;
  }
  finding.statement = fmt::format(
      "{} and {} both tell {} ({} of the {} of the one with fewer), with clocks {} apart; they are "
      "counted in both and never merged.",
      a->evidence->id, b->evidence->id, plural(events, "look-up"), share_text(events / fewer),
      plural(fewer, "row"), duration_text(std::abs(shared.offset_seconds)));
  finding.limitations.emplace_back(
      "Two questions of one client for one name within a second, where ids and ports are not told, "
      "can be taken for each other's twins.");
  return finding;
}

class SameEvent : public Method {
 public:
  std::string_view name() const override { return "same_event"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "look-ups that two evidences both tell, whatever their clocks say";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    return measure_pairs_within(
        records, context, measure_pair,
        nothing_to_compare(*this, records, context, "no event is told twice in it"));
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>& vantages,
                               const MethodContext& context) const override {
    return measure_pairs_across(vantages, context, measure_pair);
  }
};

}  // namespace

const Method& same_event_method() {
  static const SameEvent kMethod;
  return kMethod;
}

}  // namespace assay::methods
