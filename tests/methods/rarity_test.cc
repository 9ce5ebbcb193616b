#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "people.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::find;
using toy::Random;
using toy::Toy;

// How many bursts each network made for one name: networks ask by a law of powers, some names are
// asked for by few.
std::map<int, int> askers_of(Random& random, int bursts, double few) {
  const bool is_for_few = random.uniform() < few;
  const double spread = is_for_few ? 0.2 : 0.5 + 2.5 * random.uniform();
  std::map<int, int> counts;
  for (int i = 0; i < bursts; ++i) {
    ++counts[static_cast<int>(std::exp(spread * std::abs(toy::normal(random))) * 2) - 1];
  }
  return counts;
}

OtherName summed(const std::map<int, int>& counts) {
  OtherName name;
  std::uint32_t most = 0, second = 0;
  for (const auto& [network, count] : counts) {
    const auto own = static_cast<std::uint32_t>(count);
    name.bursts += own;
    second = std::max(second, std::min(own, most));
    most = std::max(most, own);
  }
  name.top_two = most + second;
  name.networks = static_cast<std::uint32_t>(counts.size());
  name.is_for_addresses = true;
  return name;
}

void ask(Toy& toy, const std::map<int, int>& counts) {
  double t = 0;
  for (const auto& [network, count] : counts) {
    for (int i = 0; i < count; ++i) {
      toy.ask(t += 100, "10." + std::to_string(network / 256 % 256) + "." +
                            std::to_string(network % 256) + ".53");
    }
  }
}

int volume(Random& random) { return 64 + static_cast<int>(64 * random.uniform()); }

void add_others(Toy& toy, Random& random, int names, double few) {
  for (int i = 0; i < names; ++i) {
    toy.other_name(summed(askers_of(random, volume(random), few)));
  }
}

const Finding* finding_of(Toy& toy, std::vector<Finding>& findings) {
  findings = toy.run("rarity");
  return find(findings, "rarity/mail1.sender.example");
}

Outcome outcome(std::uint64_t seed, bool is_planted, double few, int names = 400) {
  Toy toy(30);
  toy.set_seed(seed);
  auto random = toy.random("rarity");
  add_others(toy, random, names, few);
  ask(toy, is_planted ? std::map<int, int>{{1, 60}, {2, 40}, {3, 1}}
                      : askers_of(random, volume(random), few));
  std::vector<Finding> findings;
  return finding_of(toy, findings)->outcome;
}

// Seeds 1 to 3.
TEST(Rarity, FindsTwoNetworksWhereOtherNamesAreAskedForByMany) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Toy toy(30);
    toy.set_seed(seed);
    auto random = toy.random("rarity");
    add_others(toy, random, 400, 0);
    ask(toy, {{1, 60}, {2, 40}, {3, 1}});
    std::vector<Finding> findings;
    const Finding* finding = finding_of(toy, findings);
    ASSERT_NE(finding, nullptr);
    EXPECT_EQ(finding->outcome, Outcome::found) << finding->statement;
    EXPECT_EQ(finding->value_or("bursts", 0), 101);
    EXPECT_EQ(finding->value_or("networks", 0), 3);
    EXPECT_NEAR(finding->value_or("top_two_share", 0), 100.0 / 101, 1e-12);
    EXPECT_EQ(finding->value_or("controls", 0), 400);
    EXPECT_GT(finding->value_or("e_value", 0), 1);
    EXPECT_NEAR(finding->value_or("unseen_mass", 0), 1.0 / 101, 1e-12);
    EXPECT_THAT(finding->limitations, Contains(HasSubstr("somebody brought")));
  }
}

// Seeds 21 to 30: a fifth of the vantage's names are asked for by a handful.
TEST(Rarity, StaysSilentWhereOtherNamesAreAsConcentrated) {
  int alarms = 0, drawn = 0;
  for (std::uint64_t seed = 21; seed <= 30; ++seed) {
    alarms += outcome(seed, true, 0.2, 150) == Outcome::found;
    drawn += outcome(seed, false, 0.2, 150) == Outcome::found;
  }
  EXPECT_EQ(alarms, 0);
  EXPECT_LE(drawn, 1);
}

TEST(Rarity, AsksForControlNamesWhereThereAreNone) {
  Toy toy(30);
  ask(toy, {{1, 60}, {2, 40}});
  std::vector<Finding> findings;
  const Finding* alone = finding_of(toy, findings);
  EXPECT_EQ(alone->outcome, Outcome::not_applicable);
  EXPECT_THAT(alone->statement, HasSubstr("not identifiable"));
  EXPECT_THAT(alone->limitations, Contains(HasSubstr("control names")));

  auto random = toy.random("few");
  add_others(toy, random, 12, 0);
  EXPECT_EQ(finding_of(toy, findings)->outcome, Outcome::not_enough);
  // 52 controls: p can be computed, but never be small enough.
  add_others(toy, random, 40, 0);
  const Finding* coarse = finding_of(toy, findings);
  EXPECT_EQ(coarse->outcome, Outcome::not_enough);
  EXPECT_THAT(coarse->statement, HasSubstr("99 controls would be needed"));
}

TEST(Rarity, HoldsANameAgainstNamesOfItsVolumeOnly) {
  Toy toy(30);
  auto random = toy.random("volume");
  for (int i = 0; i < 400; ++i) toy.other_name(summed(askers_of(random, 3, 0)));
  ask(toy, {{1, 60}, {2, 40}});
  std::vector<Finding> findings;
  const Finding* finding = finding_of(toy, findings);
  EXPECT_EQ(finding->outcome, Outcome::not_enough);
  EXPECT_EQ(finding->value_or("controls", -1), 0);
}

TEST(Rarity, CorrectsForTheNamesOfTheQuestion) {
  Toy toy(30);
  auto random = toy.random("names");
  add_others(toy, random, 150, 0);
  ask(toy, {{1, 60}, {2, 40}});
  double t = 50'000;
  for (int i = 0; i < 100; ++i) {
    toy.ask(t += 100, "10.1." + std::to_string(i) + ".53", {.name = "mail2.sender.example"});
  }
  std::vector<Finding> findings;
  const Finding* first = finding_of(toy, findings);
  EXPECT_EQ(first->value_or("looks", 0), 2);
  EXPECT_NEAR(first->value_or("q", 0), 2 * first->value_or("p", 0), 1e-12);
  EXPECT_EQ(first->outcome, Outcome::not_enough) << first->statement;
  EXPECT_NEAR(find(findings, "mail2.sender.example")->value_or("p", 0), 1, 0.2);
}

// --- Error rates, for docs/methods/rarity.md; in release. Seeds 3,000,001 and up. ---

TEST(RarityRates, DISABLED_Print) {
  struct Case {
    const char* words;
    bool is_planted;
    double few;
    int runs;
  };
  for (const Case& one : {Case{"drawn like the others", false, 0, 2000},
                          Case{"drawn like the others, a fifth asked for by few", false, 0.2, 2000},
                          Case{"two networks, others asked for by many", true, 0, 500},
                          Case{"two networks, 1 % of others by few", true, 0.01, 500},
                          Case{"two networks, a fifth of others by few", true, 0.2, 500}}) {
    int found = 0;
    for (int run = 0; run < one.runs; ++run) {
      found += outcome(3'000'001 + static_cast<std::uint64_t>(run), one.is_planted, one.few) ==
               Outcome::found;
    }
    std::printf("| %s | %d | %.4f |\n", one.words, one.runs, found / double(one.runs));
  }
}

}  // namespace
}  // namespace assay
