// Daily and weekly rhythm, public holidays, and days of a calendar.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/calibrate/method_rates/drawn_case.h"
#include "engine/calibrate/method_rates/method_rates.h"
#include "methods/support/holiday_calendar.h"

namespace assay {
namespace {

constexpr double kLevel = 0.005;

void add_rhythm(const char* quantity, const char* what, double ttl, double per_day, bool is_office,
                std::vector<MethodCell>& cells) {
  MethodCell cell{
      "circadian",
      fmt::format("{} rhythm found{}", what, is_office ? "" : " where there is none, at 0.5 %"),
      fmt::format("{}, {:g} a day, TTL {:g} s, 1 to 3 caches",
                  is_office ? "an office" : "sessions of 4 day and night", per_day, ttl)};
  cell.of = is_office ? RateOf::all : RateOf::answered;
  cell.most = is_office ? 1 : 0.015;
  cell.run = [=](std::uint64_t seed) -> Result<MethodTrial> {
    constexpr double kDays = 98;
    Random random(seed);
    const drawn::Times demand =
        is_office ? drawn::office(random, kDays, drawn::any_office(random, per_day))
                  : drawn::demand_at(random, kDays, per_day, 4, 180, 0,
                                     [](double, int, std::int64_t) { return 1.0; });
    drawn::DrawnCase record(seed, kDays, ttl);
    record.ask_through(
        demand, {.caches = 1 + static_cast<int>(seed % 3), .ttl_seconds = ttl, .losses = 0.05},
        random);
    const auto findings = record.examine("circadian");
    if (!findings.ok()) return findings.error();
    const Quantity* p = drawn::about(*findings, "circadian/Bank").quantity(quantity);
    return MethodTrial{p != nullptr, p != nullptr && p->value <= kLevel, 0};
  };
  cells.push_back(std::move(cell));
}

// Busy and idle days: each local day of its own level, log-normal.
void make_uneven(drawn::Times& times, Random& random, double sd, double utc_offset_hours) {
  std::map<std::int64_t, double> levels;
  double most = 0;
  const auto day_of = [&](double t) {
    return static_cast<std::int64_t>(std::floor(t / drawn::kDay + utc_offset_hours / 24));
  };
  for (const double t : times) {
    const auto [level, is_new] = levels.try_emplace(day_of(t), 0);
    if (is_new) level->second = std::exp(random.normal(0, sd));
    most = std::max(most, level->second);
  }
  std::erase_if(times, [&](double t) { return !random.chance(levels[day_of(t)] / most); });
}

void add_holidays(bool keeps_them, double uneven_sd, std::vector<MethodCell>& cells) {
  MethodCell cell{"holidays",
                  keeps_them ? "the country whose holidays are kept is found"
                             : "holidays of some country found where none are kept",
                  "office of 60 a day, 20 weeks of May to September, TTL 3,600 s"};
  if (uneven_sd > 0) {
    cell.setting = fmt::format("the same, busy and idle days (log-normal, sd {:g})", uneven_sd);
  }
  cell.of = keeps_them ? RateOf::all : RateOf::answered;
  cell.most = keeps_them ? 1 : 0.05;
  cell.runs_share = keeps_them ? 1 : 5;  // a point either way takes many
  cell.run = [=](std::uint64_t seed) -> Result<MethodTrial> {
    constexpr double kDays = 143;
    constexpr double kOffset = -4;
    Random random(seed);
    // Thinned to the busiest day's, which is about that much above the mean.
    drawn::Office office = drawn::any_office(random, uneven_sd > 0 ? 140 : 60);
    if (keeps_them) {
      office.holidays = methods::holidays_of("US", drawn::kFirstDay, drawn::kFirstDay + 143);
    }
    drawn::Times demand = drawn::office(random, kDays, office, kOffset);
    if (uneven_sd > 0) make_uneven(demand, random, uneven_sd, kOffset);
    drawn::DrawnCase record(seed, kDays, 3600);
    record.ask_through(demand, {}, random);
    const auto findings = record.examine("holidays");
    if (!findings.ok()) return findings.error();
    const Finding& found = drawn::about(*findings, "holidays/Bank");
    const auto quieter = found.parameters.find("quieter");
    const bool is_answered = quieter != found.parameters.end();
    return MethodTrial{is_answered,
                       is_answered && (keeps_them ? quieter->second.find("US") != std::string::npos
                                                  : found.outcome == Outcome::found),
                       0};
  };
  cells.push_back(std::move(cell));
}

constexpr int kCalendarDays = 143;

// Look-ups of an office whose level wanders from week to week, busier by `more` on days of events.
drawn::Times office_with(Random& random, const std::vector<int>& events, double per_day,
                         double more) {
  double level = 0;
  std::vector<double> levels;
  for (int day = 0; day <= kCalendarDays; ++day) {
    level = 0.8 * level + random.normal(0, 0.2);
    const bool is_event = std::find(events.begin(), events.end(), day) != events.end();
    levels.push_back(std::exp(level) * (is_event ? 1 + more : 1.0));
  }
  const double most = *std::max_element(levels.begin(), levels.end());
  drawn::Office office = drawn::any_office(random, per_day * most);
  office.per_session = 3;
  drawn::Times times = drawn::office(random, kCalendarDays, office);
  std::erase_if(times, [&](double t) {
    return !random.chance(levels[static_cast<std::size_t>(t / drawn::kDay)] / most);
  });
  return times;
}

void add_events(const char* words, bool is_working, double more, double least, double most,
                std::vector<MethodCell>& cells) {
  MethodCell cell{"calendar events",
                  more > 0 ? "coincidence found" : "coincidence found where there is none, at 1 %",
                  words};
  cell.of = more > 0 ? RateOf::all : RateOf::answered;
  cell.least = least;
  cell.most = most;
  cell.run = [=](std::uint64_t seed) -> Result<MethodTrial> {
    Random random(seed);
    std::vector<int> days;
    while (days.size() < 6) {
      const int day = static_cast<int>(random.below(kCalendarDays));
      if (is_working && (day + 2) % 7 >= 5) continue;
      if (std::find(days.begin(), days.end(), day) == days.end()) days.push_back(day);
    }
    drawn::DrawnCase record(seed, kCalendarDays, 0);
    record.states_ttl = false;
    for (const int day : days) {
      const std::int64_t begin = (drawn::kFirstDay + day) * kMicrosPerDay;
      record.stated().calendar.push_back(
          {fmt::format("event of day {}", day), {begin, begin + kMicrosPerDay}});
    }
    record.ask_all(office_with(random, days, 20, more));
    const auto findings = record.examine("event_coincidence");
    if (!findings.ok()) return findings.error();
    const Finding& found = drawn::about(*findings, "event_coincidence/Bank");
    return MethodTrial{found.outcome == Outcome::found || found.outcome == Outcome::nothing_found,
                       found.outcome == Outcome::found, 0};
  };
  cells.push_back(std::move(cell));
}

}  // namespace

void add_rhythm_cells(std::vector<MethodCell>& cells) {
  for (const double ttl : {300.0, 3600.0, 86'400.0}) {
    for (const bool is_office : {false, true}) {
      add_rhythm("p_daily_rhythm", "daily", ttl, 200, is_office, cells);
      add_rhythm("p_weekly_rhythm", "weekly", ttl, 200, is_office, cells);
    }
  }
  for (const bool keeps_them : {false, true}) {
    add_holidays(keeps_them, 0, cells);
    add_holidays(keeps_them, 0.35, cells);
  }
  add_events("six days of twenty weeks, any", false, 0, 0, 0.02, cells);
  add_events("six working days of twenty weeks", true, 0, 0, 0.02, cells);
  add_events("six working days, half as busy again", true, 0.5, 0, 1, cells);
  add_events("six working days, twice as busy", true, 1, 0, 1, cells);
  add_events("six working days, three times as busy", true, 2, 0, 1, cells);
}

}  // namespace assay
