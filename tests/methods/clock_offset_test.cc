// clock_offset and same_event: two evidences of the same look-ups under two clocks.
#include <gtest/gtest.h>

#include "toy.h"

namespace assay {
namespace {

using toy::Times;
using toy::Toy;

constexpr char kAsker[] = "192.0.2.53";

// What a second recorder with this clock tells of the same look-ups, of which it misses some.
void tell_again(Toy& toy, toy::Random& random, const Times& times, double offset, double drift,
                double missed = 0, std::uint16_t first_id = 0) {
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto id = static_cast<std::uint16_t>(first_id == 0 ? 0 : first_id + i);
    toy.ask(times[i], kAsker, {.id = id});
    if (random.uniform() < missed) continue;
    toy.ask(times[i] * (1 + drift) + offset, kAsker, {.id = id, .evidence = 2});
  }
}

TEST(ClockOffset, FindsAWrongZoneAndADrift) {
  Toy toy(20, 2);
  auto random = toy.random("zone");
  tell_again(toy, random, toy::poisson(random, 40, 20), -7'200.4, 30e-6, 0.3);
  const auto findings = toy.run("clock_offset");
  ASSERT_EQ(findings.size(), 1u);
  const Finding& finding = findings.front();
  EXPECT_EQ(finding.outcome, Outcome::found) << finding.statement;
  EXPECT_NEAR(finding.value_or("offset_seconds", 0), -7'200.4 + 30e-6 * 10 * toy::kDay, 1.0);
  const Quantity* drift = finding.quantity("drift_ppm");
  ASSERT_NE(drift, nullptr);
  EXPECT_NEAR(drift->value, 30, 3);
  EXPECT_GT(finding.value_or("shared_events", 0), 500);
  EXPECT_TRUE(std::any_of(finding.limitations.begin(), finding.limitations.end(),
                          [](const std::string& text) {
                            return text.find("quarters of an hour") != std::string::npos;
                          }));
}

TEST(ClockOffset, SaysThatClocksAgree) {
  Toy toy(10, 2);
  auto random = toy.random("agree");
  tell_again(toy, random, toy::poisson(random, 30, 10), 0, 0);
  const Finding finding = toy.run("clock_offset").front();
  EXPECT_EQ(finding.outcome, Outcome::nothing_found) << finding.statement;
}

TEST(ClockOffset, StaysSilentOnLookUpsThatAreNotTheSame) {
  for (int seed = 0; seed < 20; ++seed) {
    Toy toy(10, 2);
    toy.set_seed(static_cast<std::uint64_t>(seed) + 1);
    auto random = toy.random("strangers");
    toy.ask_all(toy::poisson(random, 40, 10), kAsker);
    toy.ask_all(toy::poisson(random, 40, 10), kAsker, {.evidence = 2});
    EXPECT_EQ(toy.run("clock_offset").front().outcome, Outcome::not_enough) << seed;
    EXPECT_EQ(toy.run("same_event").front().outcome, Outcome::nothing_found) << seed;
  }
}

TEST(ClockOffset, DoesNotChooseBetweenThePeriodsOfATimerUnlessIdsTellThemApart) {
  for (const bool has_ids : {false, true}) {
    Toy toy(10, 2);
    auto random = toy.random("timer");
    tell_again(toy, random, toy::timer(random, 300, 0.5, 10), 40, 0, 0.02, has_ids ? 1 : 0);
    const Finding finding = toy.run("clock_offset").front();
    if (has_ids) {
      EXPECT_EQ(finding.outcome, Outcome::found) << finding.statement;
      EXPECT_NEAR(finding.value_or("offset_seconds", 0), 40, 1);
    } else {
      EXPECT_EQ(finding.outcome, Outcome::not_enough) << finding.statement;
    }
  }
}

TEST(ClockOffset, CoversTheTrueOffsetAsOftenAsItSays) {
  int covered = 0;
  constexpr int kRuns = 100;
  for (int seed = 0; seed < kRuns; ++seed) {
    Toy toy(5, 2);
    toy.set_seed(static_cast<std::uint64_t>(seed) + 1);
    auto random = toy.random("cover");
    const double offset = 10 * random.uniform() - 5;
    tell_again(toy, random, toy::poisson(random, 20, 5), offset, 0, 0.2);
    const Finding finding = toy.run("clock_offset").front();
    const Quantity* quantity = finding.quantity("offset_seconds");
    ASSERT_NE(quantity, nullptr) << finding.statement;
    covered += quantity->interval->first <= offset && offset <= quantity->interval->second;
  }
  EXPECT_GE(covered, 93);
}

TEST(SameEvent, CountsWhatBothTellAndMergesNothing) {
  Toy toy(10, 2);
  auto random = toy.random("both");
  const Times times = toy::poisson(random, 40, 10);
  tell_again(toy, random, times, 3.2, 0, 0.5);
  const Finding finding = toy.run("same_event").front();
  EXPECT_EQ(finding.outcome, Outcome::found) << finding.statement;
  const double second = finding.value_or("rows_second", 0);
  EXPECT_NEAR(finding.value_or("shared_events", 0), second, 0.05 * second);
  EXPECT_EQ(finding.value_or("rows_first", 0), static_cast<double>(times.size()));
  EXPECT_EQ(finding.selection.rows,
            2 * static_cast<std::uint64_t>(finding.value_or("shared_events", 0)));
}

}  // namespace
}  // namespace assay
