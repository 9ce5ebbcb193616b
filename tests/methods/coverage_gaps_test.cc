#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toy.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::find;
using toy::Toy;

// Two unrelated askers; `from` to `to` days nothing is recorded.
Toy two_askers(std::uint64_t seed, double from, double to) {
  Toy toy(143);
  toy.set_seed(seed);
  auto random = toy.random("askers");
  const auto keep = [&](const toy::Times& times, const char* client) {
    for (const double t : times) {
      if (t < from * toy::kDay || t >= to * toy::kDay) toy.ask(t, client);
    }
  };
  keep(toy::through_cache(toy::poisson(random, 60, 143), 3600), "192.0.2.53");
  keep(toy::through_cache(toy::poisson(random, 12, 143), 3600), "198.51.100.53");
  return toy;
}

TEST(CoverageGaps, FindsTheJointSilenceOfUnrelatedSources) {
  Toy toy = two_askers(1, 80, 82);
  const auto findings = toy.run("coverage_gaps");
  const Finding* all = find(findings, "coverage_gaps/all");
  EXPECT_EQ(all->outcome, Outcome::found);
  EXPECT_EQ(all->value_or("sources_silent", 0), 2);
  EXPECT_NEAR(all->value_or("silence_seconds", 0), 2 * toy::kDay, 10'000);
  EXPECT_LT(all->value_or("p_joint", 1), 1e-6);
  EXPECT_EQ(all->quantity("collector_outage"), nullptr) << "nothing else was recorded";
  EXPECT_THAT(all->statement, HasSubstr("cannot be seen"));
  EXPECT_EQ(find(findings, "coverage_gaps/Bank")->outcome, Outcome::found);
}

TEST(CoverageGaps, TellsAPauseOfRecordingFromAPauseOfAsking) {
  for (const bool is_outage : {true, false}) {
    Toy toy = two_askers(1, 80, 82);
    for (std::int64_t hour = 0; hour < 143 * 24; ++hour) {
      if (!is_outage || hour < 80 * 24 || hour >= 82 * 24) toy.background(1, hour, 40);
    }
    const auto findings = toy.run("coverage_gaps");
    const Finding* all = find(findings, "coverage_gaps/all");
    ASSERT_NE(all->quantity("collector_outage"), nullptr) << all->statement;
    EXPECT_EQ(all->value_or("collector_outage", -1), is_outage ? 1 : 0);
    EXPECT_EQ(find(findings, "coverage_gaps/dns-1")->outcome,
              is_outage ? Outcome::found : Outcome::nothing_found);
  }
}

// An older version let such a time into cases, where it stays.
TEST(CoverageGaps, SurvivesARowAtTheEndOfTime) {
  Toy toy = two_askers(1, 0, 0);
  for (std::int64_t hour = 0; hour < 200; ++hour) toy.background(1, hour, 40);
  constexpr std::int64_t kHourUs = 3600 * kMicrosPerSecond;
  toy.background(1, INT64_MAX / kHourUs - toy::kStartUs / kHourUs, 1);
  const auto findings = toy.run("coverage_gaps");
  EXPECT_GT(find(findings, "coverage_gaps/dns-1")->value_or("silence_seconds", 0), 1e9);
}

// Seeds 1..60: no pause at all.
TEST(CoverageGaps, StaysSilentWithoutAPause) {
  int joint = 0;
  int own = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Toy toy = two_askers(seed, 0, 0);
    const auto findings = toy.run("coverage_gaps");
    joint += find(findings, "coverage_gaps/all")->outcome == Outcome::found ? 1 : 0;
    own += find(findings, "coverage_gaps/Bank")->outcome == Outcome::found ? 1 : 0;
  }
  EXPECT_LE(joint, 1);
  EXPECT_LE(own, 1);
}

// Seeds 1..30: nights and weekends are silences that every week has.
TEST(CoverageGaps, IsNotSurprisedByWeekends) {
  int alarms = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Toy toy(120);
    toy.set_seed(seed);
    auto random = toy.random("office");
    toy.ask_all(toy::through_cache(toy::office(random, 100, 120), 3600), "192.0.2.53");
    toy.ask_all(toy::through_cache(toy::office(random, 100, 120), 3600), "198.51.100.53");
    const auto findings = toy.run("coverage_gaps");
    alarms += find(findings, "coverage_gaps/all")->outcome == Outcome::found ? 1 : 0;
  }
  EXPECT_LE(alarms, 1);
}

TEST(CoverageGaps, KnowsADeclaredPause) {
  Toy toy = two_askers(1, 80, 82);
  const Interval window = toy.records().window;
  toy.evidence().coverage.intervals = {{window.begin_us, window.begin_us + 80 * kMicrosPerDay},
                                       {window.begin_us + 82 * kMicrosPerDay, window.end_us}};
  const auto findings = toy.run("coverage_gaps");
  const Finding* all = find(findings, "coverage_gaps/all");
  EXPECT_EQ(all->value_or("declared_gaps", 0), 1);
  EXPECT_EQ(all->value_or("declared_gap_seconds", 0), 2 * toy::kDay);
  EXPECT_EQ(all->outcome, Outcome::nothing_found) << "a declared pause is no silence";
}

// Fifteen silences in which at most one of two would have spoken are longer than the outage of
// both.
TEST(CoverageGaps, TestsOnlySilencesInWhichTwoSourcesWouldHaveSpoken) {
  Toy toy(160);
  auto random = toy.random("uneven");
  const auto is_recorded = [](double t) { return t < 110 * toy::kDay || t > 112 * toy::kDay; };
  for (const double t : toy::poisson(random, 20, 160)) {
    const bool is_bank_on = static_cast<int>(t / toy::kDay) % 4 == 0 || t > 60 * toy::kDay;
    if (is_bank_on && is_recorded(t)) toy.ask(t, "192.0.2.53");
  }
  for (const double t : toy::poisson(random, 20, 160)) {
    if (t > 60 * toy::kDay && is_recorded(t)) toy.ask(t, "198.51.100.53");
  }
  const auto findings = toy.run("coverage_gaps");
  const Finding* all = find(findings, "coverage_gaps/all");
  ASSERT_EQ(all->outcome, Outcome::found);
  EXPECT_NEAR(all->value_or("silence_seconds", 0), 2 * toy::kDay, 10'000);
  const Table* tested = all->table("silences");
  ASSERT_NE(tested, nullptr);
  for (const auto& row : tested->rows) EXPECT_GE(row[3], 2);
}

TEST(CoverageGaps, SaysThatOneSourceCannotBeJointlySilent) {
  Toy toy(60);
  auto random = toy.random("one");
  toy.ask_all(toy::poisson(random, 20, 60), "192.0.2.53");
  EXPECT_EQ(find(toy.run("coverage_gaps"), "coverage_gaps/all")->outcome, Outcome::not_enough);
}

}  // namespace
}  // namespace assay
