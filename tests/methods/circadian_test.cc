#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "offices.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::find;
using toy::Toy;

toy::RowOptions answers(std::uint32_t ttl) {
  toy::RowOptions options;
  options.ttl = ttl;
  options.flags = kHasQuery | kHasAnswer | kAuthoritative;
  return options;
}

Finding circadian_of(const toy::Times& times, double days, std::uint32_t ttl, std::uint64_t seed) {
  Toy toy(days);
  toy.set_seed(seed);
  toy.ask_all(times, "192.0.2.53", answers(ttl));
  const auto findings = toy.run("circadian");
  return *find(findings, "circadian/Bank");
}

TEST(Circadian, FindsTheDayAndTheWeekOfAnOffice) {
  toy::Random random(1, "office");
  toy::Office office;
  office.start = 7;  // 9 o'clock in Berlin's summer
  const auto times =
      toy::through_caches(random, toy::office_at(random, 90, office, toy::clock_of(0.0)), 3600, 2);
  const Finding bank = circadian_of(times, 90, 3600, 1);
  EXPECT_EQ(bank.outcome, Outcome::found);
  EXPECT_EQ(bank.parameters.at("caches"), "2");
  EXPECT_LE(bank.value_or("p_daily_rhythm", 1), 0.001);
  EXPECT_LE(bank.value_or("p_daily_rhythm_midweek", 1), 0.001);
  EXPECT_LE(bank.value_or("p_weekly_rhythm", 1), 0.001);
  EXPECT_NEAR(bank.value_or("peak_hour_utc", 0), 11.5, 1.0);
  EXPECT_GT(bank.quantity("weekday_weekend_rate_ratio")->interval->first, 5);
  EXPECT_THAT(bank.limitations, Contains(HasSubstr("neither people nor a place")));
}

TEST(Circadian, SeesThroughACacheThatIsNearlyAlwaysTaken) {
  toy::Random random(2, "busy");
  toy::Office office;
  office.per_day = 2000;
  office.night = 0.15;  // enough to keep the cache taken at night
  office.weekend = 0.3;
  const auto demand = toy::office_at(random, 90, office, toy::clock_of(0.0));
  const Finding bank = circadian_of(toy::through_caches(random, demand, 3600, 1), 90, 3600, 2);
  EXPECT_LE(bank.value_or("p_daily_rhythm", 1), 0.001);
  EXPECT_LT(bank.value_or("open_share", 1), 0.2);
  const Table* hours = bank.table("demand_by_hour_utc");
  EXPECT_GT(hours->rows[11][2], 3 * hours->rows[2][2]);
  EXPECT_LT(hours->rows[11][0], 3 * hours->rows[2][0]) << "rows alone hide most of it";
}

// Seeds 1..20 each: constant demand in bursts, a nearly always taken cache of a day that drifts
// around the clock, and a machine that rests at weekends. Nominal level 0.5 % each.
TEST(Circadian, StaysSilentWhereTheDayHasNoHours) {
  int constant = 0, drifting = 0, resting = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    toy::Random random(seed, "null");
    const auto even = toy::through_caches(random, toy::poisson(random, 60, 70), 3600, 1);
    constant += circadian_of(even, 70, 3600, seed).outcome == Outcome::found ? 1 : 0;
    const auto daily = toy::through_caches(random, toy::poisson(random, 200, 120), 86400, 1);
    const Finding slow = circadian_of(daily, 120, 86400, seed);
    drifting += slow.value_or("p_daily_rhythm", 1) <= 0.005 ? 1 : 0;
    const auto five = toy::through_caches(
        random, toy::machine_24x5(random, 70, 60, 0.1, toy::clock_of(3)), 3600, 1);
    const Finding machine = circadian_of(five, 70, 3600, seed);
    resting += machine.value_or("p_daily_rhythm_midweek", 1) <= 0.005 ? 1 : 0;
    EXPECT_LE(machine.value_or("p_weekly_rhythm", 1), 0.005);
  }
  EXPECT_LE(constant, 1);
  EXPECT_LE(drifting, 1);
  EXPECT_LE(resting, 1);
}

TEST(Circadian, TestsAMiddayDipOnlyWhereItCan) {
  toy::Random random(3, "lunch");
  toy::Office office;
  office.lunch = 0.6;
  office.per_day = 150;
  const Zone berlin = Zone::find("Europe/Berlin").value();
  const auto demand = toy::office_at(random, 90, office, toy::clock_of(berlin));
  const Finding with = circadian_of(toy::through_caches(random, demand, 300, 1), 90, 300, 3);
  EXPECT_EQ(with.value_or("midday_dip", -1), 1);
  office.lunch = 0;
  const auto even = toy::office_at(random, 90, office, toy::clock_of(berlin));
  const Finding without = circadian_of(toy::through_caches(random, even, 300, 1), 90, 300, 3);
  EXPECT_EQ(without.value_or("midday_dip", -1), 0);
  const Finding rare = circadian_of(toy::through_caches(random, demand, 86400, 1), 90, 86400, 3);
  EXPECT_EQ(rare.quantity("midday_dip"), nullptr);
  EXPECT_THAT(rare.limitations, Contains(HasSubstr("cannot be tested")));
}

TEST(Circadian, DoesNotTestHoursBehindSeveralCachesOfADay) {
  toy::Random random(4, "days");
  const auto rows = toy::through_caches(random, toy::poisson(random, 2000, 100), 86400, 3);
  const Finding bank = circadian_of(rows, 100, 86400, 4);
  EXPECT_NE(bank.outcome, Outcome::found);
  EXPECT_EQ(bank.quantity("p_daily_rhythm"), nullptr);
  EXPECT_THAT(bank.limitations, Contains(HasSubstr("cannot be tested")));
}

TEST(Circadian, SaysThatAFewBurstsAreNotEnough) {
  const Finding few = circadian_of({1000, 90000}, 60, 300, 1);
  EXPECT_EQ(few.outcome, Outcome::not_enough);
}

}  // namespace
}  // namespace assay
