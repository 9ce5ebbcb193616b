// Claims about servers and names, from records through the methods to the answer.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../methods/other_toy.h"
#include "assay/verdict.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::OtherToy;

constexpr char kSender[] = "198.51.100.9";

ClaimAnswer answer(OtherToy& toy) {
  std::vector<Finding> findings;
  for (const char* method : {"acceptance_policy", "dormancy", "registrations"}) {
    for (Finding& finding : toy.run(method)) findings.push_back(std::move(finding));
  }
  const FindingSet set(std::move(findings));
  const auto answers = answer_claims(toy.file().questions.front(), toy.file(), set);
  EXPECT_EQ(answers.size(), 1u);
  for (const std::string& id : answers.front().findings) EXPECT_NE(set.by_id(id), nullptr) << id;
  if (answers.front().answer == Answer::not_testable) {
    EXPECT_FALSE(answers.front().would_test.empty());
  }
  return answers.front();
}

// --- accepts_only ---

void logged_allow_list(OtherToy& toy, bool is_complete) {
  Evidence& log = toy.evidence("mail-1", "postfix_log", {"mail"});
  if (is_complete) OtherToy::cover(log, 0, 30);
  for (int k = 0; k < 5; ++k) {
    toy.logged(5 * k + 0.5, "mx1", kSender, true);
    toy.logged(5 * k + 0.6, "mx1", fmt::format("203.0.{}.7", k), false);
  }
}

TEST(ClaimAcceptsOnly, TheServersCompleteLogSupportsIt) {
  OtherToy toy;
  toy.claim("accepts_only", {{"party", "Bank"}}, {{"askers", {kSender}}});
  logged_allow_list(toy, true);
  EXPECT_EQ(answer(toy).answer, Answer::supported);
}

TEST(ClaimAcceptsOnly, WithoutCoverageItHoldsWithinTheFilesAlone) {
  OtherToy toy;
  toy.claim("accepts_only", {{"party", "Bank"}}, {{"askers", {"Sender"}}});
  logged_allow_list(toy, false);
  const ClaimAnswer said = answer(toy);
  EXPECT_EQ(said.answer, Answer::supported_only_within_these_files);
  EXPECT_FALSE(said.would_test.empty());
}

TEST(ClaimAcceptsOnly, OneOtherThatIsLetInContradicts) {
  OtherToy toy;
  toy.claim("accepts_only", {{"party", "Bank"}}, {{"askers", {"198.51.100.0/24"}}});
  logged_allow_list(toy, true);
  toy.logged(29, "mx1", "203.0.113.77", true);
  const ClaimAnswer said = answer(toy);
  EXPECT_EQ(said.answer, Answer::contradicted);
  EXPECT_THAT(said.statement, HasSubstr("203.0.113.77"));
}

TEST(ClaimAcceptsOnly, AMessageWithoutAToldClientKeepsItFromBeingShown) {
  OtherToy toy;
  toy.claim("accepts_only", {{"party", "Bank"}}, {{"askers", {kSender}}});
  logged_allow_list(toy, true);
  toy.logged(3, "mx1", "", true);
  EXPECT_EQ(answer(toy).answer, Answer::supported_only_within_these_files);
}

TEST(ClaimAcceptsOnly, RefusedProbesAloneTestNothing) {
  for (const int code : {521, 554, 421}) {
    OtherToy toy;
    toy.claim("accepts_only", {{"party", "Sender"}}, {{"askers", {"Bank"}}});
    toy.evidence("mail-1", "pcap_dns", {"service"});
    for (int k = 0; k < 50; ++k) toy.banner(k % 30, fmt::format("203.0.{}.7", k), kSender, code);
    const ClaimAnswer said = answer(toy);
    EXPECT_EQ(said.answer, Answer::not_testable) << code;
    EXPECT_THAT(said.in_short, HasSubstr("50 of 50 others refused (at most 5.82 %"));
    EXPECT_THAT(said.would_test.front(), HasSubstr("configuration"));
  }
}

TEST(ClaimAcceptsOnly, FromOutsideAPositiveControlIsStillNotAList) {
  OtherToy toy;
  toy.claim("accepts_only", {}, {{"askers", {"Bank"}}});
  toy.evidence("mail-1", "pcap_dns", {"mail", "service"});
  toy.mail(1, "192.0.2.25", kSender, 250, "data");
  for (int k = 0; k < 9; ++k) toy.banner(k, fmt::format("203.0.{}.7", k), kSender, 554);
  EXPECT_EQ(answer(toy).answer, Answer::not_testable);
}

