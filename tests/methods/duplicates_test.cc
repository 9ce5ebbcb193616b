#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "methods/support/repeats.h"
#include "toy.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::find;
using toy::Toy;

TEST(LongestRepeat, FindsACopiedBlockAndNotARhythm) {
  toy::Random random(3, "repeat");
  std::vector<std::uint64_t> tokens(2'000);
  for (auto& token : tokens) token = random.next() % 50;
  const auto chance = methods::longest_repeat(tokens);
  EXPECT_LT(chance.length, 2 * chance.expected);
  for (std::size_t i = 0; i < 40; ++i) tokens[1'500 + i] = tokens[200 + i];
  const auto copied = methods::longest_repeat(tokens);
  EXPECT_GE(copied.length, 40u);
  EXPECT_LE(copied.length, 44u);
  EXPECT_FALSE(copied.is_regular);
  for (std::size_t i = 0; i < tokens.size(); ++i) tokens[i] = i % 9 == 0 ? 54'000 : 3'600;
  EXPECT_TRUE(methods::longest_repeat(tokens).is_regular);
}

TEST(Duplicates, FindsRowsWrittenTwice) {
  Toy toy(30);
  auto random = toy.random("twice");
  const auto times = toy::through_cache(toy::poisson(random, 20, 30), 5);  // none in one second
  toy.ask_all(times, "192.0.2.53");
  for (int i = 0; i < 7; ++i) toy.ask(times[static_cast<std::size_t>(i) * 10], "192.0.2.53");
  const auto findings = toy.run("duplicates");
  const Finding* all = find(findings, "duplicates/all");
  EXPECT_EQ(all->outcome, Outcome::found);
  EXPECT_EQ(all->value_or("exact_duplicates", 0), 7);
  EXPECT_EQ(all->selection.rows, 7u);
}

// At 02:00 local time of the night in which clocks go back an hourly job asks twice, with one
// stamp.
TEST(Duplicates, TakesNoStampOfAnHourThatRanTwiceForARowWrittenTwice) {
  for (const bool is_wide : {true, false}) {
    Toy toy(3);
    for (int i = 0; i < 48; ++i) toy.ask(i * 3600, "192.0.2.53");
    toy::RowOptions again;
    if (is_wide) again.width_us = 3'600'000'000U;
    for (int i = 0; i < 2; ++i) toy.ask(60 * 3600, "192.0.2.53", again);
    const auto findings = toy.run("duplicates");
    const Finding* all = find(findings, "duplicates/all");
    EXPECT_EQ(all->value_or("exact_duplicates", -1), is_wide ? 0 : 1);
    EXPECT_EQ(all->outcome, is_wide ? Outcome::nothing_found : Outcome::found);
  }
}

TEST(Duplicates, FindsABlockThatWasCopiedToAnotherDay) {
  Toy toy(60);
  auto random = toy.random("block");
  for (const double t : toy::poisson(random, 30, 60)) {
    const double day = std::floor(t / toy::kDay);
    if (day == 40) continue;
    toy.ask(t, "192.0.2.53");
    if (day == 10) toy.ask(t + 30 * toy::kDay, "192.0.2.53");
  }
  const auto findings = toy.run("duplicates");
  const Finding* all = find(findings, "duplicates/all");
  EXPECT_EQ(all->outcome, Outcome::found);
  EXPECT_EQ(all->value_or("repeated_block", 0), 1);
  EXPECT_GE(all->value_or("longest_repeat", 0), 15);
  EXPECT_THAT(all->statement, HasSubstr("written twice"));
}

TEST(Duplicates, StaysSilentOnAnHonestLogAndOnATimer) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Toy honest(60);
    honest.set_seed(seed);
    auto random = honest.random("honest");
    for (const double t : toy::through_cache(toy::poisson(random, 100, 60), 3600)) {
      honest.ask(t, "192.0.2.53");
      if (random.uniform() < 0.5) honest.ask(t + 2, "192.0.2.53", {.server = "203.0.113.2"});
    }
    EXPECT_EQ(find(honest.run("duplicates"), "duplicates/all")->outcome, Outcome::nothing_found);
  }
  Toy timer(60);
  auto random = timer.random("timer");
  timer.ask_all(toy::timer(random, 900, 0, 60), "192.0.2.53");
  const auto findings = timer.run("duplicates");
  EXPECT_EQ(find(findings, "duplicates/all")->value_or("repeated_block", 1), 0);
}

TEST(Duplicates, TellsWhatTwoEvidencesHaveInCommonWithoutMergingIt) {
  Toy toy(30, 2);
  auto random = toy.random("two");
  int common = 0;
  for (const double t : toy::poisson(random, 20, 30)) {
    const bool is_common = random.uniform() < 0.5;
    toy.ask(t, "192.0.2.53", {.evidence = 1});
    if (!is_common) continue;
    toy.ask(t + 0.5 * random.uniform(), "192.0.2.53", {.server = "", .evidence = 2});
    ++common;
  }
  const auto findings = toy.run("duplicates");
  const Finding* pair = find(findings, "duplicates/dns-1+dns-2");
  ASSERT_NE(pair, nullptr);
  EXPECT_NEAR(pair->value_or("same_events", 0), common, 3);
  EXPECT_GT(pair->value_or("share_same_events", 0), 0.97);
  EXPECT_EQ(find(findings, "duplicates/all")->value_or("exact_duplicates", -1), 0);
}

}  // namespace
}  // namespace assay
