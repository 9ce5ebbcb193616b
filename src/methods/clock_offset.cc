// clock_offset: how far the clocks of two recorders were apart, by the events that both tell.
// Offered to whoever knows the recorders; applied by nobody but case.toml.
#include <fmt/core.h>

#include <cmath>

#include "methods/registry.h"
#include "methods/support/measure.h"
#include "methods/support/shared_events.h"

namespace assay::methods {
namespace {

constexpr char kMedianInterval[] = "95 % order statistics of the median, wider by both stamps";
constexpr double kQuarterHour = 900;
constexpr double kNearQuarterHour = 120;

std::string signed_seconds(double seconds) { return fmt::format("{:+.3f} s", seconds); }

// What a wrong zone leaves: offsets of zones are whole quarters of an hour.
bool looks_like_a_zone(double seconds) {
  const double quarters = std::round(seconds / kQuarterHour);
  return quarters != 0 && std::abs(seconds - quarters * kQuarterHour) <= kNearQuarterHour;
}

void say_identified(const EvidencePair& pair, const SharedEvents& shared, Finding& finding) {
  const auto& [a, b] = pair;
  const Range& range = *shared.offset_interval;
  const bool differs = range.first > 0 || range.second < 0;
  add(finding, "offset_seconds", shared.offset_seconds, "s", shared.offset_interval,
      kMedianInterval);
  if (shared.drift_interval) {
    add(finding, "drift_ppm", shared.drift_ppm, "ppm", shared.drift_interval,
        "95 % Sen (1968), over pairs a tenth of the span apart");
  }
  finding.outcome = differs ? Outcome::found : Outcome::nothing_found;
  const std::string drift =
      shared.drift_interval &&
              (shared.drift_interval->first > 0 || shared.drift_interval->second < 0)
          ? fmt::format(" and drifts by {:+.1f} ppm ({:+.1f} to {:+.1f})", shared.drift_ppm,
                        shared.drift_interval->first, shared.drift_interval->second)
          : std::string();
  const std::string events = plural(static_cast<double>(shared.twins.size()), "look-up");
  finding.statement =
      differs ? fmt::format(
                    "The clock of {} is {} from that of {} ({} to {}){}, by {} that both tell; "
                    "no time was changed for it.",
                    b->evidence->id, signed_seconds(shared.offset_seconds), a->evidence->id,
                    signed_seconds(range.first), signed_seconds(range.second), drift, events)
              : fmt::format(
                    "The clocks of {} and {} agree within what their stamps tell ({} to {}){}, "
                    "by {} that both tell.",
                    a->evidence->id, b->evidence->id, signed_seconds(range.first),
                    signed_seconds(range.second), drift, events);
  finding.limitations.emplace_back(
      "Which of two clocks was right, the records do not tell; the offset holds the time that a "
      "message took from one recorder to the other.");
  if (differs && looks_like_a_zone(shared.offset_seconds)) {
    finding.limitations.emplace_back(
        "A shift by whole quarters of an hour is what a zone that was stated wrongly leaves.");
  }
  if (differs) {
    finding.limitations.push_back(
        fmt::format("To have it applied, write into case.toml: [[clock]] evidence = \"{}\", "
                    "add_seconds = {:.3f}.",
                    b->evidence->id, -shared.offset_seconds));
  }
}

Finding measure_pair(const EvidencePair& pair, const MethodContext& context) {
  const auto& [a, b] = pair;
  Finding finding = make_pair_finding(clock_offset_method(), pair, context);
  const SharedEvents shared = find_shared_events(*a, *b);
  const auto twins = static_cast<double>(shared.twins.size());
  finding.denominator = fmt::format(
      "of {} of {} and {} of {} for {}", plural(static_cast<double>(a->rows.size()), "row"),
      a->evidence->id, plural(static_cast<double>(b->rows.size()), "row"), b->evidence->id,
      target_text(*a->records));
  finding.parameters["least_events"] = number_text(kFewestTwins);
  finding.parameters["most_runner_up"] = number_text(kMostRunnerUp);
  add(finding, "shared_events", twins, "events");
  add(finding, "runner_up", shared.runner_up);
  finding.selection =
      seal_twins(*a, *b, shared,
                 fmt::format("rows that {} and {} both tell", a->evidence->id, b->evidence->id));
  if (shared.is_thinned) {
    finding.limitations.emplace_back(
        "More rows agree than are compared; the first ones of each were taken.");
  }
  if (is_identified(shared)) {
    say_identified(pair, shared, finding);
    return finding;
  }
  finding.outcome = Outcome::not_enough;
  finding.statement =
      twins < kFewestTwins
          ? fmt::format(
                "The clocks of {} and {} cannot be compared: {} agree at any one offset, {} "
                "are wanted.",
                a->evidence->id, b->evidence->id, plural(twins, "row"), number_text(kFewestTwins))
          : fmt::format(
                "The clocks of {} and {} cannot be compared: at {} {} agree, and at {} "
                "nearly as many, as with anything that asks at even intervals.",
                a->evidence->id, b->evidence->id, signed_seconds(shared.offset_seconds),
                plural(twins, "row"), signed_seconds(shared.runner_up_offset_seconds));
  return finding;
}

class ClockOffset : public Method {
 public:
  std::string_view name() const override { return "clock_offset"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "how far two recorders' clocks were apart, by the events that both tell";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    return measure_pairs_within(
        records, context, measure_pair,
        nothing_to_compare(*this, records, context, "no two clocks can be compared in it"));
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>& vantages,
                               const MethodContext& context) const override {
    return measure_pairs_across(vantages, context, measure_pair);
  }
};

}  // namespace

const Method& clock_offset_method() {
  static const ClockOffset kMethod;
  return kMethod;
}

}  // namespace assay::methods
