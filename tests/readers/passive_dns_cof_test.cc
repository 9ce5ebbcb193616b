// passive_dns_cof: aggregates, their spans and counts, and answers that are not whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "golden.h"
#include "read_text.h"
#include "readers/readers.h"

namespace assay::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

void read(std::string_view bytes, RecordSink& sink, std::size_t piece = SIZE_MAX,
          const ReadContext& context = {}) {
  MemorySource source(bytes, piece);
  const Status status = passive_dns_cof_reader().read(source, context, sink);
  EXPECT_TRUE(status.ok()) << status.error().message;
  EXPECT_TRUE(sink.balance().is_even());
}

std::string sample(const char* name) {
  return file_bytes(std::string(ASSAY_TEST_DATA "/readers/passive_dns_cof/") + name);
}

TEST(PassiveDnsCof, ReadsItsSamplesAsTheGoldenFilesSay) {
  for (const auto& path : samples_of("passive_dns_cof")) {
    SCOPED_TRACE(path);
    CollectingSink sink;
    read(file_bytes(path), sink);
    expect_golden(path, sink.golden());
  }
}

TEST(PassiveDnsCof, MakesNoLookUps) {
  for (const char* name : {"cof.jsonl", "dnsdb-limited.jsonl"}) {
    CollectingSink sink;
    read(sample(name), sink);
    EXPECT_THAT(sink.rows, IsEmpty());
    EXPECT_THAT(sink.answers, IsEmpty());
    EXPECT_GE(sink.records.size(), 2u);
    for (const RecordRow& record : sink.records) {
      EXPECT_EQ(record.kind, RecordKind::dns_aggregate);
    }
  }
  EXPECT_FALSE(passive_dns_cof_reader().record_kind().starts_with("dns-"));
}

TEST(PassiveDnsCof, KeepsTheCountAndTheSpan) {
  CollectingSink sink;
  read(R"({"rrname":"a.example","rrtype":"A","rdata":"192.0.2.1","time_first":1457000000,)"
       R"("time_last":1458000000,"count":18446744073709551615})",
       sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(sink.records[0].count, UINT64_MAX);
  EXPECT_EQ(sink.records[0].time_us, 1'457'000'000'000'000);
  EXPECT_EQ(sink.records[0].until_us, 1'458'000'000'000'000);
  EXPECT_EQ(sink.records[0].width_us, 1'000'000u);
}

TEST(PassiveDnsCof, SaysWhenTheDatabaseDidNotTellAll) {
  CollectingSink limited;
  read(sample("dnsdb-limited.jsonl"), limited);
  EXPECT_EQ(limited.noted("cof.incomplete"), 1u);
  for (const Note& note : limited.notes()) {
    if (note.code != "cof.incomplete") continue;
    EXPECT_THAT(note.text, ::testing::HasSubstr("'limited': Result limit reached"));
  }
  const std::string object =
      R"({"obj":{"rrname":"a.example","rrtype":"A","time_first":1457000000,"count":1}})"
      "\n";
  for (const char* end :
       {"", "{\"cond\":\"failed\",\"msg\":\"disk\"}\n", "{\"cond\":\"begin\"}\n"}) {
    CollectingSink sink;
    read("{\"cond\":\"begin\"}\n" + object + end, sink);
    EXPECT_GE(sink.noted("cof.incomplete"), 1u) << end;
    EXPECT_EQ(sink.records.size(), 1u);
  }
  CollectingSink whole;
  read("{\"cond\":\"begin\"}\n" + object + "{\"cond\":\"succeeded\"}\n", whole);
  EXPECT_EQ(whole.noted("cof.incomplete"), 0u);
}

TEST(PassiveDnsCof, AddsTheSkewToBothEnds) {
  ReadContext context;
  context.clock.skew_us = 5;
  CollectingSink sink;
  const std::string line =
      R"({"rrname":"a.example","rrtype":"A","time_first":1,"time_last":2,"count":1})"
      "\n";
  read(line, sink, SIZE_MAX, context);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(sink.records[0].time_us, 1'000'005);
  EXPECT_EQ(sink.records[0].until_us, 2'000'005);
  context.clock.skew_us = INT64_MIN;
  CollectingSink none;
  read(line, none, SIZE_MAX, context);
  EXPECT_THAT(none.reject_codes(), ElementsAre("time.out_of_range"));
}

TEST(PassiveDnsCof, ASecondIsNotBeforeAMillisecondOfIt) {
  CollectingSink sink;
  read(R"({"rrname":"bank.example","rrtype":"A","rdata":"192.0.2.1",)"
       R"("time_first_ms":1700000000123,"time_last":1700000000})"
       "\n",
       sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(sink.records[0].until_us, sink.records[0].time_us);
}

TEST(PassiveDnsCof, GivesTheSameHoweverTheBytesArriveAndKeepsItsBalanceWhenDamaged) {
  const std::string bytes = sample("cof.jsonl");
  CollectingSink whole;
  read(bytes, whole);
  for (const std::size_t piece : {1u, 7u, 333u}) {
    CollectingSink sink;
    read(bytes, sink, piece);
    EXPECT_EQ(sink.golden(), whole.golden());
  }
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::string damaged = bytes.substr(0, random() % bytes.size());
    for (int flips = static_cast<int>(random() % 6); flips > 0 && !damaged.empty(); --flips) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    CollectingSink sink(16);
    read(damaged, sink);
    for (const RecordRow& record : sink.records) {
      ASSERT_LE(record.offset + record.length, damaged.size());
      ASSERT_GE(record.until_us, record.time_us);
    }
  }
}

TEST(PassiveDnsCof, SniffTakesItsOwnAndNoOtherJson) {
  for (const char* name : {"cof.jsonl", "dnsdb-limited.jsonl"}) {
    EXPECT_EQ(choose_reader(sample(name)).reader, &passive_dns_cof_reader());
  }
  for (const char* text : {"{\"cond\":\"begin\"}\n", "{\"rrname\":1\n", "{\"a\":1}\n", "rrname\n",
                           R"({"ts":1,"query":"a","id.orig_h":"192.0.2.1"})"}) {
    EXPECT_EQ(passive_dns_cof_reader().sniff(text).score, 0) << text;
  }
  for (const char* reader : {"bind_querylog", "zeek_dns", "delimited", "dnstap"}) {
    for (const auto& path : samples_of(reader)) {
      EXPECT_EQ(passive_dns_cof_reader().sniff(file_bytes(path)).score, 0) << path;
    }
  }
}

}  // namespace
}  // namespace assay::test
