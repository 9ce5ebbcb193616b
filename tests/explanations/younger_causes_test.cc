// The causes beside mail, scans and timers: for each a scenario in which it is the true one, and
// a control in which nothing may speak for it. Findings as the methods give them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "finding_builder.h"

namespace assay {
namespace {

using test::Findings;
using test::judged;
using test::of;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// How the findings of one method lean, strongest first; nullopt when none bears.
std::optional<Direction> leaning(const Assessment& assessment, std::string_view method) {
  std::optional<Direction> strongest;
  const auto strength = [](Direction d) {
    return d == Direction::neutral                                            ? 0
           : d == Direction::strongly_for || d == Direction::strongly_against ? 2
                                                                              : 1;
  };
  for (const Bearing& bearing : assessment.bearings) {
    if (bearing.finding.find("/" + std::string(method) + "/") == std::string::npos) continue;
    if (!strongest || strength(bearing.direction) > strength(*strongest)) {
      strongest = bearing.direction;
    }
  }
  return strongest;
}

Findings lookups(double outside_askers = 6, double complete = 0) {
  Findings findings;
  findings.volume("raw", 3561, {{"Bank", 2820}, {"Clinic", 714}, {"Sender", 0}, {"other", 27}});
  findings.coverage("dns", 3, complete);
  findings.coverage("mail", 0, 0);
  findings.coverage("flow", 0, 0);
  findings.coverage("message", 0, 0);
  findings.add("exclusivity", "", Outcome::measured,
               {{"outside_askers", outside_askers},
                {"outside_rows", 27},
                {"named_askers", 3},
                {"complete_coverage", complete}});
  return findings;
}

Finding& gaps_with_ttl(Findings& findings, const char* source, Outcome outcome,
                       std::initializer_list<std::pair<const char*, double>> quantities) {
  Finding& gaps = findings.add("gap_law", "Bank", outcome, quantities);
  gaps.parameters["ttl_source"] = source;
  return gaps;
}

Findings without_flows() {
  Findings findings = lookups();
  test::add_absence_between(findings, "flow");
  return findings;
}

// ---- E7 ----

TEST(ReplayedLookups, ManyStrangersSpeakForThem) {
  const Verdict verdict = judged(lookups(400));
  EXPECT_EQ(of(verdict, "replayed_lookups").support, Support::weak);
  EXPECT_THAT(verdict.surviving, Contains("replayed_lookups"));
}

TEST(ReplayedLookups, ACacheBehindTheGapsAndNoStrangersSpeakAgainstThemWithoutExcluding) {
  Findings findings = lookups(2, 1);
  findings.add("gap_law", "Bank", Outcome::found, {{"cache_shaped", 1}});
  const Verdict verdict = judged(findings);
  const Assessment& replayed = of(verdict, "replayed_lookups");
  EXPECT_EQ(leaning(replayed, "gap_law"), Direction::weakly_against);
  EXPECT_EQ(leaning(replayed, "exclusivity"), Direction::weakly_against);
  EXPECT_THAT(verdict.surviving, Contains("replayed_lookups"));
}

TEST(ReplayedLookups, FewStrangersInFilesThatNobodyVouchesForTellNothing) {
  EXPECT_EQ(leaning(of(judged(lookups(2)), "replayed_lookups"), "exclusivity"), Direction::neutral);
}

// ---- E9 ----

TEST(ForgedSources, AnswersThatNobodyAskedForSpeakForThemMoreInCompleteRecords) {
  for (const double complete : {0.0, 1.0}) {
    Findings findings = lookups(6, complete);
    findings.add("unasked_answers", "Bank", Outcome::found, {{"answers_without_query", 40}});
    EXPECT_EQ(leaning(of(judged(findings), "forged_sources"), "unasked_answers"),
              complete != 0 ? Direction::strongly_for : Direction::weakly_for);
    EXPECT_EQ(of(judged(findings), "forged_sources").support, Support::weak);
  }
}

TEST(ForgedSources, AnswersToOthersAndMulticastTellNothingOfThem) {
  Findings findings = lookups();
  findings.add("unasked_answers", "Bank", Outcome::found,
               {{"answers_without_query", 0}, {"multicast", 9}});
  findings.add("unasked_answers", "other", Outcome::found, {{"answers_without_query", 40}});
  EXPECT_EQ(leaning(of(judged(findings), "forged_sources"), "unasked_answers"), std::nullopt);
}

TEST(ForgedSources, GapsThatKeepToACacheSpeakAgainstThem) {
  Findings findings = lookups();
  gaps_with_ttl(findings, "estimated", Outcome::found,
                {{"cache_shaped", 1}, {"ttl_seconds", 3600}});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(leaning(of(verdict, "forged_sources"), "gap_law"), Direction::strongly_against);
  EXPECT_THAT(verdict.surviving, Contains("forged_sources"));
}

TEST(ForgedSources, GapsWithoutAFloorLeanOnlyWhereSomebodyTellsTheTtl) {
  for (const char* source : {"answers", "stated", "estimated"}) {
    Findings findings = lookups();
    gaps_with_ttl(findings, source, Outcome::nothing_found, {{"share_below_ttl", 0.6}});
    EXPECT_EQ(leaning(of(judged(findings), "forged_sources"), "gap_law"),
              std::string_view(source) == "estimated" ? Direction::neutral : Direction::weakly_for);
  }
}

// Several caches ask at any moment too, and a demand that fits them is no stranger's.
TEST(ForgedSources, SeveralCachesThatFitSpeakAgainstThemAndForTheCaches) {
  Findings findings = lookups();
  gaps_with_ttl(findings, "stated", Outcome::nothing_found, {{"share_below_ttl", 0.6}});
  findings.add("cache_inversion", "Bank", Outcome::measured, {{"identifiable", 1}, {"caches", 3}});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(of(verdict, "forged_sources").support, Support::none);
  EXPECT_EQ(leaning(of(verdict, "cache_shaping"), "cache_inversion"), Direction::strongly_for);
  EXPECT_EQ(of(verdict, "cache_shaping").support, Support::weak);
}

// ---- E14 ----

TEST(MailboxOnTheHost, LooksLikeOtherCausesInLookupsAndIsNeitherLeanedOnNorExcluded) {
  Findings findings = lookups();
  findings.add("gap_law", "Bank", Outcome::found, {{"cache_shaped", 1}, {"sparse_demand", 1}});
  findings.add("circadian", "Bank", Outcome::found, {{"p_daily_rhythm", 0.001}});
  const Verdict verdict = judged(findings);
  const Assessment& mailbox = of(verdict, "mailbox_on_the_host");
  EXPECT_FALSE(mailbox.is_testable);
  EXPECT_THAT(mailbox.support_reason, HasSubstr("cannot speak to it"));
  EXPECT_THAT(mailbox.open, Contains(HasSubstr("connections to the host")));
  EXPECT_THAT(verdict.surviving, Contains("mailbox_on_the_host"));
}

TEST(MailboxOnTheHost, IsOutWithoutAnyConnectionInCompleteFlows) {
  const Verdict verdict = judged(without_flows());
  for (const char* cause :
       {"mailbox_on_the_host", "data_copied_between_systems", "live_mail_with_checks"}) {
    EXPECT_THAT(verdict.excluded, Contains(cause));
    EXPECT_THAT(of(verdict, cause).exclusion->findings(),
                testing::ElementsAre("q1/authoritative/direct_records/Bank>Sender/flow",
                                     "q1/authoritative/direct_records/Sender>Bank/flow"));
  }
  for (const char* cause : {"archive_rescan", "misconfigured_application", "replayed_lookups",
                            "forged_sources", "person_to_person_mail", "data_in_lookups",
                            "compromised_host", "another_use_of_the_host"}) {
    EXPECT_THAT(verdict.surviving, Contains(cause));
  }
}

// ---- E15 ----

TEST(DataInLookups, NamesThatLookLikeDataSpeakForItAboveAnyOtherCause) {
  Findings findings = lookups();
  findings.add("tunnel_signs", "Bank", Outcome::found,
               {{"can_names_carry", 1}, {"share_new_names", 0.99}, {"bytes_per_name_mean", 60}});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(of(verdict, "data_in_lookups").support, Support::moderate);
  EXPECT_EQ(verdict.surviving.front(), "data_in_lookups");
  EXPECT_EQ(verdict.conclusion, Conclusion::inconclusive);
}

TEST(DataInLookups, OneConstantNameSpeaksStronglyAgainstItAndLeavesTheMoments) {
  Findings findings = lookups();
  findings.add("tunnel_signs", "Bank", Outcome::nothing_found, {{"can_names_carry", 0}});
  findings.add("capacity", "Bank", Outcome::measured, {{"bytes_per_day_at_most", 41}});
  const Verdict verdict = judged(findings);
  const Assessment& data = of(verdict, "data_in_lookups");
  EXPECT_EQ(leaning(data, "tunnel_signs"), Direction::strongly_against);
  EXPECT_EQ(leaning(data, "capacity"), Direction::neutral);  // a bound shows nothing
  EXPECT_THAT(data.bearings, Contains(testing::Field(&Bearing::reason, HasSubstr("41 bytes"))));
  EXPECT_EQ(data.support, Support::none);
  EXPECT_THAT(verdict.surviving, Contains("data_in_lookups"));
}

// Where some other party's names vary, the asker's own constant name still carries nothing.
TEST(DataInLookups, IsReadOfThePartiesBeforeEverybody) {
  Findings findings = lookups();
  findings.add("tunnel_signs", "", Outcome::found, {{"can_names_carry", 1}});
  findings.add("tunnel_signs", "Bank", Outcome::nothing_found, {{"can_names_carry", 0}});
  EXPECT_EQ(of(judged(findings), "data_in_lookups").support, Support::none);
}

// ---- E16, E17 and the other programs ----

TEST(Programs, AClockSpeaksForAJobAsForATimerAndLessForAnIntruder) {
  Findings findings = lookups();
  findings.add("gap_law", "Bank", Outcome::found,
               {{"clock_shaped", 1}, {"clock_period_seconds", 3600}});
  findings.add("automation", "Bank", Outcome::found, {{"period_seconds", 3600}});
  const Verdict verdict = judged(findings);
  for (const char* cause : {"misconfigured_application", "data_copied_between_systems"}) {
    EXPECT_EQ(leaning(of(verdict, cause), "gap_law"), Direction::strongly_for) << cause;
    EXPECT_EQ(leaning(of(verdict, cause), "automation"), Direction::neutral) << cause;
    EXPECT_EQ(of(verdict, cause).support, Support::weak) << cause;  // they share these look-ups
  }
  EXPECT_EQ(leaning(of(verdict, "compromised_host"), "gap_law"), Direction::weakly_for);
  EXPECT_EQ(leaning(of(verdict, "archive_rescan"), "gap_law"), Direction::neutral);
  EXPECT_EQ(leaning(of(verdict, "mailbox_on_the_host"), "gap_law"), Direction::neutral);
  EXPECT_EQ(leaning(of(verdict, "live_mail_with_checks"), "gap_law"), Direction::weakly_against);
  EXPECT_EQ(leaning(of(verdict, "another_use_of_the_host"), "gap_law"), Direction::weakly_against);
  EXPECT_EQ(leaning(of(verdict, "person_to_person_mail"), "gap_law"), Direction::strongly_against);
}

TEST(Programs, APeriodThatOnlyAutomationFindsCountsThere) {
  Findings findings = lookups();
  findings.add("gap_law", "Bank", Outcome::found, {{"cache_shaped", 1}, {"excess_two_rates", 1}});
  findings.add("automation", "Bank", Outcome::found, {{"period_seconds", 7000}});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(leaning(of(verdict, "data_copied_between_systems"), "automation"),
            Direction::strongly_for);
  EXPECT_EQ(leaning(of(verdict, "compromised_host"), "automation"), Direction::weakly_for);
  EXPECT_EQ(leaning(of(verdict, "person_to_person_mail"), "automation"), Direction::weakly_against);
}

TEST(Programs, APeriodOfAPartyOfTheQuestionIsSaidBesideTheCauses) {
  for (const char* party : {"Bank", "Clinic"}) {
    Findings findings = lookups();
    findings.add("automation", party, Outcome::found,
                 {{"period_seconds", 7000}, {"line_period_seconds", 7000}, {"p_line", 0.0004}});
    const std::string said = judged(findings).statement;
    const bool is_said = said.find("a period of about 7,000 s, found with p = 0.0004") != said.npos;
    EXPECT_EQ(is_said, std::string_view(party) == "Bank");  // the question is not about Clinic
    EXPECT_EQ(said.find("strongly"), said.npos);
  }
}

TEST(Programs, NoAutomationFoundSpeaksForNobody) {
  Findings findings = lookups();
  findings.add("automation", "Bank", Outcome::nothing_found, {});
  const Verdict verdict = judged(findings);
  EXPECT_THAT(verdict.statement, Not(HasSubstr("program")));
  for (const Assessment& assessment : verdict.assessments) {
    EXPECT_THAT(leaning(assessment, "automation"), testing::AnyOf(std::nullopt, Direction::neutral))
        << assessment.explanation;
  }
}

// A mail log that has nothing to say of a cause must not lift what look-ups say of it.
TEST(Programs, RecordsOfOtherKindsDoNotLiftWhatLookupsSay) {
  Findings findings = lookups();
  findings.coverage("mail", 2, 0);
  findings.add("gap_law", "Bank", Outcome::found, {{"clock_shaped", 1}});
  findings.add("holidays", "Bank", Outcome::nothing_found, {});
  for (const char* cause :
       {"misconfigured_application", "data_copied_between_systems", "compromised_host"}) {
    EXPECT_EQ(of(judged(findings), cause).support, Support::weak) << cause;
  }
}

TEST(CompromisedHost, IsNotSpokenForByPeoplesHoursAndNamesWhoWouldTell) {
  Findings findings = lookups();
  findings.add("gap_law", "Bank", Outcome::found, {{"cache_shaped", 1}, {"sparse_demand", 1}});
  findings.add("circadian", "Bank", Outcome::found, {});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(of(verdict, "compromised_host").support, Support::none);
  EXPECT_THAT(of(verdict, "compromised_host").open, Contains(HasSubstr("indicators")));
  EXPECT_TRUE(std::any_of(verdict.missing.begin(), verdict.missing.end(),
                          [](const auto& missing) { return missing.record == "host_forensics"; }));
}

TEST(DataCopied, HoursOfWorkSpeakAgainstItOnce) {
  Findings findings = lookups();
  findings.add("circadian", "Bank", Outcome::found, {});
  findings.add("day_hour", "Bank", Outcome::found, {});
  findings.add("holidays", "Bank", Outcome::found, {});
  const Verdict verdict = judged(findings);
  for (const char* cause : {"data_copied_between_systems", "misconfigured_application"}) {
    EXPECT_EQ(leaning(of(verdict, cause), "circadian"), Direction::weakly_against) << cause;
    EXPECT_EQ(leaning(of(verdict, cause), "day_hour"), Direction::neutral) << cause;
    EXPECT_EQ(leaning(of(verdict, cause), "holidays"), Direction::neutral) << cause;
  }
}

// ---- E18 ----

TEST(AnotherUseOfTheHost, RecipientsElsewhereThatMoveTogetherSpeakForIt) {
  Findings findings = lookups(400);
  findings.add("source_sync", "Bank+Clinic", Outcome::found, {{"share_synchronous", 0.3}});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(of(verdict, "another_use_of_the_host").support, Support::weak);
  EXPECT_THAT(of(verdict, "another_use_of_the_host").open, Contains(HasSubstr("customers")));
}

TEST(AnotherUseOfTheHost, FewAskersTellNothing) {
  EXPECT_FALSE(of(judged(lookups(2)), "another_use_of_the_host").is_testable);
}

// ---- E19 ----

TEST(ProbingAfterDisclosure, TypesAskedByHandAndManyStrangersSpeakForIt) {
  Findings findings = lookups(400);
  findings.add("type_profile", "", Outcome::measured, {{"rows", 500}})
      .tables.push_back({"types", {"rows"}, {"A", "ANY"}, {{480}, {20}}});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(leaning(of(verdict, "probing_after_disclosure"), "type_profile"),
            Direction::weakly_for);
  EXPECT_EQ(of(verdict, "probing_after_disclosure").support, Support::weak);
}

TEST(ProbingAfterDisclosure, TypesOfMailAndBrowsersDoNotSpeakForIt) {
  Findings findings = lookups();
  findings.add("type_profile", "", Outcome::measured, {{"rows_other_types", 90}})
      .tables.push_back({"types", {"rows"}, {"A", "HTTPS", "TXT"}, {{480}, {90}, {3}}});
  findings.add("change_points", "Bank", Outcome::found, {{"changes", 1}});
  const Assessment probing = of(judged(findings), "probing_after_disclosure");
  EXPECT_FALSE(probing.is_testable);
  EXPECT_THAT(probing.open, Contains(HasSubstr("date on which the name became known")));
}

// ---- what the younger methods mean for the older explanations ----

TEST(LiveMail, ChainsAndTypesOfOneCheckCountOnce) {
  Findings findings = lookups();
  findings.add("type_profile", "", Outcome::measured, {{"rows_PTR", 50}, {"rows_TXT", 50}});
  findings.add("chains", "Bank", Outcome::found, {{"check_shaped", 1}});
  const Assessment mail = of(judged(findings), "live_mail_with_checks");
  EXPECT_EQ(leaning(mail, "chains"), Direction::weakly_for);
  EXPECT_EQ(leaning(mail, "type_profile"), Direction::neutral);
}

TEST(LiveMail, ChainsThatCannotBeSeenTellNothing) {
  Findings findings = lookups();
  findings.add("chains", "Bank", Outcome::not_applicable, {{"check_shaped", 0}});
  EXPECT_EQ(leaning(of(judged(findings), "live_mail_with_checks"), "chains"), std::nullopt);
}

// Coupling is no conversation: it speaks for mail and its checks as much as for letters.
TEST(Turns, TiedWithinMinutesSpeakForNoneOfTheCausesThatTieAlone) {
  Findings findings = lookups();
  findings.add("turn_taking", "Bank+Sender", Outcome::found,
               {{"share_answered", 0.4},
                {"share_answered_null", 0.1},
                {"share_answered_within_60_s", 0.02}});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(leaning(of(verdict, "person_to_person_mail"), "turn_taking"), Direction::weakly_for);
  EXPECT_EQ(leaning(of(verdict, "live_mail_with_checks"), "turn_taking"), Direction::weakly_for);
}

TEST(Turns, FasterThanAPersonSpeakForNoLetters) {
  Findings findings = lookups();
  findings.add("turn_taking", "Bank+Sender", Outcome::found,
               {{"share_answered", 0.4},
                {"share_answered_null", 0.1},
                {"share_answered_within_60_s", 0.35}});
  const Verdict verdict = judged(findings);
  EXPECT_EQ(leaning(of(verdict, "person_to_person_mail"), "turn_taking"), Direction::neutral);
  EXPECT_EQ(leaning(of(verdict, "live_mail_with_checks"), "turn_taking"), Direction::weakly_for);
}

TEST(EditedLog, MissingRowsSpeakForItUnlessTheRecorderSaysThatItLostSome) {
  for (const double losses : {0.0, 3.0}) {
    Findings findings;
    findings.volume("raw", 900, {{"Bank", 900}});
    findings.add("coverage", "dns", Outcome::measured, {{"rows", 3}, {"loss_intervals", losses}});
    findings.add("deletion", "192.0.2.1", Outcome::found, {{"share_lost", 0.05}});
    const Verdict verdict = judged(findings);
    EXPECT_EQ(leaning(of(verdict, "edited_log"), "deletion"),
              losses > 0 ? Direction::neutral : Direction::weakly_for);
    EXPECT_EQ(leaning(of(verdict, "sensor_bias"), "deletion"), Direction::weakly_for);
    EXPECT_THAT(verdict.statement, Not(HasSubstr("settled first")));
  }
}

}  // namespace
}  // namespace assay
