// holidays: on the public holidays of which countries is a party's demand lower? The calendars are
// fixed by law and were written down before; every country is tried, and corrected for.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "methods/registry.h"
#include "methods/support/calendar.h"
#include "methods/support/day_exchange.h"
#include "methods/support/dedup.h"
#include "methods/support/holiday_calendar.h"
#include "methods/support/measure.h"
#include "methods/support/observed.h"
#include "methods/support/random.h"

namespace assay::methods {
namespace {

constexpr int kDraws = 3999;
constexpr double kLevel = 0.05;  // over all countries
constexpr std::size_t kMinReference = 20;
constexpr double kVisible = 4;  // standard deviations that a closed office would make
constexpr std::int64_t kMaxWindowDays = 1'100;
constexpr double kMinHolidays = 2;  // one quiet day may have any reason

// Bursts by working day of a zone's clock, days of which all was observed.
DayCounts working_days(const QuestionRecords& records, const RowIndices& heads,
                       const ObservedTime& observed, const Zone& zone) {
  DayCounts days;
  const Interval& window = observed.window;
  if (window.empty()) return days;
  const std::int64_t first = day_number(zone.to_local(window.begin_us));
  const std::int64_t last =
      std::min(day_number(zone.to_local(window.end_us - 1)), first + kMaxWindowDays);
  for (std::int64_t day = first; day <= last; ++day) {
    const Interval whole{zone.to_utc(day * kMicrosPerDay).us,
                         zone.to_utc((day + 1) * kMicrosPerDay).us};
    if (weekday_of(day) < 5 && observed.contains(whole)) days[day] = 0;
  }
  for (const std::uint32_t head : heads) {
    const auto found = days.find(day_number(zone.to_local(records.rows[head].time_us)));
    if (found != days.end()) found->second += 1;
  }
  return days;
}

struct Dip {
  double days = 0, bursts = 0, expected = 0;
  double z = 0, p = 1;
  double z_if_closed = 0;  // were there no burst on these days
};

// Bursts on `chosen` against other days of the same weekday, less those in `excluded`; without p.
Dip dip_on(const DayCounts& days, const std::set<std::int64_t>& chosen,
           const std::set<std::int64_t>& excluded) {
  Dip dip;
  std::map<int, std::vector<double>> by_weekday;
  for (const auto& [day, bursts] : days) {
    if (!excluded.contains(day)) by_weekday[weekday_of(day)].push_back(bursts);
  }
  std::vector<double> residuals;
  for (const auto& [weekday, values] : by_weekday) {
    const double mean = mean_of(values);
    for (const double value : values) residuals.push_back(value - mean);
  }
  double below = 0;
  std::map<int, double> chosen_by_weekday;
  for (const std::int64_t day : chosen) {
    const auto found = days.find(day);
    if (found == days.end()) continue;
    const auto& values = by_weekday[weekday_of(day)];
    if (values.size() < 2) continue;
    dip.days += 1;
    dip.bursts += found->second;
    dip.expected += mean_of(values);
    below += found->second - mean_of(values);
    chosen_by_weekday[weekday_of(day)] += 1;
  }
  if (dip.days == 0 || residuals.size() < kMinReference) return Dip{};
  // k days of one weekday share the error of its mean; residuals lack what their means took up.
  double spread = 0;
  for (const auto& [weekday, k] : chosen_by_weekday) {
    spread += k + k * k / static_cast<double>(by_weekday[weekday].size());
  }
  const double n = static_cast<double>(residuals.size());
  const double freedom = n - static_cast<double>(by_weekday.size());
  const double variance = std::max(variance_of(residuals), 1e-9) * (n - 1) / freedom * spread;
  dip.z = below / std::sqrt(variance);
  dip.z_if_closed = -dip.expected / std::sqrt(variance);
  return dip;
}

struct Country {
  std::string code;
  DayCounts days;                           // working days of its own clock
  std::set<std::int64_t> holidays, beside;  // of these; the same weekday a week before and after
  std::set<std::int64_t> calendar;          // all holidays of the window
  Dip dip, control;
  double p_corrected = 1;
  double exchanges = 0;  // ln of the number of ways to choose as many days
  bool is_tried() const { return dip.days >= kMinHolidays; }
  bool is_quieter() const { return is_tried() && p_corrected <= kLevel; }
  // A closed office would be far below, and too seldom so by chance among `tried` calendars.
  bool is_visible(double tried) const {
    return -dip.z_if_closed >= kVisible && exchanges >= std::log(tried / kLevel);
  }
};

Country count_country(const QuestionRecords& records, const RowIndices& heads,
                      const ObservedTime& observed, const HolidayCountry& known) {
  Country country{known.code};
  const auto zone = Zone::find(known.zone);
  if (!zone.ok()) return country;
  country.days = working_days(records, heads, observed, zone.value());
  if (country.days.empty()) return country;
  const DayCounts& days = country.days;
  country.calendar = holidays_of(known.code, days.begin()->first, days.rbegin()->first);
  for (const std::int64_t day : country.calendar) {
    if (days.contains(day)) country.holidays.insert(day);
    for (const std::int64_t other : {day - 7, day + 7}) {
      if (days.contains(other) && !country.calendar.contains(other)) country.beside.insert(other);
    }
  }
  country.dip = dip_on(days, country.holidays, country.calendar);
  const double n = static_cast<double>(days.size());
  const double k = static_cast<double>(country.holidays.size());
  country.exchanges = std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
  std::set<std::int64_t> not_for_control = country.calendar;
  not_for_control.insert(country.beside.begin(), country.beside.end());
  country.control = dip_on(days, country.beside, not_for_control);
  return country;
}

void test_all(std::vector<Country>& countries, const Random& random) {
  std::vector<Country*> tried;
  std::vector<ChosenDays> kept;
  for (Country& country : countries) {
    if (!country.is_tried()) continue;
    tried.push_back(&country);
    kept.push_back({off_weekday(country.days, {}), country.holidays});
    if (country.control.days == 0) continue;
    const ChosenDays beside{off_weekday(country.days, country.calendar), country.beside};
    country.control.p = exchange_p({beside}, kDraws, random).front().p;
  }
  const std::vector<ExchangeP> p = exchange_p(kept, kDraws, random);
  for (std::size_t c = 0; c < tried.size(); ++c) {
    tried[c]->dip.p = p[c].p;
    tried[c]->p_corrected = p[c].corrected;
  }
}

void add_table(const std::vector<Country>& countries, Finding& finding) {
  Table table{"holidays_by_country",
              {"days", "bursts", "expected", "z", "z_if_closed", "p", "p_corrected", "z_control",
               "p_control"},
              {},
              {}};
  for (const Country& country : countries) {
    const Dip& dip = country.dip;
    table.row_labels.push_back(country.code);
    table.rows.push_back({dip.days, dip.bursts, dip.expected, dip.z, dip.z_if_closed, dip.p,
                          country.p_corrected, country.control.z, country.control.p});
  }
  finding.tables.push_back(std::move(table));
}

// "DE (3 days, p = 0.0003), FR (4 days, p = 0.001)"
std::string quieter_text(const std::vector<const Country*>& countries) {
  std::vector<std::string> all;
  for (const Country* country : countries) {
    all.push_back(fmt::format("{} ({}, {})", country->code, plural(country->dip.days, "day"),
                              probability_text(country->dip.p)));
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

std::string codes_text(const std::vector<const Country*>& countries) {
  std::vector<std::string> codes;
  for (const Country* country : countries) codes.push_back(country->code);
  return fmt::format("{}", fmt::join(codes, ", "));
}

void conclude(const std::vector<Country>& countries, const std::string& what, Finding& finding) {
  std::vector<const Country*> quieter, open, unseen;
  double tested = 0;
  for (const Country& country : countries) tested += country.is_tried() ? 1 : 0;
  double corrected = 0;
  for (const Country& country : countries) {
    if (!country.is_tried()) continue;
    if (country.is_quieter()) {
      quieter.push_back(&country);
      corrected = std::max(corrected, country.p_corrected);
    } else {
      (country.is_visible(tested) ? open : unseen).push_back(&country);
    }
  }
  add(finding, "countries_tested", tested, "countries");
  add(finding, "countries_quieter", static_cast<double>(quieter.size()), "countries");
  add(finding, "countries_not_quieter", static_cast<double>(open.size()), "countries");
  finding.parameters["quieter"] = quieter.empty() ? "none" : codes_text(quieter);
  finding.parameters["not_quieter"] = open.empty() ? "none" : codes_text(open);
  const std::string tried =
      fmt::format("{} with two and more holidays on working days", plural(tested, "calendar"));
  if (!quieter.empty()) {
    finding.outcome = Outcome::found;
    finding.statement = fmt::format(
        "The {} are rarer on the public holidays of {} than on other working days, each at most "
        "p = {:.2g} when corrected for {}{}.",
        what, quieter_text(quieter), corrected, tried,
        open.empty() ? ""
                     : fmt::format("; on those of {} they are not, though a closed office would "
                                   "show",
                                   codes_text(open)));
    return;
  }
  finding.outcome = open.empty() ? Outcome::not_enough : Outcome::nothing_found;
  finding.statement =
      open.empty()
          ? fmt::format(
                "The {} are too few, or too uneven, for holidays to show: of {} none would "
                "stand out, were all offices closed.",
                what, tried)
          : fmt::format(
                "The {} are on no calendar's public holidays rarer than on other working "
                "days, of {}; for {} a closed office would show.",
                what, tried, codes_text(open));
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                const AskerGroup& group, const BurstGroups& groups) {
  Finding finding = make_finding(holidays_method(), records, context, group.subject);
  const RowIndices heads = burst_heads(records, group.rows, groups, kBurstSeconds);
  finding.dedup_rule = bursts_rule(kBurstSeconds);
  finding.parameters["draws"] = std::to_string(kDraws);
  finding.parameters["level"] =
      fmt::format("{:g} over all countries, by the least p of the same exchange of days", kLevel);
  finding.parameters["random_seed"] = std::to_string(context.random_seed);
  finding.selection =
      seal(records, heads,
           fmt::format("bursts of {} for {}", who_text(group.subject), target_text(records)));
  finding.denominator = fmt::format("of {} on working days from Monday to Friday",
                                    plural(static_cast<double>(heads.size()), "burst"));
  const ObservedTime observed = ObservedTime::of(records);
  say_observed(records, observed, finding);
  finding.limitations.emplace_back(
      "Neighbours share holidays: countries whose days in the window are the same cannot be told "
      "apart, and one day both keep makes both quieter.");
  finding.limitations.emplace_back(
      "Only national holidays by rule are known here; regional ones, those by moon calendars, days "
      "off between and school holidays are not. At the turn of the year everybody is quieter.");
  finding.limitations.emplace_back(
      "A quiet holiday shows no people: mail is rarer then, and what checks it is too.");
  const Random random(context.random_seed, finding.id);
  std::vector<Country> countries;
  for (const HolidayCountry& known : holiday_countries()) {
    countries.push_back(count_country(records, heads, observed, known));
  }
  test_all(countries, random);
  add(finding, "bursts", static_cast<double>(heads.size()), "bursts");
  add_table(countries, finding);
  conclude(countries, finding.selection.description, finding);
  return finding;
}

class Holidays : public Method {
 public:
  std::string_view name() const override { return "holidays"; }
  std::string_view version() const override { return "3"; }
  std::string_view summary() const override {
    return "demand on the public holidays of each country, corrected for trying all";
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

const Method& holidays_method() {
  static const Holidays kMethod;
  return kMethod;
}

}  // namespace assay::methods
