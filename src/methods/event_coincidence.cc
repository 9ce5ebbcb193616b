// event_coincidence: do look-ups pile up on the days of a calendar that was fixed beforehand?

#include <fmt/core.h>

#include <algorithm>

#include "methods/registry.h"
#include "methods/support/calendar_shift.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"
#include "methods/support/observed.h"

namespace assay::methods {
namespace {

constexpr double kLevel = 0.01;
constexpr std::int64_t kDaysAround[] = {0, 1, 3};
constexpr double kMostCovered = 0.5;
constexpr std::size_t kFewestBursts = 20;
constexpr std::size_t kMaxSeries = 4;
constexpr std::size_t kMaxClaims = 4;

// All of the calendar, or the events that one claim names.
struct EventSet {
  std::string claim;  // "" = the whole calendar
  std::vector<Interval> events;
};

struct Series {
  const AskerGroup* group = nullptr;
  RowIndices rows, heads;
};

struct Tried {
  std::size_t set = 0;
  std::int64_t days_around = 0;
  DayMask mask;
};

std::vector<EventSet> event_sets(const MethodContext& context) {
  const CaseFile& file = *context.case_file;
  std::vector<EventSet> sets(1);
  for (const CalendarEvent& event : file.calendar) sets[0].events.push_back(event.when);
  for (const Claim& claim : file.claims) {
    const auto named = claim.lists.find("events");
    const bool is_ours = claim.question.empty() || claim.question == context.question->id;
    if (claim.kind != "coincides_with" || !is_ours || named == claim.lists.end()) continue;
    EventSet set{claim.id, {}};
    for (const CalendarEvent& event : file.calendar) {
      const auto& names = named->second;
      if (std::find(names.begin(), names.end(), event.name) != names.end()) {
        set.events.push_back(event.when);
      }
    }
    if (!set.events.empty() && sets.size() <= kMaxClaims) sets.push_back(std::move(set));
  }
  return sets;
}

Finding make(const QuestionRecords& records, const MethodContext& context, std::string_view subject,
             const RowIndices& rows, std::string_view variant = {}) {
  Finding finding = make_finding(event_coincidence_method(), records, context, subject, variant);
  finding.dedup_rule = bursts_rule(kBurstSeconds);
  finding.denominator = "of no burst";
  finding.selection = seal(
      records, rows, fmt::format("rows of {} for {}", who_text(subject), target_text(records)));
  return finding;
}

Finding decline(const QuestionRecords& records, const MethodContext& context, Outcome outcome,
                std::string statement) {
  Finding finding = make(records, context, "", {});
  finding.outcome = outcome;
  finding.statement = std::move(statement);
  add(finding, "calendar_events", static_cast<double>(context.case_file->calendar.size()),
      "events");
  return finding;
}

std::string around_text(std::int64_t days) {
  if (days == 0) return "on their days";
  return days == 1 ? "up to a day away" : fmt::format("up to {} days away", days);
}

void add_table(const std::vector<Tried>& tried, const std::vector<MaskTest>& tests, std::size_t set,
               Finding& finding) {
  Table table{"windows_tried",
              {"days_around", "share_of_days_covered", "bursts_inside", "bursts_expected", "p",
               "p_corrected"},
              {},
              {}};
  for (std::size_t i = 0; i < tried.size(); ++i) {
    if (tried[i].set != set) continue;
    table.row_labels.push_back(around_text(tried[i].days_around));
    table.rows.push_back({static_cast<double>(tried[i].days_around), tried[i].mask.covered,
                          tests[i].inside, tests[i].expected, tests[i].p, tests[i].p_corrected});
  }
  finding.tables.push_back(std::move(table));
}

void add_numbers(const Tried& tried, const MaskTest& test, std::size_t looks, Finding& finding) {
  add(finding, "calendar_events", static_cast<double>(tried.mask.events), "events");
  add(finding, "days_around", static_cast<double>(tried.days_around), "days");
  add(finding, "share_of_days_covered", tried.mask.covered);
  add(finding, "bursts_inside", test.inside, "bursts");
  add(finding, "bursts_expected", test.expected, "bursts", Range{test.low, test.high},
      "2.5 % and 97.5 % of the turns of the calendar");
  add(finding, "score", test.score);
  add(finding, "p", test.p);
  add(finding, "p_corrected", test.p_corrected);
  add(finding, "looks", static_cast<double>(looks), "tests");
  add(finding, "turns", static_cast<double>(test.turns), "turns");
}

// `tests`: of this series, in the order of `tried`.
Finding measure(const QuestionRecords& records, const MethodContext& context, const Series& series,
                const EventSet& set, std::size_t set_number, const std::vector<Tried>& tried,
                const std::vector<MaskTest>& tests, std::size_t looks) {
  Finding finding = make(records, context, series.group->subject, series.rows, set.claim);
  std::size_t best = tried.size();
  for (std::size_t i = 0; i < tried.size(); ++i) {
    if (tried[i].set != set_number) continue;
    if (best == tried.size() || tests[i].score > tests[best].score) best = i;
  }
  const MaskTest& test = tests[best];
  const double bursts = static_cast<double>(series.heads.size());
  finding.denominator = fmt::format("of {}", plural(bursts, "burst"));
  finding.parameters["level"] = fmt::format("{:g}", kLevel);
  finding.parameters["events"] = set.claim.empty() ? "calendar" : "claim " + set.claim;
  finding.parameters["null"] = "the calendar turned around the circle of the observed days";
  add_numbers(tried[best], test, looks, finding);
  add_table(tried, tests, set_number, finding);
  const bool is_found = test.p_corrected <= kLevel;
  finding.outcome = is_found ? Outcome::found : Outcome::nothing_found;
  finding.statement = fmt::format(
      "{} of the {} of {} {} begin {} of {} of the calendar, windows that cover {} of the days; {} "
      "are expected where the calendar is turned around the days ({}; {} corrected for {} tests "
      "tried): {}.",
      count_text(test.inside), plural(bursts, "burst"), who_text(series.group->subject),
      window_text(records.window), around_text(tried[best].days_around),
      plural(static_cast<double>(tried[best].mask.events), "event"),
      share_text(tried[best].mask.covered), number_text(test.expected), probability_text(test.p),
      probability_text(test.p_corrected), looks,
      is_found ? "more than chance explains" : "no more than chance explains");
  auto& says = finding.limitations;
  says.emplace_back(
      "The test holds only for a calendar that was fixed before anybody looked at the records: "
      "events that were chosen because look-ups lie near them coincide by choice.");
  says.emplace_back(
      is_found ? "Coincidence is not cause, and shows no content: mailings, news that many react "
                 "to and closing times follow the same events."
               : "Few events, wide windows and uneven days hide a tie; none is ruled out.");
  return finding;
}

std::vector<Series> series_of(const QuestionRecords& records, const Askers& askers,
                              const ObservedTime& observed) {
  std::vector<Series> all;
  const BurstGroups groups = group_by_party(records);
  for (const AskerGroup* group : askers.groups()) {
    Series series{group, rows_within(records, group->rows, observed), {}};
    series.heads = burst_heads(records, series.rows, groups, kBurstSeconds);
    if (series.heads.size() >= kFewestBursts && all.size() < kMaxSeries) {
      all.push_back(std::move(series));
    }
  }
  return all;
}

class EventCoincidence : public Method {
 public:
  std::string_view name() const override { return "event_coincidence"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "whether look-ups pile up on the days of the case's calendar, against chance";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    if (context.case_file->calendar.empty()) {
      return {
          decline(records, context, Outcome::not_applicable,
                  "The case states no calendar of events; one that was fixed before the look-ups "
                  "were seen is needed.")};
    }
    const ObservedTime observed = ObservedTime::of(records);
    const ObservedDays days = ObservedDays::of(observed);
    if (days.count() < kMinShiftDays || days.count() > kMaxShiftDays) {
      return {decline(records, context, Outcome::not_enough,
                      fmt::format("{} were observed whole; turning a calendar takes {} to {}.",
                                  plural(static_cast<double>(days.count()), "day"), kMinShiftDays,
                                  count_text(static_cast<double>(kMaxShiftDays))))};
    }
    const std::vector<EventSet> sets = event_sets(context);
    std::vector<Tried> tried;
    std::vector<DayMask> masks;
    for (std::size_t set = 0; set < sets.size(); ++set) {
      for (const std::int64_t around : kDaysAround) {
        DayMask mask = mask_of(sets[set].events, around, days);
        if (mask.events == 0 || mask.covered > kMostCovered) continue;
        masks.push_back(mask);
        tried.push_back({set, around, std::move(mask)});
      }
    }
    if (tried.empty()) {
      return {decline(records, context, Outcome::not_applicable,
                      "No event of the calendar falls on an observed day, or the events cover more "
                      "than half of the days: everything would coincide with something.")};
    }
    return test_all(records, context, observed, days, sets, tried, masks);
  }

