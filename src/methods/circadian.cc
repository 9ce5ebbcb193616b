// circadian: is there a daily and a weekly rhythm in the demand behind the cache, with nulls that
// bursts and caches keep valid; weekday against weekend; a midday dip where it can be tested.

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>

#include "methods/registry.h"
#include "methods/support/calendar.h"
#include "methods/support/dedup.h"
#include "methods/support/local_slots.h"
#include "methods/support/measure.h"
#include "methods/support/no_rows.h"
#include "methods/support/open_exposure.h"
#include "methods/support/rhythm_null.h"

namespace assay::methods {
namespace {

using Vector = std::complex<double>;

constexpr double kMinEvents = 30;
constexpr double kMinDays = 10;
constexpr double kMinWeeks = 6;
constexpr double kMinInBlock = 10;
constexpr std::size_t kMaxBlocks = 8;
constexpr std::size_t kMinBlocks = 5;
constexpr double kLunchFrom = 12, kLunchTo = 14;
constexpr double kBeforeFrom = 10, kBeforeTo = 11.75;
constexpr double kAfterFrom = 14.25, kAfterTo = 16;

struct Cell {
  double events = 0;
  double open = 0;
  void add(const OpenExposure& exposure, std::size_t i) {
    events += exposure.events[i];
    open += exposure.open_seconds[i];
  }
  double per_hour() const { return open > 0 ? 3600 * events / open : 0; }
};

// First harmonic of the hourly rates: 0 for none, 1 for all demand at one moment of the day.
Vector shape_of(const OpenExposure& exposure) {
  std::array<Cell, 24> hours;
  for (std::size_t i = 0; i < exposure.size(); ++i) {
    hours[static_cast<std::size_t>(exposure.slot_of_day(i)) / 4].add(exposure, i);
  }
  Vector sum = 0;
  double total = 0;
  for (std::size_t h = 0; h < 24; ++h) {
    const double rate = hours[h].per_hour();
    sum += rate * std::polar(1.0, 2 * std::numbers::pi * (static_cast<double>(h) + 0.5) / 24);
    total += rate;
  }
  return total > 0 ? sum / total : Vector(0);
}

// A ratio of two rates, with a block t on its logarithm over blocks of whole weeks.
struct RateRatio {
  double value = 0;
  std::optional<Range> range;
  double fewest = 0;  // events of the poorest block, both sides together
  int blocks = 0;
};

template <typename SideOf>  // +1 above, -1 below, 0 neither
RateRatio rate_ratio(const OpenExposure& exposure, const SideOf& side_of) {
  RateRatio ratio;
  const std::size_t weeks = exposure.size() / kSlotsPerWeek;
  const std::size_t blocks = std::min(kMaxBlocks, weeks);
  Cell above, below;
  std::vector<std::pair<Cell, Cell>> block(blocks);
  for (std::size_t i = 0; i < exposure.size(); ++i) {
    const int side = side_of(i);
    if (side == 0) continue;
    (side > 0 ? above : below).add(exposure, i);
    const std::size_t week = i / kSlotsPerWeek;
    if (week >= weeks) continue;
    auto& [high, low] = block[week * blocks / weeks];
    (side > 0 ? high : low).add(exposure, i);
  }
  const auto rate = [](const Cell& cell) {
    return (cell.events + 0.5) / std::max(cell.open, 60.0);
  };
  ratio.value = rate(above) / rate(below);
  if (blocks < kMinBlocks) return ratio;
  std::vector<double> logs;
  ratio.fewest = above.events + below.events;
  for (const auto& [high, low] : block) {
    ratio.fewest = std::min(ratio.fewest, high.events + low.events);
    logs.push_back(std::log(rate(high) / rate(low)));
  }
  ratio.blocks = static_cast<int>(blocks);
  ratio.range = t_interval(logs);
  ratio.range->first = std::min(std::exp(ratio.range->first), ratio.value);
  ratio.range->second = std::max(std::exp(ratio.range->second), ratio.value);
  return ratio;
}

void add_ratio(const RateRatio& ratio, std::string_view name, Finding& finding) {
  add(finding, name, ratio.value, "", ratio.range,
      fmt::format("{}, q = {}", kBlockT, ratio.blocks));
}

void add_week(const OpenExposure& exposure, const LocalSlots& local, Finding& finding) {
  const RateRatio ratio =
      rate_ratio(exposure, [&](std::size_t i) { return local.weekday[i] < 5 ? 1 : -1; });
  add_ratio(ratio, "weekday_weekend_rate_ratio", finding);
}

// Only at hours fixed beforehand: a dip that is looked for anywhere is found anywhere.
void add_lunch(const OpenExposure& exposure, const LocalSlots& local, Finding& finding) {
  const RateRatio ratio = rate_ratio(exposure, [&](std::size_t i) {
    if (local.weekday[i] >= 5) return 0;
    const double hour = local.hour[i];
    if (hour >= kLunchFrom && hour < kLunchTo) return 1;
    const bool is_beside =
        (hour >= kBeforeFrom && hour < kBeforeTo) || (hour >= kAfterFrom && hour < kAfterTo);
    return is_beside ? -1 : 0;
  });
  if (!ratio.range || ratio.fewest < kMinInBlock) {
    finding.limitations.push_back(fmt::format(
        "A midday dip cannot be tested: it takes {} blocks of whole weeks with {:g} bursts each "
        "between 10:00 and 16:00 of working days.",
        kMinBlocks, kMinInBlock));
    return;
  }
  add_ratio(ratio, "midday_rate_ratio", finding);
  add(finding, "midday_dip", ratio.range->second < 1 ? 1 : 0);
}

void add_hours(const OpenExposure& exposure, Finding& finding) {
  std::array<std::array<Cell, 24>, 2> cells;
  for (std::size_t i = 0; i < exposure.size(); ++i) {
    const std::size_t row = exposure.weekday_of_slot(i) < 5 ? 0 : 1;
    cells[row][static_cast<std::size_t>(exposure.slot_of_day(i)) / 4].add(exposure, i);
  }
  Table table{"demand_by_hour_utc",
              {"weekday_bursts", "weekday_open_hours", "weekday_per_hour", "weekend_bursts",
               "weekend_open_hours", "weekend_per_hour"},
              {},
              {}};
  for (std::size_t h = 0; h < 24; ++h) {
    table.row_labels.push_back(fmt::format("{:02}", h));
    table.rows.emplace_back();
    for (const auto& row : cells) {
      table.rows.back().push_back(row[h].events);
      table.rows.back().push_back(row[h].open / 3600);
      table.rows.back().push_back(row[h].per_hour());
    }
  }
  finding.tables.push_back(std::move(table));
}

void say_limits(Finding& finding) {
  finding.limitations.emplace_back(
      "The demand behind a cache is an estimate: look-ups over the time in which the cache was "
      "open. What was asked inside the TTL left no trace.");
  finding.limitations.emplace_back(
      "A rhythm shows neither people nor a place: programs that run in working hours, mail that "
      "people elsewhere send and filters that check it keep the same one.");
}

std::string p_words(double p, std::string_view rhythm) {
  return fmt::format("{} {} rhythm ({})", p <= kRhythmLevel ? "a" : "no", rhythm,
                     probability_text(p));
}

// "Bank's hours in Europe/Berlin"; UTC where the zone is not known.
Zone zone_of(const MethodContext& context, const AskerGroup& group, Finding& finding) {
  std::string name = group.party >= 0
                         ? context.case_file->parties[static_cast<std::size_t>(group.party)].zone
                         : "";
  if (name.empty()) name = context.case_file->default_zone;
  auto found = Zone::find(name);
  if (!found.ok()) {
    finding.limitations.push_back(fmt::format("Zone {} is not known; UTC is used.", name));
    finding.parameters["zone"] = "UTC";
    return {};
  }
  finding.parameters["zone"] = found.value().name();
  return found.value();
}

// p of the day's rhythm, 1 where it cannot be tested.
double test_day(const OpenExposure& exposure, const Random& random, Finding& finding) {
  if (!can_test_hours(exposure)) {
    finding.limitations.emplace_back(kNoHours);
    return 1;
  }
  const bool is_long = has_long_cache(exposure);
  const double p = rhythm_p(residuals_by_day(exposure, false), is_long, random);
  add(finding, "p_daily_rhythm", p);
  const Residuals midweek = residuals_by_day(exposure, true);
  if (midweek.size() >= kMinWeeks) {
    add(finding, "p_daily_rhythm_midweek", rhythm_p(midweek, is_long, random));
  }
  const Vector shape = shape_of(exposure);
  add(finding, "rhythm_strength", std::abs(shape));
  const double peak = std::arg(shape) / (2 * std::numbers::pi) * 24;
  add(finding, "peak_hour_utc", peak < 0 ? peak + 24 : peak, "h");
  return p;
}

void test_rhythms(const OpenExposure& exposure, const MethodContext& context, Finding& finding) {
  const Random random(context.random_seed, finding.id);
  const double p_day = test_day(exposure, random, finding);
  const double weeks = static_cast<double>(exposure.size()) / kSlotsPerWeek;
  std::string weekly = "a weekly one takes at least six weeks";
  double p_week = 1;
  if (weeks >= kMinWeeks) {
    p_week = rhythm_p(residuals_by_week(exposure), exposure.ttl_seconds > 36 * 3600, random);
    add(finding, "p_weekly_rhythm", p_week);
    weekly = p_words(p_week, "weekly");
  }
  const bool is_found = p_day <= kRhythmLevel || p_week <= kRhythmLevel;
  finding.outcome = is_found                   ? Outcome::found
                    : can_test_hours(exposure) ? Outcome::nothing_found
                                               : Outcome::not_enough;
  finding.statement = fmt::format(
      "The demand behind the {} {} shows {} and {}", finding.selection.description,
      window_text(finding.window),
      can_test_hours(exposure) ? p_words(p_day, "daily") : "no daily rhythm that could be tested",
      weekly);
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                const AskerGroup& group) {
  if (group.rows.empty()) {
    return no_rows(circadian_method(), records, context, group.subject, bursts_rule(kBurstSeconds),
                   "burst", "there is no rhythm to measure");
  }
  Finding finding = make_finding(circadian_method(), records, context, group.subject);
  finding.parameters["null"] =
      "each day, or week, turned by an angle of its own; behind a long TTL also turned about";
  finding.parameters["turns"] = std::to_string(kRhythmTurns);
  finding.parameters["level"] = fmt::format("{:g}", kRhythmLevel);
  finding.parameters["random_seed"] = std::to_string(context.random_seed);
  const ObservedTime observed = ObservedTime::of(records);
  const SeriesExposure measured =
      exposure_of(records, context, std::move(split_series(records, group.rows).front()), observed);
  const OpenExposure& exposure = measured.exposure;
  finding.dedup_rule = bursts_rule(measured.burst_gap_seconds);
  finding.selection =
      seal(records, measured.series.rows,
           fmt::format("rows of {} for {}", who_text(group.subject),
                       display_name(records.names[measured.series.name].canonical)));
  finding.denominator =
      fmt::format("of {} of {} and the time in which a cache was open",
                  plural(exposure.total_events(), "burst"), who_text(group.subject));
  say_exposure(measured, finding);
  say_observed(records, observed, finding);
  say_limits(finding);
  const Zone zone = zone_of(context, group, finding);
  const double days = static_cast<double>(exposure.size()) / kSlotsPerDay;
  if (exposure.total_events() < kMinEvents || std::min(days, observed.days()) < kMinDays ||
      exposure.total_open_seconds() <= 0) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format(
        "{} in open time of the {} {}: a rhythm of the demand needs {:g} over {:g} days.",
        plural(exposure.total_events(), "burst"), finding.selection.description,
        window_text(records.window), kMinEvents, kMinDays);
    return finding;
  }
  test_rhythms(exposure, context, finding);
  const LocalSlots local = local_slots(exposure, zone);
  add_week(exposure, local, finding);
  add_lunch(exposure, local, finding);
  add_hours(exposure, finding);
  finding.statement += fmt::format(
      "; its rate on weekdays is {} times that at weekends (zone {}). {} of the time could show "
      "demand.",
      number_text(finding.value_or("weekday_weekend_rate_ratio", 0)), zone.name(),
      share_text(exposure.open_share()));
  return finding;
}

class Circadian : public Method {
 public:
  std::string_view name() const override { return "circadian"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "daily and weekly rhythm of the demand behind the cache, weekends, a midday dip";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    std::vector<Finding> findings;
    for (const AskerGroup* group : askers.groups()) {
      findings.push_back(measure(records, context, *group));
    }
    if (findings.empty()) findings.push_back(measure(records, context, askers.other));
    return findings;
  }
};

}  // namespace

const Method& circadian_method() {
  static const Circadian kMethod;
  return kMethod;
}

}  // namespace assay::methods
