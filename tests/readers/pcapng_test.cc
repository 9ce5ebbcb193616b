// pcapng: blocks, interfaces, clocks, sections.
#include <gmock/gmock.h>

#include "pcap_read.h"
#include "pcapng_builder.h"
#include "readers/packet/packet.h"
#include "readers/packet/record_scanner.h"

namespace assay::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr std::int64_t kStartSeconds = CaptureBuilder::kEpochSeconds;
constexpr std::int64_t kStart = kStartSeconds * kMicrosPerSecond;

std::string bare_query(unsigned id, std::string_view name) {
  return ipv4(kClient, kServer, 17, udp(40000, 53, query(id, name)));
}
std::vector<std::string> names_of(const CollectingSink& sink) {
  std::vector<std::string> names;
  for (const DnsRow& row : sink.rows) names.push_back(sink.names.at(row.qname));
  return names;
}

TEST(Pcapng, ReadsOtherBlocksBetween) {
  for (const bool is_little : {false, true}) {
    Pcapng file(is_little);
    file.interface(1);
    file.block(4, std::string(66'000, '\0'));  // longer than the stream's buffer
    const std::uint64_t offset = file.packet(0, kStart + 5, query_frame(query(1, "bank.example")));
    const std::uint64_t end = file.bytes.size();
    file.block(5, file.word(0));
    file.packet(0, 0x7fffffff'00000000, "");
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) {
      CollectingSink sink;
      MemorySource source(file.bytes, piece);
      ASSERT_TRUE(pcap_dns_reader().read(source, {}, sink).ok());
      ASSERT_EQ(sink.rows.size(), 1u);
      EXPECT_EQ(sink.rows[0].time_us, kStart + 5);
      EXPECT_EQ(sink.rows[0].offset, offset);
      EXPECT_EQ(sink.rows[0].length, end - offset);
      EXPECT_THAT(sink.reject_codes(), ElementsAre("pcap.time.out_of_range"));
    }
    EXPECT_EQ(pcap_dns_reader().sniff(file.bytes).score, 100);
  }
}

TEST(Pcapng, ReadsInterfacesThatDifferInLinkTypeAndSnapLength) {
  for (const bool is_little : {false, true}) {
    Pcapng file(is_little);
    const std::string comment = file.option(1, "seen in the cellar");
    file.interface(101).interface(1, 262'144, comment).interface(113, 0).interface(101, 96);
    file.packet(0, kStart, bare_query(1, "a.example"));
    file.packet(1, kStart + 1, ethernet(bare_query(2, "b.example")));
    file.packet(2, kStart + 2, std::string(14, '\0') + u16(0x0800) + bare_query(3, "c.example"));
    file.packet(3, kStart + 3, bare_query(4, "d.example"));
    for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, SIZE_MAX}) {
      CollectingSink sink;
      MemorySource source(file.bytes, piece);
      ASSERT_TRUE(pcap_dns_reader().read(source, {}, sink).ok());
      EXPECT_THAT(sink.rejects, SizeIs(0));
      EXPECT_THAT(names_of(sink), ElementsAre("a.example", "b.example", "c.example", "d.example"));
    }
  }
}

TEST(Pcapng, CountsTheInterfacesOfEachSectionAnew) {
  Pcapng file;
  file.interface(1);
  file.packet(0, kStart, ethernet(bare_query(1, "a.example")));
  file.section().interface(101).interface(1);
  file.packet(0, kStart + 1, bare_query(2, "b.example"));
  file.packet(1, kStart + 2, ethernet(bare_query(3, "c.example")));
  CollectingSink sink;
  read_capture(file.bytes, sink);
  EXPECT_THAT(names_of(sink), ElementsAre("a.example", "b.example", "c.example"));
  EXPECT_THAT(sink.rejects, SizeIs(0));
}

TEST(Pcapng, RefusesOnlyThePacketsOfAnInterfaceThatItDoesNotUnderstand) {
  Pcapng file;
  file.interface(105).interface(101);  // 802.11, raw IP
  const std::uint64_t offset = file.packet(0, kStart, "a frame");
  file.packet(1, kStart + 1, bare_query(1, "bank.example"));
  CollectingSink sink;
  read_capture(file.bytes, sink);
  EXPECT_THAT(names_of(sink), ElementsAre("bank.example"));
  ASSERT_THAT(sink.reject_codes(), ElementsAre("pcap.linktype.unsupported"));
  EXPECT_EQ(sink.rejects[0].offset, offset);
}

TEST(Pcapng, PlacesDamageAlikeHoweverTheBytesArrive) {
  Pcapng file;
  file.interface(101).packet(0, kStart, bare_query(1, "bank.example"));
  file.block(5, std::string(12, '\0'));        // statistics
  file.bytes[file.bytes.size() - 4] = '\x7f';  // its length again, which must be the same
  file.block(5, std::string(12, '\0'));
  file.packet(0, kStart, bare_query(2, "clinic.example"));
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) {
    CollectingSink whole, split;
    MemorySource source(file.bytes, piece);
    EXPECT_TRUE(pcap_dns_reader().read(source, {}, split).ok());
    read_capture(file.bytes, whole);
    EXPECT_THAT(split.reject_codes(), ElementsAre("pcap.record.bad_length"));
    EXPECT_EQ(split.golden(), whole.golden()) << "in pieces of " << piece;
  }
}