// Bank's own log of a message that Sender's server took.
void delivered(OtherToy& toy, const std::string& host, double day, int code) {
  toy.row(RecordKind::mail, day, "", kSender,
          {{"host", host},
           {"queue_id", "4F5C"},
           {"status", code < 300 ? "sent" : "bounced"},
           {"direction", "out"},
           {"recipient", "x@sender.example"}})
      .row.code = static_cast<std::uint16_t>(code);
}

Answer of_delivery(const std::string& host, const std::vector<std::string>& askers) {
  OtherToy toy;
  toy.claim("accepts_only", {{"party", "Sender"}}, {{"askers", askers}});
  toy.evidence("mail-1", "postfix_log", {"mail"});
  delivered(toy, host, 3, 250);
  return answer(toy).answer;
}

TEST(ClaimAcceptsOnly, TheNamedAskersOwnLogDoesNotContradict) {
  EXPECT_EQ(of_delivery("bank.example", {"Bank"}), Answer::not_testable);
  EXPECT_EQ(of_delivery("bank.example", {"Sender"}), Answer::contradicted);  // the control
}

TEST(ClaimAcceptsOnly, AnAskerThatNobodyCanTellNeverContradicts) {
  EXPECT_EQ(of_delivery("mx7", {"Bank"}), Answer::not_testable);                 // whose log?
  EXPECT_EQ(of_delivery("bank.example", {"192.0.2.25"}), Answer::not_testable);  // which host?
  OtherToy toy;
  toy.claim("accepts_only", {{"party", "Sender"}}, {{"askers", {"Bank"}}});
  toy.evidence("mail-1", "pcap_dns", {"mail"});
  toy.mail(1, "", kSender, 250, "data");
  EXPECT_EQ(answer(toy).answer, Answer::not_testable);
}

TEST(ClaimAcceptsOnly, WhatALogHandsOnSaysNotWhoseItIs) {
  OtherToy toy;
  toy.claim("accepts_only", {{"party", "Sender"}}, {{"askers", {"203.0.113.0/24"}}});
  toy.evidence("mail-1", "postfix_log", {"mail"});
  for (int day = 1; day < 5; ++day) {
    delivered(toy, "mx7", day, 250);
    OtherRow& row = toy.others().rows.back();
    row.client = *IpAddress::parse("192.0.2.25");  // Bank's own host hands mail to its relay
    row.row.client = 9;
    row.name = "sender.example";
    row.name_party = 1;
  }
  EXPECT_EQ(answer(toy).answer, Answer::not_testable);
}

TEST(ClaimAcceptsOnly, AHopInsideTheServersPartyIsNoOtherAsker) {
  OtherToy toy;
  toy.claim("accepts_only", {{"party", "Bank"}}, {{"askers", {kSender}}});
  logged_allow_list(toy, true);
  toy.evidence("mail-2", "pcap_smtp", {"mail"});
  toy.mail(2, "192.0.2.25", "192.0.2.26", 250, "data");
  EXPECT_EQ(answer(toy).answer, Answer::supported);        // by its own log, which has no such hop
  toy.mail(3, "203.0.113.77", "192.0.2.26", 250, "data");  // the control
  EXPECT_EQ(answer(toy).answer, Answer::contradicted);
}

// An outer exchanger that takes mail from everybody and hands it on hides who asked.
TEST(ClaimAcceptsOnly, AHopOfItsOwnPartyInItsCompleteLogKeepsItFromBeingShown) {
  for (const bool is_named : {false, true}) {
    OtherToy toy;
    std::vector<std::string> askers{kSender};
    if (is_named) askers.emplace_back("192.0.2.30");
    toy.claim("accepts_only", {{"party", "Bank"}}, {{"askers", askers}});
    logged_allow_list(toy, true);
    for (int k = 0; k < 20; ++k) toy.logged(k + 0.2, "mx1", "192.0.2.30", true);
    const ClaimAnswer said = answer(toy);
    EXPECT_EQ(said.answer,
              is_named ? Answer::supported : Answer::supported_only_within_these_files);
    EXPECT_EQ(said.statement.find("There was no accepted session") != std::string::npos, is_named);
    EXPECT_EQ(said.statement.find("other hosts of its own party") == std::string::npos, is_named);
  }
}

