#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "methods/support/day_exchange.h"
#include "methods/support/holiday_calendar.h"
#include "offices.h"

namespace assay {
namespace {

using methods::holidays_of;
using testing::HasSubstr;
using testing::Not;
using toy::find;
using toy::Toy;

std::int64_t day(int year, int month, int of_month) {
  return days_from_civil(year, month, of_month);
}

TEST(HolidayCalendar, KnowsEasterAndWhatHangsOnIt) {
  EXPECT_EQ(methods::western_easter(2016), day(2016, 3, 27));
  EXPECT_EQ(methods::western_easter(2024), day(2024, 3, 31));
  EXPECT_EQ(methods::orthodox_easter(2016), day(2016, 5, 1));
  EXPECT_EQ(methods::orthodox_easter(2024), day(2024, 5, 5));
  EXPECT_TRUE(holidays_of("DE", day(2016, 1, 1), day(2016, 12, 31)).contains(day(2016, 5, 5)));
}

TEST(HolidayCalendar, CountsWeekdaysAndMovesOffWeekends) {
  const auto us = holidays_of("US", day(2016, 1, 1), day(2016, 12, 31));
  EXPECT_TRUE(us.contains(day(2016, 5, 30))) << "last Monday of May";
  EXPECT_TRUE(us.contains(day(2016, 11, 24))) << "fourth Thursday of November";
  EXPECT_TRUE(us.contains(day(2016, 12, 26))) << "Christmas was a Sunday";
  EXPECT_FALSE(us.contains(day(2016, 12, 25)));
}

// `uneven`: sd of the logarithm of each local day's level.
Finding holidays_found(const std::set<std::int64_t>& closed, double offset, std::uint64_t seed,
                       double uneven = 0) {
  Toy toy(143);
  toy.set_seed(seed);
  toy::Random random(seed, "holidays");
  toy::Office office = toy::any_office(random, uneven > 0 ? 120 : 60);
  office.holidays = closed;
  auto demand = toy::office_at(random, 143, office, toy::clock_of(offset));
  if (uneven > 0) {
    std::map<std::int64_t, double> levels;
    std::erase_if(demand, [&](double t) {
      const auto [level, is_new] = levels.try_emplace(toy::local_day(t + 3600 * offset), 0);
      if (is_new) level->second = std::min(1.0, 0.5 * std::exp(toy::normal(random, 0, uneven)));
      return random.uniform() >= level->second;
    });
  }
  toy.ask_all(toy::through_caches(random, demand, 3600, 1), "192.0.2.53");
  const auto findings = toy.run("holidays");
  return *find(findings, "holidays/Bank");
}

// Seeds 1..5 each: an office that keeps the holidays of one country, and one that keeps none.
TEST(Holidays, FindsTheCalendarThatAnOfficeKeepsAndNoneWhereItKeepsNone) {
  const auto america = holidays_of("US", day(2016, 5, 1), day(2016, 9, 30));
  int found = 0, of_france = 0, false_alarms = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Finding kept = holidays_found(america, -4, seed);
    found += kept.parameters.at("quieter").find("US") != std::string::npos ? 1 : 0;
    of_france += kept.parameters.at("quieter").find("FR") != std::string::npos ? 1 : 0;
    false_alarms += holidays_found({}, -4, seed).outcome == Outcome::found ? 1 : 0;
  }
  EXPECT_GE(found, 5);
  EXPECT_LE(of_france, 1);
  EXPECT_LE(false_alarms, 1);
}

// Seeds 1..6: busy and idle days make some day of some calendar quiet, but no calendar of two and
// more oftener than by chance; the calendar that is kept is found all the same.
TEST(Holidays, TakesNoQuietDayForAHolidayWhereDaysAreUneven) {
  const auto america = holidays_of("US", day(2016, 5, 1), day(2016, 9, 30));
  int found = 0, false_alarms = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    false_alarms += holidays_found({}, -4, seed, 0.35).outcome == Outcome::found ? 1 : 0;
    if (seed > 2) continue;
    const Finding kept = holidays_found(america, -4, seed, 0.35);
    found += kept.parameters.at("quieter").find("US") != std::string::npos ? 1 : 0;
    EXPECT_THAT(kept.statement, HasSubstr("US (3 days, p = 0.000"));
    EXPECT_THAT(kept.statement, HasSubstr("calendars with two and more holidays"));
  }
  EXPECT_EQ(found, 2);
  EXPECT_LE(false_alarms, 1);
}

// Calendars with one holiday in the window are not tried: one quiet day may have any reason. Here
// nobody asked on Corpus Christi alone.
TEST(Holidays, FindsNothingFromOneDayAlone) {
  const Finding one = holidays_found({day(2016, 5, 26)}, 2, 3);
  const Table* table = one.table("holidays_by_country");
  ASSERT_NE(table, nullptr);
  for (std::size_t i = 0; i < table->rows.size(); ++i) {
    if (table->rows[i][0] < 2) EXPECT_EQ(table->rows[i][6], 1) << table->row_labels[i];
  }
  EXPECT_LT(one.value_or("countries_tested", 99), 27);
}

TEST(DayExchange, GivesTheShareOfExchangesThatSumToAsLittle) {
  methods::DayCounts residuals;
  for (std::int64_t d = 0; d < 50; ++d) residuals[d] = static_cast<double>(d) - 24.5;
  const auto p = methods::exchange_p({{residuals, {0}}, {residuals, {0, 1}}, {residuals, {24, 25}}},
                                     3999, methods::Random(1, "exchange"));
  EXPECT_NEAR(p[0].p, 1.0 / 50, 0.008) << "one of fifty days";
  EXPECT_LT(p[1].p, 0.003) << "one of 1,225 pairs";
  EXPECT_NEAR(p[2].p, 0.5, 0.05);
  EXPECT_GE(p[0].corrected, p[0].p);
  EXPECT_LT(p[1].corrected, 0.02) << "two sets of three share a day, and their chance";
}

TEST(Holidays, SaysWhenNoHolidayCouldShow) {
  Toy toy(60);
  for (int d = 0; d < 60; d += 5) toy.ask(d * toy::kDay + 40'000, "192.0.2.53");
  EXPECT_EQ(find(toy.run("holidays"), "holidays/Bank")->outcome, Outcome::not_enough);
}

}  // namespace
}  // namespace assay
