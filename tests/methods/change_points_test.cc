#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toy.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::find;
using toy::Toy;

TEST(ChangePoints, FindsWhenTheLevelChanged) {
  Toy toy(120);
  auto random = toy.random("change");
  for (const double t : toy::poisson(random, 16, 120)) {
    if (t >= 70 * toy::kDay || random.uniform() < 0.25) toy.ask(t, "192.0.2.53");
  }
  const auto findings = toy.run("change_points");
  const Finding* bank = find(findings, "change_points/Bank");
  EXPECT_EQ(bank->outcome, Outcome::found);
  EXPECT_EQ(bank->value_or("changes", 0), 1);
  const auto& change = bank->table("changes")->rows.front();
  const double truth = toy::kStartUs / 1e6 + 70 * toy::kDay;
  EXPECT_LE(change[1], truth);
  EXPECT_GE(change[2], truth);
  EXPECT_LE(change[2] - change[1], 8 * toy::kDay);
  EXPECT_NEAR(change[3], 4, 1);
  EXPECT_NEAR(change[4], 16, 2);
  EXPECT_EQ(change[5], 0) << "no silence there";
  EXPECT_EQ(bank->table("segments")->rows.size(), 2u);
}

TEST(ChangePoints, SaysThatAChangeLiesAtASilence) {
  Toy toy(120);
  auto random = toy.random("gap");
  for (const double t : toy::poisson(random, 16, 120)) {
    if (t >= 68 * toy::kDay && t < 70 * toy::kDay) continue;
    if (t >= 70 * toy::kDay || random.uniform() < 0.4) toy.ask(t, "192.0.2.53");
  }
  const auto findings = toy.run("change_points");
  const Finding* bank = find(findings, "change_points/Bank");
  ASSERT_EQ(bank->outcome, Outcome::found);
  EXPECT_EQ(bank->table("changes")->rows.front()[5], 1);
  EXPECT_THAT(bank->statement, HasSubstr("at an unusual silence"));
}

// Seeds 1..20 of steady demand, and of demand in clumps: 1.5 clumps a day of about 8 bursts.
TEST(ChangePoints, StaysSilentOnALevelThatDoesNotChange) {
  int steady = 0;
  int clumped = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const bool is_clumped : {false, true}) {
      Toy toy(120);
      toy.set_seed(seed);
      auto random = toy.random("level");
      if (is_clumped) {
        for (const double start : toy::poisson(random, 1.5, 119)) {
          double t = start;
          do {
            toy.ask(t, "192.0.2.53");
            t += 70 + toy::exponential(random, 1800);
          } while (random.uniform() < 7.0 / 8 && t < 120 * toy::kDay);
        }
      } else {
        toy.ask_all(toy::poisson(random, 12, 120), "192.0.2.53");
      }
      const auto findings = toy.run("change_points");
      const bool is_alarm = find(findings, "change_points/Bank")->outcome == Outcome::found;
      (is_clumped ? clumped : steady) += is_alarm ? 1 : 0;
    }
  }
  EXPECT_LE(steady, 1);
  EXPECT_LE(clumped, 1);
}

// Day rates that wander about one level: log AR(1), as days of mail do. Seeds 1..10 a regime.
TEST(ChangePoints, StaysSilentOnALevelThatWandersAboutOneMean) {
  for (const auto& [correlation, spread] :
       {std::pair{0.6, 0.4}, std::pair{0.6, 0.8}, std::pair{0.85, 0.8}}) {
    int alarms = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      Toy toy(143);
      toy.set_seed(seed);
      auto random = toy.random("wandering");
      const auto gaussian = [&random] {
        double sum = -6;
        for (int i = 0; i < 12; ++i) sum += random.uniform();
        return sum;
      };
      double level = gaussian();
      for (int day = 0; day < 143; ++day) {
        level = correlation * level + std::sqrt(1 - correlation * correlation) * gaussian();
        const double rate = 8 * std::exp(spread * level - spread * spread / 2);
        for (const double t : toy::poisson(random, rate, 1))
          toy.ask(day * toy::kDay + t, "192.0.2.53");
      }
      const auto findings = toy.run("change_points");
      alarms += find(findings, "change_points/Bank")->outcome == Outcome::found ? 1 : 0;
    }
    EXPECT_LE(alarms, 1) << correlation << " " << spread;
  }
}

TEST(ChangePoints, FindsARiseAndAFall) {
  Toy toy(140);
  auto random = toy.random("two changes");
  for (const double t : toy::poisson(random, 20, 140)) {
    const bool is_high = t >= 60 * toy::kDay && t < 95 * toy::kDay;
    if (is_high || random.uniform() < 0.25) toy.ask(t, "192.0.2.53");
  }
  const auto findings = toy.run("change_points");
  const Finding* bank = find(findings, "change_points/Bank");
  ASSERT_EQ(bank->value_or("changes", 0), 2);
  const auto& changes = bank->table("changes")->rows;
  for (const auto& [at, day] : {std::pair{0, 60}, std::pair{1, 95}}) {
    const double truth = toy::kStartUs / 1e6 + day * toy::kDay;
    EXPECT_LE(changes[at][1], truth);
    EXPECT_GE(changes[at][2], truth);
  }
}

TEST(ChangePoints, SaysThatTenDaysAreNotEnough) {
  Toy toy(10);
  auto random = toy.random("short");
  toy.ask_all(toy::poisson(random, 30, 10), "192.0.2.53");
  EXPECT_EQ(find(toy.run("change_points"), "change_points/Bank")->outcome, Outcome::not_enough);
}

}  // namespace
}  // namespace assay
