// What records above the look-up say together with look-ups. For each sign a scenario in which it
// speaks and one in which it must not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

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
  EXPECT_EQ(leaning(of(verdict, "live_mail_with_checks"), "direct_records"), std::nullopt);
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
  EXPECT_EQ(leaning(of(mixed, "live_mail_with_checks"), "direct_records"), std::nullopt)
      << "half of them only";
}

}  // namespace
}  // namespace assay
