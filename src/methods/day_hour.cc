// day_hour: when in the day and week a party's bursts begin, in its own zone, and whether there is
// a daily rhythm at all.

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>

#include "methods/registry.h"
#include "methods/support/calendar.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"
#include "methods/support/observed.h"
#include "methods/support/random.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMinHeads = 30;
constexpr double kMinDays = 7;
constexpr double kLevel = 0.01;
constexpr int kRotations = 999;
constexpr std::size_t kMaxRasterDays = 1'100;  // three years; beyond, a raster is no figure
constexpr int kOfficeFrom = 9;
constexpr int kOfficeTo = 18;
constexpr int kClaimFrom = 6;  // "06-22 UTC": a span that any two working days fill
constexpr int kClaimTo = 22;
constexpr const char* kWeekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                     "Friday", "Saturday", "Sunday"};

struct LocalTime {
  std::int64_t day = 0;  // local day number
  int hour = 0;
  int weekday = 0;
  double of_day = 0;  // 0..1
};

// Asks the zone once a quarter of an hour: no clock on record has changed inside one.
class LocalClock {
 public:
  explicit LocalClock(const Zone& zone) : zone_(zone) {}

  LocalTime at(std::int64_t us) {
    const std::int64_t slot = us / (900 * kMicrosPerSecond);
    if (slot != slot_) {
      slot_ = slot;
      offset_us_ = zone_.offset_seconds_at(us) * kMicrosPerSecond;
    }
    const std::int64_t local = us + offset_us_;
    LocalTime time;
    time.day = day_number(local);
    const std::int64_t inside = local - time.day * kMicrosPerDay;
    time.hour = static_cast<int>(inside / (3600 * kMicrosPerSecond));
    time.weekday = weekday_of(time.day);
    time.of_day = static_cast<double>(inside) / kMicrosPerDay;
    return time;
  }

 private:
  const Zone& zone_;
  std::int64_t slot_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t offset_us_ = 0;
};

std::vector<LocalTime> local_times(const QuestionRecords& records, const RowIndices& rows,
                                   const Zone& zone) {
  LocalClock clock(zone);
  std::vector<LocalTime> times;
  times.reserve(rows.size());
  for (const std::uint32_t index : rows) times.push_back(clock.at(records.rows[index].time_us));
  return times;
}

struct Rhythm {
  double strength = 0;
  double peak_hour = 0;
  double p = 1;
};

// First harmonic; the null turns every day by an angle of its own, which keeps what belongs to one
// day together. Rayleigh's test on rows would call every burst a rhythm.
Rhythm test_rhythm(const std::vector<LocalTime>& heads, Random random) {
  std::map<std::int64_t, std::pair<double, double>> by_day;
  for (const LocalTime& head : heads) {
    const double angle = 2 * std::numbers::pi * head.of_day;
    by_day[head.day].first += std::cos(angle);
    by_day[head.day].second += std::sin(angle);
  }
  double x = 0;
  double y = 0;
  for (const auto& [day, sum] : by_day) x += sum.first, y += sum.second;
  Rhythm rhythm;
  rhythm.strength = std::hypot(x, y) / static_cast<double>(heads.size());
  rhythm.peak_hour = std::atan2(y, x) / (2 * std::numbers::pi) * 24;
  if (rhythm.peak_hour < 0) rhythm.peak_hour += 24;
  std::vector<double> lengths;
  for (const auto& [day, sum] : by_day) lengths.push_back(std::hypot(sum.first, sum.second));
  double at_least = 0;
  const double observed = std::hypot(x, y) - 1e-9;
  for (int rotation = 0; rotation < kRotations; ++rotation) {
    double rx = 0;
    double ry = 0;
    for (const double length : lengths) {
      const double angle = 2 * std::numbers::pi * random.uniform();
      rx += length * std::cos(angle);
      ry += length * std::sin(angle);
    }
    at_least += std::hypot(rx, ry) >= observed ? 1 : 0;
  }
  rhythm.p = (1 + at_least) / (1 + kRotations);
  return rhythm;
}

// Local days of the window, and how much of each day and hour of the week was observed.
struct Spans {
  std::int64_t first_day = 0;
  std::size_t days = 0;
  std::array<double, 7> days_of_weekday{};
  double office_share = 0;  // of the observed hours
  double claim_share = 0;
};

