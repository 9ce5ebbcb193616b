// direct_records: when the absence of mail and flows is vouched for.
#include "direct_fixture.h"

namespace assay {
namespace {

using test::DirectRecordsTest;
using test::Fields;
using ::testing::HasSubstr;

TEST_F(DirectRecordsTest, OwnCompleteLogVouchesThatNoMailPassed) {
  Evidence& log = evidence("mail", Vantage::mail_server, "postfix_log");
  everyday_mail(40);
  EXPECT_FALSE(finding("/Sender>Bank/mail").absence.has_value());
  complete(log);
  const Finding back = finding("/Sender>Bank/mail");
  ASSERT_TRUE(back.absence.has_value()) << back.limitations.back();
  EXPECT_THAT(back.absence->statement(), HasSubstr("no mail transfer from Sender to Bank"));
  EXPECT_TRUE(finding("/Bank>Sender/mail").absence.has_value());
  mail(9'000, "203.0.113.25", "", "x@sender.example", "clerk@bank.example", "rejected",
       {{"direction", "in"}});
  const Finding refused = finding("/Sender>Bank/mail");
  EXPECT_FALSE(refused.absence.has_value());
  EXPECT_EQ(refused.value_or("rejected", 0), 1);
}

TEST_F(DirectRecordsTest, AnothersLogOrAHalfKnownOneVouchesForNothing) {
  // Clinic's log that somebody filtered for Bank: all of it is Bank's, with one partner.
  complete(evidence("mail", Vantage::mail_server, "postfix_log"));
  for (int i = 0; i < 40; ++i) {
    mail(60 * i, "192.0.2.25", "198.51.100.25", "clerk@bank.example", "ward@clinic.example",
         "sent");
  }
  EXPECT_FALSE(finding("/Bank>Sender/mail").absence.has_value());
  // Bank's own complete log beside it, and a second log whose time nobody stated.
  complete(evidence("mail", Vantage::mail_server, "exim_mainlog"));
  everyday_mail(40);
  const Finding there = finding("/Bank>Sender/mail");
  EXPECT_FALSE(there.absence.has_value());
  EXPECT_THAT(there.limitations.back(), HasSubstr("do not show that Bank kept it"));
}

// Sender's export of its own edge, where all is with Bank: two hosts of one partner are one
// partner. With others among them, it would be Bank's.
TEST_F(DirectRecordsTest, PartnersExportOfSeveralHostsVouchesForNothing) {
  for (const bool has_others : {false, true}) {
    evidences_.clear();
    others_ = {};
    question_.between = {"Bank", "Clinic"};
    complete(evidence("flow", Vantage::passive_sensor));
    for (int i = 0; i < 40; ++i) {
      const char* partner = i % 2 == 0 ? "203.0.113.25" : "203.0.113.30";
      flow(60 * i, "192.0.2.25", has_others && i % 3 == 0 ? "198.18.0.1" : partner, 25, 900, 900);
    }
    const Finding found = finding("/Bank>Clinic/flow");
    EXPECT_EQ(found.absence.has_value(), has_others);
    EXPECT_EQ(found.value_or("logs_kept_by_from", -1), has_others ? 1 : 0);
  }
}

// The host that syslog wrote at the head of each line tells whose log it is, few rows or one
// partner notwithstanding; a collector's log of several parties, or a bare label, tells nothing.
TEST_F(DirectRecordsTest, LogIsOfThePartyWhoseHostWroteIt) {
  file_.parties[0].names.push_back(NamePattern::parse("*.bank.example").value());
  file_.parties[1].names.push_back(NamePattern::parse("mx1.clinic.example").value());
  enum class Case { own, label, mixed, partner, sensor };
  for (const Case each : {Case::own, Case::label, Case::mixed, Case::partner, Case::sensor}) {
    evidences_.clear();
    others_ = {};
    const bool is_sensor = each == Case::sensor;
    complete(evidence("mail", is_sensor ? Vantage::passive_sensor : Vantage::mail_server));
    for (int i = 0; i < 12; ++i) {
      const char* host = each == Case::label                 ? "mx1"
                         : each == Case::partner             ? "mx1.clinic.example"
                         : each == Case::mixed && i % 2 == 0 ? "mx1.clinic.example"
                                                             : "MX1.bank.example";
      mail(60 * i, "10.0.0.7", "198.51.100.25", "clerk@bank.example", "ward@clinic.example", "sent",
           {{"host", host}, {"direction", "out"}});
    }
    const Finding found = finding("/Bank>Sender/mail");
    EXPECT_EQ(found.absence.has_value(), each == Case::own) << static_cast<int>(each);
    question_.between = {"Bank", "Clinic"};
    const Finding passed = finding("/Bank>Clinic/mail");
    EXPECT_EQ(passed.value_or("logs_kept_by_from", -1), each == Case::own ? 1 : 0);
    EXPECT_EQ(passed.value_or("logs_kept_by_to", -1), each == Case::partner ? 1 : 0);
    question_.between = {"Bank", "Sender"};
  }
}

// Live mail may have arrived at the host whose log nobody handed over.
TEST_F(DirectRecordsTest, LogOfOneHostVouchesOnlyWhereTheCaseStatesThatThereIsNoOther) {
  Party& bank = file_.parties[0];
  bank.names.push_back(NamePattern::parse("*.bank.example").value());
  const auto log_of = [&](const char* host) {
    complete(evidence("mail", Vantage::mail_server, "postfix_log"));
    for (int i = 0; i < 12; ++i) {
      mail(60 * i, "198.51.100.25", "10.0.0.7", "ward@clinic.example", "clerk@bank.example", "sent",
           {{"host", host}, {"direction", "in"}});
    }
  };
  log_of("mx1.bank.example");
  using Hosts = std::vector<std::string>;
  const auto is_vouched = [&](const Hosts& hosts) {
    bank.mail_hosts = hosts;
    return finding("/Sender>Bank/mail").absence.has_value();
  };
  EXPECT_TRUE(is_vouched({"MX1.bank.example"}));
  EXPECT_THAT(finding("/Sender>Bank/mail").limitations,
              ::testing::Contains(HasSubstr("is all mail hosts of Bank the case states")));
  EXPECT_EQ(finding("/Sender>Bank/mail").value_or("logs_kept_by_to", -1), 1);
  EXPECT_FALSE(is_vouched({}));
  EXPECT_THAT(finding("/Sender>Bank/mail").limitations.back(), HasSubstr("'mail_hosts'"));
  EXPECT_EQ(finding("/Sender>Bank/mail").value_or("logs_kept_by_to", -1), 1);
  EXPECT_FALSE(is_vouched({"mx1.bank.example", "mx2.bank.example"}));
  EXPECT_THAT(finding("/Sender>Bank/mail").limitations.back(), HasSubstr("no log of mx2"));
  EXPECT_EQ(finding("/Sender>Bank/mail").value_or("logs_kept_by_to", -1), 0);
  EXPECT_FALSE(is_vouched({"mx2.bank.example"}));
  log_of("mx2.bank.example");
  EXPECT_TRUE(is_vouched({"mx1.bank.example", "mx2.bank.example"}));
  EXPECT_TRUE(is_vouched({"mx1.bank.example", "mail-2"}));  // by its evidence
  EXPECT_FALSE(is_vouched({"mx1.bank.example"}));           // the other is of a host not stated
  EXPECT_THAT(finding("/Sender>Bank/mail").limitations.back(), HasSubstr("does not state"));
  evidences_[1].coverage = {};
  EXPECT_FALSE(is_vouched({"mx1.bank.example", "mx2.bank.example"}));
}

TEST_F(DirectRecordsTest, FirstLabelTellsAHostWhereOneStatedHostBeginsSo) {
  complete(evidence("mail", Vantage::mail_server, "postfix_log"));
  everyday_mail(40);
  for (OtherRow& row : others_.rows) row.fields.emplace_back(field_id("host"), "MX1");
  file_.parties[0].mail_hosts = {"mx1.bank.example"};
  EXPECT_TRUE(finding("/Sender>Bank/mail").absence.has_value());
  file_.parties[0].mail_hosts = {"mx1.bank.example", "mx1.branch.example"};
  EXPECT_FALSE(finding("/Sender>Bank/mail").absence.has_value());
}

TEST_F(DirectRecordsTest, FlowsOfOneOfTwoLinesVouchForNothing) {
  complete(evidence("flow", Vantage::passive_sensor)).received_from = "Bank";
  using Edges = std::vector<std::string>;
  for (const auto& [edges, is_vouched] :
       {std::pair(Edges{"flow-1"}, true), {{}, false}, {{"flow-1", "second line"}, false}}) {
    file_.parties[0].edges = edges;
    EXPECT_EQ(finding("/Bank>Sender/flow").absence.has_value(), is_vouched) << edges.size();
  }
}

TEST_F(DirectRecordsTest, EmptyLogVouchesOnlyAsOneOfWhoHandedItOver) {
  Evidence& log = evidence("flow", Vantage::passive_sensor);
  complete(log);
  EXPECT_FALSE(finding("/Bank>Sender/flow").absence.has_value());
  EXPECT_EQ(finding("/Bank>Sender/flow").value_or("logs_kept_by_from", -1), 0);
  log.received_from = "Clinic";
  EXPECT_FALSE(finding("/Bank>Sender/flow").absence.has_value());
  log.received_from = "bank";
  EXPECT_TRUE(finding("/Bank>Sender/flow").absence.has_value());
  EXPECT_EQ(finding("/Bank>Sender/flow").value_or("logs_kept_by_from", -1), 1);
  EXPECT_EQ(finding("/Bank>Sender/flow").value_or("logs_kept_by_to", -1), 0);
  flow(60, "198.51.100.7", "198.18.0.1", 443, 4'000, 9'000);  // another's
  EXPECT_FALSE(finding("/Bank>Sender/flow").absence.has_value());
}

TEST_F(DirectRecordsTest, SensorCannotVouchThatNoMailPassed) {
  complete(evidence("mail", Vantage::passive_sensor, "pcap_smtp"));
  everyday_mail(40);
  const Finding there = finding("/Bank>Sender/mail");
  EXPECT_FALSE(there.absence.has_value());
  EXPECT_THAT(there.limitations.back(), HasSubstr("No absence can be vouched for"));
}

TEST_F(DirectRecordsTest, EdgeOfAPartyVouchesThatNoFlowPassedLookUpsAside) {
  complete(evidence("flow", Vantage::passive_sensor));
  for (int i = 0; i < 40; ++i) {
    flow(60 * i, "192.0.2.7", ("198.18.0." + std::to_string(i + 1)).c_str(), 443, 4'000, 9'000);
  }
  flow(9'000, "192.0.2.53", "203.0.113.53", 53, 4'000, 9'000);
  ASSERT_TRUE(finding("/Bank>Sender/flow").absence.has_value());
  // A client's port is anybody's to choose: a session to port 22 from port 53 is no look-up.
  flow(9'100, "192.0.2.7", "203.0.113.9", 22, 4'000, 9'000).row.client_port = 53;
  const Finding there = finding("/Bank>Sender/flow");
  EXPECT_FALSE(there.absence.has_value());
  EXPECT_EQ(there.value_or("lookup_flows", 0), 2);
  EXPECT_EQ(there.value_or("lookup_flows_doubtful", 0), 1);
  OtherRow& last = others_.rows.back();
  last.fields.emplace_back(field_id("app_protocol"), "dns");
  EXPECT_TRUE(finding("/Bank>Sender/flow").absence.has_value());
  last.fields.back().second = "ssh";
  last.row.client_port = 40'000;
  last.row.server_port = 53;
  EXPECT_FALSE(finding("/Bank>Sender/flow").absence.has_value());
  last.row.client_port = 53;  // both ends, and nobody looked inside
  last.fields.clear();
  EXPECT_FALSE(finding("/Bank>Sender/flow").absence.has_value());
  others_.rows.pop_back();
  EXPECT_TRUE(finding("/Bank>Sender/flow").absence.has_value());
  others_.left_out[RecordKind::flow] = 1;
  EXPECT_FALSE(finding("/Bank>Sender/flow").absence.has_value());
}

}  // namespace
}  // namespace assay
