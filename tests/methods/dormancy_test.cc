#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "other_toy.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::OtherToy;

constexpr char kSender[] = "198.51.100.9";

void flow(OtherToy& toy, double day, const std::string& client, const std::string& server,
          bool is_answered) {
  RecordRow& row = toy.row(RecordKind::flow, day, client, server).row;
  row.packets_sent = 3;
  row.packets_received = is_answered ? 4 : 0;
}

void state_edges(OtherToy& toy, std::vector<std::string> edges) {
  for (Party& party : toy.file().parties) {
    if (party.name == "Sender") party.edges = edges;
  }
}

Evidence& own_flows(OtherToy& toy, double to) {
  Evidence& flows = toy.evidence("flow-1", "zeek_conn", {"flow"});
  OtherToy::cover(flows, 0, to);
  flows.vantage = Vantage::passive_sensor;
  flows.received_from = "Sender";
  state_edges(toy, {"flow-1"});
  return flows;
}

double vouched_days(const Finding& finding) {
  return (finding.value_or("vouched_until_unix_s", 0) - finding.value_or("last_sign_unix_s", 0)) /
         86'400;
}

TEST(Dormancy, TellsFirstAndLastSignOfEachKind) {
  OtherToy toy;
  own_flows(toy, 20);
  flow(toy, 2, "203.0.113.1", kSender, true);
  flow(toy, 9, kSender, "192.0.2.25", true);
  flow(toy, 25, "203.0.113.1", kSender, false);  // a scan that nothing answers
  const Finding finding = toy.one("dormancy", "Sender");
  EXPECT_EQ(finding.outcome, Outcome::measured);
  EXPECT_EQ(finding.value_or("flows_and_sessions", 0), 2);
  EXPECT_EQ(finding.value_or("unanswered_flows_to_it", 0), 1);
  EXPECT_EQ(finding.parameters.at("first_sign"), "2021-05-06T00:00:00Z");
  EXPECT_EQ(finding.parameters.at("last_sign"), "2021-05-13T00:00:00Z");
  EXPECT_THAT(finding.statement, HasSubstr("flow-1 until 2021-05-24"));
}

// Which names are verified is decided where addresses are learnt, for all methods.
TEST(Dormancy, AnAddressThatItsNameHadIsTheHosts) {
  const auto mail_signs = [](const std::string& client, const char* field) {
    OtherToy toy;
    toy.evidence("mail-1", "postfix_log", {"mail"});
    toy.row(RecordKind::mail, 5, client, "192.0.2.25", {{field, "mail1.sender.example"}});
    const IpAddress known = *IpAddress::parse("203.0.113.77");
    const IpAddress stated = *IpAddress::parse("192.0.2.9");  // as Bank's
    toy.others().addresses = {{"mail1.sender.example", known, {}, {1}},
                              {"mail1.sender.example", stated, {}, {1}}};
    return toy.one("dormancy", "Sender").value_or("mail", 0);
  };
  EXPECT_EQ(mail_signs("203.0.113.77", "client_name"), 1);
  EXPECT_EQ(mail_signs("203.0.113.78", "client_name"), 0);
  EXPECT_EQ(mail_signs("203.0.113.78", "helo"), 0);
  EXPECT_EQ(mail_signs("192.0.2.9", "client_name"), 0);
}

TEST(Dormancy, AScanAndARegistrationAreNoSignOfUse) {
  OtherToy toy;
  toy.evidence("flow-1", "zeek_conn", {"flow", "registration"});
  flow(toy, 5, "203.0.113.1", kSender, false);
  toy.ptr(6, kSender, "mail1.sender.example");
  const Finding finding = toy.one("dormancy", "Sender");
  EXPECT_EQ(finding.outcome, Outcome::not_enough);
  EXPECT_EQ(finding.value_or("signs_of_use", -1), 0);
  EXPECT_THAT(finding.statement, HasSubstr("no sign of use"));
}

