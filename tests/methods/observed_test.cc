#include "methods/support/observed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "toy.h"

namespace assay {
namespace {

using methods::ObservedDays;
using methods::ObservedTime;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using toy::find;
using toy::Toy;

constexpr std::int64_t kDayUs = kMicrosPerDay;

Interval days(double from, double to) {
  return {toy::kStartUs + static_cast<std::int64_t>(from * kDayUs),
          toy::kStartUs + static_cast<std::int64_t>(to * kDayUs)};
}

// Recorders with servers of their own, each with one log.
struct Logs {
  explicit Logs(std::vector<std::vector<Interval>> declared, bool names_servers = true) {
    evidences.resize(declared.size());
    records.window = days(0, 10);
    for (std::size_t i = 0; i < declared.size(); ++i) {
      Evidence& evidence = evidences[i];
      evidence.number = static_cast<std::uint32_t>(i + 1);
      evidence.id = "dns-" + std::to_string(i + 1);
      evidence.coverage.intervals = declared[i];
      records.evidences.push_back(&evidence);
      records.recorders.push_back(
          {names_servers ? "203.0.113." + std::to_string(i + 1) : evidence.id, {&evidence}, ""});
    }
  }
  std::vector<Evidence> evidences;
  QuestionRecords records;
};

TEST(ObservedTime, IsTheWholeWindowWhereNothingIsDeclared) {
  const Logs logs(std::vector<std::vector<Interval>>(2));
  const ObservedTime observed = ObservedTime::of(logs.records);
  EXPECT_FALSE(observed.is_declared);
  EXPECT_TRUE(observed.is_whole());
}

TEST(ObservedTime, IsWhatEveryServerRecorded) {
  const Logs logs({{days(0, 4), days(6, 10)}, {days(1, 10)}, {}});
  const ObservedTime observed = ObservedTime::of(logs.records);
  EXPECT_THAT(observed.parts, testing::ElementsAre(days(1, 4), days(6, 10)));
  EXPECT_DOUBLE_EQ(observed.days(), 7);
  EXPECT_EQ(observed.offset_of(days(6, 6).begin_us), 3 * kDayUs);
  EXPECT_FALSE(observed.offset_of(days(5, 5).begin_us));
  EXPECT_FALSE(observed.contains(days(3, 7)));
  EXPECT_FALSE(observed.contains(days(10, 10).begin_us));
}

TEST(ObservedTime, AddsUpPiecesThatNameNoServer) {
  const Logs logs({{days(0, 4)}, {days(4, 7)}}, false);
  const ObservedTime observed = ObservedTime::of(logs.records);
  EXPECT_THAT(observed.parts, testing::ElementsAre(days(0, 7)));
  EXPECT_TRUE(observed.is_common);
}

TEST(ObservedTime, TakesLogsOfOneTimeForThoseOfTwoServers) {
  // The second server's log begins on day 3 and is cut in two on day 6.
  const Logs logs({{days(0, 10)}, {days(3, 6)}, {days(6, 9)}}, false);
  EXPECT_THAT(ObservedTime::of(logs.records).parts, testing::ElementsAre(days(3, 9)));
  const Logs in_days({{days(0, 5)}, {days(4, 10)}}, false);
  EXPECT_THAT(ObservedTime::of(in_days.records).parts, testing::ElementsAre(days(0, 10)))
      << "the day of the rotation is told by both";
  const Logs elsewhere({{days(20, 30)}, {days(25, 40)}}, false);
  EXPECT_TRUE(ObservedTime::of(elsewhere.records).is_declared);
  EXPECT_TRUE(ObservedTime::of(elsewhere.records).parts.empty());
}

TEST(ObservedTime, SaysWhereServersHaveNoTimeInCommon) {
  const Logs logs({{days(0, 4)}, {days(5, 7)}});
  const ObservedTime observed = ObservedTime::of(logs.records);
  EXPECT_DOUBLE_EQ(observed.days(), 6);
  EXPECT_FALSE(observed.is_common);
}

TEST(ObservedTime, IsNothingWhereAllThatIsDeclaredLiesElsewhere) {
  const Logs logs({{days(20, 30)}});
  const ObservedTime observed = ObservedTime::of(logs.records);
  EXPECT_TRUE(observed.parts.empty());
  EXPECT_EQ(observed.length_us(), 0);
  EXPECT_EQ(ObservedDays::of(observed).count(), 0u);
}

TEST(ObservedDays, LeavesOutDaysThatWereRecordedInPart) {
  const Logs logs({{days(0, 2.5), days(5, 10)}});
  const ObservedDays counted = ObservedDays::of(ObservedTime::of(logs.records));
  EXPECT_EQ(counted.count(), 7u);
  EXPECT_FALSE(counted.index_of(days(2.2, 3).begin_us));
  EXPECT_EQ(counted.index_of(days(5.5, 6).begin_us), 2u);
  EXPECT_TRUE(counted.has_pause_before(2));
  EXPECT_FALSE(counted.has_pause_before(3));
  EXPECT_EQ(counted.day(7), counted.day(6) + 1);
}

// 16 a day, and a pause of 20 days in which nobody recorded.
Toy with_outage(bool is_declared) {
  Toy toy(70);
  auto random = toy.random("outage");
  for (const double t : toy::through_cache(toy::poisson(random, 48, 70), 3600)) {
    if (t < 25 * toy::kDay || t >= 45 * toy::kDay) toy.ask(t, "192.0.2.53");
  }
  if (is_declared) toy.evidence().coverage.intervals = {days(0, 25), days(45, 70)};
  return toy;
}

TEST(DeclaredOutage, IsNoPartOfTheRate) {
  for (const bool is_declared : {true, false}) {
    Toy toy = with_outage(is_declared);
    const auto findings = toy.run("volume");
    const Finding* bank = find(findings, "Bank/raw");
    const double over = is_declared ? 50 : 70;
    EXPECT_DOUBLE_EQ(bank->value_or("rate_per_day", 0), bank->value_or("rows", 0) / over);
    const Quantity* rate = bank->quantity("rate_per_day");
    ASSERT_TRUE(rate->interval);
    const double width = (rate->interval->second - rate->interval->first) / rate->value;
    EXPECT_EQ(width < 0.3, is_declared) << width;
    EXPECT_EQ(bank->value_or("observed_days", 0), is_declared ? 50 : 0);
    const auto says = Contains(HasSubstr("declared for 50.0 of the 70.0 days"));
    if (is_declared) {
      EXPECT_THAT(bank->limitations, says);
      EXPECT_LT(bank->value_or("dispersion_index", 9), 1.5);
    } else {
      EXPECT_THAT(bank->limitations, Not(says));
      EXPECT_GT(bank->value_or("dispersion_index", 0), 1.5);
    }
  }
}

TEST(DeclaredOutage, IsNoSilenceOfTheAskers) {
  for (const bool is_declared : {true, false}) {
    Toy toy = with_outage(is_declared);
    const auto findings = toy.run("coverage_gaps");
    const Finding* bank = find(findings, "coverage_gaps/Bank");
    EXPECT_EQ(bank->outcome, is_declared ? Outcome::nothing_found : Outcome::found)
        << bank->statement;
    if (is_declared) {
      EXPECT_LT(bank->value_or("longest_silence_seconds", 1e9), toy::kDay);
    }
  }
}

TEST(DeclaredOutage, IsNoChangeOfLevel) {
  for (const bool is_declared : {true, false}) {
    Toy toy = with_outage(is_declared);
    const auto findings = toy.run("change_points");
    const Table* levels = find(findings, "change_points/Bank")->table("segments");
    ASSERT_NE(levels, nullptr);
    double lowest = 1e9;
    for (const auto& row : levels->rows) lowest = std::min(lowest, row[2]);
    EXPECT_EQ(lowest > 10, is_declared) << "a level of none is the recorder's";
  }
}

TEST(DeclaredOutage, IsNamedWhereTheLevelChangesAcrossIt) {
  Toy toy(70);
  auto random = toy.random("outage");
  for (const double t : toy::poisson(random, 10, 25)) toy.ask(t, "192.0.2.53");
  for (const double t : toy::poisson(random, 40, 25)) toy.ask(t + 45 * toy::kDay, "192.0.2.53");
  toy.evidence().coverage.intervals = {days(0, 25), days(45, 70)};
  const auto findings = toy.run("change_points");
  const Finding* bank = find(findings, "change_points/Bank");
  ASSERT_EQ(bank->outcome, Outcome::found);
  EXPECT_THAT(bank->statement, HasSubstr("2016-06-18Z"));
  EXPECT_THAT(bank->statement, HasSubstr("at a declared pause"));
  const Table* changes = bank->table("changes");
  ASSERT_EQ(changes->columns[5], "in_gap");
  EXPECT_EQ(changes->rows.front()[5], 0) << "no silence, since nobody listened";
  ASSERT_EQ(changes->columns[7], "at_pause");
  EXPECT_EQ(changes->rows.front()[7], 1);
}

TEST(DeclaredOutage, IsNoPartOfTheWeek) {
  Toy toy = with_outage(true);
  const auto findings = toy.run("day_hour");
  const Finding* bank = find(findings, "day_hour/Bank");
  double all = 0;
  for (const auto& row : bank->table("weekday")->rows) all += row[2];
  EXPECT_NEAR(all, 50, 1e-9);
  EXPECT_THAT(bank->statement, HasSubstr("hours that are declared covered"));
}

// A recorder that runs from 8 to 20 o'clock has hours of its own.
TEST(DeclaredOutage, GivesConstantDemandNoRhythm) {
  for (const bool is_declared : {true, false}) {
    Toy toy(60);
    toy.file().parties[0].zone = "UTC";
    auto random = toy.random("shift");
    for (const double t : toy::poisson(random, 60, 60)) {
      const double hour = std::fmod(t, toy::kDay) / 3600;
      if (hour >= 8 && hour < 20) toy.ask(t, "192.0.2.53");
    }
    if (is_declared) {
      for (int d = 0; d < 60; ++d) {
        toy.evidence().coverage.intervals.push_back(days(d + 8.0 / 24, d + 20.0 / 24));
      }
    }
    const auto findings = toy.run("day_hour");
    EXPECT_EQ(find(findings, "day_hour/Bank")->outcome,
              is_declared ? Outcome::not_enough : Outcome::found);
  }
}

TEST(SampledEvidence, IsSaidToBeSampled) {
  Toy toy = with_outage(true);
  toy.evidence().coverage.completeness = Completeness::sampled;
  const auto findings = toy.run("volume");
  EXPECT_THAT(find(findings, "Bank/raw")->limitations,
              Contains(HasSubstr("dns-1 is declared sampled")));
}

}  // namespace
}  // namespace assay
