// exclusive, only_types, acts_as_one, order, and claims of no known kind or question.
#include "claim_fixture.h"

namespace assay {
namespace {

using test::answer;
using test::demo_case;
using test::demo_findings;
using ::testing::HasSubstr;
using ::testing::Not;

ClaimAnswer nobody_but(std::vector<std::string> parties, const FindingSet& findings) {
  return answer("exclusive", {}, {{"parties", std::move(parties)}}, findings);
}

test::Findings only_two(double complete, double not_told = 0) {
  test::Findings findings;
  findings.volume("raw", 3534 + not_told,
                  {{"Bank", 2820}, {"Clinic", 714}, {"Sender", 0}, {"other", 0}});
  if (not_told > 0) {
    findings.add("volume", "not told", Outcome::measured, {{"rows", not_told}}, "raw");
  }
  findings.add("exclusivity", "", Outcome::found,
               {{"outside_askers", 0}, {"outside_rows", 0}, {"complete_coverage", complete}});
  findings.coverage("dns", 3, complete);
  return findings;
}

TEST(Exclusive, OthersInTheFilesContradictIt) {
  const auto quoted = nobody_but({"Bank", "Clinic"}, demo_findings().set());
  EXPECT_EQ(quoted.answer, Answer::contradicted);
  EXPECT_THAT(quoted.statement, HasSubstr("6 addresses of no stated party (27 rows)"));
}

TEST(Exclusive, AnotherPartyOfTheCaseIsSomebodyElse) {
  const auto quoted = nobody_but({"Bank"}, only_two(1).set());
  EXPECT_EQ(quoted.answer, Answer::contradicted);
  EXPECT_THAT(quoted.statement, HasSubstr("Clinic (714 rows)"));
}

TEST(Exclusive, NobodyElseInFilesOfUnknownCoverageHoldsWithinThemOnly) {
  const auto quoted = nobody_but({"Bank", "Clinic"}, only_two(0).set());
  EXPECT_EQ(quoted.answer, Answer::supported_only_within_these_files);
  EXPECT_FALSE(quoted.would_test.empty());
}

TEST(Exclusive, IsSupportedByCompleteRecordsOfTheNamesOwnServers) {
  EXPECT_EQ(nobody_but({"Bank", "Clinic"}, only_two(1).set()).answer, Answer::supported);
}

TEST(Exclusive, OneCompleteLogOfThreeServersIsNotEnough) {
  std::vector<Finding> all = only_two(1).set().all();
  for (Finding& finding : all) {
    for (Quantity& quantity : finding.quantities) {
      if (quantity.name == "complete_evidences") quantity.value = 1;
    }
  }
  EXPECT_EQ(nobody_but({"Bank", "Clinic"}, FindingSet(all)).answer,
            Answer::supported_only_within_these_files);
}

TEST(Exclusive, CompleteRecordsOfOneResolverDoNotShowWhoAskedElsewhere) {
  std::vector<Finding> all = only_two(1).set().all();
  for (Finding& finding : all) finding.vantage = "resolver";
  EXPECT_EQ(nobody_but({"Bank", "Clinic"}, FindingSet(all)).answer,
            Answer::supported_only_within_these_files);
}

TEST(Exclusive, RowsThatDoNotTellWhoAskedLeaveItOpen) {
  EXPECT_EQ(nobody_but({"Bank", "Clinic"}, only_two(1, 5).set()).answer, Answer::not_testable);
}

TEST(Exclusive, NeedsKnownPartiesAndRows) {
  EXPECT_EQ(nobody_but({}, only_two(1).set()).answer, Answer::not_testable);
  EXPECT_EQ(nobody_but({"Nobody"}, only_two(1).set()).answer, Answer::not_testable);
  EXPECT_EQ(nobody_but({"Bank"}, FindingSet({})).answer, Answer::not_testable);
  test::Findings empty;
  empty.volume("raw", 0, {{"Bank", 0}});
  EXPECT_EQ(nobody_but({"Bank"}, empty.set()).answer, Answer::not_testable);
}

ClaimAnswer only_types(std::vector<std::string> types, const FindingSet& findings) {
  return answer("only_types", {}, {{"types", std::move(types)}}, findings);
}

TEST(OnlyTypes, HoldsWithinFilesThatMayHaveBeenCutDown) {
  const auto quoted = only_types({"a"}, demo_findings().set());
  EXPECT_EQ(quoted.answer, Answer::supported_only_within_these_files);
  EXPECT_THAT(quoted.statement, HasSubstr("nothing but these names"));
}

TEST(OnlyTypes, ATypeByItsNumberIsTheSameType) {
  EXPECT_EQ(only_types({"TYPE1"}, demo_findings(1).set()).answer, Answer::supported);
}

TEST(OnlyTypes, SaysWhenTheFilesHoldOtherNamesToo) {
  std::vector<Finding> all = demo_findings().set().all();
  for (Finding& finding : all) {
    for (Quantity& quantity : finding.quantities) {
      if (quantity.name == "foreign_rows") quantity.value = 1234;
    }
  }
  const auto quoted = only_types({"A"}, FindingSet(all));
  EXPECT_EQ(quoted.answer, Answer::supported_only_within_these_files);
  EXPECT_THAT(quoted.statement, HasSubstr("1,234 rows of other names"));
}

TEST(OnlyTypes, IsSupportedByCompleteRecords) {
  EXPECT_EQ(only_types({"A"}, demo_findings(1).set()).answer, Answer::supported);
}

TEST(OnlyTypes, AnyOtherTypeContradictsIt) {
  test::Findings findings;
  findings.add("type_profile", "", Outcome::measured, {{"rows", 12}, {"types", 2}})
      .tables.push_back({"types", {"rows"}, {"A", "MX"}, {{10}, {2}}});
  const auto quoted = only_types({"A"}, findings.set());
  EXPECT_EQ(quoted.answer, Answer::contradicted);
  EXPECT_THAT(quoted.statement, HasSubstr("MX (2)"));
  EXPECT_EQ(only_types({"A", "MX"}, findings.set()).answer,
            Answer::supported_only_within_these_files);
}

TEST(OnlyTypes, RowsThatTellNoTypeAreNoOtherTypeAndLeaveItOpen) {
  test::Findings findings;
  findings.add("type_profile", "", Outcome::found, {{"rows", 50}, {"types", 1}})
      .tables.push_back({"types", {"rows"}, {"A", "not told"}, {{33}, {17}}});
  const auto quoted = only_types({"A"}, findings.set());
  EXPECT_EQ(quoted.answer, Answer::not_testable);
  EXPECT_THAT(quoted.statement, HasSubstr("17 of 50 look-ups do not tell their type"));
  EXPECT_EQ(only_types({"MX"}, findings.set()).answer, Answer::contradicted);
}

TEST(OnlyTypes, OneResolversCompleteLogHoldsWithinItselfAlone) {
  std::vector<Finding> all = demo_findings(1).set().all();
  for (Finding& finding : all) finding.vantage = "resolver";
  EXPECT_EQ(only_types({"A"}, FindingSet(all)).answer, Answer::supported_only_within_these_files);
}

TEST(OnlyTypes, SaysThatATypeIsNoPurpose) {
  EXPECT_THAT(only_types({"A"}, demo_findings(1).set()).statement,
              HasSubstr("A type does not tell the purpose"));
}

TEST(OnlyTypes, RecordsWithoutTypesCannotTell) {
  test::Findings findings;
  findings.add("type_profile", "", Outcome::not_applicable, {{"rows", 12}});
  EXPECT_EQ(only_types({"A"}, findings.set()).answer, Answer::not_testable);
  EXPECT_EQ(only_types({}, findings.set()).answer, Answer::not_testable);
}

TEST(ActsAsOne, SynchronyIsAtMostSupportedWithinTheFilesAndHasOtherReadings) {
  test::Findings findings = demo_findings(1);
  findings.add("source_sync", "Bank", Outcome::found,
               {{"acts_as_one", 1}, {"share_synchronous", 0.9}, {"share_synchronous_null", 0.1}});
  const auto quoted = answer("acts_as_one", {{"party", "Bank"}}, findings.set());
  EXPECT_EQ(quoted.answer, Answer::supported_only_within_these_files);
  EXPECT_THAT(quoted.statement, HasSubstr("one cache"));
  EXPECT_THAT(quoted.statement, HasSubstr("one client that asks both"));
}

TEST(ActsAsOne, NoSynchronyLeavesItOpenAlsoInCompleteRecords) {
  const auto apart = [](double share, double complete) {
    test::Findings findings;
    findings.add("source_sync", "Bank+Clinic", Outcome::nothing_found,
                 {{"share_synchronous", share}});
    findings.coverage("dns", 1, complete);
    return answer("acts_as_one", {}, {{"parties", {"Clinic", "Bank"}}}, findings.set()).answer;
  };
  // One system may send each question by either of its addresses: then none come together.
  EXPECT_EQ(apart(0.02, 1), Answer::not_testable);
  // Rows that were not recorded would hide synchrony; and no finding is not a finding of none.
  EXPECT_EQ(apart(0.02, 0), Answer::not_testable);
  EXPECT_EQ(apart(0.7, 1), Answer::not_testable);
  test::Findings few;
  few.add("source_sync", "Bank", Outcome::not_enough, {});
  EXPECT_EQ(answer("acts_as_one", {{"party", "Bank"}}, few.set()).answer, Answer::not_testable);
  EXPECT_EQ(answer("acts_as_one", {{"party", "Clinic"}}, few.set()).answer, Answer::not_testable);
  EXPECT_EQ(answer("acts_as_one", {}, few.set()).answer, Answer::not_testable);
}

TEST(CoincidesWith, IsAnsweredByTheCorrectedTestAndNeverAsACause) {
  test::Findings found = demo_findings();
  found.add("event_coincidence", "Bank", Outcome::found,
            {{"p_corrected", 0.007},
             {"bursts_inside", 90},
             {"bursts_expected", 40},
             {"share_of_days_covered", 0.08},
             {"score", 4},
             {"looks", 6}});
  const auto in_files = answer("coincides_with", {{"party", "Bank"}}, found.set());
  EXPECT_EQ(in_files.answer, Answer::supported_only_within_these_files);
  EXPECT_EQ(in_files.in_short, "90 bursts on 8 % of the days, 40 by chance");
  EXPECT_THAT(in_files.statement, HasSubstr("not a cause"));
  EXPECT_EQ(answer("coincides_with", {{"party", "Clinic"}}, found.set()).answer,
            Answer::not_testable);
}

TEST(CoincidesWith, ChanceIsNoContradictionButFewerThanElsewhereInWholeRecordsIs) {
  for (const double complete : {0.0, 1.0}) {
    for (const double score : {1.0, -1.5}) {
      test::Findings findings = demo_findings(complete);
      findings.add("event_coincidence", "Bank", Outcome::nothing_found,
                   {{"p_corrected", 0.3},
                    {"bursts_inside", 45},
                    {"bursts_expected", 40},
                    {"share_of_days_covered", 0.08},
                    {"score", score},
                    {"looks", 6}});
      EXPECT_EQ(answer("coincides_with", {{"party", "Bank"}}, findings.set()).answer,
                complete > 0 && score < 0 ? Answer::contradicted : Answer::not_testable);
    }
  }
}

TEST(CoincidesWith, ACalendarThatCannotBeTestedIsSaidToBeSo) {
  test::Findings findings = demo_findings();
  findings.add("event_coincidence", "", Outcome::not_applicable, {});
  findings.last().statement = "The case states no calendar of events.";
  const auto none = answer("coincides_with", {{"party", "Bank"}}, findings.set());
  EXPECT_EQ(none.answer, Answer::not_testable);
  EXPECT_THAT(none.statement, HasSubstr("no calendar"));
}

ClaimAnswer office_hours(double complete, bool fits, double others) {
  test::Findings findings = demo_findings(complete);
  findings.add("time_zone", "Bank", Outcome::found, {});
  findings.add("time_zone", "Bank", fits ? Outcome::found : Outcome::nothing_found,
               {{"share_in_hours", 0.8},
                {"share_in_hours_if_uniform", 0.45},
                {"others_that_fit", others},
                {"is_excluded", fits ? 0.0 : 1.0}},
               "c1");
  findings.last().statement = "80 % lie in these hours.";
  return answer("active_in_office_hours", {{"party", "Bank"}}, {{"zones", {"Asia/Dubai"}}},
                findings.set());
}

TEST(OfficeHours, AreAnsweredByTheFindingOfTheClaimAndWithTheShareOfChance) {
  for (const double complete : {0.0, 1.0}) {
    for (const bool fits : {true, false}) {
      const auto quoted = office_hours(complete, fits, 0);
      EXPECT_EQ(quoted.answer, fits ? (complete > 0 ? Answer::supported
                                                    : Answer::supported_only_within_these_files)
                                    : (complete > 0 ? Answer::contradicted : Answer::not_testable));
      EXPECT_THAT(quoted.in_short,
                  ::testing::StartsWith("80 % in these hours, 45 % if there were no rhythm"));
    }
  }
}

// Berlin and London exclude each other: of the same records neither can be supported.
TEST(OfficeHours, AreNotSupportedWhereOtherPlacesFitAsWell) {
  const auto quoted = office_hours(1, true, 13);
  EXPECT_EQ(quoted.answer, Answer::not_testable);
  EXPECT_THAT(quoted.in_short, HasSubstr("; fits, as do 13 others"));
  EXPECT_THAT(quoted.statement, HasSubstr("sets none of these places apart"));
}

TEST(OfficeHours, AreNotTestableWhereTheHoursWereNotPlaced) {
  test::Findings findings = demo_findings();
  findings.add("time_zone", "Bank", Outcome::not_enough, {});
  findings.last().statement = "12 bursts are too few.";
  const auto quoted = answer("active_in_office_hours", {{"party", "Bank"}},
                             {{"zones", {"Asia/Dubai"}}}, findings.set());
  EXPECT_EQ(quoted.answer, Answer::not_testable);
  EXPECT_THAT(quoted.statement, HasSubstr("too few"));
}

class Order : public ::testing::Test {
 protected:
  Order() {
    file_ = demo_case();
    file_.calendar = {
        {"newspaper asks", parse_interval("2021-09-21T00:00:00Z/2021-09-23T00:00:00Z").value()},
        {"authority informs", parse_interval("2021-09-21T12:00:00Z/2021-09-23T12:00:00Z").value()},
        {"record removed", parse_interval("2021-09-23T13:54:00Z/2021-09-23T13:57:00Z").value()},
        {"long before", parse_interval("2021-01-01T00:00:00Z/2021-01-02T00:00:00Z").value()}};
  }

