// What records above the look-up say together with look-ups. For each sign a scenario in which it
// speaks and one in which it must not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "finding_builder.h"

namespace assay {
namespace {

using test::Findings;
using test::judged;
using test::of;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::optional<Direction> leaning(const Assessment& assessment, std::string_view method) {
  for (const Bearing& bearing : assessment.bearings) {
    if (bearing.finding.find("/" + std::string(method) + "/") != std::string::npos) {
      return bearing.direction;
    }
  }
  return std::nullopt;
}

// `joined` bursts of 900 joined to so many of `partners`, as timeline tells it.
Findings joined(const std::string& kind, double joined, double partners, double by_chance = 0.1,
                double p = 0.016) {
  Findings findings;
  findings.volume("raw", 900, {{"Bank", 900}, {"Sender", 0}});
  Finding& timeline = findings.add("timeline", "", Outcome::found, {});
  const auto add = [&](const char* what, double value) {
    Quantity quantity;
    quantity.name = kind + what;
    quantity.value = value;
    timeline.quantities.push_back(quantity);
  };
  add("_joined", joined);
  add("_unjoined", 900 - joined);
  add("_unjoined_partners", partners - joined);
  add("_with_partner", joined);
  add("_by_chance", by_chance);
  add("_p", p);
  return findings;
}

TEST(Joins, LookUpsWithinSecondsOfMailThatArrivesSpeakForChecks) {
  for (const char* kind : {"check_transfer", "check_flow"}) {
    const Verdict verdict = judged(joined(kind, 340, 354));
    const Assessment& checks = of(verdict, "live_mail_with_checks");
    EXPECT_EQ(leaning(checks, "timeline"), Direction::strongly_for) << kind;
    EXPECT_EQ(checks.support, Support::moderate) << "more than look-ups alone could give";
    EXPECT_THAT(checks.bearings,
                Contains(testing::Field(&Bearing::reason, HasSubstr("340 of 354"))));
    EXPECT_THAT(checks.open, Not(Contains(HasSubstr("no mail log in the case"))));
    for (const char* cause :
         {"person_to_person_mail", "another_use_of_the_host", "archive_rescan"}) {
      EXPECT_EQ(leaning(of(verdict, cause), "timeline"), Direction::neutral) << cause;
    }
    for (const char* cause : {"forged_sources", "replayed_lookups"}) {
      EXPECT_EQ(leaning(of(verdict, cause), "timeline"), Direction::weakly_against) << cause;
    }
    EXPECT_TRUE(verdict.excluded.empty());
  }
}

TEST(Joins, ATieThatIsNoRuleLeansWeakly) {
  const Verdict verdict = judged(joined("check_transfer", 100, 354));
  EXPECT_EQ(leaning(of(verdict, "live_mail_with_checks"), "timeline"), Direction::weakly_for);
}

TEST(Joins, WhatChanceExplainsSaysNothing) {
  for (const Findings& findings :
       {joined("check_transfer", 340, 354, 300), joined("check_transfer", 340, 354, 0.1, 0.2),
        joined("check_transfer", 9, 9), joined("lookup_flow", 300, 340, 250)}) {
    for (const Assessment& assessment : judged(findings).assessments) {
      EXPECT_EQ(leaning(assessment, "timeline"), std::nullopt) << assessment.explanation;
    }
  }
  EXPECT_THAT(of(judged(joined("check_transfer", 9, 9)), "live_mail_with_checks").open,
              Contains(HasSubstr("has 9 of 9 within seconds of look-ups, too few")));
  EXPECT_THAT(of(judged(test::demo_findings()), "live_mail_with_checks").open,
              Contains(HasSubstr("no mail log in the case")));
}

TEST(Joins, ConnectionsBehindLookUpsSpeakForWhateverUsesTheHost) {
  const Verdict verdict = judged(joined("lookup_flow", 300, 340));
  for (const char* cause : {"mailbox_on_the_host", "compromised_host", "another_use_of_the_host",
                            "data_copied_between_systems", "misconfigured_application"}) {
    EXPECT_EQ(leaning(of(verdict, cause), "timeline"), Direction::weakly_for) << cause;
  }
  for (const char* cause : {"live_mail_with_checks", "person_to_person_mail", "archive_rescan"}) {
    EXPECT_EQ(leaning(of(verdict, cause), "timeline"), std::nullopt) << cause;
  }
}

TEST(Joins, MailThatLeavesBehindLookUpsSpeaksForLettersWeakly) {
  const Verdict verdict = judged(joined("lookup_transfer", 300, 340));
  EXPECT_EQ(leaning(of(verdict, "person_to_person_mail"), "timeline"), Direction::weakly_for);
  EXPECT_EQ(leaning(of(verdict, "mailbox_on_the_host"), "timeline"), std::nullopt);
}

TEST(MailTurns, CountOnceWithTheTimeline) {
  for (const bool is_joined : {true, false}) {
    Findings findings = joined("check_transfer", is_joined ? 340 : 0, 354);
    Finding& turns =
        findings.add("direct_turns", "Sender+Bank", Outcome::found, {}, "mail_lookups");
    turns.parameters = {{"asks", "mail from Sender to Bank"}, {"answers", "Bank's look-ups"}};
    EXPECT_EQ(leaning(of(judged(findings), "live_mail_with_checks"), "direct_turns"),
              is_joined ? Direction::neutral : Direction::weakly_for);
  }
  Findings other_way = joined("check_transfer", 0, 354);
  other_way.add("direct_turns", "Bank+Sender", Outcome::found, {}, "lookups_mail");
  EXPECT_EQ(leaning(of(judged(other_way), "live_mail_with_checks"), "direct_turns"), std::nullopt);
}

// Messages from Sender to Bank, and how many transfers that way were accepted.
Findings messages(double answered, double automatic, double ids, double accepted) {
  Findings findings;
  findings.volume("raw", 900, {{"Bank", 900}, {"Sender", 0}});
  Finding& message = findings.add("direct_records", "Sender>Bank", Outcome::found,
                                  {{"message_ids", ids},
                                   {"automatic_messages", automatic},
                                   {"answered", answered},
                                   {"answered_and_one_accepted", accepted > 0 ? answered : 0}},
                                  "message");
  message.parameters = {{"from", "Sender"}, {"to", "Bank"}, {"kind", "message"}};
  Finding& mail = findings.add("direct_records", "Sender>Bank", Outcome::found,
                               {{"rows", accepted}, {"accepted", accepted}}, "mail");
  mail.parameters = {{"from", "Sender"}, {"to", "Bank"}, {"kind", "mail"}};
  return findings;
}

TEST(Messages, ThatAnswerEachOtherSpeakForLettersWhereOnePassed) {
  const Verdict verdict = judged(messages(3, 0, 20, 20));
  EXPECT_EQ(leaning(of(verdict, "person_to_person_mail"), "direct_records"), Direction::weakly_for);
  EXPECT_EQ(leaning(of(verdict, "archive_rescan"), "direct_records"), std::nullopt);
}

TEST(Messages, OfOneSideAloneAreWordsAndLeanNowhere) {
  for (const Assessment& assessment : judged(messages(3, 40, 0, 0)).assessments) {
    EXPECT_EQ(leaning(assessment, "direct_records"), std::nullopt) << assessment.explanation;
  }
}

TEST(Messages, ThatWentToManySpeakForMailingsAndNotAgainstLetters) {
  const Verdict verdict = judged(messages(0, 40, 2, 40));
  EXPECT_EQ(leaning(of(verdict, "live_mail_with_checks"), "direct_records"), Direction::weakly_for);
  EXPECT_EQ(leaning(of(verdict, "another_use_of_the_host"), "direct_records"),
            Direction::weakly_for);
  EXPECT_EQ(leaning(of(verdict, "person_to_person_mail"), "direct_records"), Direction::neutral);
  const Verdict mixed = judged(messages(0, 40, 40, 40));
  EXPECT_EQ(leaning(of(mixed, "another_use_of_the_host"), "direct_records"), std::nullopt)
      << "half of them only";
}

TEST(Messages, OfTheNamesHolderThatArrivedSpeakForChecksWeakly) {
  EXPECT_EQ(leaning(of(judged(messages(0, 0, 40, 40)), "live_mail_with_checks"), "direct_records"),
            Direction::weakly_for);
  EXPECT_EQ(leaning(of(judged(messages(0, 0, 9, 9)), "live_mail_with_checks"), "direct_records"),
            std::nullopt)
      << "few";
  Findings other_way = messages(0, 0, 40, 0);
  Finding& mail = other_way.add("direct_records", "Bank>Sender", Outcome::found,
                                {{"rows", 40}, {"accepted", 40}}, "mail");
  mail.parameters = {{"from", "Bank"}, {"to", "Sender"}, {"kind", "mail"}};
  EXPECT_EQ(leaning(of(judged(other_way), "live_mail_with_checks"), "direct_records"), std::nullopt)
      << "Sender asked for nothing";
}

// Sender's messages at rest, so many of which bear signs of bulk mail.
void add_bulk(Findings& findings, double signs) {
  Finding& bulk = findings.add("campaign_fan_out", "", Outcome::found, {}, "messages");
  bulk.tables.push_back(
      {"bulk_of_parties", {"messages", "with_a_sign"}, {"Sender"}, {{60, signs}}});
}

TEST(Bulk, SignsInMessagesSpeakForMailingsWhereMailPassed) {
  for (const auto& [signs, accepted, expected] :
       {std::tuple(40.0, 5.0, std::optional(Direction::weakly_for)),
        {40.0, 0.0, std::optional(Direction::neutral)},
        {9.0, 5.0, std::optional<Direction>()}}) {
    Findings findings = messages(0, 0, 60, accepted);
    add_bulk(findings, signs);
    const Verdict verdict = judged(findings);
    for (const char* cause : {"live_mail_with_checks", "another_use_of_the_host"}) {
      EXPECT_EQ(leaning(of(verdict, cause), "campaign_fan_out"), expected) << cause << signs;
    }
    const auto letters = leaning(of(verdict, "person_to_person_mail"), "campaign_fan_out");
    EXPECT_EQ(letters.has_value(), expected.has_value());
    if (letters) EXPECT_EQ(letters, Direction::neutral);
  }
}

TEST(Threads, OfBothSidesSpeakForLettersOnceAndWhereATransferIsShown) {
  for (const bool has_passed : {true, false}) {
    Findings findings = messages(3, 0, 20, has_passed ? 5 : 0);
    findings.add("message_threads", "", Outcome::found,
                 {{"cross_replies", 3}, {"threads_of_both_parties", 2}, {"longest_exchange", 3}});
    const Assessment letters = of(judged(findings), "person_to_person_mail");
    EXPECT_EQ(leaning(letters, "message_threads"),
              has_passed ? Direction::weakly_for : Direction::neutral);
    EXPECT_EQ(letters.support, has_passed ? Support::weak : Support::none) << "one effect";
    EXPECT_NE(leaning(of(judged(findings), "live_mail_with_checks"), "message_threads"),
              Direction::weakly_for);
  }
}

// --- what is left open, and what is missing ---

std::vector<std::string> missing_of(const Verdict& verdict) {
  std::vector<std::string> words;
  for (const MissingRecord& missing : verdict.missing) words.push_back(missing.record);
  return words;
}

// Records of these kinds touch the question, of whatever ends.
void add_held(Findings& findings, std::initializer_list<const char*> kinds) {
  for (const char* kind : kinds) {
    Finding& direct = findings.add("direct_records", "Sender>Guest", Outcome::nothing_found,
                                   {{"rows", 0}, {"rows_of_kind", 40}, {"accepted", 1}}, kind);
    direct.parameters = {{"from", "Sender"}, {"to", "Bank"}, {"kind", kind}};
  }
}

TEST(OpenEnds, SayWhatTheRecordsInTheCaseTellAndNotThatThereAreNone) {
  Findings findings = joined("check_transfer", 34, 254, 37.7, 0.85);
  add_held(findings, {"mail", "flow"});
  const Assessment checks = of(judged(findings), "live_mail_with_checks");
  EXPECT_THAT(checks.open, Contains(HasSubstr("34 of 254")));
  EXPECT_THAT(checks.open, Contains(HasSubstr("chance would join 37.7")));
  EXPECT_THAT(checks.open, Contains(HasSubstr("none between the two that could be joined")))
      << "flows";
  for (const char* cause :
       {"live_mail_with_checks", "mailbox_on_the_host", "data_copied_between_systems"}) {
    EXPECT_THAT(of(judged(findings), cause).open, Not(Contains(HasSubstr("no flow record"))));
    EXPECT_THAT(of(judged(test::demo_findings()), cause).open,
                Contains(HasSubstr("no flow records in the case show them")));
  }
}

TEST(OpenEnds, OfLettersAreWhatNoRecordShows) {
  Findings findings = messages(3, 0, 20, 20);
  add_held(findings, {"mail", "message"});
  const Assessment letters = of(judged(findings), "person_to_person_mail");
  EXPECT_THAT(letters.open, Not(Contains(HasSubstr("no mail log in the case"))));
  EXPECT_THAT(letters.open, Not(Contains(HasSubstr("messages that answer each other"))));
  EXPECT_THAT(letters.open, Contains(HasSubstr("another question's records"))) << "Sender's";
  Findings unanswered = messages(0, 0, 20, 20);
  add_held(unanswered, {"mail", "message"});
  EXPECT_THAT(of(judged(unanswered), "person_to_person_mail").open,
              Contains("messages that answer each other: the mailbox in the case holds none"));
}

// Both asked, and each kept so many logs; messages that each side's servers took.
Findings both_ways(double of_bank, double of_sender, double taken) {
  Findings findings;
  findings.volume("raw", 900, {{"Bank", 500}, {"Sender", 400}});
  for (const auto& [from, to] : {std::pair("Bank", "Sender"), {"Sender", "Bank"}}) {
    const bool is_from_bank = std::string_view(from) == "Bank";
    for (const char* kind : {"mail", "flow"}) {
      Finding& records =
          findings.add("direct_records", std::string(from) + ">" + to, Outcome::found,
                       {{"rows", 20},
                        {"logs_kept_by_from", is_from_bank ? of_bank : of_sender},
                        {"logs_kept_by_to", is_from_bank ? of_sender : of_bank}},
                       kind);
      records.parameters = {{"from", from}, {"to", to}, {"kind", kind}};
    }
    Finding& message = findings.add(
        "direct_records", std::string(from) + ">" + to, Outcome::found,
        {{"rows", 20}, {"taken_by_recipients_server", is_from_bank ? 5 : taken}}, "message");
    message.parameters = {{"from", from}, {"to", to}, {"kind", "message"}};
  }
  return findings;
}

TEST(Missing, WhereBothAskedTheOthersLogIsMissingUntilBothKeptOne) {
  EXPECT_THAT(missing_of(judged(both_ways(1, 1, 5))), Not(Contains("sending_mail_log")));
  EXPECT_THAT(missing_of(judged(both_ways(2, 0, 5))), Contains("sending_mail_log"));
}

TEST(Missing, MailboxesAreThereOnceServersOfBothTookMessages) {
  EXPECT_THAT(missing_of(judged(both_ways(1, 1, 5))), Not(Contains("mailboxes")));
  EXPECT_THAT(missing_of(judged(both_ways(1, 1, 0))), Contains("mailboxes"))
      << "one side's folders hold both ways";
}

TEST(Missing, ACaptureOfTheAskersEdgeIsOneEvidenceOfLookUpsAndFlows) {
  for (const std::uint32_t of_flows : {7U, 8U}) {
    Findings findings = both_ways(1, 1, 5);
    findings.volume("raw", 40, {});
    findings.last().selection.evidences = {7};
    Finding& flows = findings.add("direct_records", "Bank>Sender", Outcome::found, {}, "flow2");
    flows.parameters = {{"from", "Bank"}, {"to", "Sender"}, {"kind", "flow"}};
    flows.selection.evidences = {of_flows};
    const auto words = missing_of(judged(findings));
    EXPECT_EQ(std::count(words.begin(), words.end(), "edge_capture"), of_flows == 7 ? 0 : 1);
  }
}

TEST(ThirdParties, ATimerOfSomebodyElseIsNoSignAgainstMailBetweenTheTwo) {
  for (const char* who : {"Clinic", "Bank"}) {
    Findings findings;
    findings.volume("raw", 900, {{"Bank", 500}, {"Clinic", 400}, {"Sender", 0}});
    findings.add("gap_law", who, Outcome::found,
                 {{"timer_shaped", 1}, {"timer_interval_seconds", 3600}, {"cache_shaped", 1}});
    const auto expected = std::string_view(who) == "Bank" ? std::optional(Direction::weakly_against)
                                                          : std::optional<Direction>();
    const Verdict verdict = judged(findings);
    EXPECT_EQ(leaning(of(verdict, "live_mail_with_checks"), "gap_law"), expected) << who;
    EXPECT_EQ(leaning(of(verdict, "cache_shaping"), "gap_law").has_value(), expected.has_value());
    EXPECT_TRUE(leaning(of(verdict, "edited_log"), "gap_law").has_value())
        << "how the file was made shows in all rows";
  }
}

TEST(ThirdParties, ThatTheyMoveTogetherWithAPartyStaysASign) {
  Findings findings;
  findings.volume("raw", 900, {{"Bank", 500}, {"Clinic", 400}, {"Sender", 0}});
  findings.add("source_sync", "Bank+Clinic", Outcome::found, {});
  EXPECT_EQ(leaning(of(judged(findings), "live_mail_with_checks"), "source_sync"),
            Direction::weakly_for);
}

}  // namespace
}  // namespace assay
