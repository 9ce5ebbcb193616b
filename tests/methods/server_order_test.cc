#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <functional>

#include "people.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::find;
using toy::kDay;
using toy::Random;
using toy::Times;
using toy::Toy;

constexpr double kDays = 60;
constexpr char kAsker[] = "192.0.2.53";

// The offset of the second server's clock at a time.
using Clock = std::function<double(double)>;

// Each time at one of two servers, each with a log of its own; a share is asked again at the other.
void ask(Toy& toy, Random& random, const Times& times, double again, const Clock& offset) {
  const auto at_server = [&](double t, int server) {
    toy::RowOptions options;
    options.evidence = static_cast<std::uint32_t>(server);
    options.server = "203.0.113." + std::to_string(server);
    options.ttl = 3600;
    toy.ask(server == 2 ? t + offset(t) : t, kAsker, options);
  };
  for (const double t : times) {
    const int server = random.uniform() < 0.7 ? 1 : 2;
    at_server(t, server);
    if (random.uniform() < again) at_server(t + 1 + 4 * random.uniform(), 3 - server);
  }
}

Finding pair_finding(std::uint64_t seed, double again, const Clock& offset) {
  Toy toy(kDays, 2);
  toy.set_seed(seed);
  auto random = toy.random("servers");
  ask(toy, random, toy::through_cache(toy::poisson(random, 40, kDays), 3600), again, offset);
  return *find(toy.run("server_order"), "dns-1+dns-2");
}

double alike(double) { return 0; }
double ahead(double) { return 120; }
double set_back(double t) { return t < kDays / 2 * kDay ? 90 : 0; }

// Seeds 1 to 5.
TEST(ServerOrder, FindsAClockThatIsOffByWhatIsAskedAgain) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Finding finding = pair_finding(seed, 0.2, ahead);
    EXPECT_EQ(finding.outcome, Outcome::found) << finding.statement;
    const Quantity* offset = finding.quantity("offset_seconds");
    ASSERT_NE(offset, nullptr);
    EXPECT_LE(offset->interval->first, 120);
    EXPECT_GE(offset->interval->second, 120);
  }
}

TEST(ServerOrder, FindsAClockThatWasSet) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Finding finding = pair_finding(seed, 0.3, set_back);
    EXPECT_EQ(finding.outcome, Outcome::found) << finding.statement;
    EXPECT_NEAR(finding.value_or("step_seconds", 0), 90, 10);
    EXPECT_THAT(finding.statement, HasSubstr("a clock was set"));
  }
}

// Seeds 6 to 15.
TEST(ServerOrder, StaysSilentOnClocksThatGoAlike) {
  for (std::uint64_t seed = 6; seed <= 15; ++seed) {
    EXPECT_EQ(pair_finding(seed, 0.2, alike).outcome, Outcome::nothing_found);
  }
}

TEST(ServerOrder, CannotTellWhereNothingIsAskedAgain) {
  EXPECT_EQ(pair_finding(1, 0, ahead).outcome, Outcome::not_enough);
  // A timer without a cache is as near to its next turn as to its last.
  Toy toy(10, 2);
  auto random = toy.random("timer");
  for (const double t : toy::timer(random, 300, 1, 10)) {
    toy.ask(t, kAsker, {.evidence = random.uniform() < 0.5 ? 1u : 2u});
  }
  EXPECT_EQ(find(toy.run("server_order"), "dns-1+dns-2")->outcome, Outcome::not_enough);
}

// Rows are written in the order of this list; toy cases write them in order of time.
Finding file_finding(const std::vector<double>& seconds) {
  Toy toy(kDays);
  for (const double t : seconds) toy.ask(t, kAsker);
  QuestionRecords records = toy.records();
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    for (LookupRow& row : records.rows) {
      const auto us = toy::kStartUs + static_cast<std::int64_t>(seconds[i]) * kMicrosPerSecond;
      if (row.time_us == us) row.offset = i * 81;
    }
  }
  return find_method("server_order")->run(records, toy.context()).front();
}

TEST(ServerOrder, CountsStepsBackWithinAFile) {
  std::vector<double> seconds;
  for (int i = 0; i < 100; ++i) seconds.push_back(i * 1000);
  const Finding even = file_finding(seconds);
  EXPECT_EQ(even.outcome, Outcome::nothing_found) << even.statement;
  std::rotate(seconds.begin() + 40, seconds.begin() + 50, seconds.begin() + 60);
  const Finding moved = file_finding(seconds);
  EXPECT_EQ(moved.outcome, Outcome::found) << moved.statement;
  EXPECT_EQ(moved.value_or("steps_back", 0), 1);
  EXPECT_EQ(moved.value_or("largest_step_seconds", 0), 19'000);
  // Sorted by something else than time: no steps of a clock.
  std::reverse(seconds.begin(), seconds.end());
  const Finding reversed = file_finding(seconds);
  EXPECT_EQ(reversed.outcome, Outcome::nothing_found);
  EXPECT_EQ(reversed.value_or("evidences_not_by_time", 0), 1);
}

// --- Error rates, for docs/methods/server_order.md; in release. Seeds 3,000,001 and up. ---

TEST(ServerOrderRates, DISABLED_Print) {
  struct Case {
    const char* words;
    double again;
    Clock offset;
  };
  for (const Case& one : {Case{"clocks alike, 3 % asked again", 0.03, alike},
                          Case{"clocks alike, 20 % asked again", 0.2, alike},
                          Case{"nothing asked again, 120 s apart", 0, ahead},
                          Case{"120 s apart, 3 % asked again", 0.03, ahead},
                          Case{"120 s apart, 10 % asked again", 0.1, ahead},
                          Case{"120 s apart, 20 % asked again", 0.2, ahead},
                          Case{"90 s apart until half time, 20 % asked again", 0.2, set_back}}) {
    int found = 0, silent = 0;
    for (std::uint64_t run = 0; run < 200; ++run) {
      const Outcome outcome = pair_finding(3'000'001 + run, one.again, one.offset).outcome;
      found += outcome == Outcome::found;
      silent += outcome == Outcome::nothing_found;
    }
    std::printf("| %s | %.3f | %.3f | %.3f |\n", one.words, found / 200.0, silent / 200.0,
                (200 - found - silent) / 200.0);
  }
}

}  // namespace
}  // namespace assay
