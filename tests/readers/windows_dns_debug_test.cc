#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden.h"
#include "read_text.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::MemorySource;
using testing::ElementsAre;

const Reader& reader() { return *find_reader("windows_dns_debug"); }

Status read(std::string_view text, CollectingSink& sink, const ReadContext& context = {},
            std::size_t piece = SIZE_MAX) {
  MemorySource source(text, piece);
  Status status = reader().read(source, context, sink);
  EXPECT_TRUE(sink.balance().is_even());
  return status;
}

// As the engine does: a second read when the first one says so.
std::vector<std::string> days_of(const std::string& text, CollectingSink& sink,
                                 ReadContext context = {}) {
  CollectingSink first;
  CollectingSink* last = &first;
  if (!read(text, first, context).ok()) {
    EXPECT_TRUE(first.first_year_wanted());
    context.first_year = first.first_year_wanted();
    EXPECT_TRUE(read(text, sink, context).ok());
    EXPECT_FALSE(sink.first_year_wanted());
    last = &sink;
  } else {
    EXPECT_TRUE(read(text, sink, context).ok());
  }
  std::vector<std::string> days;
  for (const DnsRow& row : last->rows) days.push_back(format_utc(row.time_us).substr(0, 10));
  return days;
}

std::string packet(std::string_view stamp, std::string_view rest =
                                               "UDP Rcv 192.0.2.7       5b47   "
                                               "Q [0001   D   NOERROR] A      "
                                               "(6)clinic(7)example(0)") {
  return fmt::format("{} 0E70 PACKET  00000000033397A0 {}\r\n", stamp, rest);
}

TEST(WindowsDnsDebug, ReadsItsSamplesAsTheGoldenFilesSay) {
  for (const auto& path : test::samples_of("windows_dns_debug")) {
    SCOPED_TRACE(path);
    CollectingSink sink;
    ASSERT_TRUE(read(test::file_bytes(path), sink).ok());
    test::expect_golden(path, sink.golden());
  }
}

TEST(WindowsDnsDebug, JoinsWhatAClientAskedToWhatItGot) {
  const std::string text =
      packet("11/21/2026 7:41:36 PM") +
      packet(
          "11/21/2026 7:41:36 PM",
          "UDP Snd 192.0.2.8       5b47 R Q [8385 A DR NXDOMAIN] A      (6)clinic(7)example(0)") +
      packet("11/21/2026 7:41:36 PM",
             "UDP Snd 192.0.2.7       5b47 R Q [8385 A DR NXDOMAIN] A      (6)clinic(7)example(0)");
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(sink.rows[0].rcode, 3u);
  EXPECT_EQ(sink.rows[0].id, 0x5b47u);
  EXPECT_EQ(sink.rows[0].flags,
            kHasQuery | kHasAnswer | kRecursionDesired | kRecursionAvailable | kAuthoritative);
  EXPECT_FALSE(sink.rows[1].flags & kHasQuery) << "192.0.2.8 asked nothing";
  EXPECT_EQ(sink.noted("windows_dns.answer_without_query"), 1u);
}

TEST(WindowsDnsDebug, KeepsWhatTheServerAskedOthersApart) {
  const std::string tail = "b126   Q [0001   D   NOERROR] A      (6)clinic(7)example(0)";
  CollectingSink sink;
  ASSERT_TRUE(read(packet("11/21/2026 7:41:36 PM", "UDP Rcv 192.0.2.7       " + tail) +
                       packet("11/21/2026 7:41:36 PM", "UDP Snd 192.0.2.7       " + tail),
                   sink)
                  .ok());
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(sink.hosts.at(sink.rows[0].client), "192.0.2.7");
  EXPECT_EQ(sink.rows[1].client, 0u);
  EXPECT_EQ(sink.hosts.at(sink.rows[1].server), "192.0.2.7");
  EXPECT_EQ(sink.noted("windows_dns.client_not_told"), 1u);
}

TEST(WindowsDnsDebug, ADayAbove12TellsTheOrderForTheWholeFile) {
  CollectingSink day_first, month_first;
  EXPECT_THAT(days_of(packet("5/11/2026 7:41:36 PM") + packet("13/11/2026 7:41:36 PM"), day_first),
              ElementsAre("2026-11-05", "2026-11-13"));
  EXPECT_EQ(day_first.noted("windows_dns.day_order"), 1u);
  EXPECT_THAT(days_of(packet("5/11/2026 19:41:36") + packet("5/13/2026 19:41:36"), month_first),
              ElementsAre("2026-05-11", "2026-05-13"));
}

