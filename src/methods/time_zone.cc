// time_zone: the hours of a working day in UTC, and where on earth they would be one. Two layers
// that are kept apart: what the records show, and what follows only if work begins when it is
// stated to.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "methods/registry.h"
#include "methods/support/claimed_zones.h"
#include "methods/support/day_models.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"
#include "methods/support/no_rows.h"
#include "methods/support/open_exposure.h"
#include "methods/support/rhythm_null.h"
#include "methods/support/work_places.h"

namespace assay::methods {
namespace {

constexpr double kMinEvents = 60;
constexpr double kMinDays = 21;
constexpr std::size_t kZonesSpelled = 4;

void add_fit(const WorkPlaces& places, Finding& finding) {
  constexpr char kGrid[] = "95 % of a flat prior's posterior, by the template's likelihood";
  const OfficeRates& rates = places.told_rates;
  const DayHours& day = places.day();
  add(finding, "start_hour_utc", day.start_mean, "h", Range{day.start_low, day.start_high}, kGrid);
  add(finding, "length_hours", day.length_mean, "h", Range{day.length_low, day.length_high}, kGrid);
  const double core = std::max(rates.core, 1e-12);
  add(finding, "core_per_hour", 3600 * rates.core, "per hour");
  add(finding, "midday_share_of_core", rates.midday / core);
  add(finding, "evening_share_of_core", rates.evening / core);
  add(finding, "night_share_of_core", rates.night / core);
  add(finding, "weekend_share_of_core", rates.weekend / core);
  add(finding, "dispersion", places.dispersion);
}

void add_models(const DayModels& models, Finding& finding) {
  Table table{"models_of_the_day", {"bic", "worse_than_one_office"}, {}, {}};
  const std::pair<const char*, double> all[] = {
      {"one office", models.office},
      {"constant", models.constant},
      {"five days, day and night", models.week_24x5},
      {"a program in fixed hours", models.batch},
      {"two offices", models.two_offices},
  };
  for (const auto& [label, value] : all) {
    table.row_labels.emplace_back(label);
    table.rows.push_back({value, value - models.office});
  }
  finding.tables.push_back(std::move(table));
  add(finding, "bic_machine_over_office", models.best_machine() - models.office);
  add(finding, "bic_batch_over_office", models.batch - models.office);
  add(finding, "bic_two_offices_over_office", models.two_offices - models.office);
}

std::string zones_text(const ZoneCell& cell) {
  std::vector<std::string> names = cell.zones;
  if (names.size() > kZonesSpelled) names.resize(kZonesSpelled);
  return fmt::format("{}", fmt::join(names, ", "));
}

// The table that a reader can redo with another belief about when work begins.
void add_translation(const WorkPlaces& places, Finding& finding) {
  Table table{"working_day_by_zone",
              {"utc_offset_hours", "local_start_hour", "local_end_hour", "posterior_usual",
               "in_set", "in_usual_set"},
              {},
              {}};
  double in_set = 0;
  double usual = 0;
  for (std::size_t i = 0; i < places.zones.size(); ++i) {
    const ZoneCell& cell = places.world.cells[i];
    const PlacedZone& zone = places.zones[i];
    std::string label = fmt::format("{} {}", offset_text(cell.offset_hours), zones_text(cell));
    if (cell.pattern > 0) label += " (" + places.world.patterns[cell.pattern].label + ")";
    table.row_labels.push_back(std::move(label));
    table.rows.push_back({cell.offset_hours, zone.start, zone.end, zone.posterior,
                          zone.is_in_set ? 1.0 : 0.0, zone.is_in_usual_set ? 1.0 : 0.0});
    in_set += zone.is_in_set ? 1 : 0;
    usual += zone.is_in_usual_set ? 1 : 0;
  }
  finding.tables.push_back(std::move(table));
  add(finding, "zones_told_apart", static_cast<double>(places.zones.size()), "zones");
  add(finding, "zones_in_set", in_set, "zones");
  add(finding, "zones_in_usual_set", usual, "zones");
}

// What the working day did when clocks were changed: no change is held against the best change,
// and changes against each other only where one was followed.
void tell_clocks(const WorkPlaces& places, Finding& finding) {
  const auto& gains = places.pattern_gain;
  const auto best = std::max_element(gains.begin() + 1, gains.end());
  add(finding, "clock_change_over_none_log_ratio", *best);
  if (*best <= -kClearStep) {
    finding.parameters["clock_changes"] = "none";
    finding.limitations.emplace_back(
        "Clocks were changed inside the window; the working day followed no change that a zone of "
        "the list made.");
    return;
  }
  if (*best < kClearStep) {
    finding.parameters["clock_changes"] = "not told";
    finding.limitations.emplace_back(
        "Clocks were changed inside the window, but whether the working day followed a change, or "
        "none, the records do not tell.");
    return;
  }
  std::vector<std::string> followed;
  for (std::size_t p = 1; p < gains.size(); ++p) {
    if (gains[p] > *best - kClearStep) followed.push_back(places.world.patterns[p].label);
  }
  finding.parameters["clock_changes"] = fmt::format("{}", fmt::join(followed, "; or "));
  if (followed.size() > 1) {
    finding.limitations.push_back(
        fmt::format("The working day followed a change of clocks, but which of {} the records do "
                    "not tell.",
                    plural(static_cast<double>(followed.size()), "change")));
  }
}

void add_clocks(const WorkPlaces& places, Finding& finding) {
  if (!places.world.has_change()) {
    finding.parameters["clock_changes"] = "no switch in this record";
    finding.limitations.emplace_back(
        "No zone's clock was changed inside the window: no switch in this record, so summer time "
        "tells nothing.");
    return;
  }
  Table table{"clock_changes", {"log_ratio_to_no_change"}, {}, {}};
  for (std::size_t p = 0; p < places.pattern_gain.size(); ++p) {
    table.row_labels.push_back(places.world.patterns[p].label);
    table.rows.push_back({places.pattern_gain[p]});
  }
  finding.tables.push_back(std::move(table));
  tell_clocks(places, finding);
}

// "UTC+01:00 to UTC+03:00"
template <typename Keep>
std::string span_text(const WorkPlaces& places, const Keep& keep) {
  std::string first;
  std::string last;
  for (std::size_t i = 0; i < places.zones.size(); ++i) {
    if (!keep(places.zones[i])) continue;
    last = offset_text(places.world.cells[i].offset_hours);
    if (first.empty()) first = last;
  }
  if (first.empty()) return "no zone";
  return first == last ? first : fmt::format("{} to {}", first, last);
}

std::string places_text(const WorkPlaces& places) {
  return fmt::format(
      "They leave {}, if work begins there at any time between {} and {}; only did it begin at {} "
      "give or take {:.0f} minutes, which no record here shows, 95 % would lie on {}",
      span_text(places, [](const PlacedZone& zone) { return zone.is_in_set; }),
      clock_text(kEarliestStart), clock_text(kLatestStart), clock_text(kWorkStartMean),
      kWorkStartSd * 60,
      span_text(places, [](const PlacedZone& zone) { return zone.is_in_usual_set; }));
}

void say_limits(Finding& finding) {
  finding.limitations.emplace_back(
      "Each set of zones is as wide as its belief about when work begins: more records do not "
      "narrow it. The set rests on a working day that begins between 04:30 and 14:00, the usual "
      "set on one that begins about nine: for people who begin at six or at noon it is wrong, "
      "however sure it looks. The table says what each zone's day would be.");
  finding.limitations.emplace_back(
      "All zones weigh alike here, however many people live in them, and the zones of a set cannot "
      "be told apart by these records.");
  finding.limitations.emplace_back(
      "A working day is no person: a program that runs in working hours, mail that people "
      "elsewhere "
      "send and filters that check it keep the same hours.");
  finding.limitations.emplace_back(
      "The template's week runs from Monday to Friday and rests on Saturday and Sunday.");
}

void state_priors(Finding& finding, const MethodContext& context) {
  finding.parameters["usual_set_local_start"] =
      fmt::format("normal, {} local, sd {:.0f} min", clock_text(kWorkStartMean), kWorkStartSd * 60);
  finding.parameters["set_local_start"] =
      fmt::format("{} to {}", clock_text(kEarliestStart), clock_text(kLatestStart));
  finding.parameters["prior_zones"] = "every zone that these records can tell apart weighs alike";
  finding.parameters["zone_database"] = zone_database_version();
  finding.parameters["clear_difference_of_bic"] = fmt::format("{:g}", kClearDifference);
  finding.parameters["random_seed"] = std::to_string(context.random_seed);
}

struct Day {
  WorkPlaces places;
  DayModels models;
  Objection objection;
};

Day place_day(const SeriesExposure& measured, const MethodContext& context, Finding& finding) {
  const OpenExposure& exposure = measured.exposure;
  const double p_midweek = rhythm_p(residuals_by_day(exposure, true), has_long_cache(exposure),
                                    Random(context.random_seed, finding.id));
  add(finding, "p_daily_rhythm_midweek", p_midweek);
  Day found{work_places(exposure), {}, {}};
  found.models = day_models(exposure, found.places);
  found.objection = objection_to(found.models, found.places, p_midweek, keeps_a_clock(measured));
  const WorkPlaces& places = found.places;
  const DayModels& models = found.models;
  const Objection& objection = found.objection;
  finding.parameters["declined"] = objection.word.empty() ? "no" : objection.word;
  add(finding, "declined", objection.word.empty() ? 0 : 1);
  add_models(models, finding);
  const std::string who = finding.selection.description;
  const std::string when = window_text(finding.window);
  if (objection.word == "no_rhythm" || objection.word == "machine") {
    finding.outcome = Outcome::nothing_found;
    finding.statement =
        fmt::format("The {} {} have no hours to place: {}.", who, when, objection.text);
    return found;
  }
  add_fit(places, finding);
  add_translation(places, finding);
  add_clocks(places, finding);
  const DayHours& hours = places.day();
  const std::string day = fmt::format(
      "the busy hours of the {} {} begin at {} UTC ({} to {}{}) and last {:.1f} h", who, when,
      clock_text(hours.start_mean), clock_text(hours.start_low), clock_text(hours.start_high),
      places.told == 0 ? ""
                       : ", before clocks changed: " + places.world.patterns[places.told].label,
      hours.length_mean);
  if (!objection.word.empty()) {
    finding.outcome = Outcome::measured;
    finding.statement =
        fmt::format("No zone is named: {}, but {}. The table says what each zone's day would be.",
                    day, objection.text);
    return found;
  }
  finding.outcome = Outcome::found;
  finding.statement = fmt::format("As one working day, {}. {}.", day, places_text(places));
  return found;
}

bool is_about(const Claim& claim, const MethodContext& context, const AskerGroup& group) {
  const auto party = claim.fields.find("party");
  return claim.kind == "active_in_office_hours" && party != claim.fields.end() &&
         party->second == group.subject &&
         (claim.question.empty() || claim.question == context.question->id);
}

// The zones that a claim quotes, held against all others: a finding of its own.
Finding hold_claim(const Claim& claim, const SeriesExposure& measured, const Day& day,
                   Finding finding) {
  finding.id += "/" + claim.id;
  finding.quantities.clear();
  finding.tables.clear();
  finding.parameters["claim"] = claim.id;
  hold_zones(claim, {measured.exposure, day.places, day.models, day.objection}, finding);
  return finding;
}

std::vector<Finding> measure(const QuestionRecords& records, const MethodContext& context,
                             const AskerGroup& group) {
  if (group.rows.empty()) {
    return {no_rows(time_zone_method(), records, context, group.subject, bursts_rule(kBurstSeconds),
                    "burst", "there are no hours to place")};
  }
  Finding finding = make_finding(time_zone_method(), records, context, group.subject);
  state_priors(finding, context);
  const ObservedTime observed = ObservedTime::of(records);
  const SeriesExposure measured =
      exposure_of(records, context, std::move(split_series(records, group.rows).front()), observed);
  finding.dedup_rule = bursts_rule(measured.burst_gap_seconds);
  finding.selection =
      seal(records, measured.series.rows,
           fmt::format("rows of {} for {}", who_text(group.subject),
                       display_name(records.names[measured.series.name].canonical)));
  const double events = measured.exposure.total_events();
  finding.denominator = fmt::format("of {} of {} and the time in which a cache was open",
                                    plural(events, "burst"), who_text(group.subject));
  say_exposure(measured, finding);
  say_observed(records, observed, finding);
  say_limits(finding);
  const double days = std::min(observed.days(), static_cast<double>(measured.exposure.size()) /
                                                    static_cast<double>(kSlotsPerDay));
  if (has_long_cache(measured.exposure)) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format(
        "The {} {} place no working day: behind a TTL of {} each cache asks a few times a day at "
        "the most, and when demand begins in the morning it is often still closed.",
        finding.selection.description, window_text(records.window),
        duration_text(measured.exposure.ttl_seconds));
    return {finding};
  }
  if (events < kMinEvents || days < kMinDays) {
    finding.outcome = Outcome::not_enough;
    finding.statement =
        fmt::format("{} in {} days of the {} {}: to place a working day takes {:g} over {:g} days.",
                    plural(events, "burst"), number_text(days), finding.selection.description,
                    window_text(records.window), kMinEvents, kMinDays);
    return {finding};
  }
  const Day day = place_day(measured, context, finding);
  std::vector<Finding> findings{finding};
  for (const Claim& claim : context.case_file->claims) {
    if (is_about(claim, context, group)) {
      findings.push_back(hold_claim(claim, measured, day, finding));
    }
  }
  return findings;
}

class TimeZone : public Method {
 public:
  std::string_view name() const override { return "time_zone"; }
  std::string_view version() const override { return "3"; }
  std::string_view summary() const override {
    return "hours of a working day, and the zones in which they would be one";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    std::vector<Finding> findings;
    for (const AskerGroup* group : askers.groups()) {
      for (Finding& finding : measure(records, context, *group)) {
        findings.push_back(std::move(finding));
      }
    }
    if (findings.empty()) findings = measure(records, context, askers.other);
    return findings;
  }
};

}  // namespace

const Method& time_zone_method() {
  static const TimeZone kMethod;
  return kMethod;
}

}  // namespace assay::methods
