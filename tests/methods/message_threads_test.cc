#include <gmock/gmock.h>

#include "other_toy.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::FieldTexts;
using toy::OtherToy;

constexpr char kClerk[] = "clerk@bank.example", kOffice[] = "office@mail1.sender.example";

struct Box : OtherToy {
  Box() { evidence("message-1", "mbox", {"message"}); }
  void letter(double days, const std::string& from, const std::string& to, const std::string& id,
              const std::string& answers = "", FieldTexts more = {}) {
    FieldTexts fields{{"message_id", "<" + id + ">"}, {"header_from", from}, {"header_to", to}};
    if (!answers.empty()) fields.emplace_back("in_reply_to", "<" + answers + ">");
    fields.insert(fields.end(), more.begin(), more.end());
    row(RecordKind::message, days, "", "", std::move(fields), "bank.example");
  }
  Finding threads() { return one("message_threads", "/all"); }
};

TEST(MessageThreads, CountsAnswersBetweenThePartiesAndHowSoonTheyCame) {
  Box box;
  box.letter(1, kClerk, kOffice, "a@x");
  box.letter(1.5, kOffice, kClerk, "b@x", "a@x");
  box.letter(2, kClerk, kOffice, "c@x", "b@x", {{"references", "<a@x>"}, {"references", "<b@x>"}});
  box.letter(3, kClerk, "friend@other.example", "d@x", "c@x");
  const Finding finding = box.threads();
  EXPECT_EQ(finding.outcome, Outcome::found);
  EXPECT_EQ(finding.value_or("replies", 0), 3);
  EXPECT_EQ(finding.value_or("cross_replies", 0), 2);
  EXPECT_EQ(finding.value_or("longest_exchange", 0), 3);
  EXPECT_EQ(finding.value_or("threads", 0), 1);
  EXPECT_EQ(finding.value_or("threads_of_both_parties", 0), 1);
  EXPECT_EQ(finding.value_or("cross_reply_delay_seconds_median", 0), 43'200);
  EXPECT_EQ(finding.value_or("replies_to_missing", -1), 0);
  EXPECT_EQ(finding.table("replies_between_parties")->rows.size(), 2u);
}

TEST(MessageThreads, ASubjectIsNoThread) {
  Box box;
  box.letter(1, kClerk, kOffice, "a@x", "", {{"subject", "Order"}});
  box.letter(2, kOffice, kClerk, "b@x", "", {{"subject", "Re: Order"}});
  const Finding finding = box.threads();
  EXPECT_EQ(finding.outcome, Outcome::nothing_found);
  EXPECT_EQ(finding.value_or("threads", -1), 0);
  EXPECT_EQ(finding.value_or("replies", -1), 0);
  EXPECT_EQ(finding.value_or("reply_by_subject_alone", 0), 1);
}

// The harmless cases that look like an exchange: a vacation notice, one's own follow-up, an answer
// to what was sent to somebody else.
TEST(MessageThreads, NoticesFollowUpsAndAnswersOfThirdsAreNoExchange) {
  Box box;
  box.letter(1, kClerk, kOffice, "a@x");
  box.letter(1.1, kOffice, kClerk, "n@x", "a@x", {{"raw", "Auto-Submitted: auto-replied"}});
  box.letter(2, kClerk, kOffice, "b@x", "a@x");
  box.letter(3, kClerk, "friend@other.example", "c@x");
  box.letter(4, kOffice, kClerk, "d@x", "c@x");
  const Finding finding = box.threads();
  EXPECT_EQ(finding.outcome, Outcome::nothing_found);
  EXPECT_EQ(finding.value_or("replies", 0), 3);
  EXPECT_EQ(finding.value_or("automatic_replies", 0), 1);
  EXPECT_EQ(finding.value_or("cross_replies", -1), 0);
}

TEST(MessageThreads, TellsWhatIsMissingAndWhetherALogSawIt) {
  Box box;
  box.letter(1, kOffice, kClerk, "b@x", "gone@x");
  box.letter(2, kOffice, kClerk, "c@x", "", {{"references", "<seen@x>"}});
  box.evidence("mail-1", "postfix_log", {"mail"});
  box.row(RecordKind::mail, 0.5, "198.51.100.9", "", {{"message_id", "<seen@x>"}});
  const Finding finding = box.threads();
  EXPECT_EQ(finding.value_or("replies_to_missing", 0), 2);
  EXPECT_EQ(finding.value_or("missing_with_a_transfer", 0), 1);
  EXPECT_EQ(finding.value_or("threads_with_a_missing_message", 0), 2);
  EXPECT_EQ(finding.value_or("threads", -1), 0);
}

// The clerk's own copy of what is answered is gone; the office's mailbox has it.
TEST(MessageThreads, TellsAnAnswerWhoseParentOnlyAnotherMailboxHolds) {
  Box box;
  box.letter(2, kClerk, kOffice, "b@x", "a@x");
  box.evidence("message-2", "mbox", {"message"});
  box.letter(1, kOffice, kClerk, "a@x");
  const Finding apart = box.threads();
  EXPECT_EQ(apart.value_or("cross_replies", 0), 1);
  EXPECT_EQ(apart.value_or("parent_only_elsewhere", 0), 1);
  box.letter(2, kClerk, kOffice, "b@x", "a@x");
  const Finding beside = box.threads();
  EXPECT_EQ(beside.value_or("cross_replies", 0), 1);
  EXPECT_EQ(beside.value_or("parent_only_elsewhere", -1), 0);
}

TEST(MessageThreads, OddLinksAreCountedAndNeverGoInCircles) {
  Box box;
  box.letter(1, kClerk, kOffice, "a@x", "c@x");
  box.letter(2, kOffice, kClerk, "b@x", "a@x");
  box.letter(3, kClerk, kOffice, "c@x", "b@x");  // closes a circle
  box.letter(0.5, kOffice, kClerk, "d@x", "b@x");
  box.letter(4, kClerk, kOffice, "e@x");
  box.letter(5, kClerk, kOffice, "f@x", "y@x", {{"references", "<a@x>"}, {"references", "<e@x>"}});
  box.letter(6, kClerk, kOffice, "g@x", "g@x");  // itself
  const Finding finding = box.threads();
  EXPECT_EQ(finding.value_or("loops", 0), 1);
  EXPECT_EQ(finding.value_or("dated_before_what_it_answers", 0), 2);
  EXPECT_EQ(finding.value_or("names_several_parents", 0), 1);
  EXPECT_EQ(finding.value_or("linked_by_others_alone", 0), 1);
}

TEST(MessageThreads, AThousandAnswersToAnswersEndAtALimitThatIsSaid) {
  Box box;
  for (int i = 1; i < 1'300; ++i) {
    box.letter(i / 100.0, kClerk, kOffice, std::to_string(i) + "@x", std::to_string(i - 1) + "@x");
  }
  const Finding finding = box.threads();
  EXPECT_GT(finding.value_or("replies", 0), 1'000);
  bool is_said = false;
  for (const auto& each : finding.limitations) is_said |= each.find("a limit") != each.npos;
  EXPECT_TRUE(is_said);
}

TEST(MessageThreads, WithoutAMailboxItAsksForOne) {
  OtherToy toy;
  const Finding finding = toy.one("message_threads", "/all");
  EXPECT_EQ(finding.outcome, Outcome::not_applicable);
  EXPECT_THAT(finding.statement, HasSubstr("a mailbox"));
}

}  // namespace
}  // namespace assay
