// suricata_eve: dns events of all versions, what else is kept, and what is only counted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "golden.h"
#include "read_text.h"
#include "readers/readers.h"

namespace assay::test {
namespace {

using ::testing::ElementsAre;

void read(std::string_view bytes, RecordSink& sink, std::size_t piece = SIZE_MAX,
          const ReadContext& context = {}) {
  MemorySource source(bytes, piece);
  const Status status = suricata_eve_reader().read(source, context, sink);
  EXPECT_TRUE(status.ok()) << status.error().message;
  EXPECT_TRUE(sink.balance().is_even());
  EXPECT_EQ(sink.balance().rejected,
            sink.balance().units - sink.balance().used - sink.balance().blank);
}

const std::string kPath = ASSAY_TEST_DATA "/readers/suricata_eve/eve.json";

std::string dns_event(const char* time, const char* ports, const char* dns) {
  return std::string(R"({"timestamp":"2026-01-02T03:04:)") + time +
         R"(+0000","flow_id":1,"event_type":"dns","src_ip":"192.0.2.10",)" +
         R"("dest_ip":"198.51.100.53",)" + ports + R"(,"proto":"UDP","dns":)" + dns + "}\n";
}
constexpr const char* kPorts = R"("src_port":40000,"dest_port":53)";

TEST(SuricataEve, ReadsItsSampleAsTheGoldenFileSays) {
  CollectingSink sink;
  read(file_bytes(kPath), sink);
  expect_golden(kPath, sink.golden());
}

TEST(SuricataEve, MakesOneRowOfAQueryAndItsAnswerInEveryVersion) {
  const std::vector<std::pair<const char*, const char*>> versions = {
      {R"({"type":"query","id":9,"rrname":"bank.example","rrtype":"A","tx_id":0})",
       R"({"type":"answer","id":9,"rcode":"NOERROR","rrname":"bank.example","rrtype":"A",)"
       R"("ttl":60,"rdata":"192.0.2.1"})"},
      {R"({"version":2,"type":"query","id":9,"rrname":"bank.example","rrtype":"A"})",
       R"({"version":2,"type":"answer","id":9,"flags":"8180","rrname":"bank.example",)"
       R"("rrtype":"A","rcode":"NOERROR",)"
       R"("answers":[{"rrname":"bank.example","rrtype":"A","ttl":60,"rdata":"192.0.2.1"}]})"},
      {R"({"version":3,"type":"request","id":9,"flags":"100","rcode":"NOERROR",)"
       R"("queries":[{"rrname":"bank.example","rrtype":"A"}]})",
       R"({"version":3,"type":"response","id":9,"flags":"8180","rcode":"NOERROR",)"
       R"("queries":[{"rrname":"bank.example","rrtype":"A"}],)"
       R"("answers":[{"rrname":"bank.example","rrtype":"A","ttl":60,"rdata":"192.0.2.1"}]})"}};
  for (const auto& [query, answer] : versions) {
    SCOPED_TRACE(query);
    CollectingSink sink;
    read(dns_event("05.000000", kPorts, query) + dns_event("05.010000", kPorts, answer), sink);
    ASSERT_EQ(sink.rows.size(), 1u);
    const DnsRow& row = sink.rows[0];
    EXPECT_EQ(row.flags & (kHasQuery | kHasAnswer), kHasQuery | kHasAnswer);
    EXPECT_EQ(row.delay_us, 10'000u);
    EXPECT_EQ(row.rcode, 0);
    EXPECT_EQ(row.ttl, 60u);
    EXPECT_EQ(row.offset, 0u);
    EXPECT_EQ(row.qtype, 1);
    ASSERT_EQ(sink.answers.size(), 1u);
    EXPECT_EQ(sink.answers[0].row.type, 1);
    EXPECT_EQ(sink.answers[0].rdata, std::string("\xc0\x00\x02\x01", 4));
    EXPECT_EQ(sink.balance().used, 2u);
  }
}

TEST(SuricataEve, TakesTheAskerWhicheverEndAnAnswerNamesFirst) {
  const char* query = R"({"version":2,"type":"query","id":9,"rrname":"a.example","rrtype":"A"})";
  const std::string turned =
      R"({"timestamp":"2026-01-02T03:04:05.1+0000","flow_id":1,"event_type":"dns",)"
      R"("src_ip":"198.51.100.53","src_port":53,"dest_ip":"192.0.2.10","dest_port":40000,)"
      R"("proto":"UDP","dns":{"version":2,"type":"answer","id":9,"flags":"8183",)"
      R"("rrname":"a.example","rrtype":"A","rcode":"NXDOMAIN"}})"
      "\n";
  CollectingSink sink;
  read(dns_event("05.000000", kPorts, query) + turned, sink);
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_EQ(sink.hosts.at(sink.rows[0].client), "192.0.2.10");
  EXPECT_EQ(sink.rows[0].rcode, 3);
}

TEST(SuricataEve, KeepsEachQuestionOfAMessageThatHasSeveral) {
  CollectingSink sink;
  read(dns_event("05.000000", kPorts,
                 R"({"version":3,"type":"request","id":9,"flags":"100","queries":[)"
                 R"({"rrname":"a.example","rrtype":"A"},{"rrname":"b.example","rrtype":"MX"}]})"),
       sink);
  ASSERT_EQ(sink.rows.size(), 2u);
  EXPECT_EQ(sink.names.at(sink.rows[0].qname), "b.example");
  EXPECT_EQ(sink.rows[0].qtype, 15);
  EXPECT_EQ(sink.rows[0].flags & (kHasQuery | kExtraQuestion), kHasQuery | kExtraQuestion);
  EXPECT_EQ(sink.names.at(sink.rows[1].qname), "a.example");
  EXPECT_EQ(sink.rows[1].flags & kExtraQuestion, 0u);
}

TEST(SuricataEve, AMailToThousandsMakesABoundedNumberOfRecords) {
  std::string recipients = "\"a@bank.example\"";
  for (int i = 1; i < 300; ++i) recipients += ",\"<" + std::to_string(i) + "@bank.example>\"";
  CollectingSink sink;
  read(R"({"timestamp":"2026-01-02T03:04:05.1+0000","flow_id":1,"event_type":"smtp",)"
       R"("src_ip":"192.0.2.10","src_port":40000,"dest_ip":"192.0.2.25","dest_port":25,)"
       R"("proto":"TCP","smtp":{"mail_from":"<a@sender.example>","rcpt_to":[)" +
           recipients + "]}}\n",
       sink);
  ASSERT_EQ(sink.records.size(), 100u);
  EXPECT_EQ(sink.records[98].count, 1u);
  EXPECT_EQ(sink.records[99].count, 201u);
  EXPECT_EQ(sink.noted("eve.many_recipients"), 1u);
}

TEST(SuricataEve, NamesWithLostBytesStandForASetOfNames) {
  CollectingSink sink;
  read(dns_event("05.000000", kPorts,
                 "{\"type\":\"query\",\"id\":1,\"rrname\":\"a\xef\xbf\xbd"
                 "b.bank.example\",\"rrtype\":\"A\"}"),
       sink);
  ASSERT_EQ(sink.rows.size(), 1u);
  EXPECT_TRUE(sink.rows[0].flags & kNameLossy);
  const std::string name = sink.names.at(sink.rows[0].qname);
  EXPECT_EQ(name, "a\\*b.bank.example");
  EXPECT_TRUE(is_lossy_name(name));
  EXPECT_TRUE(could_be(name, "a\\200b.bank.example"));
}

TEST(SuricataEve, ReadsOffsetsAndAddsTheSkew) {
  ReadContext context;
  context.clock.zone = "Asia/Tokyo";
  context.clock.skew_us = 1'000'000;
  const std::string rest =
      R"(,"flow_id":1,"event_type":"dns","src_ip":"192.0.2.1",)"
      R"("dest_ip":"192.0.2.2","dns":{"type":"query","id":1,"rrname":"a","rrtype":"A"}})"
      "\n";
  CollectingSink sink;
  read(R"({"timestamp":"2026-01-02T03:04:05.123456+0000")" + rest +
           R"({"timestamp":"2026-01-02T05:04:05.123456+0200")" + rest +
           R"({"timestamp":"2026-01-02T12:04:05.123456")" + rest,
       sink, SIZE_MAX, context);
  ASSERT_EQ(sink.rows.size(), 3u);
  for (const DnsRow& row : sink.rows) {
    EXPECT_EQ(format_utc(row.time_us, 6), "2026-01-02T03:04:06.123456Z");
  }
}

TEST(SuricataEve, GivesTheSameHoweverTheBytesArriveAndKeepsItsBalanceWhenDamaged) {
  const std::string bytes = file_bytes(kPath);
  CollectingSink whole;
  read(bytes, whole);
  for (const std::size_t piece : {1u, 13u, 1'000u}) {
    CollectingSink sink;
    read(bytes, sink, piece);
    EXPECT_EQ(sink.golden(), whole.golden());
  }
  std::mt19937 random(4);
  for (int round = 0; round < 150; ++round) {
    std::string damaged = bytes.substr(0, random() % bytes.size());
    for (int flips = static_cast<int>(random() % 8); flips > 0 && !damaged.empty(); --flips) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    CollectingSink sink(16);
    read(damaged, sink);
    ASSERT_EQ(sink.balance().rows, sink.counted());
    for (const DnsRow& row : sink.rows) ASSERT_LE(row.offset + row.length, damaged.size());
    for (const RecordRow& row : sink.records) {
      ASSERT_LE(row.offset + row.length, damaged.size());
      ASSERT_GE(row.until_us, row.time_us);
    }
  }
}

TEST(SuricataEve, SniffTakesItsOwnAndNoOtherJson) {
  EXPECT_EQ(choose_reader(file_bytes(kPath)).reader, &suricata_eve_reader());
  for (const char* text :
       {R"({"timestamp":"2026-01-02T03:04:05Z","event_type":"login","user":"a"})",
        R"({"event_type":"dns","dns":{}})", R"({"ts":1,"query":"a","id.orig_h":"192.0.2.1"})"}) {
    EXPECT_EQ(suricata_eve_reader().sniff(text).score, 0) << text;
  }
  for (const char* reader : {"bind_querylog", "zeek_dns", "passive_dns_cof", "dnstap"}) {
    for (const auto& path : samples_of(reader)) {
      EXPECT_EQ(suricata_eve_reader().sniff(file_bytes(path)).score, 0) << path;
    }
  }
}

}  // namespace
}  // namespace assay::test