TEST(ClaimAcceptsOnly, WithoutAnyMailRecordItSaysWhichIsNeeded) {
  OtherToy toy;
  toy.claim("accepts_only", {}, {{"askers", {"Bank"}}});
  EXPECT_EQ(answer(toy).answer, Answer::not_testable);
}

// --- unused_since ---

void flow(OtherToy& toy, double day, bool is_answered) {
  RecordRow& row = toy.row(RecordKind::flow, day, "203.0.113.1", kSender).row;
  row.packets_sent = 3;
  row.packets_received = is_answered ? 4 : 0;
}

TEST(ClaimUnusedSince, OneSignOfUseContradicts) {
  OtherToy toy;
  toy.claim("unused_since", {{"party", "Sender"}, {"date", "2021-05-10"}});
  toy.evidence("flow-1", "zeek_conn", {"flow"});
  flow(toy, 9, true);
  EXPECT_EQ(answer(toy).answer, Answer::contradicted);
}

TEST(ClaimUnusedSince, AScanIsNoUse) {
  OtherToy toy;
  toy.claim("unused_since", {{"party", "Sender"}, {"date", "2021-05-10"}});
  toy.evidence("flow-1", "zeek_conn", {"flow"});
  flow(toy, 9, false);
  EXPECT_EQ(answer(toy).answer, Answer::not_testable);
}

TEST(ClaimUnusedSince, WhatAForgerCanMakeDecidesNothing) {
  for (const bool is_hop : {false, true}) {
    OtherToy toy;
    toy.claim("unused_since", {{"party", "Sender"}, {"date", "2021-05-10"}},
              {{"records", {"flow-1"}}});
    OtherToy::cover(toy.evidence("flow-1", "zeek_conn", {"flow"}), 0, 30);
    if (is_hop) {
      toy.row(RecordKind::hop, 9, "", "", {{"hop_from_address", kSender}});
    } else {
      toy.row(RecordKind::flow, 9, kSender, "192.0.2.25").row.packets_sent = 3;
    }
    const ClaimAnswer said = answer(toy);
    EXPECT_EQ(said.answer, Answer::not_testable);
    EXPECT_THAT(said.in_short, HasSubstr("may be forged"));
  }
}

TEST(ClaimUnusedSince, TheHostsOwnCompleteFlowsSupportIt) {
  OtherToy toy;
  toy.claim("unused_since", {{"party", "Sender"}, {"date", "2021-05-10"}},
            {{"records", {"flow-1"}}});
  OtherToy::cover(toy.evidence("flow-1", "zeek_conn", {"flow"}), 0, 30);
  flow(toy, 2, true);
  EXPECT_EQ(answer(toy).answer, Answer::supported);
}

TEST(ClaimUnusedSince, ItsMailLogAloneSpeaksOfMailAlone) {
  OtherToy toy;
  toy.claim("unused_since", {{"party", "Sender"}, {"date", "2021-05-10"}},
            {{"records", {"mail-1"}}});
  OtherToy::cover(toy.evidence("mail-1", "postfix_log", {"mail"}), 0, 30);
  EXPECT_EQ(answer(toy).answer, Answer::supported_only_within_these_files);
}

TEST(ClaimUnusedSince, CoverageThatEndsEarlySupportsNothing) {
  OtherToy toy;
  toy.claim("unused_since", {{"party", "Sender"}, {"date", "2021-05-10"}},
            {{"records", {"flow-1"}}});
  OtherToy::cover(toy.evidence("flow-1", "zeek_conn", {"flow"}), 0, 20);
  EXPECT_EQ(answer(toy).answer, Answer::not_testable);
}

TEST(ClaimUnusedSince, ASignWithinAVagueDateDecidesNothing) {
  OtherToy toy;
  toy.claim("unused_since", {{"party", "Sender"}, {"date", "2021-05"}});
  toy.evidence("flow-1", "zeek_conn", {"flow"});
  flow(toy, 9, true);
  EXPECT_EQ(answer(toy).answer, Answer::not_testable);
}