Spans spans_of(const ObservedTime& observed, const Zone& zone) {
  const Interval& window = observed.window;
  Spans spans;
  if (window.empty()) return spans;
  LocalClock clock(zone);
  const LocalTime first = clock.at(window.begin_us);
  const LocalTime last = clock.at(window.end_us - 1);
  spans.first_day = first.day;
  spans.days = static_cast<std::size_t>(std::min(last.day - first.day + 1, kMaxDays));
  double hours = 0;
  constexpr std::int64_t kStep = 1800 * kMicrosPerSecond;  // half hours: zones differ by no less
  const std::int64_t end = std::min(window.end_us, window.begin_us + kMaxDays * kMicrosPerDay);
  for (std::int64_t us = window.begin_us; us < end; us += kStep) {
    if (!observed.contains(us)) continue;
    const LocalTime time = clock.at(us);
    hours += 1;
    spans.days_of_weekday[static_cast<std::size_t>(time.weekday)] += 1.0 / 48;
    const bool is_office = time.weekday < 5 && time.hour >= kOfficeFrom && time.hour < kOfficeTo;
    spans.office_share += is_office ? 1 : 0;
    const int utc_hour = civil_from_utc(us).hour;
    spans.claim_share += utc_hour >= kClaimFrom && utc_hour < kClaimTo ? 1 : 0;
  }
  if (hours == 0) return spans;
  spans.office_share /= hours;
  spans.claim_share /= hours;
  return spans;
}

// Bursts of local days of which all that lies in the window was observed: part of a day has the
// recorder's hours, not the asker's.
std::vector<LocalTime> on_whole_days(const std::vector<LocalTime>& heads,
                                     const ObservedTime& observed, const Zone& zone) {
  if (observed.is_whole()) return heads;
  std::map<std::int64_t, bool> is_whole;
  std::vector<LocalTime> kept;
  for (const LocalTime& head : heads) {
    const auto [known, is_new] = is_whole.emplace(head.day, false);
    if (is_new) {
      const Interval day{zone.to_utc(head.day * kMicrosPerDay).us,
                         zone.to_utc((head.day + 1) * kMicrosPerDay).us};
      known->second = observed.contains(intersect(day, observed.window));
    }
    if (known->second) kept.push_back(head);
  }
  return kept;
}

// Ratio of the mean weekday to the mean weekend day, with a block t on its logarithm.
void add_week_ratio(const QuestionRecords& records, const ObservedTime& observed,
                    const RowIndices& heads, const std::vector<LocalTime>& times,
                    const Spans& spans, Finding& finding) {
  double week = 0;
  double weekend = 0;
  for (const LocalTime& time : times) (time.weekday < 5 ? week : weekend) += 1;
  double week_days = 0;
  double weekend_days = 0;
  for (int d = 0; d < 7; ++d) {
    (d < 5 ? week_days : weekend_days) += spans.days_of_weekday[static_cast<std::size_t>(d)];
  }
  if (week_days < 5 || weekend_days < 2) return;
  const double ratio = (week + 0.5) / week_days / ((weekend + 0.5) / weekend_days);
  // Whole weeks in every block, else one with a weekend more would bend its ratio.
  constexpr std::int64_t kWeekUs = 7 * kMicrosPerDay;
  std::map<std::int64_t, std::int64_t> place;  // weeks of the window that were wholly observed
  for (std::int64_t w = 0; w < records.window.length_us() / kWeekUs; ++w) {
    const std::int64_t begin = records.window.begin_us + w * kWeekUs;
    if (observed.contains(Interval{begin, begin + kWeekUs})) {
      place.emplace(w, static_cast<std::int64_t>(place.size()));
    }
  }
  const auto weeks = static_cast<std::int64_t>(place.size());
  const std::int64_t blocks = std::min<std::int64_t>(8, weeks / 2);
  std::optional<Range> range;
  if (blocks >= 5) {
    std::vector<std::pair<double, double>> counts(static_cast<std::size_t>(blocks));
    for (std::size_t i = 0; i < heads.size(); ++i) {
      const std::int64_t since = records.rows[heads[i]].time_us - records.window.begin_us;
      const auto week = place.find(since / kWeekUs);
      if (since < 0 || week == place.end()) continue;
      auto& block = counts[static_cast<std::size_t>(week->second * blocks / weeks)];
      (times[i].weekday < 5 ? block.first : block.second) += 1;
    }
    std::vector<double> logs;
    for (const auto& [in_week, in_weekend] : counts) {
      logs.push_back(std::log((in_week + 0.5) / 5 * 2 / (in_weekend + 0.5)));
    }
    range = t_interval(logs);
    range->first = std::min(std::exp(range->first), ratio);
    range->second = std::max(std::exp(range->second), ratio);
  }
  add(finding, "weekday_weekend_ratio", ratio, "", range,
      fmt::format("{}, q = {}", kBlockT, blocks));
}

