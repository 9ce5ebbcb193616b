#include <fmt/format.h>
#include <gmock/gmock.h>

#include "other_toy.h"

namespace assay {
namespace {

using testing::HasSubstr;
using toy::FieldTexts;
using toy::OtherToy;

constexpr char kGiver[] = "198.51.100.9", kTaker[] = "192.0.2.25";

// Sender's log and Bank's log, as Postfix writes them; each transfer has a Message-ID.
struct Logs : OtherToy {
  Logs() {
    evidence("mail-1", "postfix_log", {"mail"});
    evidence("mail-2", "postfix_log", {"mail"});
    evidence("mail-3", "pcap_smtp", {"mail"});
  }
  void given(double days, const std::string& id, int code) {
    row(RecordKind::mail, days, "", kTaker,
        {{"host", "mail1.sender.example"},
         {"message_id", "<" + id + ">"},
         {"queue_id", "A" + id},
         {"recipient", "clerk@bank.example"},
         {"direction", "out"},
         {"step", "data"},
         {"status", code < 300   ? "sent"
                    : code < 500 ? "deferred"
                                 : "bounced"}},
        "bank.example")
        .row.code = static_cast<std::uint16_t>(code);
    others().rows.back().evidence = 1;
  }
  void taken(double days, const std::string& id, bool is_let_in = true) {
    FieldTexts fields{{"host", "mx.bank.example"},
                      {"message_id", "<" + id + ">"},
                      {"recipient", "clerk@bank.example"}};
    if (is_let_in) {
      fields.insert(fields.end(),
                    {{"queue_id", "B" + id}, {"status", "sent"}, {"direction", "local"}});
    } else {
      fields.insert(fields.end(), {{"status", "rejected"},
                                   {"direction", "in"},
                                   {"step", "RCPT"},
                                   {"reply_text", "Client host rejected: Access denied"}});
    }
    row(RecordKind::mail, days, kGiver, "", std::move(fields), "bank.example").row.code =
        is_let_in ? 250 : 554;
    others().rows.back().evidence = 2;
  }
  void on_the_wire(double days, const std::string& id) {
    row(RecordKind::mail, days, kGiver, kTaker,
        {{"message_id", "<" + id + ">"},
         {"recipient", "clerk@bank.example"},
         {"status", "accepted"},
         {"step", "data"}},
        "bank.example")
        .row.code = 250;
  }
};

TEST(SmtpBothSides, ATransferInBothLogsIsCountedOnce) {
  Logs logs;
  for (int i = 0; i < 4; ++i) {
    logs.given(1 + i, fmt::format("m{}", i), 250);
    logs.taken(1.0001 + i, fmt::format("m{}", i));
  }
  const auto findings = logs.run("acceptance_policy");
  ASSERT_EQ(findings.size(), 1u);
  const Finding& finding = findings.front();
  EXPECT_EQ(finding.subject, "mx.bank.example");
  EXPECT_EQ(finding.parameters.at("also"), kTaker);
  EXPECT_EQ(finding.value_or("tries", 0), 4);
  EXPECT_EQ(finding.value_or("askers", 0), 1);
  EXPECT_EQ(finding.value_or("party_askers_accepted", 0), 1);
  EXPECT_EQ(finding.value_or("told_by_both_sides", 0), 4);
  EXPECT_EQ(finding.value_or("told_differently", -1), 0);
  EXPECT_EQ(finding.value_or("let_in_by_others_records_alone", -1), 0);
  EXPECT_THAT(finding.statement, HasSubstr("counted once, alike"));
}

TEST(SmtpBothSides, SaysWhereTheLogsDisagreeAndWhatOneLacks) {
  Logs logs;
  for (int i = 0; i < 3; ++i) {
    logs.given(1 + i, fmt::format("m{}", i), 250);
    logs.taken(1.0001 + i, fmt::format("m{}", i), i != 1);  // m1: sent here, rejected there
  }
  logs.given(9, "gone", 250);  // accepted by Bank, says Sender; not in Bank's log
  const Finding finding = logs.one("acceptance_policy", "mx.bank.example");
  EXPECT_EQ(finding.value_or("told_by_both_sides", 0), 3);
  EXPECT_EQ(finding.value_or("told_differently", 0), 1);
  EXPECT_EQ(finding.value_or("let_in_by_others_records_alone", 0), 1);
  EXPECT_EQ(finding.value_or("tries", 0), 4);
  EXPECT_EQ(finding.value_or("askers", 0), 1);  // its host is the address of the others
  ASSERT_NE(finding.table("told_differently"), nullptr);
  EXPECT_THAT(finding.table("told_differently")->row_labels.at(0),
              testing::MatchesRegex("mail-1:[0-9]+ accepted, mail-2:[0-9]+ asker_refused"));
}

TEST(SmtpBothSides, ACaptureBesideBothLogsAddsNothing) {
  Logs logs;
  for (int i = 0; i < 3; ++i) {
    logs.given(1 + i, fmt::format("m{}", i), 250);
    logs.on_the_wire(1.00005 + i, fmt::format("m{}", i));
    logs.taken(1.0001 + i, fmt::format("m{}", i));
  }
  const auto findings = logs.run("acceptance_policy");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings.front().value_or("tries", 0), 3);
  EXPECT_EQ(findings.front().value_or("askers", 0), 1);
  EXPECT_EQ(findings.front().value_or("let_in_by_others_records_alone", -1), 0);
}

// One side's log alone, and two logs of different letters: as before, side by side.
TEST(SmtpBothSides, LogsWithoutACommonTransferStandApart) {
  Logs logs;
  logs.given(1, "a", 250);
  logs.taken(5, "b");
  const auto findings = logs.run("acceptance_policy");
  ASSERT_EQ(findings.size(), 2u);
  for (const Finding& each : findings) {
    EXPECT_EQ(each.quantity("told_by_both_sides"), nullptr);
    EXPECT_EQ(each.value_or("tries", 0), 1);
  }
}

}  // namespace
}  // namespace assay