TEST(Dormancy, PacketsOneWayAndReceivedFieldsAreDoubtful) {
  OtherToy toy;
  toy.evidence("flow-1", "zeek_conn", {"flow", "hop"});
  flow(toy, 5, kSender, "192.0.2.25", false);
  RecordRow& answer = toy.row(RecordKind::flow, 6, "192.0.2.25", kSender).row;
  answer.packets_received = 2;  // the way back alone
  toy.row(RecordKind::hop, 7, "", "", {{"hop_from_address", kSender}});
  const Finding finding = toy.one("dormancy", "Sender");
  EXPECT_EQ(finding.outcome, Outcome::not_enough);
  EXPECT_EQ(finding.value_or("signs_of_use", -1), 0);
  EXPECT_EQ(finding.value_or("one_way_flows_from_it", -1), 2);
  EXPECT_EQ(finding.value_or("messages", -1), 1);
}

TEST(Dormancy, SilenceReachesNoFurtherThanCoverage) {
  OtherToy toy;
  toy.evidence("flow-1", "zeek_conn", {"flow"});
  flow(toy, 2, kSender, "192.0.2.25", true);
  EXPECT_THAT(toy.one("dormancy", "Sender").statement, HasSubstr("Nobody vouches"));
}

TEST(Dormancy, AllFlowsOfItsOwnNetworkVouch) {
  OtherToy toy;
  own_flows(toy, 20);
  flow(toy, 2, "203.0.113.1", kSender, true);
  EXPECT_NEAR(vouched_days(toy.one("dormancy", "Sender")), 18, 0.01);
}

TEST(Dormancy, FlowsOfOneOfTwoEdgesVouchForNothing) {
  using Edges = std::vector<std::string>;
  for (const Edges& edges : {Edges{}, Edges{"flow-1", "the second line"}}) {
    OtherToy toy;
    own_flows(toy, 20);
    state_edges(toy, edges);
    flow(toy, 2, "203.0.113.1", kSender, true);
    const Finding finding = toy.one("dormancy", "Sender");
    EXPECT_NEAR(vouched_days(finding), 0, 0.01);
    EXPECT_THAT(finding.statement, HasSubstr(edges.empty() ? "'edges'" : "the second line"));
  }
}

// One edge's log, rotated on day 10 and on day 15.
TEST(Dormancy, PiecesOfARotatedLogVouchTogether) {
  enum class Flaw { none, gap, overlap, format, giver, exporter, rejects };
  const auto vouched = [](Flaw flaw) {
    OtherToy toy;
    state_edges(toy, {"flow-1"});
    const double ends[] = {0, 10, 15, 20};
    for (int piece = 0; piece < 3; ++piece) {
      const bool is_flawed = piece == 2;
      Evidence& log =
          toy.evidence("flow-" + std::to_string(piece + 1),
                       flaw == Flaw::format && is_flawed ? "netflow_csv" : "zeek_conn", {"flow"});
      const double shift = !is_flawed              ? 0
                           : flaw == Flaw::gap     ? 0.1
                           : flaw == Flaw::overlap ? -1
                                                   : 0;
      OtherToy::cover(log, ends[piece] + shift, ends[piece + 1]);
      log.vantage = Vantage::passive_sensor;
      log.received_from = flaw == Flaw::giver && is_flawed ? "Clinic" : "Sender";
      const bool has_row = piece == 0 || (flaw == Flaw::exporter && piece == 2);
      log.kinds["flow"] = has_row ? 1 : 0;
      log.span = log.coverage.intervals.front();
      if (flaw == Flaw::rejects && is_flawed) log.balance.rejected = 1;
      if (piece == 0) flow(toy, 2, "203.0.113.1", kSender, true);
      if (flaw == Flaw::exporter && piece != 1) {
        toy.row(RecordKind::flow, 1, kSender, "192.0.2.1",
                {{"exporter", piece == 0 ? "198.51.100.1" : "198.51.100.2"}})
            .row.packets_sent = 1;
        toy.others().rows.back().row.packets_received = 1;
      }
    }
    return vouched_days(toy.one("dormancy", "Sender"));
  };
  EXPECT_NEAR(vouched(Flaw::none), 18, 0.01);
  for (const Flaw flaw :
       {Flaw::gap, Flaw::overlap, Flaw::format, Flaw::giver, Flaw::exporter, Flaw::rejects}) {
    EXPECT_NEAR(vouched(flaw), 13, 0.01) << static_cast<int>(flaw);
  }
}

