#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toy.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::find;
using toy::Toy;

double sum_of(const Table& table) {
  double sum = 0;
  for (const auto& row : table.rows) {
    for (const double value : row) sum += value;
  }
  return sum;
}

TEST(DayHour, FindsTheRhythmOfAnOfficeInItsOwnZone) {
  Toy toy(90);
  auto random = toy.random("office");
  toy.ask_all(toy::through_cache(toy::office(random, 40, 90, 7, 16), 3600), "192.0.2.53");
  const auto findings = toy.run("day_hour");
  const Finding* bank = find(findings, "day_hour/Bank");
  EXPECT_EQ(bank->outcome, Outcome::found);
  EXPECT_EQ(bank->parameters.at("zone"), "Europe/Berlin");
  EXPECT_NEAR(bank->value_or("peak_hour", 0), 13.5, 1.0) << "07-16 UTC is 09-18 in Berlin summer";
  EXPECT_GT(bank->value_or("share_office_hours", 0), 0.9);
  EXPECT_NEAR(bank->value_or("share_office_hours_if_uniform", 0), 5.0 / 7 * 9 / 24, 0.01);
  EXPECT_NEAR(bank->value_or("share_06_22_utc_if_uniform", 0), 16.0 / 24, 0.001);
  EXPECT_GT(bank->quantity("weekday_weekend_ratio")->interval->first, 5);
  EXPECT_THAT(bank->limitations, Contains(HasSubstr("does not name a city")));
  EXPECT_EQ(bank->table("day_hour")->columns.size(), 24u);
  EXPECT_EQ(sum_of(*bank->table("day_hour")), bank->value_or("bursts", -1));
  EXPECT_EQ(bank->table("day_hour")->row_labels.front(), "2016-05-04");
}

// Seeds 1..200: constant demand behind a cache, in bursts. Nominal level 1 %.
TEST(DayHour, StaysSilentOnConstantDemandInBursts) {
  int alarms = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Toy toy(60);
    toy.set_seed(seed);
    auto random = toy.random("constant");
    toy.ask_with_retries(random, toy::through_cache(toy::poisson(random, 30, 60), 3600),
                         "192.0.2.53", 0.5);
    const auto findings = toy.run("day_hour");
    alarms += find(findings, "day_hour/Bank")->outcome == Outcome::found ? 1 : 0;
  }
  EXPECT_LE(alarms, 8);
}

TEST(DayHour, CountsWeekdaysInTheWindow) {
  Toy toy(14);
  auto random = toy.random("weekdays");
  toy.ask_all(toy::poisson(random, 20, 14), "192.0.2.53");
  const auto findings = toy.run("day_hour");
  const Table* week = find(findings, "day_hour/Bank")->table("weekday");
  for (std::size_t d = 0; d < 7; ++d) EXPECT_NEAR(week->rows[d][2], 2.0, 1e-9);
}

TEST(DayHour, SaysThatAFewBurstsAreNotEnough) {
  Toy toy(60);
  toy.ask(1000, "192.0.2.53");
  EXPECT_EQ(find(toy.run("day_hour"), "day_hour/Bank")->outcome, Outcome::not_enough);
}

TEST(DayHour, FallsBackToUtcWhenTheZoneIsUnknown) {
  Toy toy(60);
  toy.file().parties[0].zone = "Nowhere/Nothing";
  toy.ask(1000, "192.0.2.53");
  const auto findings = toy.run("day_hour");
  EXPECT_EQ(find(findings, "day_hour/Bank")->parameters.at("zone"), "UTC");
  EXPECT_THAT(find(findings, "day_hour/Bank")->limitations, Contains(HasSubstr("UTC is used")));
}

}  // namespace
}  // namespace assay
