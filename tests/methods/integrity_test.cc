// server_balance and digit_pattern: what they see, and what they must not take for a sign.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toy.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::find;
using toy::Toy;

std::string server(int n) { return "203.0.113." + std::to_string(1 + n % 3); }

TEST(ServerBalance, FindsTheMemoryOfAResolverThatPrefersTheFastest) {
  Toy toy(60);
  auto random = toy.random("srtt");
  int chosen = 0;
  for (const double t : toy::through_cache(toy::poisson(random, 100, 60), 3600)) {
    if (random.uniform() < 0.3) chosen = static_cast<int>(random.uniform() * 3);
    toy.ask(t, "192.0.2.53", {.server = server(chosen)});
  }
  const auto findings = toy.run("server_balance");
  EXPECT_EQ(find(findings, "server_balance/Bank")->outcome, Outcome::found);
  EXPECT_GT(find(findings, "server_balance/Bank")->value_or("serial_z", 0), 4);
  EXPECT_THAT(find(findings, "server_balance/Bank")->limitations,
              Contains(HasSubstr("genuine log")));
}

TEST(ServerBalance, StaysSilentOnAnEvenChoice) {
  Toy toy(60);
  auto random = toy.random("even");
  for (const double t : toy::through_cache(toy::poisson(random, 100, 60), 3600)) {
    toy.ask(t, "192.0.2.53", {.server = server(static_cast<int>(random.uniform() * 3))});
  }
  const auto findings = toy.run("server_balance");
  const Finding* bank = find(findings, "server_balance/Bank");
  EXPECT_EQ(bank->outcome, Outcome::nothing_found);
  EXPECT_EQ(bank->value_or("servers", 0), 3);
  EXPECT_NEAR(bank->value_or("p_same_server", 0), 1.0 / 3, 0.06);
}

TEST(ServerBalance, TakesEvidencesForServersWhenNoneIsTold) {
  Toy toy(60, 3);
  auto random = toy.random("evidences");
  for (const double t : toy::through_cache(toy::poisson(random, 100, 60), 3600)) {
    const auto number = static_cast<std::uint32_t>(1 + random.uniform() * 3);
    toy.ask(t, "192.0.2.53", {.server = "", .evidence = number});
  }
  const auto findings = toy.run("server_balance");
  EXPECT_EQ(find(findings, "server_balance/all")->value_or("servers", 0), 3);
  EXPECT_EQ(find(findings, "server_balance/all")->parameters.at("server"), "evidence");
}

TEST(ServerBalance, IsNotApplicableWithOneServer) {
  Toy toy(60);
  toy.ask(100, "192.0.2.53");
  EXPECT_EQ(find(toy.run("server_balance"), "server_balance/all")->outcome,
            Outcome::not_applicable);
}

TEST(DigitPattern, FindsRoundedTimes) {
  Toy toy(60);
  auto random = toy.random("rounded");
  for (const double t : toy::poisson(random, 30, 60)) {
    toy.ask(random.uniform() < 0.15 ? std::floor(t / 10) * 10 : t, "192.0.2.53");
  }
  const auto findings = toy.run("digit_pattern");
  const Finding* bank = find(findings, "digit_pattern/Bank");
  EXPECT_EQ(bank->outcome, Outcome::found);
  EXPECT_THAT(bank->limitations, Contains(HasSubstr("not forgery")));
}

// Seeds 1..60, nominal level 0.1 %.
TEST(DigitPattern, StaysSilentOnBurstsAtAnySecond) {
  int alarms = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Toy toy(40);
    toy.set_seed(seed);
    auto random = toy.random("any");
    toy.ask_with_retries(random, toy::poisson(random, 20, 40), "192.0.2.53", 0.5);
    const auto findings = toy.run("digit_pattern");
    alarms += find(findings, "digit_pattern/Bank")->outcome == Outcome::found ? 1 : 0;
  }
  EXPECT_LE(alarms, 1);
}

}  // namespace
}  // namespace assay