 private:
  static std::vector<Finding> test_all(const QuestionRecords& records, const MethodContext& context,
                                       const ObservedTime& observed, const ObservedDays& days,
                                       const std::vector<EventSet>& sets,
                                       const std::vector<Tried>& tried,
                                       const std::vector<DayMask>& masks) {
    const Askers askers = split_by_asker(records, context);
    const std::vector<Series> all = series_of(records, askers, observed);
    if (all.empty()) {
      return {decline(records, context, Outcome::not_enough,
                      fmt::format("Nobody began {} bursts or more for {} {}.", kFewestBursts,
                                  target_text(records), window_text(records.window)))};
    }
    std::vector<std::vector<double>> counts;
    for (const Series& series : all) counts.push_back(count_by_day(records, series.heads, days));
    const std::vector<MaskTest> tests = test_masks(counts, masks, days);
    std::vector<Finding> findings;
    for (std::size_t s = 0; s < all.size(); ++s) {
      const auto from = tests.begin() + static_cast<std::ptrdiff_t>(s * tried.size());
      const std::vector<MaskTest> own(from, from + static_cast<std::ptrdiff_t>(tried.size()));
      for (std::size_t set = 0; set < sets.size(); ++set) {
        const bool is_tried = std::any_of(tried.begin(), tried.end(),
                                          [set](const Tried& one) { return one.set == set; });
        if (!is_tried) continue;
        findings.push_back(
            measure(records, context, all[s], sets[set], set, tried, own, tests.size()));
        say_observed(records, observed, findings.back());
      }
    }
    return findings;
  }
};

}  // namespace

const Method& event_coincidence_method() {
  static const EventCoincidence kMethod;
  return kMethod;
}

}  // namespace assay::methods