// Clinic's log holds what Sender had to do with Clinic; Bank's edge sees the flows of Bank.
TEST(Dormancy, CompleteRecordsOfOthersAndItsMailAloneVouchForNothing) {
  for (const char* from : {"Clinic", "Bank", ""}) {
    for (const bool is_mail : {true, false}) {
      OtherToy toy;
      Evidence& log = is_mail ? toy.evidence("mail-1", "postfix_log", {"mail"})
                              : toy.evidence("flow-1", "zeek_conn", {"flow"});
      OtherToy::cover(log, 0, 30);
      log.vantage = is_mail ? Vantage::mail_server : Vantage::passive_sensor;
      log.received_from = from;
      for (int k = 0; k < 12; ++k) {
        is_mail ? toy.logged(0.1 * k, "mx.clinic.example", kSender, true, "clinic.example")
                : flow(toy, 0.1 * k, kSender, "192.0.2." + std::to_string(1 + k % 3), true);
      }
      const Finding finding = toy.one("dormancy", "Sender");
      EXPECT_NEAR(vouched_days(finding), 0, 0.01) << from << is_mail;
      EXPECT_THAT(finding.statement, HasSubstr("Nobody vouches"));
      EXPECT_THAT(finding.statement, HasSubstr("Sender had no dealings by that way"));
    }
  }
  OtherToy own_mail;
  Evidence& log = own_mail.evidence("mail-1", "postfix_log", {"mail"});
  OtherToy::cover(log, 0, 30);
  log.vantage = Vantage::mail_server;
  log.received_from = "Sender";
  own_mail.logged(2, "mail1.sender.example", "203.0.113.1", true, "mail1.sender.example");
  EXPECT_NEAR(vouched_days(own_mail.one("dormancy", "Sender")), 0, 0.01);
}

TEST(Dormancy, RejectsAndRowsLeftOutOrUndatedVouchForNothing) {
  enum class Flaw { none, rejects, part, left_out, undated, sampled, lost };
  for (const Flaw flaw : {Flaw::none, Flaw::rejects, Flaw::part, Flaw::left_out, Flaw::undated,
                          Flaw::sampled, Flaw::lost}) {
    OtherToy toy;
    Evidence& flows = own_flows(toy, 20);
    flow(toy, 2, "203.0.113.1", kSender, true);
    if (flaw == Flaw::rejects) flows.balance.rejected = 1;
    if (flaw == Flaw::part) flows.state = ReadState::partly_read;
    if (flaw == Flaw::left_out) toy.others().left_out[RecordKind::flow] = 1;
    if (flaw == Flaw::undated) flow(toy, -1, kSender, "203.0.113.1", true);
    if (flaw == Flaw::lost)
      toy.lose({.when = {OtherToy::at(3), OtherToy::at(4)}, .share = 0.1, .of = {1}});
    if (flaw == Flaw::sampled) flows.coverage.completeness = Completeness::sampled;
    EXPECT_NEAR(vouched_days(toy.one("dormancy", "Sender")), flaw == Flaw::none ? 18 : 0, 0.01)
        << static_cast<int>(flaw);
  }
}

TEST(Dormancy, ADoubtfulSignEndsWhatIsVouchedFor) {
  OtherToy toy;
  own_flows(toy, 20);
  flow(toy, 2, "203.0.113.1", kSender, true);
  flow(toy, 7, kSender, "192.0.2.25", false);
  EXPECT_NEAR(vouched_days(toy.one("dormancy", "Sender")), 5, 0.01);
}

TEST(Dormancy, WithoutARecordItNamesWhichIsNeeded) {
  OtherToy toy;
  const Finding finding = toy.one("dormancy", "Sender");
  EXPECT_EQ(finding.outcome, Outcome::not_applicable);
  EXPECT_THAT(finding.statement, HasSubstr("flow records"));
}

TEST(Dormancy, AnAddressThatAZoneGivesIsTheHosts) {
  OtherToy toy;
  toy.others().addresses = {{"mail1.sender.example", *IpAddress::parse("203.0.113.200"), {}, {1}}};
  toy.evidence("flow-1", "zeek_conn", {"flow"});
  flow(toy, 3, "192.0.2.5", "203.0.113.200", true);
  EXPECT_EQ(toy.one("dormancy", "Sender").value_or("signs_of_use", 0), 1);
}

}  // namespace
}  // namespace assay
