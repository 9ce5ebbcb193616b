#include <gmock/gmock.h>

#include "record_read.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::read_records;

constexpr const char* kReader = "zeek_conn";

TEST(ZeekConn, ReadsItsSamplesAsTheGoldenFilesSay) {
  for (const auto& path : test::samples_of(kReader)) {
    SCOPED_TRACE(path);
    CollectingSink sink;
    ASSERT_TRUE(read_records(kReader, test::file_bytes(path), sink).ok());
    test::expect_golden(path, sink.golden());
  }
}

TEST(ZeekConn, GivesTheSameRecordsForTsvAndJson) {
  CollectingSink tsv, json;
  const std::string folder = ASSAY_TEST_DATA "/readers/zeek_conn/";
  ASSERT_TRUE(read_records(kReader, test::file_bytes(folder + "rows.tsv"), tsv).ok());
  ASSERT_TRUE(read_records(kReader, test::file_bytes(folder + "rows.json"), json).ok());
  EXPECT_EQ(tsv.records.size(), 7u);
  EXPECT_EQ(test::records_of(tsv), test::records_of(json));
}

TEST(ZeekConn, TellsThatTheSensorLostBytes) {
  CollectingSink sink;
  ASSERT_TRUE(
      read_records(kReader, test::file_bytes(ASSAY_TEST_DATA "/readers/zeek_conn/rows.tsv"), sink)
          .ok());
  EXPECT_EQ(sink.noted("zeek.missed_bytes"), 1u);
  EXPECT_EQ(sink.texts_of(6, "missed_bytes"), std::vector<std::string>{"20272"});
}

TEST(ZeekConn, AddsTheSkewToBothEndsOfAConnection) {
  ReadContext context;
  context.clock.zone = "Asia/Tokyo";
  context.clock.skew_us = 1'000'000;
  CollectingSink sink;
  ASSERT_TRUE(read_records(kReader,
                           R"({"ts":1521911720.5,"id.orig_h":"192.0.2.1","id.resp_h":"192.0.2.2",)"
                           R"("duration":2.25})"
                           "\n",
                           sink, context)
                  .ok());
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(format_utc(sink.records[0].time_us, 1), "2018-03-24T17:15:21.5Z");
  EXPECT_EQ(format_utc(sink.records[0].until_us, 6), "2018-03-24T17:15:23.750000Z");
}

TEST(ZeekConn, SaysThatNoRecordTellsBytes) {
  CollectingSink sink;
  ASSERT_TRUE(read_records(kReader,
                           R"({"ts":1521911720.5,"id.orig_h":"192.0.2.1","id.resp_h":"192.0.2.2"})"
                           "\n",
                           sink)
                  .ok());
  EXPECT_EQ(sink.noted("zeek.no_bytes"), 1u);
}

TEST(ZeekConn, IsSniffedByPathAndByColumns) {
  const std::string tsv = test::file_bytes(ASSAY_TEST_DATA "/readers/zeek_conn/rows.tsv");
  const std::string json = test::file_bytes(ASSAY_TEST_DATA "/readers/zeek_conn/rows.json");
  for (std::string text : {tsv, json, json.substr(json.find('\n') + 1)}) {
    const SniffChoice choice = choose_reader(text);
    ASSERT_NE(choice.reader, nullptr) << choice.why;
    EXPECT_EQ(choice.reader->name(), kReader);
  }
  std::string nameless = tsv;
  nameless.erase(nameless.find("#path"), 11);
  EXPECT_EQ(choose_reader(nameless).reader->name(), kReader);
  std::string other = tsv;
  other.replace(other.find("#path\tconn"), 10, "#path\thttp");
  EXPECT_EQ(find_reader(kReader)->sniff(other).score, 0);
  EXPECT_EQ(find_reader(kReader)->sniff(R"({"conn_state":1,"history":2})").score, 0);
}

TEST(ZeekConn, KeepsItsBalanceWhateverHappensToItsSamples) {
  for (const auto& path : test::samples_of(kReader)) {
    test::expect_damage_is_balanced(kReader, path);
  }
}

TEST(ZeekConn, ReadsTheLogsOfARealSite) {
  for (const auto& [name, rows, rejects] :
       {std::tuple<const char*, std::size_t, std::size_t>{"rita/open-conn.log", 29, 0},
        {"rita/json-conn.log", 29, 0},
        {"rita/proxy-conn.log", 463, 0},
        {"rita/truncated-conn.log", 58, 1}}) {
    SCOPED_TRACE(name);
    ASSAY_NEED_SHARED(path, name);
    CollectingSink sink;
    ASSERT_TRUE(read_records(kReader, test::file_bytes(path), sink).ok());
    EXPECT_EQ(sink.records.size(), rows);
    EXPECT_EQ(sink.rejects.size(), rejects);
  }
}

TEST(ZeekConn, CountsTheBytesOfARealDayAsItsLogDoes) {
  ASSAY_NEED_SHARED(folder, "rita/24h");
  std::uint64_t rows = 0, sent = 0, received = 0, packets = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.path().filename().string().starts_with("conn.")) continue;
    CollectingSink sink;
    ASSERT_TRUE(read_records(kReader, test::unpacked(entry.path()), sink).ok());
    EXPECT_EQ(sink.rejects.size(), 0u) << entry.path();
    rows += sink.records.size();
    for (const RecordRow& record : sink.records) {
      sent += record.bytes_sent;
      received += record.bytes_received;
      packets += record.packets_sent + record.packets_received;
    }
  }
  EXPECT_EQ(rows, 31'367u);
  EXPECT_EQ(sent, 12'887'823u);
  EXPECT_EQ(received, 2'040'357'466u);
  EXPECT_EQ(packets, 295'896u);
}

}  // namespace
}  // namespace assay
