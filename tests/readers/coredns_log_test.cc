#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden.h"
#include "read_text.h"
#include "readers/coredns_line.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::MemorySource;

const Reader& reader() { return *find_reader("coredns_log"); }

Status read(std::string_view text, CollectingSink& sink, std::size_t piece = SIZE_MAX) {
  MemorySource source(text, piece);
  Status status = reader().read(source, {}, sink);
  EXPECT_TRUE(sink.balance().is_even());
  return status;
}

constexpr std::string_view kLine =
    "[INFO] 192.0.2.7:50759 - 29008 \"A IN mail1.sender.example. udp 41 false 512\" NOERROR "
    "qr,rd,ra 68 0.500000251s\n";

TEST(CorednsLog, ReadsItsSamplesAsTheGoldenFilesSay) {
  for (const auto& path : test::samples_of("coredns_log")) {
    SCOPED_TRACE(path);
    CollectingSink sink;
    ASSERT_TRUE(read(test::file_bytes(path), sink).ok());
    test::expect_golden(path, sink.golden());
  }
}

TEST(CorednsLog, TheQueryCameBeforeTheLineByTheTimeThatTheAnswerTook) {
  CollectingSink sink;
  ASSERT_TRUE(read("2026-11-21T19:41:36.500Z " + std::string(kLine), sink).ok());
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(format_utc(sink.rows[0].time_us, 3), "2026-11-21T19:41:36.000Z");
  EXPECT_EQ(sink.rows[0].delay_us, 500'000u);
  EXPECT_EQ(sink.rows[0].id, 29'008u);
}

TEST(CorednsLog, RefusesLinesWithoutATimeAndSaysHowToGetOne) {
  CollectingSink sink;
  ASSERT_TRUE(read(kLine, sink).ok());
  ASSERT_EQ(sink.rejects.size(), 1u);
  EXPECT_EQ(sink.rejects[0].code, "time.missing");
  EXPECT_THAT(sink.rejects[0].why, testing::HasSubstr("--timestamps"));
}

TEST(CorednsLog, ReadsDurationsAsGoPrintsThem) {
  EXPECT_EQ(parse_go_duration("0.037990251s"), 37'990u);
  EXPECT_EQ(parse_go_duration("118.321\xc2\xb5s"), 118u);
  EXPECT_EQ(parse_go_duration("37.99ms"), 37'990u);
  EXPECT_EQ(parse_go_duration("999ns"), 0u);
  EXPECT_EQ(parse_go_duration("1m2.5s"), 62'500'000u);
  for (const char* text : {"", "s", "5", "soon", "1.2.3s", "-1s", "1x", "1e9s", "2h"}) {
    EXPECT_FALSE(parse_go_duration(text)) << text;
  }
}

TEST(CorednsLog, SniffTakesItsLogAndLeavesOthers) {
  EXPECT_GE(reader().sniff(kLine).score, 90);
  EXPECT_EQ(reader().sniff("[INFO] 192.0.2.7:50759 - 29008 \"GET / HTTP/1.1\" 200\n").score, 0);
  EXPECT_EQ(reader().sniff("{\"log\":\"[INFO] up\\n\",\"time\":\"2026-11-21T19:41:36Z\"}\n").score,
            0);
  EXPECT_EQ(reader().sniff("").score, 0);
}

TEST(CorednsLog, GivesTheSameRowsHoweverItIsHandedOutAndCut) {
  for (const auto& path : test::samples_of("coredns_log")) {
    const std::string text = test::file_bytes(path);
    CollectingSink whole, pieces;
    ASSERT_TRUE(read(text, whole).ok());
    ASSERT_TRUE(read(text, pieces, 7).ok());
    EXPECT_EQ(pieces.golden(), whole.golden());
  }
  const std::string text = "2026-11-21T19:41:36.500Z " + std::string(kLine);
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    CollectingSink sink;
    ASSERT_TRUE(read(text.substr(0, cut), sink).ok());
    EXPECT_LE(sink.rows.size(), 1u);
  }
}

}  // namespace
}  // namespace assay
