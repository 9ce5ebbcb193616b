#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "golden.h"
#include "live_truth.h"
#include "read_text.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::MemorySource;
using testing::ElementsAre;

const Reader& reader() { return *find_reader("unbound_log"); }

Status read(std::string_view text, CollectingSink& sink, const ReadContext& context = {},
            std::size_t piece = SIZE_MAX) {
  MemorySource source(text, piece);
  Status status = reader().read(source, context, sink);
  EXPECT_TRUE(sink.balance().is_even());
  return status;
}

std::string line(std::string_view message, std::int64_t second = 1'795'290'096) {
  return fmt::format("[{}] unbound[581:0] {}\n", second, message);
}

TEST(UnboundLog, ReadsItsSamplesAsTheGoldenFilesSay) {
  for (const auto& path : test::samples_of("unbound_log")) {
    SCOPED_TRACE(path);
    CollectingSink sink;
    ASSERT_TRUE(read(test::file_bytes(path), sink).ok());
    test::expect_golden(path, sink.golden());
  }
}

TEST(UnboundLog, JoinsAQueryToItsReplyAndKeepsTheQuerysPlace) {
  const std::string text = "\n" + line("query: 192.0.2.7 clinic.example. A IN") +
                           line("query: 192.0.2.8 clinic.example. A IN") +
                           line("reply: 192.0.2.7 clinic.example. A IN NXDOMAIN 0.250000 0 90");
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(sink.rows[0].rcode, 3u);
  EXPECT_EQ(sink.rows[0].delay_us, 250'000u);
  EXPECT_EQ(sink.rows[0].offset, 1u);
  EXPECT_EQ(sink.rows[1].rcode, kNoRcode) << "the reply was to somebody else";
  EXPECT_EQ(sink.balance().used, 3u);
}

TEST(UnboundLog, TellsNoDelayOfAnAnswerFromTheCache) {
  CollectingSink sink;
  ASSERT_TRUE(read(line("query: 192.0.2.7 a.example. A IN") +
                       line("reply: 192.0.2.7 a.example. A IN NOERROR 0.000000 1 90"),
                   sink)
                  .ok());
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(sink.rows[0].delay_us, kNoDelay);
  EXPECT_EQ(sink.rows[0].rcode, 0u);
}

TEST(UnboundLog, TakesEachReplyForALookUpWhenTheLogHasNoQueries) {
  const std::string reply = "reply: 192.0.2.7 a.example. A IN NOERROR 2.000000 0 90";
  CollectingSink sink;
  ASSERT_TRUE(read(line(reply) + line(reply), sink).ok());
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(sink.rows[0].flags, kHasQuery | kHasAnswer);
  EXPECT_EQ(sink.rows[0].time_us, 1'795'290'094'000'000) << "when it was asked";
  CollectingSink mixed;
  ASSERT_TRUE(read(line(reply) + line("query: 192.0.2.8 b.example. A IN"), mixed).ok());
  ASSERT_EQ(mixed.rows.size(), 2u);
  EXPECT_EQ(mixed.rows[0].flags, kHasAnswer + 0u) << "its query stands in an earlier file";
  EXPECT_EQ(mixed.noted("unbound.reply_without_query"), 1u);
}

TEST(UnboundLog, CountsNoLookUpTwiceWhenTheTailOfAGrownFileIsRead) {
  const std::string head = line("query: 192.0.2.7 a.example. A IN");
  const std::string tail = line("reply: 192.0.2.7 a.example. A IN NOERROR 0.100000 0 90");
  ReadContext context;
  context.head = head;
  CollectingSink sink;
  ASSERT_TRUE(read(tail, sink, context).ok());
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_FALSE(sink.rows[0].flags & kHasQuery);
}

TEST(UnboundLog, WaitsForAReplyNoLongerThanUnboundWorksOnIt) {
  CollectingSink sink;
  ASSERT_TRUE(read(line("query: 192.0.2.7 a.example. A IN", 100) +
                       line("query: 192.0.2.7 b.example. A IN", 251) +
                       line("reply: 192.0.2.7 a.example. A IN NOERROR 0.100000 0 90", 251),
                   sink)
                  .ok());
  ASSERT_EQ(sink.rows.size(), 3u);
  EXPECT_EQ(sink.rows[0].rcode, kNoRcode);
  EXPECT_EQ(sink.noted("unbound.reply_without_query"), 1u);
}

TEST(UnboundLog, LetsNoFloodOfUnansweredQueriesGrowItsMemory) {
  std::string text;
  for (int i = 0; i < 70'000; ++i) {
    text += fmt::format("[1795290096] unbound[1:0] query: 192.0.2.7 n{}.example. A IN\n", i);
  }
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  EXPECT_EQ(sink.rows.size(), 70'000u);
  EXPECT_EQ(sink.noted("unbound.answer_not_awaited"), 70'000u - 65'536u);
}

TEST(UnboundLog, KeepsANameWithBytesLeftOutAsASetOfNames) {
  CollectingSink sink;
  ASSERT_TRUE(read(line("query: 192.0.2.7 A?b.sender.example. A IN") +
                       line("query: 192.0.2.7 mail.sender.& A IN") +
                       line("query: 192.0.2.7 mail.sender& A IN"),
                   sink)
                  .ok());
  ASSERT_EQ(sink.rows.size(), 3u);
  std::vector<std::string> names;
  for (const DnsRow& row : sink.rows) {
    EXPECT_TRUE(row.flags & kNameLossy);
    names.push_back(sink.names.at(row.qname));
    EXPECT_TRUE(is_lossy_name(names.back()));
  }
  EXPECT_THAT(names, ElementsAre("a\\?b.sender.example", "mail.sender.\\*", "mail.sender\\*"));
  EXPECT_TRUE(sink.rows[0].flags & kNameHadCapitals);
  EXPECT_EQ(sink.noted("unbound.name_lossy"), 3u);
}

TEST(UnboundLog, SniffTakesItsLogAndLeavesOthers) {
  EXPECT_GE(reader().sniff(line("query: 192.0.2.7 a.example. A IN")).score, 90);
  EXPECT_EQ(reader().sniff("Nov 22 17:41:11 mx1 smtpd[99]: info: 192.0.2.7 a. A IN\n").score, 0);
  EXPECT_EQ(reader().sniff("info: 192.0.2.7 a.example. A IN\n").score, 0);
  EXPECT_EQ(reader().sniff("").score, 0);
}

TEST(UnboundLog, GivesTheSameRowsHoweverItIsHandedOut) {
  const std::string text = test::file_bytes(test::samples_of("unbound_log")[3]);
  CollectingSink whole;
  ASSERT_TRUE(read(text, whole).ok());
  for (const std::size_t piece : {1u, 7u, 100u}) {
    CollectingSink pieces;
    ASSERT_TRUE(read(text, pieces, {}, piece).ok());
    EXPECT_EQ(pieces.golden(), whole.golden());
  }
}

TEST(UnboundLog, CutAtAnyByteKeepsWhatStoodBefore) {
  const std::string text = line("query: 192.0.2.7 a.example. A IN") +
                           line("reply: 192.0.2.7 a.example. A IN NOERROR 0.100000 0 90");
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CollectingSink sink;
    ASSERT_TRUE(read(text.substr(0, cut), sink).ok());
    if (cut >= text.find('\n')) {
      EXPECT_EQ(sink.rows.size(), 1u) << cut;
    }
  }
}

// truth.tsv tells what the clients put on the wire. Unbound (port 5302) logged all of it, and what
// dnsmasq asked on its clients' behalf.
TEST(UnboundLog, HoldsEveryQueryThatWentOverTheWire) {
  ASSAY_NEED_SHARED(truth_path, "live/truth.tsv");
  ASSAY_NEED_SHARED(log_path, "live/unbound.log");
  CollectingSink sink;
  ASSERT_TRUE(read(test::file_bytes(log_path), sink).ok());
  EXPECT_TRUE(sink.rejects.empty());
  std::multimap<std::string, std::string> logged;  // "client TYPE" -> name
  std::size_t lossy = 0;
  for (const DnsRow& row : sink.rows) {
    EXPECT_TRUE(row.flags & kHasQuery);
    EXPECT_NE(row.rcode, kNoRcode);
    lossy += (row.flags & kNameLossy) != 0;
    logged.emplace(sink.hosts.at(row.client) + " " + qtype_text(row.qtype),
                   sink.names.at(row.qname));
  }
  EXPECT_EQ(sink.rows.size(), 586u);
  std::size_t asked = 0, fitting = 0;
  for (const test::LiveQuery& query : test::live_queries(truth_path)) {
    if (query.server_port != 5302) continue;
    ++asked;
    auto [each, end] = logged.equal_range(query.client + " " + qtype_text(query.qtype));
    while (each != end && each->second != query.canonical &&
           !(is_lossy_name(each->second) && could_be(each->second, query.canonical))) {
      ++each;
    }
    if (each == end) {
      ADD_FAILURE() << query.canonical;
      continue;
    }
    ++fitting;
    logged.erase(each);
  }
  EXPECT_EQ(fitting, asked);
  EXPECT_GT(asked, 200u);
  EXPECT_GT(lossy, 20u);
}

}  // namespace
}  // namespace assay
