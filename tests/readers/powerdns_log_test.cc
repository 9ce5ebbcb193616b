#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden.h"
#include "live_truth.h"
#include "read_text.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::MemorySource;

const Reader& reader() { return *find_reader("powerdns_log"); }

Status read(std::string_view text, CollectingSink& sink, std::size_t piece = SIZE_MAX) {
  MemorySource source(text, piece);
  Status status = reader().read(source, {}, sink);
  EXPECT_TRUE(sink.balance().is_even());
  return status;
}

std::string line(std::string_view message) {
  return fmt::format("Nov 21 2026 19:41:36 {}\n", message);
}

TEST(PowerdnsLog, ReadsItsSamplesAsTheGoldenFilesSay) {
  for (const auto& path : test::samples_of("powerdns_log")) {
    SCOPED_TRACE(path);
    CollectingSink sink;
    ASSERT_TRUE(read(test::file_bytes(path), sink).ok());
    test::expect_golden(path, sink.golden());
  }
}

TEST(PowerdnsLog, JoinsAnAnswerToItsTasksQuestionAndToNoOther) {
  CollectingSink sink;
  ASSERT_TRUE(
      read(line("1 [5/1] question for 'a.example|A' from 192.0.2.7:4003") +
               line("2 [5/1] question for 'a.example|A' from 192.0.2.8:4003") +
               line("1 [6/1] question for 'b.example|A' from 192.0.2.9:4003") +
               line("1 [5/1] answer to question 'b.example|A': 0 answers, 1 tot ms, rcode=2") +
               line("2 [5/1] answer to question 'a.example|A': 0 answers, 1.5 tot ms, rcode=3"),
           sink)
          .ok());
  ASSERT_EQ(sink.rows.size(), 3u);
  EXPECT_EQ(sink.rows[0].rcode, kNoRcode);
  EXPECT_EQ(sink.rows[1].rcode, 3u);
  EXPECT_EQ(sink.rows[1].delay_us, 1'500u);
  EXPECT_EQ(sink.rows[2].rcode, kNoRcode);
  EXPECT_EQ(sink.noted("powerdns.answer_without_question"), 1u);
}

TEST(PowerdnsLog, ATypeOfPowerdnsOwnIsOneTypeByNameInTheQuestionAndByNumberInTheAnswer) {
  CollectingSink sink;
  ASSERT_TRUE(
      read(
          line("1 [5/1] question for 'a.example|ADDR' from 192.0.2.7:4003") +
              line(
                  "1 [5/1] answer to question 'a.example|TYPE65400': 0 answers, 1 tot ms, rcode=2"),
          sink)
          .ok());
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(sink.rows[0].qtype, 65400u);
  EXPECT_EQ(sink.rows[0].rcode, 2u);
}

TEST(PowerdnsLog, AnAnswerFromThePacketCacheWithoutANameCouldBeForAny) {
  CollectingSink sink;
  ASSERT_TRUE(
      read(line("1 question answered from packet cache tag=0 from 192.0.2.7:33944"), sink).ok());
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(sink.rows[0].flags, kHasQuery | kHasAnswer | kNameLossy);
  EXPECT_TRUE(could_be(sink.names.at(sink.rows[0].qname), "mail1.sender.example"));
  EXPECT_EQ(sink.rows[0].qtype, kNoQtype);
  EXPECT_EQ(sink.noted("powerdns.name_not_told"), 1u);
}

TEST(PowerdnsLog, SniffTakesItsLogsAndLeavesOthers) {
  EXPECT_GE(reader().sniff(line("1 [5/1] question for 'a.example|A' from 192.0.2.7:4003")).score,
            90);
  EXPECT_EQ(reader().sniff(line("he had a question for 'you|me' from nobody")).score, 0);
  EXPECT_EQ(reader().sniff("").score, 0);
  const std::string started = "PowerDNS Recursor 4.8.8 (C) comes with ABSOLUTELY NO WARRANTY";
  EXPECT_GT(reader().sniff(line(started) + line(started)).score, 0);
  EXPECT_EQ(reader().sniff(started + "\n" + started + "\n").score, 0) << "a page about it";
}

TEST(PowerdnsLog, GivesTheSameRowsHoweverItIsHandedOut) {
  for (const auto& path : test::samples_of("powerdns_log")) {
    const std::string text = test::file_bytes(path);
    CollectingSink whole, pieces;
    ASSERT_TRUE(read(text, whole).ok());
    ASSERT_TRUE(read(text, pieces, 7).ok());
    EXPECT_EQ(pieces.golden(), whole.golden());
  }
}

// truth.tsv tells what the clients put on the wire, and what they got; PowerDNS's port was 5304.
TEST(PowerdnsLog, HoldsEveryQueryThatWentOverTheWireWithItsAnswer) {
  ASSAY_NEED_SHARED(truth_path, "live/truth.tsv");
  ASSAY_NEED_SHARED(log_path, "live/pdns-recursor.log");
  CollectingSink sink;
  ASSERT_TRUE(read(test::file_bytes(log_path), sink).ok());
  EXPECT_TRUE(sink.rejects.empty());
  std::map<std::string, const DnsRow*> logged;  // "client:port TYPE"
  for (const DnsRow& row : sink.rows) {
    logged[fmt::format("{}:{} {}", sink.hosts.at(row.client), row.client_port,
                       qtype_text(row.qtype))] = &row;
  }
  std::size_t asked = 0;
  for (const test::LiveQuery& query : test::live_queries(truth_path)) {
    if (query.server_port != 5304) continue;
    ++asked;
    const auto found = logged.find(
        fmt::format("{}:{} {}", query.client, query.client_port, qtype_text(query.qtype)));
    ASSERT_NE(found, logged.end()) << query.canonical;
    EXPECT_EQ(sink.names.at(found->second->qname), query.canonical);
    if (found->second->rcode != kNoRcode) {
      EXPECT_EQ(found->second->rcode, query.rcode) << query.canonical;
    }
  }
  EXPECT_EQ(sink.rows.size(), asked);
  EXPECT_GT(asked, 130u);
}

}  // namespace
}  // namespace assay
