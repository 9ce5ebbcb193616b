#include "methods/support/cache_inversion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::find;
using toy::Times;
using toy::Toy;
using toy::WorkDay;

// Rows at the authoritative server, a third of them followed by repeats within seconds.
Finding inverted(Toy& toy, methods::Random& random, const Times& demand, double ttl, int caches) {
  toy.file().ttl_seconds["mail1.sender.example"] = static_cast<std::uint32_t>(ttl);
  toy.ask_all(toy::with_repeats(random, toy::through_caches(random, demand, ttl, caches), 0.3, 4),
              "192.0.2.53");
  const auto findings = toy.run("cache_inversion");
  const Finding* bank = find(findings, "cache_inversion/Bank");
  EXPECT_NE(bank, nullptr);
  return bank == nullptr ? Finding() : *bank;
}

void expect_covers(const Finding& finding, double per_day) {
  const Quantity* rate = finding.quantity("demands_per_day");
  ASSERT_TRUE(rate && rate->interval) << finding.statement;
  EXPECT_LT(rate->interval->first, per_day) << finding.statement;
  EXPECT_GT(rate->interval->second, per_day) << finding.statement;
}

TEST(CacheInversion, FindsSteadyDemandBehindOneCacheAndBehindTwo) {
  for (const int caches : {1, 2}) {
    Toy toy(60);
    auto random = toy.random("steady");
    const Finding finding = inverted(toy, random, toy::poisson(random, 240, 60), 3600, caches);
    EXPECT_EQ(finding.outcome, Outcome::measured);
    EXPECT_EQ(finding.value_or("caches", 0), caches);
    EXPECT_EQ(finding.value_or("near_constant_demand", 0), 1);
    expect_covers(finding, 240);
  }
}

TEST(CacheInversion, AllowsForHoursInWhichTheCacheIsAlwaysClosed) {
  Toy toy(100);
  auto random = toy.random("office");
  WorkDay day;
  const Finding finding = inverted(toy, random, toy::by_day(random, day, 100, 100), 3600, 1);
  EXPECT_EQ(finding.outcome, Outcome::measured);
  expect_covers(finding, 100);
}

TEST(CacheInversion, SaysThatSessionsAreNotIdentifiableAndBoundsThemFromBelow) {
  for (const double ttl : {300.0, 3600.0}) {
    Toy toy(100);
    auto random = toy.random("sessions");
    const Finding finding =
        inverted(toy, random, toy::sessions(random, WorkDay(), 100, 100, 4), ttl, 1);
    EXPECT_EQ(finding.outcome, Outcome::not_applicable);
    EXPECT_THAT(finding.statement, HasSubstr("not identifiable"));
    EXPECT_THAT(finding.statement, HasSubstr("clusters"));
    EXPECT_EQ(finding.quantity("demands_per_day"), nullptr);
    EXPECT_LT(finding.value_or("demands_per_day_at_least", 1e9), 100);
  }
}

TEST(CacheInversion, SaysThatAClockIsNotIdentifiable) {
  Toy toy(60);
  auto random = toy.random("clock");
  const Finding finding = inverted(toy, random, toy::timer(random, 300, 10, 60), 3600, 1);
  EXPECT_EQ(finding.outcome, Outcome::not_applicable);
  EXPECT_LE(finding.value_or("demands_per_day_at_least", 1e9), 288);
}

TEST(CacheInversion, TakesNoSampleForDemandThatDidNotCome) {
  for (const Completeness is :
       {Completeness::complete, Completeness::unknown, Completeness::sampled}) {
    Toy toy(60);
    toy.file().ttl_seconds["mail1.sender.example"] = 3'600;
    auto random = toy.random("steady");
    toy.ask_all(toy::through_cache(toy::poisson(random, 240, 60), 3'600), "192.0.2.53");
    toy.evidence().coverage.completeness = is;
    const Finding bank = *find(toy.run("cache_inversion"), "cache_inversion/Bank");
    EXPECT_EQ(bank.value_or("identifiable", -1), is == Completeness::sampled ? 0 : 1);
    EXPECT_EQ(bank.statement.find("if no row is missing") != std::string::npos,
              is == Completeness::unknown)
        << bank.statement;
  }
}

TEST(CacheInversion, NeedsATtlAndEnoughRows) {
  Toy none(60);
  auto random = none.random("none");
  none.ask_all(toy::poisson(random, 20, 60), "192.0.2.53");
  const auto findings = none.run("cache_inversion");
  EXPECT_THAT(find(findings, "cache_inversion/Bank")->statement, HasSubstr("[ttl]"));
  Toy few(10);
  EXPECT_EQ(inverted(few, random, toy::poisson(random, 24, 10), 3600, 1).outcome,
            Outcome::not_applicable);
}

}  // namespace
}  // namespace assay
