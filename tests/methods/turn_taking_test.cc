#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "methods/support/coincidence.h"
#include "people.h"

namespace assay {
namespace {

using testing::Contains;
using testing::HasSubstr;
using toy::find;
using toy::Times;
using toy::Toy;
using toy::WorkDay;

constexpr char kBankName[] = "mx.bank.example";
constexpr char kSenderAddress[] = "203.0.113.77";

// Bank asks for Sender's name, Sender for Bank's.
struct Pair {
  Times bank, sender;
};

std::vector<Finding> run(Toy& toy, const Pair& pair) {
  toy.file().parties[2].addresses = {IpPrefix::parse("203.0.113.64/26").value()};
  toy.target(kBankName, 0);
  toy.ask_all(pair.bank, "192.0.2.53");
  toy.ask_all(pair.sender, kSenderAddress, {.name = kBankName});
  return toy.run("turn_taking");
}

Pair independent(methods::Random& random, double per_day, double days) {
  const WorkDay day = WorkDay::any(random);
  return {toy::sessions(random, day, per_day, days, 3),
          toy::sessions(random, day, per_day, days, 3)};
}

// One working day for both, and days that are busy or idle for both.
Pair busy_days(methods::Random& random, double per_day, double days) {
  Pair all = independent(random, 2.5 * per_day, days);
  std::vector<double> keep;
  for (int d = 0; d <= days; ++d) {
    keep.push_back(
        std::min(1.0, (toy::exponential(random, 0.5) + toy::exponential(random, 0.5)) / 2.5));
  }
  Pair thinned;
  for (Times Pair::*side : {&Pair::bank, &Pair::sender}) {
    for (const double t : all.*side) {
      if (random.uniform() < keep[static_cast<std::size_t>(t / toy::kDay)]) {
        (thinned.*side).push_back(t);
      }
    }
  }
  return thinned;
}

// Sender answers a share of Bank's look-ups, after 20 minutes in the middle.
Pair answered(methods::Random& random, double per_day, double days, double share) {
  Pair pair{toy::sessions(random, WorkDay::any(random), per_day, days, 3),
            toy::sessions(random, WorkDay::any(random), per_day * (1 - share), days, 3)};
  for (const double t : pair.bank) {
    const double reply = t + 1200 * std::exp(0.8 * toy::normal(random));
    if (random.uniform() < share && reply < days * toy::kDay) pair.sender.push_back(reply);
  }
  std::sort(pair.sender.begin(), pair.sender.end());
  return pair;
}

// Seeds 100 to 102.
TEST(TurnTaking, FindsAnswersAmongOtherLookups) {
  for (std::uint64_t seed = 100; seed < 103; ++seed) {
    Toy toy(100);
    toy.set_seed(seed);
    auto random = toy.random("answers");
    const auto findings = run(toy, answered(random, 4, 100, 0.2));
    const Finding* finding = find(findings, "turn_taking/Bank+Sender");
    ASSERT_NE(finding, nullptr);
    EXPECT_EQ(finding->outcome, Outcome::found) << finding->statement;
    EXPECT_GT(finding->value_or("share_answered", 0), finding->value_or("share_answered_null", 1));
    EXPECT_THAT(finding->limitations, Contains(HasSubstr("not conversation")));
    EXPECT_GT(finding->value_or("asymmetry", 0), 0);
    ASSERT_NE(find(findings, "turn_taking/Sender+Bank"), nullptr);
  }
}

// Seeds 200 to 207; the nominal level is 5 % for each of the two directions.
TEST(TurnTaking, StaysSilentOnOneWorkingDayAndBusyDaysOfBoth) {
  int alarms = 0;
  for (std::uint64_t seed = 200; seed < 208; ++seed) {
    Toy toy(60);
    toy.set_seed(seed);
    auto random = toy.random("rhythm");
    const auto findings =
        run(toy, seed % 2 == 0 ? independent(random, 6, 60) : busy_days(random, 6, 60));
    for (const Finding& finding : findings) alarms += finding.outcome == Outcome::found ? 1 : 0;
  }
  EXPECT_LE(alarms, 2);
}

TEST(TurnTaking, RefusesOneSeriesAndNamesTheOther) {
  Toy toy(60);
  auto random = toy.random("one side");
  toy.ask_all(toy::poisson(random, 30, 60), "192.0.2.53");
  const auto findings = toy.run("turn_taking");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].outcome, Outcome::not_applicable);
  EXPECT_THAT(findings[0].statement, HasSubstr("one series of events"));
  EXPECT_THAT(findings[0].statement, HasSubstr("look-ups of Bank's names by Sender"));
}

TEST(TurnTaking, DeclinesTwoClocksThatStayInStep) {
  Toy toy(60);
  auto random = toy.random("clocks");
  const Pair pair{toy::timer(random, 3600, 30, 60), toy::timer(random, 3600, 30, 60, 600)};
  const auto findings = run(toy, pair);
  EXPECT_EQ(find(findings, "turn_taking/Bank+Sender")->outcome, Outcome::not_applicable);
}

TEST(TurnTaking, DeclinesTwoBusyCaches) {
  Toy toy(60);
  auto random = toy.random("caches");
  const Pair pair{toy::through_cache(toy::poisson(random, 2000, 60), 3600),
                  toy::through_cache(toy::poisson(random, 2000, 60), 3600)};
  const auto findings = run(toy, pair);
  EXPECT_EQ(find(findings, "turn_taking/Bank+Sender")->outcome, Outcome::not_applicable);
}

TEST(TurnTaking, SaysThatFewEventsAreNotEnough) {
  Toy toy(60);
  auto random = toy.random("few");
  const auto findings = run(toy, {toy::poisson(random, 30, 60), toy::poisson(random, 0.5, 60)});
  EXPECT_EQ(find(findings, "turn_taking/Bank+Sender")->outcome, Outcome::not_enough);
}

}  // namespace
}  // namespace assay
