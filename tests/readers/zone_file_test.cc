#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_checks.h"

namespace assay {
namespace {

using test::CollectingSink;
using testing::ElementsAre;
using testing::IsEmpty;

const Reader& reader() { return *find_reader("zone_file"); }

CollectingSink& read(std::string_view text, CollectingSink& sink, const ReadContext& context = {}) {
  EXPECT_TRUE(test::read_bytes(reader(), text, sink, context).ok());
  return sink;
}

TEST(ZoneFile, ReadsItsSamplesAsTheGoldenFilesSay) { test::expect_samples_of("zone_file"); }
TEST(ZoneFile, StaysInBalanceUnderDamage) { test::expect_damage_does_no_harm("zone_file"); }
TEST(ZoneFile, TakesNobodyElsesFiles) { test::expect_sniffs_only_its_own("zone_file"); }

TEST(ZoneFile, ProgramsWithVariablesOfThatNameAreNoZones) {
  EXPECT_EQ(reader().sniff("$TTL = 300;\n$ORIGIN = \"x\";\n").score, 0);
  EXPECT_GT(reader().sniff("$ORIGIN example.\n$GENERATE 1-9 h$ A 192.0.2.$\n").score, 40);
}

TEST(ZoneFile, RecordsOfAFileWithoutATimePretendNone) {
  CollectingSink sink;
  read("a.example. 60 IN A 192.0.2.1\n", sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_TRUE(sink.records[0].flags & kTimeUnknown);
  EXPECT_EQ(sink.noted("registration.time_unknown"), 1u);
  EXPECT_FALSE(sink.span());
  EXPECT_EQ(sink.hosts.at(sink.records[0].server), "192.0.2.1");
}

TEST(ZoneFile, ATransferIsDatedByTheLineThatComesLast) {
  const std::string text =
      "; <<>> DiG 9.18 <<>> bank.example AXFR\nbank.example. 60 IN A 192.0.2.1\n"
      ";; SERVER: 198.51.100.53#53(198.51.100.53) (TCP)\n"
      ";; WHEN: Sun Nov 22 05:30:09 CET 2026\n;; XFR size: 2 records (messages 1, bytes 99)\n";
  ReadContext context;
  context.clock.zone = "Europe/Berlin";
  context.clock.skew_us = 1'000'000;
  CollectingSink sink;
  read(text, sink, context);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(format_utc(sink.records[0].time_us), "2026-11-22T04:30:10Z");
  EXPECT_FALSE(sink.records[0].flags & kTimeUnknown);
  EXPECT_THAT(sink.texts_of(1, "fetched"), ElementsAre("Sun Nov 22 05:30:09 CET 2026"));
  EXPECT_EQ(sink.noted("registration.zone_by_clock"), 1u);
  EXPECT_EQ(sink.noted("zone.transfer_size_differs"), 1u);
}

TEST(ZoneFile, OneSpellingComesOfAllThatToolsPrintOfOneZone) {
  const auto rdata_of = [](const char* file) {
    CollectingSink sink;
    const std::string folder = ASSAY_TEST_DATA "/readers/zone_file/";
    read(test::file_bytes(folder + file), sink);
    std::set<std::string> lines;
    for (const RecordRow& record : sink.records) {
      lines.insert(fmt::format("{} {} {} {}", sink.names.at(record.name), qtype_text(record.type),
                               sink.texts_of(record.number, "ttl").at(0),
                               sink.texts_of(record.number, "rdata").at(0)));
    }
    return lines;
  };
  const auto dumped = rdata_of("checkzone.txt");
  EXPECT_EQ(dumped.size(), 7u);
  EXPECT_EQ(dumped, rdata_of("relative.txt"));
  EXPECT_EQ(dumped, rdata_of("transfer.dig"));
}

TEST(ZoneFile, ARelativeNameWithoutAnOriginIsNoName) {
  CollectingSink sink;
  read("@ IN SOA a. b. 1 2 3 4 5\nwww IN NS ns1\n", sink);
  ASSERT_EQ(sink.records.size(), 2u);
  EXPECT_EQ(sink.records[1].name, 0u);
  EXPECT_THAT(sink.texts_of(2, "raw_name"), ElementsAre("www"));
  EXPECT_THAT(sink.texts_of(2, "rdata"), ElementsAre("ns1"));
  EXPECT_EQ(sink.noted("zone.origin_unknown"), 2u);
}

TEST(ZoneFile, AnEntryThatIsRefusedLeavesItsOwnerToNobody) {
  const std::string label(64, 'x');
  CollectingSink sink;
  read("a.example. A 192.0.2.1\n" + label + ".example. A 192.0.2.2\n A 192.0.2.3\n" +
           "b.example. TXT \"torn\n A 192.0.2.4\nc.example. A 192.0.2.5 )\n A 192.0.2.6\n" +
           "d.example. A 192.0.2.7\n A 192.0.2.8\n",
       sink);
  EXPECT_THAT(sink.records, testing::SizeIs(3));
  EXPECT_EQ(sink.names.at(sink.records.back().name), "d.example");
  EXPECT_THAT(sink.reject_codes(),
              ElementsAre("dns.qname.label_too_long", "zone.owner.missing", "zone.quote.unclosed",
                          "zone.owner.missing", "zone.parenthesis.unopened", "zone.owner.missing"));
}

TEST(ZoneFile, DirectivesInSmallLettersHoldAsNamedReadsThem) {
  CollectingSink sink;
  read("$origin bank.example.\n$ttl 60\na A 192.0.2.1\n$Origin sub\nb A 192.0.2.2\n", sink);
  ASSERT_EQ(sink.records.size(), 2u);
  EXPECT_EQ(sink.names.at(sink.records[1].name), "b.sub.bank.example");
  EXPECT_THAT(sink.texts_of(2, "ttl"), ElementsAre("60"));
}

TEST(ZoneFile, AnOriginThatIsRefusedLeavesNoneInForce) {
  CollectingSink sink;
  read(
      "$ORIGIN bank.example.\na A 192.0.2.1\n$ORIGIN " + std::string(64, 'x') + "\nb A 192.0.2.2\n",
      sink);
  ASSERT_EQ(sink.records.size(), 2u);
  EXPECT_EQ(sink.records[1].name, 0u);
  EXPECT_THAT(sink.texts_of(2, "raw_name"), ElementsAre("b"));
}

TEST(ZoneFile, WhatFollowsAGenerateBelongsToTheOwnerBeforeIt) {
  CollectingSink sink;
  read("$ORIGIN example.\na A 192.0.2.1\n$GENERATE 1-2 h$ A 192.0.2.$\n A 192.0.2.9\n", sink);
  ASSERT_EQ(sink.records.size(), 4u);
  EXPECT_EQ(sink.names.at(sink.records[3].name), "a.example");
}

TEST(ZoneFile, AGenerateThatFailsAtItsEndLeavesNothingBehind) {
  CollectingSink sink;
  read("$ORIGIN example.\n$GENERATE 1-12 ${-9} NS a.example.\n$GENERATE 9-12 h$ NS ${-10}\n", sink);
  EXPECT_THAT(sink.records, IsEmpty());
  EXPECT_THAT(sink.reject_codes(),
              ElementsAre("zone.generate.unreadable", "zone.generate.unreadable"));
}

TEST(ZoneFile, GeneratedRecordsHaveALimitOfTheWholeFile) {
  test::CountingSink sink;
  test::MemorySource source(
      "$ORIGIN example.\n$GENERATE 1-65536 h$ A 192.0.2.1\n$GENERATE 1-1 g$ A 192.0.2.1\n");
  ASSERT_TRUE(reader().read(source, {}, sink).ok());
  EXPECT_EQ(sink.records, 65'536u);
  EXPECT_THAT(sink.reject_codes, ElementsAre("zone.generate.too_many"));
}

// 60 KB made a gigabyte of records once.
TEST(ZoneFile, AShortFileDoesNotGenerateALongOne) {
  std::string text = "$ORIGIN example.\n$GENERATE 1-65000 h$ TXT";
  for (int i = 0; i < 300; ++i) text += " $";
  text += "\n$GENERATE 1-9 g$ A 192.0.2.$\n";
  test::CountingSink sink;
  test::MemorySource source(text);
  ASSERT_TRUE(reader().read(source, {}, sink).ok());
  EXPECT_EQ(sink.records, 9u);
  EXPECT_THAT(sink.reject_codes, ElementsAre("zone.generate.too_many"));
}

TEST(ZoneFile, AnEntryThatNeverClosesEndsAtTheLimit) {
  std::string text = "$ORIGIN example.\na TXT (\n";
  for (int i = 0; i < 5'000; ++i) text += "x\n";
  text += "b A 192.0.2.1\n";
  CollectingSink sink;
  read(text, sink);
  EXPECT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(sink.reject_codes().front(), "zone.entry.too_long");
}

TEST(ZoneFile, HeldRecordsAreLetGoAtTheLimitWithoutATime) {
  std::string text = "; <<>> DiG 9.18 <<>> AXFR\n";
  for (int i = 0; i < 100'001; ++i) text += "a. 1 IN A 192.0.2.1\n";
  text += ";; WHEN: Sun Nov 22 04:30:09 UTC 2026\n";
  test::CountingSink sink;
  test::MemorySource source(text);
  ASSERT_TRUE(reader().read(source, {}, sink).ok());
  EXPECT_EQ(sink.records, 100'001u);
  EXPECT_EQ(sink.of_unknown_time, 100'000u);
  EXPECT_EQ(sink.noted("registration.time_not_awaited"), 100'000u);
}

}  // namespace
}  // namespace assay
