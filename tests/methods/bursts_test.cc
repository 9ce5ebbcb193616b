#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toy.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::find;
using toy::Toy;

TEST(Bursts, FindsTheRetrySignatureOfAResolverThatHopsOverServers) {
  Toy toy(30);
  auto random = toy.random("retries");
  toy.ask_with_retries(random, toy::poisson(random, 20, 30), "192.0.2.53", 0.5);
  const auto findings = toy.run("bursts");
  const Finding* bank = find(findings, "bursts/Bank");
  EXPECT_EQ(bank->outcome, Outcome::found);
  EXPECT_GT(bank->value_or("share_hopping", 0), 0.95);
  EXPECT_NEAR(bank->value_or("burst_size_mean", 0), 2.0, 0.3);
  EXPECT_NEAR(bank->value_or("share_single_row", 0), 0.5, 0.1);
  EXPECT_LT(bank->value_or("width_seconds_median", 99), 10);
}

TEST(Bursts, StaysSilentOnSingleRows) {
  Toy toy(30);
  auto random = toy.random("single");
  toy.ask_all(toy::through_cache(toy::poisson(random, 20, 30), 3600), "192.0.2.53");
  const auto findings = toy.run("bursts");
  const Finding* bank = find(findings, "bursts/Bank");
  EXPECT_EQ(bank->outcome, Outcome::nothing_found);
  EXPECT_EQ(bank->value_or("share_single_row", 0), 1.0);
}

TEST(Bursts, DoesNotTakeTwoResolversAskedAtOnceForARetry) {
  Toy toy(30);
  auto random = toy.random("pair");
  for (const double t : toy::through_cache(toy::poisson(random, 20, 30), 3600)) {
    toy.ask(t, "192.0.2.53", {.server = "203.0.113.1"});
    toy.ask(t + 1, "192.0.2.54", {.server = "203.0.113.2"});
  }
  const auto findings = toy.run("bursts");
  const Finding* bank = find(findings, "bursts/Bank");
  EXPECT_EQ(bank->outcome, Outcome::nothing_found);
  EXPECT_EQ(bank->value_or("bursts_with_repeats", -1), 0);
  EXPECT_EQ(bank->value_or("bursts_with_several_addresses", 0), bank->value_or("bursts", -1));
}

TEST(Bursts, TellsRepeatsUnderOneMessageIdFromNewQuestions) {
  Toy toy(10);
  for (int i = 0; i < 20; ++i) {
    const auto id = static_cast<std::uint16_t>(1000 + i);
    toy.ask(i * 5000.0, "192.0.2.53", {.server = "203.0.113.1", .id = id});
    toy.ask(i * 5000.0 + 2, "192.0.2.53", {.server = "203.0.113.2", .id = id});
  }
  EXPECT_EQ(find(toy.run("bursts"), "bursts/Bank")->value_or("share_repeat_same_id", 0), 1.0);
}

TEST(Bursts, SaysThatHoppingCannotBeSeenWithoutServers) {
  Toy toy(10);
  for (int i = 0; i < 20; ++i) {
    toy.ask(i * 5000.0, "192.0.2.53", {.server = ""});
    toy.ask(i * 5000.0 + 2, "192.0.2.53", {.server = ""});
  }
  const auto findings = toy.run("bursts");
  EXPECT_EQ(find(findings, "bursts/Bank")->outcome, Outcome::measured);
  EXPECT_THAT(find(findings, "bursts/Bank")->statement, HasSubstr("does not tell the server"));
}

}  // namespace
}  // namespace assay
