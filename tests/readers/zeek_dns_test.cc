#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden.h"
#include "read_text.h"
#include "unpacked.h"

namespace assay {
namespace {

using test::CollectingSink;
using test::MemorySource;

const Reader& reader() { return *find_reader("zeek_dns"); }

Status read(std::string_view text, CollectingSink& sink, const ReadContext& context = {}) {
  MemorySource source(text);
  Status status = reader().read(source, context, sink);
  EXPECT_TRUE(sink.balance().is_even());
  return status;
}

// What became of the input, without where in it things stood.
std::string content(CollectingSink& sink) {
  for (DnsRow& row : sink.rows) row.offset = row.length = 0;
  for (test::Answer& answer : sink.answers) answer.row.offset = 0;
  const std::string all = sink.golden();
  return all.substr(0, all.find("{\"units\""));
}

TEST(ZeekDns, ReadsItsSamplesAsTheGoldenFilesSay) {
  for (const auto& path : test::samples_of("zeek_dns")) {
    SCOPED_TRACE(path);
    CollectingSink sink;
    ASSERT_TRUE(read(test::file_bytes(path), sink).ok());
    test::expect_golden(path, sink.golden());
  }
}

TEST(ZeekDns, GivesTheSameRowsForTsvAndJson) {
  CollectingSink tsv, json;
  ASSERT_TRUE(read(test::file_bytes(ASSAY_TEST_DATA "/readers/zeek_dns/rows.tsv"), tsv).ok());
  ASSERT_TRUE(read(test::file_bytes(ASSAY_TEST_DATA "/readers/zeek_dns/rows.json"), json).ok());
  EXPECT_EQ(tsv.rows.size(), 8u);
  EXPECT_EQ(content(tsv), content(json));
}

TEST(ZeekDns, AddsTheSkewAndIgnoresTheZone) {
  ReadContext context;
  context.clock.zone = "Asia/Tokyo";
  context.clock.skew_us = 1'000'000;
  CollectingSink sink;
  const std::string tail = R"(,"id.orig_h":"192.0.2.1","id.resp_h":"192.0.2.2","query":"a"})";
  ASSERT_TRUE(read(R"({"ts":1521911720.5)" + tail + "\n" + R"({"ts":"2018-03-24T17:15:20.5Z")" +
                       tail + "\n",
                   sink, context)
                  .ok());
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(format_utc(sink.rows[0].time_us, 1), "2018-03-24T17:15:21.5Z");
  EXPECT_EQ(format_utc(sink.rows[1].time_us, 1), "2018-03-24T17:15:21.5Z");
}

// A time at the end of what 64 bits can say overflows every sum of it with another.
TEST(ZeekDns, RefusesTimesOutsideTheYears1To9999) {
  const std::string tail = R"(,"id.orig_h":"192.0.2.1","id.resp_h":"192.0.2.2","query":"a"})";
  std::string json;
  for (const char* ts : {"9223372036854775000", "18446744073709551615", "253402300799999999",
                         "253402300800000000", R"("253402300800.0")", R"("-62135596800.000001")",
                         R"("-62135596800")", R"("0000-12-31T23:59:59Z")",
                         R"("9999-12-31T23:59:60Z")", R"("9999-12-31T23:59:59-01:00")"}) {
    json += std::string(R"({"ts":)") + ts + tail + "\n";
  }
  CollectingSink sink;
  ASSERT_TRUE(read(json, sink).ok());
  EXPECT_EQ(sink.reject_codes(), std::vector<std::string>(8, "time.out_of_range"));
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(format_utc(sink.rows[0].time_us, 6), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_utc(sink.rows[1].time_us), "0001-01-01T00:00:00Z");
}

TEST(ZeekDns, RefusesTimesThatTheSkewCarriesOutOfTheYears) {
  ReadContext context;
  const std::string line =
      R"({"ts":1521911720.5,"id.orig_h":"192.0.2.1","id.resp_h":"192.0.2.2","query":"a"})"
      "\n";
  for (const std::int64_t skew : {INT64_MAX, INT64_MIN, std::int64_t{260'000'000'000'000'000}}) {
    context.clock.skew_us = skew;
    CollectingSink sink;
    ASSERT_TRUE(read(line, sink, context).ok());
    EXPECT_EQ(sink.reject_codes(), std::vector<std::string>{"time.out_of_range"});
  }
}

constexpr std::string_view kCutDown =
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
    "#fields\tts\tid.orig_h\tquery\tqclass_name\tqtype_name\trcode_name\n";

TEST(ZeekDns, TakesTheNamesOfCodesWhereTheNumbersAreMissing) {
  const std::string text = std::string(kCutDown) +
                           "1521911720.5\t192.0.2.1\ta.example\tC_INTERNET\tMX\tNOERROR\n"
                           "1521911721.5\t192.0.2.1\ta.example\tC_INTERNET\t*\t-\n"
                           "1521911722.5\t192.0.2.1\ta.example\t-\tquery-911\tNXDOMAIN\n";
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  ASSERT_EQ(sink.rows.size(), 3u);
  EXPECT_EQ(sink.rows[0].qtype, 15u);
  EXPECT_EQ(sink.rows[0].rcode, 0u);
  EXPECT_EQ(sink.rows[0].flags & (kHasQuery | kHasAnswer), kHasQuery | kHasAnswer);
  EXPECT_EQ(sink.rows[1].qtype, 255u);
  EXPECT_EQ(sink.rows[1].rcode, kNoRcode);
  EXPECT_EQ(sink.rows[2].qtype, kNoQtype);
  EXPECT_EQ(sink.rows[2].rcode, 3u);
  EXPECT_TRUE(sink.rows[2].flags & kHasQuery) << "a type is told, if by an unknown name";
  EXPECT_EQ(sink.noted("zeek.name_unknown"), 1u);
  EXPECT_EQ(sink.noted("zeek.no_qtype"), 0u);
  CollectingSink json;
  ASSERT_TRUE(read(R"({"ts":1521911720.5,"id.orig_h":"192.0.2.1","query":"a","qtype_name":"TXT",)"
                   R"("rcode_name":"REFUSED","qclass_name":"C_INTERNET"})"
                   "\n",
                   json)
                  .ok());
  ASSERT_EQ(json.rows.size(), 1u);
  EXPECT_EQ(json.rows[0].qtype, 16u);
  EXPECT_EQ(json.rows[0].rcode, 5u);
}

TEST(ZeekDns, SaysWhatNoRecordTold) {
  CollectingSink sink;
  ASSERT_TRUE(read(R"({"ts":1521911720.5,"id.orig_h":"192.0.2.1","trans_id":7})"
                   "\n",
                   sink)
                  .ok());
  EXPECT_EQ(sink.noted("zeek.no_query"), 1u);
  EXPECT_EQ(sink.noted("zeek.no_qtype"), 1u);
  EXPECT_EQ(sink.noted("zeek.no_rcode"), 1u);
}

TEST(ZeekDns, RefusesATableThatHasNoQuery) {
  const std::string text =
      "#separator \\x09\n#path\tdns\n#fields\tts\tid.orig_h\tqtype\n1521911720.5\t192.0.2.1\t1\n";
  CollectingSink sink;
  ASSERT_TRUE(read(text, sink).ok());
  EXPECT_TRUE(sink.rows.empty());
  EXPECT_EQ(sink.reject_codes(), std::vector<std::string>{"zeek.query.missing"});
  EXPECT_EQ(choose_reader(text).reader, nullptr);
  EXPECT_NE(choose_reader(text).why.find("no 'query'"), std::string::npos);
}

TEST(ZeekDns, SniffTakesDnsLogsAndNamesThePathOfOthers) {
  const std::string tsv = test::file_bytes(ASSAY_TEST_DATA "/readers/zeek_dns/rows.tsv");
  const std::string json = test::file_bytes(ASSAY_TEST_DATA "/readers/zeek_dns/rows.json");
  EXPECT_GE(reader().sniff(tsv).score, 90);
  EXPECT_GE(reader().sniff(json).score, 90);
  std::string http = tsv;
  http.replace(http.find("#path\tdns"), 9, "#path\thttp");
  EXPECT_EQ(reader().sniff(http).score, 0);
  EXPECT_NE(reader().sniff(http).why.find("'http'"), std::string::npos);
  EXPECT_EQ(reader().sniff(R"({"_path":"conn","ts":1,"id.orig_h":"192.0.2.1"})").score, 0);
  EXPECT_EQ(reader().sniff(R"({"rrname":"a.example","count":3})").score, 0);
  EXPECT_EQ(reader().sniff("a,b\n").score, 0);
  EXPECT_EQ(choose_reader(http).reader, nullptr);
  EXPECT_NE(choose_reader(http).why.find("'http'"), std::string::npos);
}

TEST(ZeekDns, GivesTheSameRowsForBothFormsOfOneRealLog) {
  ASSAY_NEED_SHARED(tsv_path, "zeek/zed-tsv-dns.log.gz");
  ASSAY_NEED_SHARED(json_path, "zeek/zed-dns.json.gz");
  CollectingSink tsv, json;
  ASSERT_TRUE(read(test::unpacked(tsv_path), tsv).ok());
  ASSERT_TRUE(read(test::unpacked(json_path), json).ok());
  EXPECT_EQ(tsv.rows.size(), 53'615u);
  EXPECT_EQ(json.rows.size(), 53'615u);
  EXPECT_EQ(tsv.rejects.size(), 0u);
  EXPECT_EQ(format_utc(tsv.span()->begin_us, 6), "2018-03-24T17:15:20.865716Z");
  const std::string a = content(tsv), b = content(json);
  EXPECT_TRUE(a == b) << "first difference at "
                      << std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
}

TEST(ZeekDns, ReadsTheLogsOfARealSite) {
  for (const auto& [name, rows] : {std::pair<const char*, std::size_t>{"rita/open-dns.log", 34},
                                   {"rita/json-dns.log", 34},
                                   {"rita/proxy-dns.log", 942}}) {
    SCOPED_TRACE(name);
    ASSAY_NEED_SHARED(path, name);
    CollectingSink sink;
    ASSERT_TRUE(read(test::file_bytes(path), sink).ok());
    EXPECT_EQ(sink.rows.size(), rows);
    EXPECT_EQ(sink.rejects.size(), 0u);
  }
  std::size_t rows = 0;
  ASSAY_NEED_SHARED(folder, "rita/24h");
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.path().filename().string().starts_with("dns.")) continue;
    CollectingSink sink;
    ASSERT_TRUE(read(test::unpacked(entry.path()), sink).ok());
    EXPECT_EQ(sink.rejects.size(), 0u) << entry.path();
    rows += sink.rows.size();
  }
  EXPECT_EQ(rows, 1'833u);
}

}  // namespace
}  // namespace assay