void add_spans(const QuestionRecords& records, const RowIndices& heads,
               const std::vector<LocalTime>& times, const Spans& spans, Finding& finding) {
  double office = 0;
  double claim = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const LocalTime& time = times[i];
    office += time.weekday < 5 && time.hour >= kOfficeFrom && time.hour < kOfficeTo ? 1 : 0;
    const int utc_hour = civil_from_utc(records.rows[heads[i]].time_us).hour;
    claim += utc_hour >= kClaimFrom && utc_hour < kClaimTo ? 1 : 0;
  }
  const double n = static_cast<double>(times.size());
  finding.parameters["office_hours"] =
      fmt::format("Monday to Friday {:02}:00 to {:02}:00", kOfficeFrom, kOfficeTo);
  add(finding, "share_office_hours", office / n);
  add(finding, "share_office_hours_if_uniform", spans.office_share);
  add(finding, "share_06_22_utc", claim / n);
  add(finding, "share_06_22_utc_if_uniform", spans.claim_share);
}

void add_raster(const std::string& name, const std::vector<LocalTime>& times, const Spans& spans,
                Finding& finding) {
  Table table{name, {}, {}, {}};
  for (int hour = 0; hour < 24; ++hour) table.columns.push_back(fmt::format("{:02}", hour));
  const std::size_t days = std::min(spans.days, kMaxRasterDays);
  table.rows.assign(days, std::vector<double>(24, 0.0));
  for (std::size_t d = 0; d < days; ++d) {
    table.row_labels.push_back(date_text(spans.first_day + static_cast<std::int64_t>(d)));
  }
  for (const LocalTime& time : times) {
    const std::int64_t day = time.day - spans.first_day;
    if (day < 0 || day >= static_cast<std::int64_t>(days)) continue;
    table.rows[static_cast<std::size_t>(day)][static_cast<std::size_t>(time.hour)] += 1;
  }
  finding.tables.push_back(std::move(table));
}

void add_margins(const std::vector<LocalTime>& heads, const std::vector<LocalTime>& rows,
                 const Spans& spans, Finding& finding) {
  Table hours{"hour_of_day", {"bursts", "rows"}, {}, std::vector(24, std::vector(2, 0.0))};
  Table week{"weekday", {"bursts", "rows", "days"}, {}, std::vector(7, std::vector(3, 0.0))};
  for (int hour = 0; hour < 24; ++hour) hours.row_labels.push_back(fmt::format("{:02}", hour));
  for (std::size_t d = 0; d < 7; ++d) {
    week.row_labels.emplace_back(kWeekdays[d]);
    week.rows[d][2] = spans.days_of_weekday[d];
  }
  for (std::size_t column = 0; column < 2; ++column) {
    for (const LocalTime& time : column == 0 ? heads : rows) {
      hours.rows[static_cast<std::size_t>(time.hour)][column] += 1;
      week.rows[static_cast<std::size_t>(time.weekday)][column] += 1;
    }
  }
  finding.tables.push_back(std::move(hours));
  finding.tables.push_back(std::move(week));
}

