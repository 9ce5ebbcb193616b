// c_dns: blocks, tables, what was not recorded, damage; a real file beside its capture.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <random>
#include <set>

#include "cdns_builder.h"
#include "golden.h"
#include "pcap_read.h"
#include "read_text.h"
#include "readers/cbor.h"
#include "readers/readers.h"
#include "unpacked.h"

namespace assay::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

void read(std::string_view bytes, RecordSink& sink, std::size_t piece = SIZE_MAX,
          const ReadContext& context = {}) {
  MemorySource source(bytes, piece);
  const Status status = c_dns_reader().read(source, context, sink);
  EXPECT_TRUE(status.ok()) << status.error().message;
  EXPECT_TRUE(sink.balance().is_even());
}

const std::string kSamplePath = ASSAY_TEST_DATA "/readers/c_dns/block.cdns";

TEST(CDns, ReadsItsSampleAsTheGoldenFileSays) {
  if (const char* update = std::getenv("ASSAY_UPDATE_GOLDEN"); update && *update == '1') {
    std::ofstream(kSamplePath, std::ios::binary) << CdnsFile().bytes();
  }
  ASSERT_TRUE(file_bytes(kSamplePath) == CdnsFile().bytes()) << "the builder makes another file";
  CollectingSink sink;
  read(CdnsFile().bytes(), sink);
  expect_golden(kSamplePath, sink.golden());
}