TEST(Pcapng, RefusesASectionOfTheOtherByteOrderByName) {
  Pcapng file(true), other(false);
  file.interface(101);
  file.packet(0, kStart, bare_query(1, "bank.example"));
  const std::uint64_t offset = file.bytes.size();
  other.interface(101);
  other.packet(0, kStart, bare_query(2, "clinic.example"));
  CollectingSink sink;
  read_capture(file.bytes + other.bytes, sink);
  EXPECT_THAT(names_of(sink), ElementsAre("bank.example"));
  ASSERT_THAT(sink.reject_codes(), ElementsAre("pcap.sections.differ")) << sink.rejects[0].why;
  EXPECT_EQ(sink.rejects[0].offset, offset);
  EXPECT_EQ(sink.rejects[0].length, other.bytes.size());
}

TEST(Pcapng, ARowIsAsWideAsATickOfItsInterface) {
  Pcapng file;
  const std::string comment = file.option(1, "x"), end = file.option(0, "");
  const auto resolution = [&](unsigned value) { return comment + file.option(9, u8(value)) + end; };
  file.interface(101).interface(101, 65'536, resolution(0));
  file.interface(101, 65'536, resolution(3)).interface(101, 65'536, resolution(9));
  file.interface(101, 65'536, resolution(0x80 | 6)).interface(101, 65'536, resolution(0x80 | 10));
  const std::int64_t ticks[] = {kStart,         kStartSeconds,      kStartSeconds * 1'000,
                                kStart * 1'000, kStartSeconds * 64, kStartSeconds * 1'024 + 1};
  for (unsigned i = 0; i < std::size(ticks); ++i) {
    file.packet(i, static_cast<std::uint64_t>(ticks[i]), bare_query(i, "bank.example"));
  }
  CollectingSink sink;
  read_capture(file.bytes, sink);
  std::vector<std::uint32_t> widths;
  for (const DnsRow& row : sink.rows) widths.push_back(row.width_us);
  EXPECT_THAT(widths, ElementsAre(1, 1'000'000, 1'000, 1, 15'625, 978));
  ASSERT_THAT(sink.rows, SizeIs(6));
  EXPECT_EQ(sink.rows[1].time_us, kStart);
  EXPECT_EQ(sink.rows[5].time_us, kStart + 976) << "976.6 us, cut";
}

TEST(Pcapng, RefusesATimeBeforeAndBehindTheYearsThatARowHolds) {
  for (const std::int64_t offset : {INT64_MIN, INT64_MIN + 1, -70'000'000'000, 300'000'000'000}) {
    Pcapng file;
    const auto bits = static_cast<std::uint64_t>(offset);
    const std::string low = file.word(static_cast<std::uint32_t>(bits)),
                      high = file.word(static_cast<std::uint32_t>(bits >> 32));
    file.interface(101, 65'536, file.option(14, low + high));
    file.packet(0, 5, bare_query(1, "bank.example"));
    CollectingSink sink;
    read_capture(file.bytes, sink);
    EXPECT_THAT(sink.reject_codes(), ElementsAre("pcap.time.out_of_range")) << offset;
  }
}

TEST(Pcapng, RefusesATimeThatTheSkewCarriesOutOfTheYears) {
  for (const std::int64_t skew_us : {INT64_MAX, INT64_MIN, kMaxPacketTimeUs}) {
    CaptureBuilder capture(101);
    capture.add(0, bare_query(1, "bank.example"));
    CollectingSink sink;
    read_capture(capture.bytes(), sink, skew_us);
    EXPECT_THAT(sink.reject_codes(), ElementsAre("pcap.time.out_of_range")) << skew_us;
  }
}

TEST(Pcapng, AnyCutOfABlockOfAnInterfaceIsSettled) {
  Pcapng file;
  file.interface(101, 0, file.option(9, u8(6)) + file.option(1, "x"));
  file.interface(1, 9, file.option(1, "long comment") + file.option(9, u8(3)));
  file.packet(1, static_cast<std::uint64_t>(kStartSeconds) * 1'000,
              ethernet(bare_query(1, "bank.example")));
  for (std::size_t size = 0; size < file.bytes.size(); ++size) {
    CollectingSink sink;
    read_capture(std::string_view(file.bytes).substr(0, size), sink);
    EXPECT_THAT(sink.rows, SizeIs(0));
    EXPECT_LE(sink.rejects.size(), 1u) << size;
  }
  CollectingSink sink;
  read_capture(file.bytes, sink);
  ASSERT_THAT(sink.rows, SizeIs(1));
  EXPECT_EQ(sink.rows[0].width_us, 1'000u);
}

// Records of 64 bytes behind a file header of 24 never end where a read of 4,096 bytes does.
TEST(RecordScanner, KeepsABoundedNumberOfPlaces) {
  RecordScanner scanner;
  std::string header = CaptureBuilder(1).bytes();
  scanner.scan(header.data(), header.size());
  CaptureBuilder one(1);
  one.add(0, std::string(48, '\0'));
  std::string rest = one.bytes().substr(24);
  const std::string record = rest;
  RecordScanner::Place place;
  std::uint64_t taken = 0;
  scanner.scan(rest.data(), 20);  // the first record's header
  for (int i = 0; i < 100'000; ++i) {
    std::string next = record.substr(20) + record.substr(0, 20);
    scanner.scan(next.data(), next.size());
    ASSERT_TRUE(scanner.take(place));
    ASSERT_EQ(place.offset, 24 + 64 * taken++);
  }
  EXPECT_LT(scanner.held_places(), 10'000u);
}

}  // namespace
}  // namespace assay::test