TEST(ClaimUnusedSince, ANameIsFollowedToTheAddressThatAZoneGivesIt) {
  OtherToy toy;
  toy.others().addresses = {{"mail1.sender.example", *IpAddress::parse(kSender), {}, {1}}};
  toy.claim("unused_since", {{"name", "mail1.sender.example"}, {"date", "2010"}});
  toy.evidence("flow-1", "zeek_conn", {"flow"});
  flow(toy, 9, true);
  EXPECT_EQ(answer(toy).answer, Answer::contradicted);
}

ClaimAnswer idle_since_2010(OtherToy& toy, std::map<std::string, std::string> fields,
                            std::map<std::string, std::vector<std::string>> lists = {}) {
  OtherToy::cover(toy.evidence("flow-1", "zeek_conn", {"flow"}), -4200, 30);
  fields.emplace("date", "2010");
  lists.emplace("records", std::vector<std::string>{"flow-1"});
  toy.claim("unused_since", std::move(fields), std::move(lists));
  return answer(toy);
}

TEST(ClaimUnusedSince, AWindowThatBeginsAfterTheDateShowsNoSilence) {
  OtherToy toy;
  const ClaimAnswer late = idle_since_2010(toy, {{"party", "Sender"}});
  EXPECT_EQ(late.answer, Answer::not_testable);
  EXPECT_THAT(late.in_short, testing::HasSubstr("window begins after that date"));
  OtherToy whole;
  whole.file().questions.front().window->begin_us = OtherToy::at(-4200);
  EXPECT_EQ(idle_since_2010(whole, {{"party", "Sender"}}).answer, Answer::supported);
}

TEST(ClaimUnusedSince, AHostWithoutAnAddressIsSaidToBeSoBeforeAllElse) {
  OtherToy toy;  // its window begins after 2010, too
  const ClaimAnswer said = idle_since_2010(toy, {{"name", "mail1.sender.example"}});
  EXPECT_EQ(said.answer, Answer::not_testable);
  EXPECT_THAT(said.in_short, HasSubstr("no address of it is known"));
  EXPECT_THAT(said.would_test.front(), HasSubstr("the host's address"));
}

TEST(ClaimUnusedSince, AWindowThatEndsBeforeTheDateShowsNothing) {
  OtherToy toy;
  OtherToy::cover(toy.evidence("flow-1", "zeek_conn", {"flow"}), 0, 30);
  toy.claim("unused_since", {{"party", "Sender"}, {"date", "2030"}}, {{"records", {"flow-1"}}});
  EXPECT_EQ(answer(toy).answer, Answer::not_testable);
}

TEST(ClaimUnusedSince, AHostWithoutAKnownAddressShowsNoSilence) {
  OtherToy toy;
  toy.file().questions.front().window->begin_us = OtherToy::at(-4200);
  const ClaimAnswer unknown = idle_since_2010(toy, {{"name", "mail9.else.example"}});
  EXPECT_EQ(unknown.answer, Answer::not_testable);
  EXPECT_THAT(unknown.in_short, testing::HasSubstr("no address of it is known"));
  OtherToy half;
  half.file().questions.front().window->begin_us = OtherToy::at(-4200);
  EXPECT_EQ(idle_since_2010(half, {}, {{"addresses", {"198.51.100.77", "198.51.100.0/28"}}}).answer,
            Answer::not_testable);
}

// --- registered_to, controlled_by ---

void whois(OtherToy& toy, double day, const char* who, const char* source) {
  toy.whois(day, "sender.example",
            {{"registrant_organization", who}, {"domain", "sender.example"}, {"source", source}});
}

Answer registered(OtherToy& toy, const char* date = "2021-05-06") {
  toy.claim("registered_to",
            {{"name", "mail1.sender.example"}, {"holder", "Sender Limited"}, {"date", date}});
  return answer(toy).answer;
}

TEST(ClaimRegisteredTo, TheRegistrysRecordOfThatDaySupportsIt) {
  OtherToy toy;
  toy.evidence("file-1", "whois_text", {"registration"}).vantage = Vantage::registry;
  whois(toy, 2, "SENDER LTD", "whois.a.example");
  EXPECT_EQ(registered(toy), Answer::supported);
}

