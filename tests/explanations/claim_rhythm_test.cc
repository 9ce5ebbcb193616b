// automated, not_automated and period: a clock that is kept shows one, none shows nothing.
#include "claim_fixture.h"

namespace assay {
namespace {

using test::answer;
using test::demo_findings;
using test::Fields;
using ::testing::HasSubstr;

struct Rhythm {
  double period = 0;  // 0: none is kept
  double ttl = 3'600;
  double median = 5'000;
  bool is_testable = true;
  double could_be_appointed = 0;
  double complete = 0;
};

FindingSet rhythm(const Rhythm& made) {
  test::Findings findings = demo_findings(made.complete);
  const bool is_kept = made.period > 0;
  Finding& automation = findings.add("automation", "Bank",
                                     is_kept            ? Outcome::found
                                     : made.is_testable ? Outcome::nothing_found
                                                        : Outcome::not_enough,
                                     {{"automation_found", is_kept ? 1 : 0},
                                      {"period_seconds", made.period},
                                      {"could_be_appointed", made.could_be_appointed},
                                      {"jitter_share", 0.02}});
  automation.statement = is_kept ? "A period shows." : "No automation found.";
  findings.add("gap_law", "Bank", Outcome::nothing_found,
               {{"ttl_seconds", made.ttl}, {"gap_seconds_median", made.median}});
  return findings.set();
}

ClaimAnswer period(const char* value, const char* unit, const Rhythm& made,
                   const char* tolerance = nullptr) {
  Fields fields{{"party", "Bank"}, {"value", value}, {"unit", unit}};
  if (tolerance != nullptr) fields["tolerance"] = tolerance;
  return answer("period", fields, rhythm(made));
}

TEST(Automated, IsSupportedByAClockThatIsKept) {
  const auto shown = answer("automated", {{"party", "Bank"}}, rhythm({.period = 900}));
  EXPECT_EQ(shown.answer, Answer::supported);
  EXPECT_THAT(shown.in_short, HasSubstr("900 s"));
  EXPECT_THAT(shown.statement, HasSubstr("not whose"));
  const auto denied = answer("not_automated", {{"party", "Bank"}}, rhythm({.period = 900}));
  EXPECT_EQ(denied.answer, Answer::contradicted);
}

TEST(Automated, APeriodThatAppointmentsKeepTooShowsNeither) {
  const Rhythm meetings{.period = 1'800, .could_be_appointed = 1};
  for (const char* kind : {"automated", "not_automated"}) {
    const auto said = answer(kind, {{"party", "Bank"}}, rhythm(meetings));
    EXPECT_EQ(said.answer, Answer::not_testable) << kind;
    EXPECT_THAT(said.in_short, HasSubstr("as programs and appointments do"));
    EXPECT_THAT(said.would_test, testing::Not(testing::IsEmpty()));
  }
}

TEST(Automated, WhatComparesVantagesIsNoVantageOfAnAnswer) {
  test::Findings findings = demo_findings(0);
  findings.add("automation", "Bank", Outcome::nothing_found, {{"automation_found", 0}}).statement =
      "No automation found.";
  findings.vantage("across").add("campaign_fan_out", "mail", Outcome::nothing_found, {});
  for (const char* kind : {"automated", "not_automated"}) {
    const auto said = answer(kind, {{"party", "Bank"}}, findings.set());
    EXPECT_THAT(said.statement, testing::Not(HasSubstr("across"))) << kind;
    EXPECT_THAT(said.in_short, testing::Not(HasSubstr("vantage"))) << kind;
  }
}

TEST(Automated, NoClockShowsNeitherAProgramNorPeople) {
  for (const char* kind : {"automated", "not_automated"}) {
    for (const bool is_testable : {true, false}) {
      const auto none =
          answer(kind, {{"party", "Bank"}}, rhythm({.is_testable = is_testable, .complete = 1}));
      EXPECT_EQ(none.answer, Answer::not_testable) << kind;
      EXPECT_THAT(none.statement, HasSubstr("programs that one thought of"));
      ASSERT_EQ(none.would_test.size(), 2u);
      EXPECT_THAT(none.would_test[0], HasSubstr("resolver log with the inside host"));
    }
  }
}

TEST(Automated, NeedsAMeasuredParty) {
  EXPECT_EQ(answer("automated", {{"party", "Clinic"}}, rhythm({.period = 900})).answer,
            Answer::not_testable);
  const auto other_window =
      answer("automated", {{"party", "Bank"}, {"window", "2020-01-01/2020-02-01"}},
             rhythm({.period = 900}));
  EXPECT_EQ(other_window.answer, Answer::not_testable);
}

TEST(Period, IsSupportedByTheOneThatIsKept) {
  EXPECT_EQ(period("1", "hour", {.period = 3'600, .ttl = 300}).answer, Answer::supported);
  EXPECT_EQ(period("15", "minute", {.period = 902, .ttl = 300, .median = 901}).answer,
            Answer::supported);
  // The cache may have made an hour of half an hour: supported, and said.
  // Two jobs a day keep the marks of one hour and leave most of them out.
  const auto passed = period("1", "hour", {.period = 3'600, .ttl = 300, .median = 43'200});
  EXPECT_EQ(passed.answer, Answer::not_testable);
  EXPECT_THAT(passed.statement, HasSubstr("most marks are passed over"));
  const auto hidden = period("1", "hour", {.period = 3'600, .ttl = 3'000});
  EXPECT_EQ(hidden.answer, Answer::supported);
  EXPECT_THAT(hidden.statement, HasSubstr("asks twice as often"));
}

TEST(Period, IsContradictedByAnotherThatNoCacheMadeOfIt) {
  EXPECT_EQ(period("1", "hour", {.period = 1'500, .ttl = 300}).answer, Answer::contradicted);
  EXPECT_EQ(period("1", "hour", {.period = 3'900, .ttl = 300}).answer, Answer::contradicted);
  EXPECT_EQ(period("1", "hour", {.period = 3'900, .ttl = 300}, "0.1").answer, Answer::supported);
  // A quarter of an hour behind a TTL of 1,000 s shows as half an hour.
  const auto multiple = period("15", "minute", {.period = 1'800, .ttl = 1'000});
  EXPECT_EQ(multiple.answer, Answer::not_testable);
  EXPECT_THAT(multiple.statement, HasSubstr("behind a cache with a TTL of 1,000 s"));
}

TEST(Period, IsNotRefutedByAMultipleOrBehindACacheThatNobodyKnows) {
  const Rhythm kOthers[] = {{.period = 1'500, .ttl = 0},    // what the cache does is not known
                            {.period = 7'200, .ttl = 300},  // every second look-up was lost
                            {.period = 900, .ttl = 300}};   // four programs, or four hosts
  for (const Rhythm& other : kOthers) {
    const auto another = period("1", "hour", other);
    EXPECT_EQ(another.answer, Answer::not_testable) << other.period;
    EXPECT_THAT(another.statement, HasSubstr("Another period is kept"));
  }
}

TEST(Period, IsNotShownByATtlOfThatLength) {
  const auto ttl = period("1", "hour", {.ttl = 3'600, .median = 3'640, .complete = 1});
  EXPECT_EQ(ttl.answer, Answer::not_testable);
  EXPECT_THAT(ttl.statement, HasSubstr("TTL of 3,600 s makes gaps of about that length"));
}

TEST(Period, IsRefutedByLongGapsOnlyWhereEveryAskerShows) {
  const Rhythm sparse{.ttl = 300, .median = 9'000, .complete = 1};
  EXPECT_EQ(period("1", "hour", sparse).answer, Answer::contradicted);
  EXPECT_EQ(period("1", "hour", {.ttl = 300, .median = 9'000}).answer, Answer::not_testable);
  EXPECT_EQ(period("1", "hour", {.ttl = 300, .median = 2'000, .complete = 1}).answer,
            Answer::not_testable);
  // With a TTL of two hours an hourly program is seen every two hours.
  EXPECT_EQ(period("1", "hour", {.ttl = 9'100, .median = 9'200, .complete = 1}).answer,
            Answer::not_testable);
}

TEST(Period, RefusesWhatIsNoPeriod) {
  EXPECT_EQ(period("at least 1", "hour", {.period = 3'600}).answer, Answer::not_testable);
  EXPECT_EQ(period("0", "hour", {.period = 3'600}).answer, Answer::not_testable);
  EXPECT_EQ(period("1", "fortnight", {.period = 3'600}).answer, Answer::not_testable);
}

}  // namespace
}  // namespace assay