TEST(CDns, MakesARowOfEachItem) {
  CollectingSink sink;
  const std::string bytes = CdnsFile().bytes();
  read(bytes, sink);
  ASSERT_EQ(sink.rows.size(), 2u);
  const DnsRow& row = sink.rows[0];
  EXPECT_EQ(row.time_us, 1'772'409'600'000'150);
  EXPECT_EQ(row.delay_us, 1'500u);
  EXPECT_EQ(row.ttl, 300u);
  EXPECT_EQ(row.rcode, 0);
  EXPECT_EQ(row.id, 7);
  EXPECT_EQ(sink.names.at(row.qname), "mail.bank.example");
  EXPECT_EQ(sink.hosts.at(row.client), kClient);
  EXPECT_EQ(sink.hosts.at(row.server), kServer);
  EXPECT_EQ(flag_words(row.flags), "query answer rd ra aa capitals");
  ASSERT_EQ(sink.answers.size(), 1u);
  EXPECT_EQ(sink.answers[0].rdata, u32(0xc0000219));
  EXPECT_EQ(sink.answers[0].row.offset, row.offset);
  EXPECT_EQ(flag_words(sink.rows[1].flags), "query rd");
  EXPECT_EQ(sink.rows[1].rcode, kNoRcode);
  EXPECT_EQ(sink.rows[1].qtype, 15);
  EXPECT_EQ(bytes.substr(row.offset, 1), "\xa8") << "the place is that of the item";
  EXPECT_THAT(sink.reject_codes(), ElementsAre("cdns.message.malformed"));
  EXPECT_EQ(sink.rejects[0].text, "broken");
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(sink.records[0].kind, RecordKind::recorder);
  EXPECT_EQ(sink.records[0].count, 12u);
  EXPECT_EQ(sink.texts_of(1, "event"), std::vector<std::string>{"icmp_unreachable"});
}

TEST(CDns, SaysWhatTheRecorderDidNotKeep) {
  CdnsFile file;
  file.item_hints = 0x3ffff & ~(1 << 2 | 1 << 6);
  file.more_storage = {{5, cbor_number(7)},
                       {6, cbor_number(24)},
                       {10, cbor_text("1 in 10")},
                       {11, cbor_text("key 7")}};
  CollectingSink sink;
  read(file.bytes(), sink);
  std::map<std::string, std::string> notes;
  for (const Note& note : sink.notes()) notes[note.code] = note.text;
  EXPECT_EQ(notes["cdns.not_recorded"], "the recorder kept no client ports, delays");
  EXPECT_THAT(notes["cdns.sampled"], ::testing::HasSubstr("1 in 10"));
  EXPECT_THAT(notes["cdns.anonymised"], ::testing::HasSubstr("key 7"));
  EXPECT_THAT(notes["cdns.address_prefixes"], ::testing::HasSubstr("/24 and /128"));
  EXPECT_EQ(notes.count("cdns.names_normalised"), 1u);
  EXPECT_THAT(notes["cdns.recorder"], ::testing::HasSubstr("ns1.bank.example"));
  CollectingSink whole;
  read(CdnsFile().bytes(), whole);
  EXPECT_EQ(whole.noted("cdns.not_recorded") + whole.noted("cdns.sampled"), 0u);
}

TEST(CDns, RefusesItemsThatReferToNothing) {
  CdnsFile file;
  file.first_signature = 9;
  file.more_items = {cbor_map({{1, cbor_number(0)}, {7, cbor_number(0)}}),
                     cbor_map({{0, cbor_number(INT64_MAX)}, {7, cbor_number(0)}}),
                     cbor_map({{0, cbor_text("now")}}),
                     cbor_map({{0, cbor_number(1)}, {7, cbor_number(1)}}),
                     cbor_map({{0, cbor_number(1)}, {1, cbor_number(0)}, {7, cbor_number(0)}})};
  CollectingSink sink;
  read(file.bytes(), sink);
  EXPECT_THAT(sink.reject_codes(),
              ElementsAre("cdns.index.out_of_range", "cdns.time.missing", "time.out_of_range",
                          "cdns.item.unreadable", ::testing::StartsWith("dns.name."),
                          "cdns.message.malformed"));
  EXPECT_EQ(sink.rows.size(), 2u) << "what stands behind them is read";
}

TEST(CDns, CountsAQuestionOnceThatQueryAndAnswerRepeat) {
  CdnsFile file;
  file.more_tables = {{4, cbor_array({cbor_array({cbor_number(0)})})},
                      {5, cbor_array({cbor_map({{0, cbor_number(2)}, {1, cbor_number(1)}})})}};
  const std::string list = cbor_map({{0, cbor_number(0)}});
  file.more_items = {cbor_map({{0, cbor_number(1)},
                               {1, cbor_number(0)},
                               {4, cbor_number(0)},
                               {7, cbor_number(0)},
                               {11, list},
                               {12, list}})};
  CollectingSink sink;
  read(file.bytes(), sink);
  ASSERT_EQ(sink.rows.size(), 4u);
  EXPECT_EQ(sink.names.at(sink.rows[2].qname), "clinic.example");
  EXPECT_TRUE(sink.rows[2].flags & kExtraQuestion);
}

TEST(CDns, TakesAnEventsFamilyFromItsFlagsWhereOnlyAPrefixIsKept) {
  CdnsFile file;
  file.more_of_event = {{3, cbor_number(1)}};
  CollectingSink sink;
  read(file.bytes(), sink);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_NE(sink.hosts.at(sink.records[0].client), kClient);
  EXPECT_THAT(sink.hosts.at(sink.records[0].client), ::testing::EndsWith("::"));
}

// Some thousand items of a few bytes may each point at one list of as many records.
TEST(CDns, ListsMakeNoMoreThanABoundForTheirBlock) {
  CdnsFile file;
  file.listed_records = 20'000;
  const std::string item = cbor_map({{0, cbor_number(1)},
                                     {1, cbor_number(0)},
                                     {4, cbor_number(0)},
                                     {7, cbor_number(0)},
                                     {12, cbor_map({{1, cbor_number(0)}})}});
  file.more_items.assign(100, item);
  CollectingSink sink;
  read(file.bytes(), sink);
  EXPECT_EQ(sink.rows.size(), 102u) << "the items themselves are kept";
  EXPECT_GT(sink.noted("cdns.lists.too_long"), 0u);
  EXPECT_LT(sink.answers.size(), 500'000u);
  EXPECT_GT(sink.answers.size(), 20'000u);
}

TEST(CDns, ReadsArraysOfUnknownLength) {
  CdnsFile file;
  file.is_open = true;
  CollectingSink open, closed;
  read(file.bytes(), open);
  read(CdnsFile().bytes(), closed);
  EXPECT_EQ(open.rows.size(), 2u);
  EXPECT_EQ(open.golden(), closed.golden());
}

TEST(CDns, RefusesOtherVersionsAndWhatIsNone) {
  CdnsFile file;
  file.major = 0;
  CollectingSink old;
  read(file.bytes(), old);
  EXPECT_THAT(old.reject_codes(), ElementsAre("cdns.version.unsupported"));
  CollectingSink none;
  read("hello", none);
  EXPECT_THAT(none.reject_codes(), ElementsAre("cdns.header.unreadable"));
  CollectingSink behind;
  read(CdnsFile().bytes() + "more", behind);
  EXPECT_EQ(behind.rows.size(), 2u);
  EXPECT_EQ(behind.reject_codes().back(), "cdns.trailing_bytes");
}

TEST(CDns, CutAnywhereIsSaidAndNeverUpsetsTheBalance) {
  const std::string whole = CdnsFile().bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    CollectingSink sink;
    read(std::string_view(whole).substr(0, size), sink);
    if (size > 0) {
      ASSERT_FALSE(sink.rejects.empty());
    }
    for (const Reject& reject : sink.rejects) ASSERT_LE(reject.offset + reject.length, size);
  }
  CollectingSink damaged;
  MemorySource source(std::string_view(whole).substr(0, 200));
  source.end_with(Error{ErrorCode::malformed, "cut"});
  ASSERT_TRUE(c_dns_reader().read(source, {}, damaged).ok());
  EXPECT_THAT(damaged.reject_codes(), ElementsAre("input.damaged"));
}

TEST(CDns, FlippedBytesNeverUpsetTheBalance) {
  const std::string whole = CdnsFile().bytes();
  CollectingSink undamaged;
  read(whole, undamaged);
  for (const std::size_t piece : {1u, 5u, 100u}) {
    CollectingSink sink;
    read(whole, sink, piece);
    EXPECT_EQ(sink.golden(), undamaged.golden());
  }
  std::mt19937 random(8);
  for (int round = 0; round < 600; ++round) {
    std::string bytes = whole;
    for (int flips = 1 + static_cast<int>(random() % 4); flips > 0; --flips) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    CollectingSink sink(32);
    read(bytes, sink);
    for (const DnsRow& row : sink.rows) ASSERT_LE(row.offset + row.length, bytes.size());
    for (const Reject& reject : sink.rejects) {
      ASSERT_LE(reject.offset + reject.length, bytes.size());
    }
  }
}

TEST(Cbor, EndsAtEveryNestingAndLength) {
  const auto skip = [](std::string_view bytes) {
    Cbor cbor({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    cbor.skip();
    return cbor.state();
  };
  EXPECT_EQ(skip(std::string(24, '\x81') + "\x01"), Cbor::State::good);
  EXPECT_EQ(skip(std::string(25, '\x81') + "\x01"), Cbor::State::damaged);
  EXPECT_EQ(skip("\x5b\xff\xff\xff\xff\xff\xff\xff\xff"
                 "a"),
            Cbor::State::cut);
  EXPECT_EQ(skip("\xbb\xff\xff\xff\xff\xff\xff\xff\xff"), Cbor::State::damaged);
  EXPECT_EQ(skip("\xff"), Cbor::State::damaged);
  EXPECT_EQ(skip("\x1c"), Cbor::State::damaged);
  EXPECT_EQ(skip(""), Cbor::State::cut);
  EXPECT_EQ(skip("\x9f\x01\x5f\x41"
                 "a\xff\xff"),
            Cbor::State::good);
}

TEST(CDns, SniffTakesItsFilesAndNothingElse) {
  EXPECT_EQ(choose_reader(CdnsFile().bytes()).reader, &c_dns_reader());
  EXPECT_EQ(c_dns_reader().sniff("C-DNS\n").score, 0);
  for (const char* reader : {"bind_querylog", "zeek_dns", "passive_dns_cof", "dnstap"}) {
    for (const auto& path : samples_of(reader)) {
      EXPECT_EQ(c_dns_reader().sniff(file_bytes(path)).score, 0) << path;
    }
  }
}

// The look-ups as text, without their places.
std::multiset<std::string> lookups_of(const CollectingSink& sink) {
  std::multiset<std::string> lookups;
  for (const DnsRow& row : sink.rows) {
    lookups.insert(
        fmt::format("{} {}:{} {} {} {} {} [{}] {} {} {} {}", row.time_us, sink.hosts.at(row.client),
                    row.client_port, sink.hosts.at(row.server), sink.names.at(row.qname), row.qtype,
                    row.qclass, flag_words(row.flags), row.rcode, row.id, row.ttl, row.delay_us));
  }
  return lookups;
}

std::multiset<std::string> answers_of(const CollectingSink& sink) {
  std::multiset<std::string> answers;
  for (const auto& [row, rdata] : sink.answers) {
    answers.insert(fmt::format("{} {} {} {} {}", row.section, sink.names.at(row.owner), row.type,
                               row.ttl, json_text(rdata)));
  }
  return answers;
}

TEST(CDns, GivesTheLookUpsOfTheCaptureThatItWasMadeOf) {
  ASSAY_NEED_SHARED(cbor_path, "cdns/gold.cbor.xz");
  ASSAY_NEED_SHARED(pcap_path, "cdns/gold.pcap.xz");
  CollectingSink cdns, capture;
  read(unpacked(cbor_path), cdns);
  read_capture(unpacked(pcap_path), capture);
  EXPECT_EQ(cdns.rows.size(), 999u);
  EXPECT_THAT(cdns.rejects, IsEmpty());
  EXPECT_EQ(lookups_of(cdns), lookups_of(capture));
  EXPECT_EQ(answers_of(cdns), answers_of(capture));
}

}  // namespace
}  // namespace assay::test
