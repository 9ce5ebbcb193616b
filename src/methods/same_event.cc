// same_event: look-ups that two evidences both tell. Recognised, counted, never merged.
#include <fmt/core.h>

#include <algorithm>

#include "methods/registry.h"
#include "methods/support/measure.h"
#include "methods/support/recapture.h"
#include "methods/support/shared_events.h"

namespace assay::methods {
namespace {

double rows_between(const EvidenceRows& told, std::uint32_t first, std::uint32_t last) {
  const auto time = [&](std::uint32_t row) { return told.records->rows[row].time_us; };
  return static_cast<double>(std::count_if(
      told.rows.begin(), told.rows.end(),
      [&](std::uint32_t row) { return time(row) >= time(first) && time(row) <= time(last); }));
}

// What both miss, by what each misses of the other's, over the time from the first twin to the
// last: before and after it one of them may not have recorded at all.
std::string add_recapture(const EvidencePair& pair, const SharedEvents& shared, Finding& finding) {
  const auto& [a, b] = pair;
  const auto& [first_a, first_b] = shared.twins.front();
  const auto& [last_a, last_b] = shared.twins.back();
  const double both = static_cast<double>(shared.twins.size());
  const double of_a = std::max(both, rows_between(*a, first_a, last_a));
  const double of_b = std::max(both, rows_between(*b, first_b, last_b));
  const Recapture result = recapture(of_a, of_b, both);
  add(finding, "events_told", result.told, "events");
  add(finding, "events_at_least", result.estimate, "events", result.interval,
      "95 % log-normal about Chapman's estimate, were recorders independent");
  add(finding, "first_recorded_at_most", both / of_b);
  add(finding, "second_recorded_at_most", both / of_a);
  finding.limitations.push_back(fmt::format(
      "{} is a lower bound of what happened from the first of these to the last: Chapman's "
      "estimate "
      "takes it that no look-up is easier to see than another, for both. {} holds {} of what {} "
      "tells then and {} holds {} of what {} does; of everything they hardly hold more.",
      plural(std::round(result.estimate), "look-up"), a->evidence->id, share_text(both / of_b),
      b->evidence->id, b->evidence->id, share_text(both / of_a), a->evidence->id));
  return result.estimate - result.told < 0.5
             ? std::string("; all that one of them tells in that time the other tells, too")
             : fmt::format(
                   "; together they tell {} of that time, and there were about {} ({} to {}) or "
                   "more",
                   count_text(result.told), count_text(result.estimate),
                   count_text(result.interval.first), count_text(result.interval.second));
}

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
  const std::string all = add_recapture(pair, shared, finding);
  finding.statement = fmt::format(
      "{} and {} both tell {} ({} of the {} of the one with fewer), with clocks {} apart; they are "
      "counted in both and never merged{}.",
      a->evidence->id, b->evidence->id, plural(events, "look-up"), share_text(events / fewer),
      plural(fewer, "row"), duration_text(std::abs(shared.offset_seconds)), all);
  finding.limitations.emplace_back(
      "Two questions of one client for one name within a second, where ids and ports are not told, "
      "can be taken for each other's twins.");
  return finding;
}

class SameEvent : public Method {
 public:
  std::string_view name() const override { return "same_event"; }
  std::string_view version() const override { return "2"; }
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