  ClaimAnswer ask(const std::string& before, const std::string& after, double complete = 0) {
    test::Findings findings = demo_findings(complete);
    std::vector<Finding> all = findings.set().all();
    for (Finding& finding : all) {
      if (finding.id != "q1/authoritative/volume/Bank/raw") continue;
      finding.parameters["first"] = "2021-05-04T00:10:00Z";
      finding.parameters["last"] = "2021-09-23T13:56:29Z";
    }
    return answer("order", {{"before", before}, {"after", after}}, {}, FindingSet(all), file_);
  }

  CaseFile file_;
};

TEST_F(Order, TheCalendarAloneShowsNoOrderHoweverFarApart) {
  const auto as_claimed = ask("newspaper asks", "record removed", 1);
  EXPECT_EQ(as_claimed.answer, Answer::not_testable);
  EXPECT_THAT(as_claimed.statement, HasSubstr("rests on the calendar alone"));
  EXPECT_THAT(as_claimed.statement, HasSubstr("Before is not because."));
  EXPECT_EQ(as_claimed.in_short, "13.9 hours apart, as quoted, by the calendar alone");
  const auto reversed = ask("record removed", "newspaper asks", 1);
  EXPECT_EQ(reversed.answer, Answer::not_testable);
  EXPECT_THAT(reversed.in_short, HasSubstr("the other way round"));
}

TEST_F(Order, OverlappingEventsCannotBeSeparated) {
  const auto quoted = ask("newspaper asks", "authority informs");
  EXPECT_EQ(quoted.answer, Answer::not_testable);
  EXPECT_THAT(quoted.would_test, ::testing::ElementsAre(HasSubstr("'newspaper asks'"),
                                                        HasSubstr("'authority informs'")));
}

TEST_F(Order, ARowBeforeAnEventStaysBeforeItWhateverWasNotSeen) {
  EXPECT_EQ(ask("first:Bank", "newspaper asks").answer, Answer::supported);
  EXPECT_EQ(ask("newspaper asks", "first:Bank").answer, Answer::contradicted);
  EXPECT_EQ(ask("newspaper asks", "last:Bank").answer, Answer::supported);
}

TEST_F(Order, FirstSeenIsNotBegun) {
  EXPECT_EQ(ask("long before", "first:Bank").answer, Answer::supported_only_within_these_files);
  EXPECT_EQ(ask("long before", "first:Bank", 1).answer, Answer::supported);
  // An unseen earlier row could make the claim true.
  EXPECT_EQ(ask("first:Bank", "long before").answer, Answer::not_testable);
  EXPECT_EQ(ask("first:Bank", "long before", 1).answer, Answer::contradicted);
}

TEST_F(Order, UnknownEventsAndPartiesAreNamed) {
  const auto slip = ask("newspaper ask", "record removed");
  EXPECT_EQ(slip.answer, Answer::not_testable);
  EXPECT_THAT(slip.statement, HasSubstr("nearest: 'newspaper asks'"));
  EXPECT_EQ(ask("first:Clinic", "record removed").answer, Answer::not_testable);
}

TEST(Claims, EveryKindIsAnsweredAndNoneWithoutAReason) {
  for (const ClaimKind& kind : claim_kinds()) {
    const auto empty = answer(std::string(kind.name), {}, demo_findings().set());
    EXPECT_EQ(empty.answer, Answer::not_testable) << kind.name;
    EXPECT_THAT(empty.statement, Not(HasSubstr("in this version"))) << kind.name;
  }
}

TEST(Claims, UnknownKindIsSaidToBeUnknown) {
  EXPECT_EQ(answer("keeps_to_itself", {}, demo_findings().set()).answer, Answer::not_testable);
}

TEST(Claims, OnlyThoseOfTheQuestionAreAnsweredAndNoneIsLost) {
  CaseFile file = demo_case();
  Question second;
  second.id = "q2";
  file.questions.push_back(second);
  for (const char* question : {"q1", "q2", ""}) {
    Claim claim;
    claim.id = std::string("of-") + question;
    claim.kind = "count";
    claim.question = question;
    claim.fields = {{"party", "Bank"}, {"value", "2820"}};
    file.claims.push_back(claim);
  }
  const FindingSet findings = demo_findings().set();
  const auto first = answer_claims(file.questions[0], file, findings);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].claim, "of-q1");
  EXPECT_EQ(first[1].claim, "of-");
  EXPECT_EQ(first[1].answer, Answer::not_testable);
  EXPECT_EQ(answer_claims(file.questions[1], file, findings).size(), 1u);
}

}  // namespace
}  // namespace assay
