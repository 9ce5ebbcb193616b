// no_contact, no_mail, no_payment, and the rungs that records of other kinds reach.
#include "claim_fixture.h"

namespace assay {
namespace {

using test::answer;
using test::demo_case;
using test::demo_findings;
using ::testing::HasSubstr;

using Quantities = std::initializer_list<std::pair<const char*, double>>;

Finding& direct(test::Findings& findings, const char* from, const char* to, const char* kind,
                Quantities quantities) {
  findings.vantage("");
  Finding& finding = findings.add("direct_records", std::string(from) + ">" + to, Outcome::measured,
                                  quantities, kind);
  finding.parameters = {{"from", from}, {"to", to}, {"kind", kind}};
  return finding;
}

// Records of one kind both ways; the first with these numbers, the way back empty.
FindingSet one_way(const char* kind, Quantities quantities) {
  test::Findings findings = demo_findings();
  direct(findings, "Bank", "Sender", kind, quantities);
  direct(findings, "Sender", "Bank", kind, {{"rows", 0}});
  return findings.set();
}

FindingSet vouched(const char* kind) {
  test::Findings findings = demo_findings();
  direct(findings, "Bank", "Sender", kind, {{"rows", 0}}).absence = test::absence_of(kind);
  direct(findings, "Sender", "Bank", kind, {{"rows", 0}}).absence = test::absence_of(kind);
  return findings.set();
}

CaseFile stated_case() {
  CaseFile file = demo_case();
  file.questions.front().window = test::kWindow;
  for (Party& party : file.parties) {
    party.accounts = {"XX" + party.name};
    party.addresses = {IpPrefix::parse("192.0.2.0/24").value()};
    party.names = {NamePattern::parse("bank.example").value()};
    party.source = "register";
  }
  return file;
}

ClaimAnswer denied(const char* kind, const FindingSet& findings) {
  return answer(kind, {}, {{"parties", {"Bank", "Sender"}}}, findings, stated_case());
}

Verdict judged(const FindingSet& findings, CaseFile file = stated_case()) {
  return judge(file.questions.front(), file, findings);
}

TEST(NoContact, LookUpsSpeakNeitherForNorAgainst) {
  const auto none = denied("no_contact", demo_findings(1).set());
  EXPECT_EQ(none.answer, Answer::not_testable);
  EXPECT_THAT(none.statement, HasSubstr("A look-up is neither contact nor mail"));
  ASSERT_EQ(none.would_test.size(), 1u);
  EXPECT_THAT(none.would_test[0], HasSubstr("flow records at either network's edge"));
}

TEST(NoContact, AnAnsweredFlowContradictsIt) {
  const auto flow = denied("no_contact", one_way("flow", {{"rows", 3}, {"flows_answered", 2}}));
  EXPECT_EQ(flow.answer, Answer::contradicted);
  EXPECT_THAT(
      flow.statement,
      HasSubstr("2 answered flows, by which hosts at addresses of the two exchanged packets "
                "(Bank to Sender)"));
  const auto refused = denied("no_contact", one_way("mail", {{"rows", 1}, {"rejected", 1}}));
  EXPECT_EQ(refused.answer, Answer::contradicted);
  EXPECT_THAT(refused.statement, HasSubstr("1 mail transfer that the server refused"));
}

TEST(NoContact, AForgeableSourceDoesNot) {
  const auto flow = denied("no_contact", one_way("flow", {{"rows", 3}, {"flows_one_way", 3}}));
  EXPECT_EQ(flow.answer, Answer::not_testable);
  EXPECT_THAT(flow.statement, HasSubstr("whose source may be forged"));
  const auto answered = denied("no_contact", one_way("flow", {{"flows_forgeable", 3}}));
  EXPECT_EQ(answered.answer, Answer::not_testable);
  EXPECT_THAT(answered.statement, HasSubstr("no TCP connection was opened"));
  EXPECT_EQ(denied("no_contact", one_way("flow", {{"rows", 3}, {"lookup_flows", 3}})).answer,
            Answer::supported_only_within_these_files);
  const auto from_port_53 =
      denied("no_contact",
             one_way("flow", {{"rows", 1}, {"lookup_flows", 1}, {"lookup_flows_doubtful", 1}}));
  EXPECT_EQ(from_port_53.answer, Answer::not_testable);
  EXPECT_THAT(from_port_53.statement, HasSubstr("port of DNS at the client's end"));
}

TEST(NoMail, IsContradictedByAnAcceptedTransferAlone) {
  EXPECT_EQ(denied("no_mail", one_way("mail", {{"rows", 1}, {"accepted", 1}})).answer,
            Answer::contradicted);
  const auto refused = denied("no_mail", one_way("mail", {{"rows", 1}, {"rejected", 1}}));
  EXPECT_EQ(refused.answer, Answer::not_testable);
  EXPECT_THAT(refused.statement, HasSubstr("did not arrive"));
  const auto forged =
      denied("no_mail", one_way("mail", {{"rows", 0}, {"accepted_by_name_alone", 1}}));
  EXPECT_EQ(forged.answer, Answer::not_testable);
  EXPECT_THAT(forged.statement, HasSubstr("which anybody can write"));
  // Contact and mail are two questions: a flow is no mail.
  EXPECT_EQ(denied("no_mail", one_way("flow", {{"flows_answered", 2}})).answer,
            Answer::not_testable);
}

TEST(NoMail, AHeaderAloneShowsNone) {
  const auto header = denied("no_mail", one_way("message", {{"rows", 2}}));
  EXPECT_EQ(header.answer, Answer::not_testable);
  const auto answered = denied("no_mail", one_way("message", {{"rows", 2}, {"answered", 1}}));
  EXPECT_EQ(answered.answer, Answer::not_testable);
  EXPECT_THAT(answered.statement, HasSubstr("which anybody can write"));
  EXPECT_EQ(denied("no_contact", one_way("message", {{"rows", 2}, {"answered", 1}})).answer,
            Answer::not_testable);
}

TEST(NoMail, IsSupportedByAbsenceBothWaysAndElseWithinTheFiles) {
  EXPECT_EQ(denied("no_mail", vouched("mail")).answer, Answer::supported);
  const auto files = denied("no_mail", one_way("mail", {{"rows", 0}}));
  EXPECT_EQ(files.answer, Answer::supported_only_within_these_files);
  ASSERT_EQ(files.would_test.size(), 1u);
  test::Findings half = demo_findings();
  direct(half, "Bank", "Sender", "mail", {{"rows", 0}}).absence = test::absence_of("mail");
  direct(half, "Sender", "Bank", "mail", {{"rows", 0}});
  EXPECT_EQ(denied("no_mail", half.set()).answer, Answer::supported_only_within_these_files);
}

TEST(NoPayment, NeedsAccountsThatAreStated) {
  const FindingSet none = one_way("payment", {{"rows", 0}});
  const auto unstated =
      answer("no_payment", {}, {{"parties", {"Bank", "Sender"}}}, none, demo_case());
  EXPECT_EQ(unstated.answer, Answer::not_testable);
  EXPECT_THAT(unstated.in_short, HasSubstr("no account of Bank is stated"));
  EXPECT_EQ(denied("no_payment", none).answer, Answer::supported_only_within_these_files);
  EXPECT_EQ(denied("no_payment", one_way("payment", {{"rows", 1}})).answer, Answer::contradicted);
  EXPECT_EQ(denied("no_payment", vouched("payment")).answer, Answer::supported);
  EXPECT_EQ(denied("no_payment", one_way("payment", {{"rows_by_name_alone", 1}})).answer,
            Answer::not_testable);
}

TEST(NoDealings, NeedSomethingThatNamesTheParties) {
  for (const auto& [kind, record] : {std::pair("no_mail", "mail"), {"no_contact", "flow"}}) {
    const auto unnamed = answer(kind, {}, {{"parties", {"Bank", "Sender"}}},
                                one_way(record, {{"rows", 0}}), demo_case());
    EXPECT_EQ(unnamed.answer, Answer::not_testable) << kind;
    EXPECT_THAT(unnamed.in_short, HasSubstr("of Bank is stated"));
  }
}

TEST(NoDealings, NameTwoPartiesOfTheQuestion) {
  const FindingSet findings = one_way("mail", {{"accepted", 1}});
  EXPECT_EQ(answer("no_mail", {}, {{"parties", {"Bank"}}}, findings).answer, Answer::not_testable);
  EXPECT_EQ(answer("no_mail", {}, {{"parties", {"Bank", "Clinic"}}}, findings).answer,
            Answer::not_testable);
  const auto window = answer("no_mail", {{"window", "2020-01-01/2020-02-01"}},
                             {{"parties", {"Bank", "Sender"}}}, findings);
  EXPECT_EQ(window.answer, Answer::not_testable);
}

TEST(Climb, EachRungNeedsItsOwnRecord) {
  const std::pair<FindingSet, Rung> kCases[] = {
      {one_way("flow", {{"rows", 3}, {"flows_one_way", 3}}), Rung::asked_for_a_name},
      {one_way("flow", {{"rows", 3}, {"lookup_flows", 3}}), Rung::asked_for_a_name},
      {one_way("flow", {{"rows", 3}, {"flows_forgeable", 3}}), Rung::asked_for_a_name},
      {one_way("flow", {{"rows", 3}, {"flows_answered", 3}}), Rung::contacted_an_address},
      {one_way("service", {{"rows", 1}}), Rung::asked_for_a_name},
      {one_way("service", {{"rows", 1}, {"sessions_opened", 1}}), Rung::contacted_an_address},
      {one_way("flow", {{"flows_answered", 3}, {"flows_with_service_reply", 1}}),
       Rung::service_answered},
      {one_way("service", {{"rows", 1}, {"sessions_with_service_reply", 1}}),
       Rung::service_answered},
      {one_way("mail", {{"rows", 1}, {"rejected", 1}}), Rung::service_answered},
      {one_way("mail", {{"rows", 1}, {"deferred", 1}}), Rung::asked_for_a_name},
      {one_way("mail", {{"accepted_by_name_alone", 1}}), Rung::asked_for_a_name},
      {one_way("mail", {{"rows", 1}, {"accepted", 1}}), Rung::content_passed},
      {one_way("flow", {{"flows_with_content_both_ways", 1}}), Rung::content_passed},
      {one_way("message", {{"rows", 1}}), Rung::asked_for_a_name},
      {one_way("message", {{"rows", 1}, {"answered", 1}}), Rung::asked_for_a_name},
      {one_way("message", {{"answered", 1}, {"answered_and_one_accepted", 1}}),
       Rung::content_answered},
  };
  for (const auto& [findings, rung] : kCases) {
    const Verdict verdict = judged(findings);
    EXPECT_EQ(verdict.rung, rung) << verdict.rung_statement;
    for (const std::string& id : verdict.rung_findings) EXPECT_NE(findings.by_id(id), nullptr);
  }
}

TEST(Climb, TwoMessagesOfAMailboxThatNoLogKnowsAreASentenceAndNoRung) {
  const Verdict verdict = judged(one_way("message", {{"rows", 1}, {"answered", 1}}));
  EXPECT_THAT(verdict.rung_statement, HasSubstr("which no log of a transfer knows"));
  EXPECT_THAT(verdict.rung_findings, ::testing::Contains(HasSubstr("direct_records/Bank>Sender")));
}

TEST(Climb, AnswersToASourceThatMayBeForgedAreASentenceAndNoRung) {
  const Verdict verdict = judged(one_way("flow", {{"rows", 3}, {"flows_forgeable", 3}}));
  EXPECT_THAT(verdict.rung_statement, HasSubstr("3 flows with packets both ways (Bank to Sender)"));
  EXPECT_THAT(verdict.rung_statement, HasSubstr("Bank's own flow records would tell"));
  EXPECT_THAT(verdict.statement, ::testing::StartsWith("Inconclusive. "));
}

TEST(Climb, NothingInThisVersionAttributesAMessageToAPerson) {
  const FindingSet findings = one_way(
      "message",
      {{"answered", 1}, {"answered_and_one_accepted", 1}, {"answered_and_both_accepted", 1}});
  EXPECT_EQ(judged(findings, demo_case()).rung, Rung::content_answered);
  EXPECT_EQ(judged(findings, stated_case()).rung, Rung::content_answered);  // with a source
}

TEST(Climb, LookUpsStayCitedBelowAndOthersOfTheCaseDoNotCount) {
  const Verdict verdict = judged(one_way("mail", {{"accepted", 3}}));
  EXPECT_THAT(verdict.rung_statement, HasSubstr("3 accepted mail transfers (Bank to Sender)"));
  EXPECT_THAT(verdict.rung_statement, HasSubstr("Below it: Look-ups of "));
  test::Findings clinic = demo_findings();
  direct(clinic, "Clinic", "Sender", "mail", {{"accepted", 3}});
  EXPECT_EQ(judged(clinic.set()).rung, Rung::asked_for_a_name);
}

TEST(Climb, ContactIsAnsweredPlainlyThoughTheCauseIsNot) {
  const Verdict contact = judged(one_way("mail", {{"accepted", 3}}));
  EXPECT_EQ(contact.conclusion, Conclusion::inconclusive);
  EXPECT_THAT(contact.statement,
              ::testing::StartsWith("That the two were in contact is shown by 3 accepted mail "
                                    "transfers (Bank to Sender); what for is not. Inconclusive as "
                                    "to the cause."));
  // An address shows a host: of flows it is not said that the two were in contact.
  EXPECT_THAT(judged(one_way("flow", {{"flows_answered", 3}})).statement,
              ::testing::StartsWith("That hosts at addresses of the two exchanged packets is shown "
                                    "by 3 answered flows (Bank to Sender); who used them, and what "
                                    "for, is not. "));
  EXPECT_THAT(judged(one_way("flow", {{"flows_with_content_both_ways", 1}})).statement,
              ::testing::StartsWith("That hosts at addresses of the two exchanged content"));
  // Look-ups, and messages that no log knows, show none.
  for (const FindingSet& none :
       {demo_findings().set(), one_way("message", {{"rows", 1}, {"answered", 1}})}) {
    EXPECT_THAT(judged(none).statement, ::testing::StartsWith("Inconclusive. "));
  }
}

TEST(FinancialLink, StandsApartFromTheRung) {
  const Verdict paid = judged(one_way("payment", {{"rows", 2}}));
  EXPECT_EQ(paid.rung, Rung::asked_for_a_name);
  EXPECT_THAT(paid.rung_statement, HasSubstr("Financial link: recorded transfer, 2 payments"));
  EXPECT_THAT(judged(vouched("payment")).rung_statement, HasSubstr("Financial link: none"));
  EXPECT_THAT(judged(one_way("payment", {{"rows", 0}})).rung_statement,
              HasSubstr("Financial link: not testable"));
  EXPECT_THAT(judged(demo_findings().set()).rung_statement,
              ::testing::Not(HasSubstr("Financial link")));
}

// Of several rows that tell one payment the finding of payments knows; what others paid on lifts
// nothing.
TEST(ClaimDealings, MoneyIsReadFromPaymentsOncePaidAndNotFromWhatOthersMayHavePaidOn) {
  const auto with = [](Quantities quantities, const char* sums) {
    test::Findings findings = demo_findings();
    direct(findings, "Bank", "Sender", "payment", {{"rows", quantities.begin()->second * 2}});
    Finding& finding = findings.add("payments", "Bank>Sender", Outcome::measured, quantities, "");
    finding.parameters["sums"] = sums;
    return findings.set();
  };
  EXPECT_THAT(judged(with({{"payments", 2}}, "EUR 0.30 in 2 payments")).rung_statement,
              HasSubstr("recorded transfer, 2 payments (Bank to Sender: EUR 0.30 in 2 payments)"));
  EXPECT_THAT(judged(with({{"payments", 0}, {"shared_accounts", 1}}, "")).rung_statement,
              HasSubstr("Financial link: shared instrument"));
  const FindingSet passed_on =
      with({{"payments", 0}, {"payments_maybe_passed_on", 1}, {"payments_to_operators", 3}}, "");
  EXPECT_THAT(judged(passed_on).rung_statement, HasSubstr("Financial link: not testable"));
  EXPECT_THAT(judged(passed_on).rung_statement,
              HasSubstr("1 payment of Bank to others could have gone on to Sender"));
  const ClaimAnswer denial = denied("no_payment", passed_on);
  EXPECT_EQ(denial.answer, Answer::supported_only_within_these_files);
  EXPECT_THAT(denial.statement, HasSubstr("3 payments of Bank went to a third party"));
}

}  // namespace
}  // namespace assay
