#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toy.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::find;
using toy::Toy;

constexpr double kTtl = 3600;

TEST(SourceSync, FindsOneCacheBehindTwoAddresses) {
  Toy toy(120);
  auto random = toy.random("one cache");
  for (const double t : toy::through_cache(toy::office(random, 60, 120), kTtl)) {
    toy.ask(t, random.uniform() < 0.5 ? "192.0.2.53" : "192.0.2.54", {.ttl = 3600});
  }
  const auto findings = toy.run("source_sync");
  const Finding* bank = find(findings, "source_sync/Bank");
  EXPECT_EQ(bank->outcome, Outcome::found);
  EXPECT_EQ(bank->value_or("acts_as_one", 0), 1);
  EXPECT_LT(bank->value_or("share_suppressed_window", 1),
            bank->value_or("share_suppressed_window_null", 0));
  EXPECT_LE(bank->value_or("p_suppressed", 1), 0.01);
  EXPECT_EQ(bank->value_or("shifts", 0), 119);
}

TEST(SourceSync, FindsTwoCachesThatOneClientAsks) {
  Toy toy(120);
  auto random = toy.random("one client");
  for (const double t : toy::through_cache(toy::office(random, 60, 120), kTtl)) {
    toy.ask(t, "192.0.2.53");
    if (random.uniform() < 0.9) toy.ask(t + 3 * random.uniform(), "192.0.2.54");
  }
  const auto findings = toy.run("source_sync");
  EXPECT_EQ(find(findings, "source_sync/Bank")->outcome, Outcome::found);
  EXPECT_GT(find(findings, "192.0.2.53+192.0.2.54")->value_or("share_synchronous", 0), 0.95);
  EXPECT_THAT(find(findings, "source_sync/Bank")->limitations,
              Contains(HasSubstr("cannot be told")));
  const Quantity* share = find(findings, "source_sync/Bank")->quantity("share_synchronous");
  ASSERT_TRUE(share->interval);
  EXPECT_LE(share->interval->first, share->value);
  EXPECT_GE(share->interval->second, share->value);
  EXPECT_LT(share->interval->second - share->interval->first, 0.2);
}

// Seeds 1..40: two caches of two offices with the same hours. Nominal level 1 % for each of two
// tests.
TEST(SourceSync, StaysSilentOnTwoCachesWithTheSameOfficeHours) {
  int alarms = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Toy toy(120);
    toy.set_seed(seed);
    auto random = toy.random("two offices");
    toy.ask_all(toy::through_cache(toy::office(random, 60, 120), kTtl), "192.0.2.53",
                {.ttl = 3600});
    toy.ask_all(toy::through_cache(toy::office(random, 60, 120), kTtl), "198.51.100.53",
                {.ttl = 3600});
    const auto findings = toy.run("source_sync");
    const Finding* control = find(findings, "source_sync/Bank+Clinic");
    alarms += control->outcome == Outcome::found ? 1 : 0;
  }
  EXPECT_LE(alarms, 3);
}

TEST(SourceSync, FindsThatTwoPartiesMoveTogetherUnderOneMailing) {
  Toy toy(120);
  auto random = toy.random("mailing");
  for (const double t : toy::poisson(random, 3, 120)) {
    toy.ask(t + 20 * random.uniform(), "192.0.2.53");
    toy.ask(t + 20 * random.uniform(), "198.51.100.53");
  }
  const auto findings = toy.run("source_sync");
  const Finding* control = find(findings, "source_sync/Bank+Clinic");
  EXPECT_EQ(control->outcome, Outcome::found);
  EXPECT_THAT(control->limitations, Contains(HasSubstr("without any contact")));
}

TEST(SourceSync, SaysThatAFewDaysAreNotEnough) {
  Toy toy(10);
  auto random = toy.random("short");
  toy.ask_all(toy::poisson(random, 30, 10), "192.0.2.53");
  toy.ask_all(toy::poisson(random, 30, 10), "192.0.2.54");
  const auto findings = toy.run("source_sync");
  EXPECT_EQ(find(findings, "source_sync/Bank")->outcome, Outcome::not_enough);
  EXPECT_EQ(find(findings, "source_sync/Clinic")->outcome, Outcome::not_applicable);
}

}  // namespace
}  // namespace assay