void say_limits(const Interval& window, const Zone& zone, Finding& finding) {
  finding.limitations.emplace_back(kUpstreamLimit);
  finding.limitations.emplace_back(
      "A rhythm does not name a city: every zone within about an hour and a half has nearly the "
      "same "
      "working day, and programs that run in office hours or serve people keep the same rhythm.");
  finding.limitations.emplace_back(
      "06:00 to 22:00 UTC holds the working days of most of Europe, Africa and the Americas, so a "
      "large share there sets none of them apart.");
  const bool has_switch = !window.empty() && zone.offset_seconds_at(window.begin_us) !=
                                                 zone.offset_seconds_at(window.end_us - 1);
  if (!has_switch) {
    finding.limitations.emplace_back(
        "The window holds no change of summer time in this zone at its ends, so the record does "
        "not "
        "tell zones with the same offset apart.");
  }
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                const AskerGroup& group, const BurstGroups& groups) {
  Finding finding = make_finding(day_hour_method(), records, context, group.subject);
  std::string zone_name =
      group.party >= 0 ? context.case_file->parties[static_cast<std::size_t>(group.party)].zone
                       : "";
  if (zone_name.empty()) zone_name = context.case_file->default_zone;
  Zone zone;
  if (auto found = Zone::find(zone_name); found.ok()) {
    zone = found.value();
  } else {
    finding.limitations.push_back(fmt::format("Zone {} is not known; UTC is used.", zone_name));
  }
  const RowIndices heads = burst_heads(records, group.rows, groups, kBurstSeconds);
  finding.dedup_rule = bursts_rule(kBurstSeconds);
  finding.parameters["zone"] = zone.name();
  finding.parameters["rotations"] = std::to_string(kRotations);
  finding.parameters["random_seed"] = std::to_string(context.random_seed);
  finding.selection = seal(records, heads,
                           fmt::format("first rows of the bursts of {} for {}",
                                       who_text(group.subject), target_text(records)));
  const double n = static_cast<double>(heads.size());
  finding.denominator = fmt::format("of {} of {}", plural(n, "burst"), who_text(group.subject));
  const ObservedTime observed = ObservedTime::of(records);
  const Spans spans = spans_of(observed, zone);
  add(finding, "bursts", n, "bursts");
  const auto all_times = local_times(records, heads, zone);
  add_raster("day_hour", all_times, spans, finding);
  const auto row_times = local_times(records, group.rows, zone);
  add_raster("day_hour_rows", row_times, spans, finding);
  add_margins(all_times, row_times, spans, finding);
  say_limits(records.window, zone, finding);
  say_observed(records, observed, finding);
  const RowIndices observed_heads = rows_within(records, heads, observed);
  const auto times = local_times(records, observed_heads, zone);
  const auto of_whole_days = on_whole_days(times, observed, zone);
  if (of_whole_days.size() < kMinHeads || observed.days() < kMinDays) {
    finding.outcome = Outcome::not_enough;
    finding.statement =
        fmt::format("{} of {} for {} {}: a daily rhythm needs {} over {:g} days.",
                    plural(n, "burst"), who_text(group.subject), target_text(records),
                    window_text(records.window), kMinHeads, kMinDays);
    return finding;
  }
  const Rhythm rhythm = test_rhythm(of_whole_days, Random(context.random_seed, finding.id));
  add(finding, "p_daily_rhythm", rhythm.p);
  add(finding, "rhythm_strength", rhythm.strength);
  add(finding, "peak_hour", rhythm.peak_hour, "h");
  add_week_ratio(records, observed, observed_heads, times, spans, finding);
  add_spans(records, observed_heads, times, spans, finding);
  const bool is_found = rhythm.p <= kLevel;
  finding.outcome = is_found ? Outcome::found : Outcome::nothing_found;
  finding.statement = fmt::format(
      "The {} of {} for {} {} {} daily rhythm ({}{}); {} begin in office hours ({}, zone {}), "
      "where "
      "{} of the {} lie.",
      plural(n, "burst"), who_text(group.subject), target_text(records),
      window_text(records.window), is_found ? "keep a" : "show no", probability_text(rhythm.p),
      is_found
          ? fmt::format(", resultant {:.2f} towards {:.1f} h", rhythm.strength, rhythm.peak_hour)
          : "",
      share_text(finding.value_or("share_office_hours", 0)), finding.parameters["office_hours"],
      zone.name(), share_text(spans.office_share),
      observed.is_whole() ? "window's hours" : "hours that are declared covered");
  return finding;
}

class DayHour : public Method {
 public:
  std::string_view name() const override { return "day_hour"; }
  std::string_view version() const override { return "2"; }
  std::string_view summary() const override {
    return "day by hour raster in each party's zone, and a test for a daily rhythm";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    const BurstGroups groups = group_by_party(records);
    std::vector<Finding> findings;
    for (const AskerGroup* group : askers.groups()) {
      findings.push_back(measure(records, context, *group, groups));
    }
    if (findings.empty()) findings.push_back(measure(records, context, askers.other, groups));
    return findings;
  }
};

}  // namespace

const Method& day_hour_method() {
  static const DayHour kMethod;
  return kMethod;
}

}  // namespace assay::methods
