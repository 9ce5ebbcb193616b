#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden.h"
#include "live_truth.h"
#include "read_text.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::MemorySource;
using testing::ElementsAre;

const Reader& reader() { return *find_reader("dnsmasq_log"); }

Status read(std::string_view text, CollectingSink& sink, const ReadContext& context = {},
            std::size_t piece = SIZE_MAX) {
  MemorySource source(text, piece);
  Status status = reader().read(source, context, sink);
  EXPECT_TRUE(sink.balance().is_even());
  return status;
}

std::string line(std::string_view message) {
  return fmt::format("Nov 21 2026 19:41:36 dnsmasq[582]: {}\n", message);
}

std::vector<std::string> outcomes(const CollectingSink& sink) {
  std::vector<std::string> all;
  for (const DnsRow& row : sink.rows) {
    all.push_back(
        sink.hosts.at(row.client) + " " + qtype_text(row.qtype) + " " +
        (row.flags & kHasAnswer ? row.rcode == kNoRcode ? "?" : rcode_text(row.rcode) : "-"));
  }
  return all;
}

TEST(DnsmasqLog, ReadsItsSamplesAsTheGoldenFilesSay) {
  for (const auto& path : test::samples_of("dnsmasq_log")) {
    SCOPED_TRACE(path);
    CollectingSink sink;
    ASSERT_TRUE(read(test::file_bytes(path), sink).ok());
    test::expect_golden(path, sink.golden());
  }
}

