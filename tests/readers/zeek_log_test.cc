// Zeek's logs about mail, TLS and the sensor itself.
#include <gmock/gmock.h>

#include "record_read.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::read_records;

class ZeekLogs : public testing::TestWithParam<const char*> {};

TEST_P(ZeekLogs, ReadsItsSamplesAsTheGoldenFilesSay) {
  for (const auto& path : test::samples_of(GetParam())) {
    SCOPED_TRACE(path);
    CollectingSink sink;
    ASSERT_TRUE(read_records(GetParam(), test::file_bytes(path), sink).ok());
    test::expect_golden(path, sink.golden());
  }
}

TEST_P(ZeekLogs, KeepsItsBalanceWhateverHappensToItsSamples) {
  for (const auto& path : test::samples_of(GetParam())) {
    test::expect_damage_is_balanced(GetParam(), path);
  }
}

TEST_P(ZeekLogs, AreSniffedWithAndWithoutAPath) {
  const std::string folder = std::string(ASSAY_TEST_DATA "/readers/") + GetParam();
  std::string tsv = test::file_bytes(folder + "/rows.tsv");
  EXPECT_EQ(choose_reader(tsv).reader->name(), GetParam());
  const std::size_t path = tsv.find("#path");
  tsv.erase(path, tsv.find('\n', path) + 1 - path);
  EXPECT_EQ(choose_reader(tsv).reader->name(), GetParam());
  EXPECT_EQ(choose_reader(test::file_bytes(folder + "/rows.json")).reader->name(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Readers, ZeekLogs,
                         testing::Values("zeek_smtp", "zeek_ssl", "zeek_weird",
                                         "zeek_capture_loss"));

// Spelled as JSON, a number has lost its closing zeros; all else is equal.
TEST(ZeekLog, GivesTheSameRecordsForTsvAndJson) {
  for (const char* reader : {"zeek_smtp", "zeek_ssl", "zeek_weird"}) {
    const std::string folder = std::string(ASSAY_TEST_DATA "/readers/") + reader;
    CollectingSink tsv, json;
    ASSERT_TRUE(read_records(reader, test::file_bytes(folder + "/rows.tsv"), tsv).ok());
    ASSERT_TRUE(read_records(reader, test::file_bytes(folder + "/rows.json"), json).ok());
    EXPECT_FALSE(tsv.records.empty());
    EXPECT_EQ(test::records_of(tsv), test::records_of(json));
  }
}

TEST(ZeekSmtp, MakesOneRecordForEachRecipientAndOneForNone) {
  CollectingSink sink;
  const std::string folder = ASSAY_TEST_DATA "/readers/zeek_smtp/";
  ASSERT_TRUE(read_records("zeek_smtp", test::file_bytes(folder + "rows.tsv"), sink).ok());
  ASSERT_EQ(sink.records.size(), 6u);
  EXPECT_EQ(sink.balance().used, 4u);
  EXPECT_EQ(sink.texts_of(1, "recipient"), std::vector<std::string>{"clerk@bank.example"});
  EXPECT_EQ(sink.texts_of(2, "recipient"), std::vector<std::string>{"desk@clinic.example"});
  EXPECT_EQ(sink.names.at(sink.records[1].name), "clinic.example");
  EXPECT_EQ(sink.texts_of(1, "header_to"),
            (std::vector<std::string>{"Clerk, First <clerk@bank.example>", "desk@clinic.example"}));
  EXPECT_TRUE(sink.texts_of(3, "recipient").empty());
  EXPECT_EQ(sink.records[3].code, 550u);
  EXPECT_EQ(sink.texts_of(4, "envelope_from"), std::vector<std::string>{"<>"});
  EXPECT_EQ(sink.records[4].name, 0u) << "an address literal is no domain";
}

TEST(ZeekSmtp, KeepsAllOfTooManyRecipientsInTheLastRecord) {
  std::string line = R"({"ts":1521911720.5,"id.orig_h":"192.0.2.1","id.resp_h":"192.0.2.2",)"
                     R"("rcptto":[)";
  for (int i = 0; i < 150; ++i) line += (i ? ",\"u" : "\"u") + std::to_string(i) + "@a.example\"";
  CollectingSink sink;
  ASSERT_TRUE(read_records("zeek_smtp", line + "]}\n", sink).ok());
  ASSERT_EQ(sink.records.size(), 100u);
  EXPECT_EQ(sink.records[99].count, 51u);
  EXPECT_EQ(sink.texts_of(100, "recipient").size(), 51u);
  EXPECT_EQ(sink.texts_of(100, "recipient").back(), "u149@a.example");
  EXPECT_EQ(sink.noted("zeek.many_recipients"), 1u);
}

TEST(ZeekCaptureLoss, BeginsAnIntervalBeforeItsStamp) {
  CollectingSink sink;
  const std::string folder = ASSAY_TEST_DATA "/readers/zeek_capture_loss/";
  ASSERT_TRUE(read_records("zeek_capture_loss", test::file_bytes(folder + "rows.tsv"), sink).ok());
  ASSERT_EQ(sink.records.size(), 3u);
  EXPECT_EQ(sink.records[0].until_us - sink.records[0].time_us, 900'000'012);
  EXPECT_EQ(sink.noted("zeek.capture_loss"), 2u);
}

TEST(ZeekSmtp, GivesTheSameRecordsForBothFormsOfOneRealLog) {
  ASSAY_NEED_SHARED(tsv_path, "zeek/zed-tsv-smtp.log.gz");
  ASSAY_NEED_SHARED(json_path, "zeek/zed-smtp.json.gz");
  CollectingSink tsv, json;
  ASSERT_TRUE(read_records("zeek_smtp", test::unpacked(tsv_path), tsv).ok());
  ASSERT_TRUE(read_records("zeek_smtp", test::unpacked(json_path), json).ok());
  EXPECT_EQ(tsv.balance().used, 1'188u);
  EXPECT_EQ(json.balance().used, 1'188u);
  EXPECT_EQ(tsv.rejects.size() + json.rejects.size(), 0u);
  const std::string a = test::records_of(tsv), b = test::records_of(json);
  EXPECT_TRUE(a == b) << "first difference at "
                      << std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
}

TEST(ZeekLog, ReadsRealLogsWithoutARefusal) {
  for (const auto& [reader, name, rows] : {std::tuple<const char*, const char*, std::uint64_t>{
                                               "zeek_weird", "zeek/zed-tsv-weird.log.gz", 24'202},
                                           {"zeek_ssl", "rita/proxy-ssl.log", 407}}) {
    SCOPED_TRACE(name);
    ASSAY_NEED_SHARED(path, name);
    const std::string text = test::unpacked(path);
    EXPECT_EQ(choose_reader(text.substr(0, kSniffBytes)).reader->name(), reader);
    CollectingSink sink;
    ASSERT_TRUE(read_records(reader, text, sink).ok());
    EXPECT_EQ(sink.balance().used, rows);
    EXPECT_EQ(sink.rejects.size(), 0u);
  }
}

// Zeek's own baselines hide the times; with times put in, each line of mail must become a record.
TEST(ZeekSmtp, ReadsWhatZeekWritesForItsOwnTraces) {
  ASSAY_NEED_SHARED(folder, "pcap/zeek-baseline");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.find("__smtp.log") == std::string::npos) continue;
    std::string text = test::file_bytes(entry.path());
    for (std::size_t at; (at = text.find("XXXXXXXXXX.XXXXXX")) != std::string::npos;) {
      text.replace(at, 17, "1521911720.600843");
    }
    CollectingSink sink;
    ASSERT_TRUE(read_records("zeek_smtp", text, sink).ok());
    EXPECT_EQ(sink.rejects.size(), 0u) << name;
    EXPECT_GE(sink.balance().used, 1u) << name;
    ++files;
  }
  EXPECT_EQ(files, 18u);
}

}  // namespace
}  // namespace assay