TEST(ClaimRegisteredTo, AnEMailAddressOrAPersonAloneTellsNoOrganisation) {
  const auto of_field = [](const char* field, const char* value) {
    OtherToy toy;
    toy.evidence("file-1", "whois_text", {"registration"});
    toy.whois(2, "sender.example",
              {{field, value}, {"domain", "sender.example"}, {"source", "whois.a.example"}});
    return registered(toy);
  };
  EXPECT_EQ(of_field("registrant_email", "hostmaster@sender.example"), Answer::not_testable);
  EXPECT_EQ(of_field("registrant_name", "A Person"), Answer::not_testable);
  EXPECT_EQ(of_field("registrant_name", "Sender"), Answer::supported_only_within_these_files);
  EXPECT_EQ(of_field("registrant_name", "Other GmbH"), Answer::contradicted);
  EXPECT_EQ(of_field("registrant_organization", "Other"), Answer::contradicted);
}

TEST(ClaimRegisteredTo, AnybodysCopyHoldsWithinTheFiles) {
  OtherToy toy;
  toy.evidence("file-1", "whois_text", {"registration"});
  whois(toy, 2, "Sender Ltd", "whois.a.example");
  EXPECT_EQ(registered(toy), Answer::supported_only_within_these_files);
}

TEST(ClaimRegisteredTo, TheSameBeforeAndAfterReachesTheDate) {
  OtherToy toy;
  toy.evidence("file-1", "whois_text", {"registration"});
  whois(toy, 1, "Sender Ltd", "whois.a.example");
  whois(toy, 9, "Sender Ltd", "whois.a.example");
  EXPECT_EQ(registered(toy), Answer::supported_only_within_these_files);
}

TEST(ClaimRegisteredTo, AnotherRegistrantContradicts) {
  OtherToy toy;
  toy.evidence("file-1", "whois_text", {"registration"});
  whois(toy, 2, "Other GmbH", "whois.a.example");
  EXPECT_EQ(registered(toy), Answer::contradicted);
}

TEST(ClaimRegisteredTo, IsOpenWhereSourcesCannotDecide) {
  const auto open = [](auto&& add) {
    OtherToy toy;
    toy.evidence("file-1", "whois_text", {"registration"});
    add(toy);
    EXPECT_EQ(registered(toy), Answer::not_testable);
  };
  open([](OtherToy& toy) {  // two sources that disagree
    whois(toy, 2, "Sender Ltd", "whois.a.example");
    whois(toy, 2, "Other GmbH", "whois.b.example");
  });
  open([](OtherToy& toy) { whois(toy, 2, "REDACTED FOR PRIVACY", "whois.a.example"); });
  open([](OtherToy& toy) { whois(toy, 2, "A Privacy Proxy, Inc", "whois.a.example"); });
  open([](OtherToy& toy) { whois(toy, 20, "Sender Ltd", "whois.a.example"); });  // later
  open([](OtherToy& toy) { whois(toy, -1, "Sender Ltd", "whois.a.example"); });  // no time
  open([](OtherToy& toy) { whois(toy, 2, "Sender Holding Ltd", "whois.a.example"); });
  open([](OtherToy& toy) {  // one source, within one day
    whois(toy, 2.1, "Sender Ltd", "whois.a.example");
    whois(toy, 2.6, "Other GmbH", "whois.a.example");
  });
  open([](OtherToy&) {});
}

TEST(ClaimControlledBy, RolesOnPaperNeverShowControl) {
  OtherToy toy;
  toy.evidence("file-1", "whois_text", {"registration"}).vantage = Vantage::registry;
  toy.whois(2, "sender.example",
            {{"registrant_organization", "Sender Ltd"},
             {"admin_organization", "Sender Ltd"},
             {"registrar", "A Registrar"},
             {"name_server", "ns1.hosting.example"},
             {"domain", "sender.example"}});
  toy.ptr(2, kSender, "mail1.sender.example");
  toy.others().addresses = {{"mail1.sender.example", *IpAddress::parse(kSender), {}, {1}}};
  toy.claim("controlled_by", {{"name", "mail1.sender.example"}, {"holder", "Sender Ltd"}});
  const ClaimAnswer said = answer(toy);
  EXPECT_EQ(said.answer, Answer::not_testable);
  EXPECT_EQ(said.in_short, "2 of 5 recorded roles carry that name; a role on paper is no control");
  EXPECT_THAT(said.statement, HasSubstr("name servers of sender.example: 'ns1.hosting.example'"));
  EXPECT_THAT(said.statement, HasSubstr("reverse name of 198.51.100.9"));
}

}  // namespace
}  // namespace assay
