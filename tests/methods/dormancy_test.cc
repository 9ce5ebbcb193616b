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

TEST(Dormancy, TellsFirstAndLastSignOfEachKind) {
  OtherToy toy;
  OtherToy::cover(toy.evidence("flow-1", "zeek_conn", {"flow"}), 0, 20);
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