TEST(WindowsDnsDebug, TheCourseOfTheLogTellsTheOrderToo) {
  CollectingSink sink;
  EXPECT_THAT(days_of(packet("5/6/2026 23:59:59") + packet("5/7/2026 0:00:01"), sink),
              ElementsAre("2026-05-06", "2026-05-07"));
  CollectingSink other;
  EXPECT_THAT(days_of(packet("5/6/2026 11:59:59 PM") + packet("6/6/2026 12:00:01 AM"), other),
              ElementsAre("2026-06-05", "2026-06-06"));
}

TEST(WindowsDnsDebug, TheFilesLastChangeTellsTheOrderOfALogOfOneDay) {
  ReadContext context;
  context.clock.last_change_us = utc_micros({2026, 6, 5, 23});
  CollectingSink sink;
  EXPECT_THAT(days_of(packet("5/6/2026 7:41:36 PM"), sink, context), ElementsAre("2026-06-05"));
}

TEST(WindowsDnsDebug, SaysSoWhenNothingTellsTheOrder) {
  CollectingSink sink;
  EXPECT_THAT(days_of(packet("5/6/2026 7:41:36 PM"), sink), ElementsAre("2026-05-06"));
  EXPECT_EQ(sink.noted("windows_dns.day_order_assumed"), 1u);
  CollectingSink same;  // the fifth of May, either way
  EXPECT_THAT(days_of(packet("5/5/2026 7:41:36 PM"), same), ElementsAre("2026-05-05"));
  EXPECT_TRUE(same.notes().empty());
  CollectingSink dots;
  EXPECT_THAT(days_of(packet("5.6.2026 19:41:36"), dots), ElementsAre("2026-06-05"));
  EXPECT_TRUE(dots.notes().empty());
}

TEST(WindowsDnsDebug, ReadsHalfDaysAndTheZone) {
  ReadContext context;
  context.clock.zone = "Europe/Berlin";
  CollectingSink sink;
  ASSERT_TRUE(read(packet("1/21/2026 12:00:01 AM") + packet("1/21/2026 12:00:01 PM") +
                       packet("1/21/2026 1:00:01 PM"),
                   sink, context)
                  .ok());
  ASSERT_EQ(sink.rows.size(), 3u);
  EXPECT_EQ(format_utc(sink.rows[0].time_us), "2026-01-20T23:00:01Z");
  EXPECT_EQ(format_utc(sink.rows[1].time_us), "2026-01-21T11:00:01Z");
  EXPECT_EQ(format_utc(sink.rows[2].time_us), "2026-01-21T12:00:01Z");
}

TEST(WindowsDnsDebug, DetailsBelongToTheirPacketAndTellPortClassAndTtl) {
  const std::string text =
      test::file_bytes(std::string(ASSAY_TEST_DATA) + "/readers/windows_dns_debug/details.log");
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  ASSERT_EQ(sink.rows.size(), 3u);
  EXPECT_EQ(sink.rows[0].client_port, 59612u);
  EXPECT_EQ(sink.rows[0].ttl, 600u) << "the smallest of the answer section";
  EXPECT_EQ(text.substr(sink.rows[0].offset, sink.rows[0].length),
            text.substr(0, text.find("\n\n")));
  EXPECT_EQ(sink.balance().units, 6u) << "four packets and two empty lines";
}

TEST(WindowsDnsDebug, SniffTakesItsLogAndLeavesOthers) {
  EXPECT_GE(reader().sniff(packet("1/21/2026 12:00:01 AM")).score, 90);
  EXPECT_EQ(reader().sniff("1/21/2026 12:00:01 AM 0E70 EVENT started\n").score, 0);
  EXPECT_EQ(reader().sniff("2026-01-21,192.0.2.1,(3)www(0)\n").score, 0);
  EXPECT_EQ(reader().sniff("").score, 0);
}

TEST(WindowsDnsDebug, GivesTheSameRowsHoweverItIsHandedOut) {
  for (const auto& path : test::samples_of("windows_dns_debug")) {
    const std::string text = test::file_bytes(path);
    CollectingSink whole, pieces;
    ASSERT_TRUE(read(text, whole).ok());
    ASSERT_TRUE(read(text, pieces, {}, 7).ok());
    EXPECT_EQ(pieces.golden(), whole.golden());
  }
}

}  // namespace
}  // namespace assay