// A line for each of 65,536 waiting queries would take a millisecond an answer.
TEST(DnsmasqLog, HoldsAnAnswerAgainstABoundedNumberOfWaitingQueries) {
  std::string text;
  for (int i = 0; i < 1'500; ++i) text += line("query[AAAA] a.example from 192.0.2.7");
  text += line("query[A] a.example from 192.0.2.8") + line("reply a.example is 198.51.100.1");
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  EXPECT_EQ(sink.rows.size(), 1'501u);
  EXPECT_EQ(sink.noted("dnsmasq.answer_ambiguous"), 1u);

  CollectingSink cached;  // the youngest query is looked at first
  ASSERT_TRUE(read(text + line("cached a.example is 198.51.100.1"), cached).ok());
  EXPECT_EQ(outcomes(cached).back(), "192.0.2.8 A NOERROR");
}

// What was used of a line without its end must be known when the file has grown.
TEST(DnsmasqLog, NotesAnAnswerWhoseLineHasNoEnd) {
  std::string text =
      line("query[A] a.example from 192.0.2.8") + line("reply a.example is 198.51.100.1");
  text.pop_back();
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  EXPECT_EQ(outcomes(sink).back(), "192.0.2.8 A NOERROR");
  EXPECT_EQ(sink.noted("line.unterminated"), 1u);
}

TEST(DnsmasqLog, FindsWaitingQueriesBehindAnsweredOnes) {
  const std::string waits = line("query[AAAA] a.example from 192.0.2.7");
  std::string text = waits;
  for (int i = 0; i < 3; ++i) {
    text += line("query[A] a.example from 192.0.2.8") + line("reply a.example is 198.51.100.1") +
            line("forwarded b.example to 198.51.100.53");
  }
  text +=
      waits + line("query[A] a.example from 192.0.2.9") + line("reply a.example is 198.51.100.2");
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  EXPECT_THAT(outcomes(sink),
              ElementsAre("192.0.2.7 AAAA -", "192.0.2.8 A NOERROR", "192.0.2.8 A NOERROR",
                          "192.0.2.8 A NOERROR", "192.0.2.7 AAAA -", "192.0.2.9 A NOERROR"));
}

TEST(DnsmasqLog, JoinsAnswersBySerialNumberWhateverStandsBetween) {
  CollectingSink sink;
  ASSERT_TRUE(read(line("7 192.0.2.7/4003 query[A] a.example from 192.0.2.7") +
                       line("8 192.0.2.7/4004 query[A] a.example from 192.0.2.7") +
                       line("8 192.0.2.7/4004 reply a.example is NXDOMAIN") +
                       line("8 192.0.2.7/4005 reply a.example is 198.51.100.1"),
                   sink)
                  .ok());
  EXPECT_THAT(outcomes(sink), ElementsAre("192.0.2.7 A -", "192.0.2.7 A NXDOMAIN"));
  EXPECT_EQ(sink.rows[1].client_port, 4004u);
  EXPECT_EQ(sink.noted("dnsmasq.answer_without_query"), 1u);
}

TEST(DnsmasqLog, TheEndOfAChainOfCnamesDecidesTheAnswer) {
  CollectingSink sink;
  ASSERT_TRUE(read(line("7 192.0.2.7/4003 query[A] a.example from 192.0.2.7") +
                       line("7 192.0.2.7/4003 reply a.example is <CNAME>") +
                       line("7 192.0.2.7/4003 reply b.example is <CNAME>") +
                       line("7 192.0.2.7/4003 reply c.example is NXDOMAIN"),
                   sink)
                  .ok());
  EXPECT_THAT(outcomes(sink), ElementsAre("192.0.2.7 A NXDOMAIN"));
  EXPECT_EQ(sink.balance().used, 4u);
}

TEST(DnsmasqLog, WithoutSerialNumbersGivesAnAnswerToTheQuestionThatItFits) {
  CollectingSink sink;
  ASSERT_TRUE(read(line("query[A] a.example from 192.0.2.7") +
                       line("query[AAAA] a.example from 192.0.2.7") +
                       line("query[MX] a.example from 192.0.2.8") +
                       line("reply a.example is NODATA") + line("reply a.example is NODATA-IPv6") +
                       line("reply b.example is 198.51.100.1") +
                       line("reply a.example is 198.51.100.1"),
                   sink)
                  .ok());
  EXPECT_THAT(outcomes(sink),
              ElementsAre("192.0.2.7 A NOERROR", "192.0.2.7 AAAA NOERROR", "192.0.2.8 MX NOERROR"));
  EXPECT_EQ(sink.noted("dnsmasq.answer_without_query"), 1u);
}

TEST(DnsmasqLog, WithoutSerialNumbersALinkOfAChainIsNoAnswerToSomebodyElse) {
  CollectingSink sink;
  ASSERT_TRUE(read(line("query[A] b.example from 192.0.2.8") +
                       line("query[A] a.example from 192.0.2.7") +
                       line("reply a.example is <CNAME>") + line("reply b.example is NXDOMAIN"),
                   sink)
                  .ok());
  EXPECT_THAT(outcomes(sink), ElementsAre("192.0.2.8 A -", "192.0.2.7 A NXDOMAIN"));
}

TEST(DnsmasqLog, WithoutSerialNumbersTellsSeveralRecordsFromSeveralAnswers) {
  const std::string two =
      line("query[A] a.example from 192.0.2.7") + line("query[A] a.example from 192.0.2.8") +
      line("reply a.example is 198.51.100.1") + line("reply a.example is 198.51.100.2");
  CollectingSink one_answer;
  ASSERT_TRUE(read(two, one_answer).ok());
  EXPECT_THAT(outcomes(one_answer), ElementsAre("192.0.2.7 A NOERROR", "192.0.2.8 A -"));
  EXPECT_EQ(one_answer.noted("dnsmasq.paired_by_order"), 1u);
  CollectingSink two_answers;
  ASSERT_TRUE(read(two + line("reply a.example is 198.51.100.1"), two_answers).ok());
  EXPECT_THAT(outcomes(two_answers), ElementsAre("192.0.2.7 A NOERROR", "192.0.2.8 A NOERROR"));
}

TEST(DnsmasqLog, NeverPairsUnprintableNamesThatMayBeTwo) {
  CollectingSink sink;
  ASSERT_TRUE(read(line("query[A] <name unprintable> from 192.0.2.7") +
                       line("query[A] <name unprintable> from 192.0.2.8") +
                       line("reply <name unprintable> is NXDOMAIN"),
                   sink)
                  .ok());
  EXPECT_THAT(outcomes(sink), ElementsAre("192.0.2.7 A -", "192.0.2.8 A -"));
  EXPECT_EQ(sink.noted("dnsmasq.answer_ambiguous"), 1u);
  for (const DnsRow& row : sink.rows) {
    EXPECT_TRUE(row.flags & kNameLossy);
    EXPECT_TRUE(is_lossy_name(sink.names.at(row.qname)));
    EXPECT_FALSE(could_be(sink.names.at(row.qname), "mail1.sender.example"));
  }
}

TEST(DnsmasqLog, TakesTheClientBehindTheLastFromOfALine) {
  CollectingSink sink;
  ASSERT_TRUE(read(line("query[A] x from y.example from 192.0.2.7"), sink).ok());
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(sink.names.at(sink.rows[0].qname), "x\\032from\\032y.example");
}

TEST(DnsmasqLog, TakesNoNameForSyslogsWordsAboutRepeatedLines) {
  CollectingSink sink;
  ASSERT_TRUE(read(line("query[A] last message repeated 3 times.example from 192.0.2.7") +
                       line("message repeated 2 times: [ query[A] a.example from 192.0.2.7]") +
                       line("message repeated 2 times: [ read /etc/hosts - 2 names]"),
                   sink)
                  .ok());
  EXPECT_EQ(sink.rows.size(), 1u);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("dnsmasq.repeated"));
  EXPECT_EQ(sink.noted("dnsmasq.repeats_missing"), 2u);
  EXPECT_EQ(sink.noted("dnsmasq.other_line"), 1u);
}

TEST(DnsmasqLog, TellsADelayOnlyFromFineStamps) {
  CollectingSink sink;
  ASSERT_TRUE(read("2026-11-21T19:41:37.000250Z gw1 dnsmasq[5]: query[A] a.example from "
                   "192.0.2.7\n2026-11-21T19:41:37.012500Z gw1 dnsmasq[5]: reply a.example is "
                   "198.51.100.7\n" +
                       line("query[A] b.example from 192.0.2.7") +
                       line("reply b.example is 198.51.100.7"),
                   sink)
                  .ok());
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(sink.rows[0].delay_us, 12'250u);
  EXPECT_EQ(sink.rows[1].delay_us, kNoDelay);
}

TEST(DnsmasqLog, SniffTakesItsLogAndLeavesOthers) {
  EXPECT_GE(reader().sniff(line("query[A] a.example from 192.0.2.7")).score, 90);
  EXPECT_EQ(reader().sniff("Nov 22 17:41:11 gw1 sshd[9]: query[A] a from 192.0.2.7\n").score, 0);
  EXPECT_EQ(reader().sniff("").score, 0);
}

TEST(DnsmasqLog, GivesTheSameRowsHoweverItIsHandedOutAndCut) {
  for (const auto& path : test::samples_of("dnsmasq_log")) {
    const std::string text = test::file_bytes(path);
    CollectingSink whole, pieces;
    ASSERT_TRUE(read(text, whole).ok());
    ASSERT_TRUE(read(text, pieces, {}, 7).ok());
    EXPECT_EQ(pieces.golden(), whole.golden());
  }
  const std::string text = line("7 192.0.2.7/4003 query[A] a.example from 192.0.2.7") +
                           line("7 192.0.2.7/4003 reply a.example is 198.51.100.1");
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CollectingSink sink;
    ASSERT_TRUE(read(text.substr(0, cut), sink).ok());
    if (cut >= text.find('\n')) {
      EXPECT_EQ(sink.rows.size(), 1u) << cut;
    }
  }
}

// truth.tsv tells what the clients put on the wire, and what they got; dnsmasq's port was 5303.
TEST(DnsmasqLog, HoldsEveryQueryThatWentOverTheWireWithItsAnswer) {
  ASSAY_NEED_SHARED(truth_path, "live/truth.tsv");
  ASSAY_NEED_SHARED(log_path, "live/dnsmasq.log");
  ReadContext context;
  context.clock.year = 2026;
  CollectingSink sink;
  ASSERT_TRUE(read(test::file_bytes(log_path), sink, context).ok());
  EXPECT_TRUE(sink.rejects.empty());
  std::map<std::string, const DnsRow*> logged;  // "client:port TYPE"
  for (const DnsRow& row : sink.rows) {
    logged[fmt::format("{}:{} {}", sink.hosts.at(row.client), row.client_port,
                       qtype_text(row.qtype))] = &row;
  }
  std::size_t asked = 0, answered = 0, lossy = 0;
  for (const test::LiveQuery& query : test::live_queries(truth_path)) {
    if (query.server_port != 5303) continue;
    ++asked;
    const auto found = logged.find(
        fmt::format("{}:{} {}", query.client, query.client_port, qtype_text(query.qtype)));
    ASSERT_NE(found, logged.end()) << query.canonical;
    const DnsRow& row = *found->second;
    const std::string& name = sink.names.at(row.qname);
    if (row.flags & kNameLossy) {
      ++lossy;
      EXPECT_TRUE(could_be(name, query.canonical)) << query.canonical;
    } else {
      EXPECT_EQ(name, query.canonical);
    }
    answered += row.rcode == query.rcode;
    if (row.rcode != kNoRcode) {
      EXPECT_EQ(row.rcode, query.rcode) << query.canonical;
    }
  }
  EXPECT_EQ(sink.rows.size(), asked);
  EXPECT_GT(asked, 300u);
  EXPECT_GT(answered * 100, asked * 99);
  EXPECT_GE(lossy, 12u);
}

}  // namespace
}  // namespace assay
