#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::find;
using toy::Times;
using toy::Toy;
using toy::WorkDay;

// A record of one cache of which `share` of the refreshes, with their repeats, was taken out.
Finding examined(Toy& toy, methods::Random& random, const Times& demand, double share,
                 int caches = 1) {
  toy.file().ttl_seconds["mail1.sender.example"] = 3600;
  for (const double t : toy::through_caches(random, demand, 3600, caches)) {
    if (random.uniform() < share) continue;
    toy.ask(t, "192.0.2.53");
    if (random.uniform() < 0.3) toy.ask(t + 1 + 3 * random.uniform(), "192.0.2.53");
  }
  const auto findings = toy.run("deletion");
  const Finding* bank = find(findings, "deletion/Bank");
  EXPECT_NE(bank, nullptr);
  return bank == nullptr ? Finding() : *bank;
}

TEST(Deletion, FindsRowsThatWereTakenOutOfOneCachesRecord) {
  Toy toy(100);
  auto random = toy.random("deleted");
  const Finding finding = examined(toy, random, toy::poisson(random, 300, 100), 0.05);
  EXPECT_EQ(finding.outcome, Outcome::found) << finding.statement;
  EXPECT_NEAR(finding.value_or("share_lost", 0), 0.05, 0.02);
  EXPECT_THAT(finding.limitations, Contains(HasSubstr("not deleted")));
}

// Seeds 200 to 229, level 1 %.
TEST(Deletion, StaysSilentOnWholeRecords) {
  int alarms = 0;
  for (std::uint64_t seed = 200; seed < 230; ++seed) {
    Toy toy(100);
    toy.set_seed(seed);
    auto random = toy.random("whole");
    const WorkDay day = WorkDay::any(random);
    const Times demand = seed % 3 == 0   ? toy::poisson(random, 200, 100)
                         : seed % 3 == 1 ? toy::by_day(random, day, 60, 100)
                                         : toy::sessions(random, day, 200, 100, 4);
    alarms += examined(toy, random, demand, 0).outcome == Outcome::found ? 1 : 0;
  }
  EXPECT_LE(alarms, 1);
}

TEST(Deletion, SaysThatSeveralCachesHideIt) {
  Toy toy(100);
  auto random = toy.random("shards");
  const Finding finding = examined(toy, random, toy::poisson(random, 300, 100), 0.1, 2);
  EXPECT_EQ(finding.outcome, Outcome::not_applicable);
  EXPECT_THAT(finding.statement, HasSubstr("not those of one cache"));
}

TEST(Deletion, DoesNotTakeAnHourlyTimerThatMissesExpiryForMissingRows) {
  Toy toy(100);
  auto random = toy.random("timer");
  const Finding finding = examined(toy, random, toy::timer(random, 3600, 60, 100), 0);
  EXPECT_NE(finding.outcome, Outcome::found) << finding.statement;
}

TEST(Deletion, NeedsGaps) {
  Toy toy(3);
  auto random = toy.random("few");
  EXPECT_NE(examined(toy, random, toy::poisson(random, 60, 3), 0).outcome, Outcome::nothing_found);
}

}  // namespace
}  // namespace assay
