// Joins across records. Seeds 1 to 4 were used in development, 101 to 112 are the check.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "methods/support/joins_time.h"
#include "other_toy.h"
#include "toy.h"

namespace assay {
namespace {

using methods::Random;
using testing::HasSubstr;
using toy::OtherToy;
using toy::Toy;

constexpr char kAsker[] = "192.0.2.53", kBankHost[] = "192.0.2.25", kSender[] = "203.0.113.25";

// A session of Bank's host at Sender's, whose address the records tell by its name.
void add_flow(Toy& toy, double t, bool is_outward = true) {
  OtherRow row;
  row.row.kind = RecordKind::flow;
  row.row.time_us = toy::kStartUs + static_cast<std::int64_t>(t * 1e6);
  row.row.until_us = row.row.time_us + 2 * kMicrosPerSecond;
  row.row.protocol = 6;
  row.row.server_port = 25;
  row.row.client_port = static_cast<std::uint16_t>(40'000 + toy.others().rows.size() % 20'000);
  row.row.packets_sent = row.row.packets_received = 20;
  row.row.bytes_sent = row.row.bytes_received = 9'000;
  row.row.offset = 100 * toy.others().rows.size();
  row.row.length = 90;
  row.row.number = static_cast<std::uint32_t>(toy.others().rows.size() + 1);
  row.evidence = 1;
  row.client = *IpAddress::parse(kBankHost);
  row.server = *IpAddress::parse(kSender);
  row.client_party = 0;
  if (!is_outward) {
    std::swap(row.client, row.server);
    std::swap(row.client_party, row.server_party);
  }
  toy.others().rows.push_back(row);
}

Finding timeline(Toy& toy) {
  toy.others().addresses = {{"mail1.sender.example", *IpAddress::parse(kSender), {}, {}}};
  std::stable_sort(toy.others().rows.begin(), toy.others().rows.end(),
                   [](const auto& a, const auto& b) { return a.row.time_us < b.row.time_us; });
  const auto findings = find_method("timeline")->compare({toy.records()}, toy.context());
  EXPECT_EQ(findings.size(), 1u);
  return findings.front();
}

// Each demand opens a session; those that the cache does not answer ask first.
Toy sessions(std::uint64_t seed, double days) {
  Toy toy(days);
  toy.set_seed(seed);
  auto random = toy.random("sessions");
  const auto demand = toy::office(random, 20, days);
  toy.ask_all(toy::through_cache(demand, 1800), kAsker);
  for (const double t : demand) add_flow(toy, t + 0.2 + 2 * random.uniform());
  return toy;
}

TEST(Timeline, JoinsLookupsToTheSessionsThatTheyWereMadeFor) {
  for (const std::uint64_t seed : {1, 2, 101, 102, 103, 104}) {
    Toy toy = sessions(seed, 60);
    const double flows = static_cast<double>(toy.others().rows.size());
    const Finding finding = timeline(toy);
    EXPECT_EQ(finding.outcome, Outcome::found) << finding.statement;
    const double joined = finding.value_or("lookup_flow_joined", 0);
    EXPECT_EQ(finding.value_or("lookup_flow_unjoined", -1), 0) << seed;
    EXPECT_EQ(finding.value_or("lookup_flow_unjoined_partners", -1), flows - joined);
    EXPECT_LE(finding.value_or("lookup_flow_p", 1), 0.05);
    EXPECT_EQ(finding.value_or("longest_chain", 0), 2);
    EXPECT_THAT(finding.parameters.at("chain_01"), HasSubstr("look-up dns-1:"));
    EXPECT_THAT(finding.parameters.at("chain_01"), HasSubstr(" -> flow dns-1:"));
  }
}

// The same hosts in the same hours, and no tie between look-ups and sessions.
TEST(Timeline, ClaimsNoJoinThatChanceMakesAsWell) {
  int claimed = 0;
  for (std::uint64_t seed = 101; seed <= 112; ++seed) {
    Toy toy(60);
    toy.set_seed(seed);
    auto random = toy.random("apart");
    toy.ask_all(toy::through_cache(toy::office(random, 60, 60), 300), kAsker);
    for (const double t : toy::office(random, 60, 60)) add_flow(toy, t);
    const Finding finding = timeline(toy);
    EXPECT_GT(finding.value_or("lookup_flow_joined", 0), 0) << "the control has joins by time";
    claimed += finding.outcome == Outcome::found ? 1 : 0;
    if (finding.outcome == Outcome::found) continue;
    EXPECT_THAT(finding.statement, HasSubstr("which explains them as well"));
    EXPECT_EQ(finding.value_or("chains", -1), 0);
  }
  EXPECT_EQ(claimed, 0);
}

// Pointer and address are one burst, and both are about whoever holds the address.
TEST(Timeline, JoinsPointersToTheSessionsThatTheyCheck) {
  for (const std::uint64_t seed : {4, 107, 108}) {
    Toy toy(60);
    toy.file().parties[2].addresses = {IpPrefix::parse(kSender).value()};
    toy.target("25.113.0.203.in-addr.arpa", -1);
    toy.set_seed(seed);
    auto random = toy.random("checks");
    for (const double t : toy::office(random, 10, 60)) {
      toy.ask(t, kAsker, {.qtype = 12, .name = "25.113.0.203.in-addr.arpa"});
      toy.ask(t + 0.1, kAsker);
      add_flow(toy, t - 0.1, false);
    }
    const Finding finding = timeline(toy);
    EXPECT_EQ(finding.value_or("check_flow_unjoined", -1), 0) << seed;
    EXPECT_LE(finding.value_or("check_flow_unjoined_partners", 99), 5) << "two in one burst";
    EXPECT_EQ(finding.value_or("lookup_flow_joined", -1), 0) << "no flow goes that way";
    EXPECT_EQ(finding.value_or("lookup_flow_unjoined_partners", -1), 0);
  }
}

TEST(Timeline, MovesARecordOfHoursByMinutes) {
  for (const std::uint64_t seed : {3, 105, 106}) {
    Toy toy(0.5);
    auto random = Random(seed, "hours");
    for (const double t : toy::poisson(random, 60, 0.5)) {
      toy.ask(t, kAsker);
      add_flow(toy, t + 0.5);
    }
    const Finding finding = timeline(toy);
    EXPECT_EQ(finding.outcome, Outcome::found) << finding.statement;
    EXPECT_LE(finding.value_or("lookup_flow_by_chance", 9), 3);
  }
}

// Were they two, the look-up behind the session would find the second one free.
TEST(Timeline, TakesTheFlowOfTwoRecordersForOne) {
  for (const bool is_same_port : {true, false}) {
    Toy toy(40);
    for (int day = 0; day < 40; ++day) {
      const double at = day * toy::kDay + 36'000 + 7 * day;
      toy.ask(at, kAsker);
      add_flow(toy, at + 0.5);
      OtherRow copy = toy.others().rows.back();
      copy.row.time_us -= copy.row.time_us % kMicrosPerSecond;
      copy.row.width_us = kMicrosPerSecond;
      copy.row.client_port += is_same_port ? 0 : 20'000;
      copy.evidence = 2;
      toy.others().rows.push_back(copy);
    }
    const Finding finding = timeline(toy);
    EXPECT_EQ(finding.value_or("lookup_flow_joined", 0), 40);
    EXPECT_EQ(finding.value_or("lookup_flow_ambiguous", -1), is_same_port ? 0 : 40);
    EXPECT_EQ(finding.value_or("lookup_flow_unjoined_partners", -1), is_same_port ? 0 : 40);
  }
}

TEST(Timeline, ListsEachJoinByItsRecords) {
  Toy toy(40);
  for (int day = 0; day < 40; ++day) {
    toy.ask(day * toy::kDay + 36'000 + 7 * day, kAsker);
    add_flow(toy, day * toy::kDay + 36'001.5 + 7 * day);
  }
  const Finding finding = timeline(toy);
  const Table* made = finding.table("joins_made");
  ASSERT_NE(made, nullptr);
  ASSERT_EQ(made->rows.size(), 40u);
  EXPECT_EQ(made->row_labels[1].substr(0, 18), "lookup_flow dns-1:");
  EXPECT_EQ(made->rows[1], (std::vector<double>{0, 1})) << "no other partner, beyond chance";
}

TEST(Timeline, SaysHowManyOthersWouldHaveFitted) {
  Toy toy(40);
  for (int day = 0; day < 40; ++day) {
    toy.ask(day * toy::kDay + 36'000 + 7 * day, kAsker);
    add_flow(toy, day * toy::kDay + 36'001.5 + 7 * day);
    add_flow(toy, day * toy::kDay + 36'005.5 + 7 * day);
  }
  const Finding finding = timeline(toy);
  EXPECT_EQ(finding.value_or("lookup_flow_joined", 0), 40);
  EXPECT_EQ(finding.value_or("lookup_flow_ambiguous", 0), 40);
  EXPECT_EQ(finding.value_or("lookup_flow_unjoined_partners", 0), 40);
}

// -- by ids ---------------------------------------------------------------------------------------

// A message of Bank's clerk, in both servers' logs and in Sender's mailbox, and the answer.
OtherToy letters(bool has_queue_id) {
  OtherToy toy;
  toy.evidence("mail-1", "postfix_log", {"mail"});
  toy.row(RecordKind::mail, 1, "192.0.2.7", "198.51.100.9",
          {{"host", "mx1.bank.example"},
           {"queue_id", "4F5C"},
           {"queue_id_next", has_queue_id ? "9C1D" : ""},
           {"message_id", "<one@bank.example>"},
           {"recipient", "desk@mail1.sender.example"},
           {"envelope_from", "clerk@bank.example"},
           {"direction", "out"},
           {"status", "sent"}});
  toy.evidence("mail-2", "postfix_log", {"mail"});
  for (const char* id : {"<one@bank.example>", "<two@bank.example>"}) {
    toy.row(RecordKind::mail, 1.00001, "192.0.2.25", "",
            {{"host", "mail1.sender.example"},
             {"queue_id", id[1] == 'o' ? "9C1D" : "9C1E"},
             {"message_id", id},
             {"recipient", "desk@mail1.sender.example"},
             {"envelope_from", "clerk@bank.example"},
             {"direction", "local"},
             {"status", "sent"}});
  }
  toy.evidence("box-3", "mbox", {"message", "hop"});
  toy.row(RecordKind::message, 1, "", "",
          {{"message_id", "<one@bank.example>"}, {"header_from", "clerk@bank.example"}});
  toy.row(RecordKind::hop, 1, "192.0.2.25", "",
          {{"message_id", "<one@bank.example>"}, {"hop_id", "9C1D"}});
  toy.row(RecordKind::message, 1.1, "", "",
          {{"message_id", "<re@sender.example>"},
           {"in_reply_to", "<one@bank.example>"},
           {"header_from", "desk@mail1.sender.example"}});
  return toy;
}

TEST(Timeline, FollowsAMessageThroughBothLogsToItsAnswer) {
  for (const bool has_queue_id : {true, false}) {
    const Finding finding = letters(has_queue_id).one("timeline", "timeline/all");
    EXPECT_EQ(finding.outcome, Outcome::found);
    EXPECT_EQ(finding.value_or("transfer_transfer_joined", 0), 1);
    EXPECT_EQ(finding.value_or("transfer_transfer_unjoined_partners", 0), 2)
        << "the second message, and the first log's own arrival";
    EXPECT_EQ(finding.value_or("message_transfer_joined", 0), 1);
    EXPECT_EQ(finding.value_or("message_transfer_unjoined", 0), 1) << "the answer has no transfer";
    EXPECT_EQ(finding.value_or("reply_message_joined", 0), 1);
    EXPECT_EQ(finding.value_or("longest_chain", 0), 4);
    EXPECT_THAT(finding.parameters.at("chain_01"),
                testing::MatchesRegex("transfer mail-1:0 .* -> transfer in the other log "
                                      "mail-2:100 .* -> message box-3:.* -> reply box-3:.*"));
  }
}

TEST(Timeline, JoinsNoTransfersWhoseMessageIdsDiffer) {
  OtherToy toy = letters(true);
  for (OtherRow& row : toy.others().rows) {
    for (auto& [field, text] : row.fields) {
      if (field == field_id("message_id") && row.evidence == 2) text = "<other@bank.example>";
    }
  }
  EXPECT_EQ(toy.one("timeline", "timeline/all").value_or("transfer_transfer_joined", -1), 0);
}

// What stored mail leaves that a filter reads again: its Message-ID, its client, and no queue id.
TEST(Timeline, TakesNoScanOfStoredMailForItsTransfer) {
  for (const char* queue_id : {"", "9C1D"}) {
    OtherToy toy;
    toy.evidence("box-1", "mbox", {"message"});
    toy.row(RecordKind::message, 1, "", "", {{"message_id", "<old@bank.example>"}});
    toy.evidence("scan-2", "rspamd_log", {"mail"});
    toy.row(RecordKind::mail, 20, "192.0.2.25", "",
            {{"message_id", "<old@bank.example>"}, {"status", "scanned"}, {"queue_id", queue_id}});
    const Finding finding = toy.one("timeline", "timeline/all");
    const bool has_queue_id = queue_id[0] != '\0';
    EXPECT_EQ(finding.value_or("message_transfer_joined", 0), has_queue_id ? 1 : 0) << queue_id;
    EXPECT_EQ(finding.outcome == Outcome::found, has_queue_id);
  }
}

// A refusal before the message has no id on the refusing side.
TEST(Timeline, JoinsRefusalsInBothLogsByWhoAndWhen) {
  OtherToy toy;
  toy.evidence("mail-1", "postfix_log", {"mail"});
  for (int day = 0; day < 29; ++day) {
    toy.row(RecordKind::mail, day + 0.4, "192.0.2.7", "198.51.100.9",
            {{"host", "mx1.bank.example"},
             {"message_id", fmt::format("<{}@bank.example>", day)},
             {"direction", "out"},
             {"status", "bounced"}});
  }
  toy.evidence("mail-2", "postfix_log", {"mail"});
  for (int day = 0; day < 29; ++day) {
    toy.row(RecordKind::mail, day + 0.40001, "192.0.2.25", "198.51.100.9",
            {{"host", "mail1.sender.example"}, {"direction", "in"}, {"status", "rejected"}});
  }
  const Finding finding = toy.one("timeline", "timeline/all");
  EXPECT_EQ(finding.value_or("transfer_transfer_joined", -1), 0);
  EXPECT_EQ(finding.value_or("refusal_transfer_joined", -1), 29);
  EXPECT_EQ(finding.value_or("refusal_transfer_by_chance", -1), 29)
      << "a clock on both sides: days change places and nothing changes";
  EXPECT_EQ(finding.outcome, Outcome::nothing_found);
}

TEST(Timeline, SaysWhichRecordsItWouldNeed) {
  OtherToy toy;
  const Finding finding = toy.one("timeline", "timeline/all");
  EXPECT_EQ(finding.outcome, Outcome::not_applicable);
  EXPECT_THAT(finding.statement, HasSubstr("flow records"));
}

// -- matching -------------------------------------------------------------------------------------

TEST(JoinsInTime, TakeTheNearestFirstAndEachOnce) {
  using methods::JoinEvents;
  const JoinEvents as{{0, 0, 1, 2, 0}, {5, 5, 1, 2, 1}, {8, 8, 3, 4, 2}};
  const JoinEvents bs{{6, 6, 1, 2, 0}, {7, 7, 1, 2, 1}, {8, 8, 4, 3, 2}};
  const auto joins = methods::join_by_time(as, bs, {0, 10}, false);
  ASSERT_EQ(joins.size(), 2u);
  EXPECT_EQ(joins[0], (methods::TimeJoin{0, 1, 1}));
  EXPECT_EQ(joins[1], (methods::TimeJoin{1, 0, 1}));
  EXPECT_EQ(methods::join_by_time(as, bs, {0, 10}, true)[0].b, 0u);
}

TEST(JoinsInTime, OfBothDirectionsTheNearerStays) {
  using methods::JoinEvents;
  using methods::TimeJoin;
  const JoinEvents as{{0, 0, 0, 1, 0}, {100, 100, 0, 1, 1}, {200, 200, 0, 1, 2}};
  const JoinEvents bs{{1, 1, 0, 1, 0}, {9, 9, 1, 0, 1}, {102, 102, 0, 1, 2}, {101, 101, 1, 0, 3}};
  std::vector<TimeJoin> there{{0, 0, 0}, {1, 2, 0}}, back{{0, 1, 0}, {1, 3, 0}, {2, 3, 0}};
  methods::drop_farther(there, back, as, bs, 2);
  EXPECT_EQ(there, (std::vector<TimeJoin>{{0, 0, 0}, {1, 2, 0}}));
  EXPECT_EQ(back, (std::vector<TimeJoin>{{1, 3, 0}, {2, 3, 0}})) << "8 farther; 1 nearer; alone";
}

// One session of an hour over thousands of short ones, all within reach of one another.
TEST(JoinsInTime, StayLinearWhereAllFitAll) {
  methods::JoinEvents as, bs;
  for (int i = 0; i < 5'000; ++i) {
    as.push_back({i, i, 1, 2, 0});
    bs.push_back({i, i + (i == 0 ? 3'600'000'000LL : 0), 1, 2, 0});
  }
  EXPECT_EQ(methods::join_by_time(as, bs, {10'000'000, 10'000'000}, true).size(), as.size());
  EXPECT_EQ(methods::chance_of(as, bs, {10'000'000, 10'000'000}).with_partner, 5'000);
}

}  // namespace
}  // namespace assay
