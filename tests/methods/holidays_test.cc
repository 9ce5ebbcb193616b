#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

Finding holidays_found(const std::set<std::int64_t>& closed, double offset, std::uint64_t seed) {
  Toy toy(143);
  toy.set_seed(seed);
  toy::Random random(seed, "holidays");
  toy::Office office = toy::any_office(random, 60);
  office.holidays = closed;
  const auto demand = toy::office_at(random, 143, office, toy::clock_of(offset));
  toy.ask_all(toy::through_caches(random, demand, 3600, 1), "192.0.2.53");
  const auto findings = toy.run("holidays");
  return *find(findings, "holidays/Bank");
}

// Seeds 1..10 each: an office that keeps the holidays of one country, and one that keeps none.
TEST(Holidays, FindsTheCalendarThatAnOfficeKeepsAndNoneWhereItKeepsNone) {
  const auto america = holidays_of("US", day(2016, 5, 1), day(2016, 9, 30));
  int found = 0, of_france = 0, false_alarms = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Finding kept = holidays_found(america, -4, seed);
    found += kept.parameters.at("quieter").find("US") != std::string::npos ? 1 : 0;
    of_france += kept.parameters.at("quieter").find("FR") != std::string::npos ? 1 : 0;
    false_alarms += holidays_found({}, -4, seed).outcome == Outcome::found ? 1 : 0;
  }
  EXPECT_GE(found, 9);
  EXPECT_LE(of_france, 1);
  EXPECT_LE(false_alarms, 2);
}

TEST(Holidays, SaysWhenNoHolidayCouldShow) {
  Toy toy(60);
  for (int d = 0; d < 60; d += 5) toy.ask(d * toy::kDay + 40'000, "192.0.2.53");
  EXPECT_EQ(find(toy.run("holidays"), "holidays/Bank")->outcome, Outcome::not_enough);
}

}  // namespace
}  // namespace assay
