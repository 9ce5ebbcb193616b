// The capture file itself: magics, places, cuts.
#include <gmock/gmock.h>

#include "packet_builder.h"
#include "pcap_read.h"

namespace assay::test {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kStart = CaptureBuilder::kEpochSeconds * kMicrosPerSecond;

TEST(PcapFile, ReadsEveryMagicInBothByteOrders) {
  for (const std::uint32_t magic : {0xa1b2c3d4u, 0xa1b23c4du, 0xa1b2cd34u}) {
    for (const bool is_little : {false, true}) {
      CaptureBuilder capture(1, magic, is_little);
      const unsigned factor = magic == 0xa1b23c4d ? 1'000 : 1;
      capture.add(1, query_frame(query(1, "bank.example")), SIZE_MAX, factor);
      const auto offset =
          capture.add(123'456, query_frame(query(2, "clinic.example")), SIZE_MAX, factor);
      CollectingSink sink;
      read_capture(capture.bytes(), sink);
      ASSERT_EQ(sink.rows.size(), 2u) << magic;
      EXPECT_EQ(sink.rows[1].time_us, kStart + 123'456);
      EXPECT_EQ(sink.rows[1].offset, offset);
      EXPECT_EQ(sink.rows[1].offset + sink.rows[1].length, capture.bytes().size());
      EXPECT_EQ(pcap_dns_reader().sniff(capture.bytes()).score, 100);
    }
  }
}

TEST(PcapFile, KnowsThatOldVersionsTellTheLengthsTheOtherWayRound) {
  for (const char minor : {'\0', '\2', '\3'}) {
    CaptureBuilder capture;
    const std::string frame = query_frame(query(1, "bank.example"));
    std::string file = capture.bytes();
    file[7] = minor;
    for (int i = 0; i < 2; ++i) {
      const auto size = static_cast<std::uint32_t>(frame.size());
      file += u32(CaptureBuilder::kEpochSeconds) + u32(0) + u32(size + 5) + u32(size) + frame;
    }
    CollectingSink sink;
    read_capture(file, sink);
    ASSERT_EQ(sink.rows.size(), 2u) << int{minor};
    EXPECT_EQ(sink.rows[1].offset + sink.rows[1].length, file.size());
  }
}

TEST(PcapFile, AnyCutKeepsWhatStandsBeforeItAndRefusesTheRest) {
  CaptureBuilder capture;
  const std::uint64_t first = capture.add(0, query_frame(query(1, "bank.example")));
  const std::uint64_t second = capture.add(1, query_frame(query(2, "bank.example")));
  for (std::size_t size = 24; size <= capture.bytes().size(); ++size) {
    const bool is_between = size == first || size == second || size == capture.bytes().size();
    CollectingSink sink;
    read_capture(std::string_view(capture.bytes()).substr(0, size), sink);
    EXPECT_EQ(sink.rows.size(), size == capture.bytes().size() ? 2u : size >= second ? 1u : 0u);
    if (is_between) {
      EXPECT_TRUE(sink.rejects.empty()) << size;
    } else {
      ASSERT_THAT(sink.reject_codes(), ElementsAre("pcap.truncated")) << size;
      EXPECT_EQ(sink.rejects[0].offset, size > second ? second : first);
      EXPECT_EQ(sink.rejects[0].offset + sink.rejects[0].length, size);
    }
  }
}

TEST(PcapFile, RefusesAHeaderThatIsCut) {
  CaptureBuilder capture;
  for (std::size_t size = 0; size < 24; ++size) {
    CollectingSink sink;
    read_capture(std::string_view(capture.bytes()).substr(0, size), sink);
    EXPECT_THAT(sink.reject_codes(), ElementsAre("pcap.header.truncated")) << size;
  }
}

TEST(PcapFile, RefusesWhatIsNoCapture) {
  CollectingSink sink;
  read_capture("client 192.0.2.1#53: query: bank.example IN A", sink);
  EXPECT_THAT(sink.reject_codes(), ElementsAre("pcap.header.unreadable"));
  EXPECT_EQ(pcap_dns_reader().sniff("client 192.0.2.1#53: query: bank.example").score, 0);
}

TEST(PcapFile, RefusesARecordWithAnImpossibleLength) {
  CaptureBuilder capture;
  capture.add(0, query_frame(query(1, "bank.example")));
  const std::string bad =
      capture.bytes() + u32(0) + u32(0) + u32(0x7fffffff) + u32(0x7fffffff) + "rest";
  CollectingSink sink;
  read_capture(bad, sink);
  EXPECT_EQ(sink.rows.size(), 1u);
  ASSERT_THAT(sink.reject_codes(), ElementsAre("pcap.record.bad_length"));
  EXPECT_EQ(sink.rejects[0].offset, capture.bytes().size());
  EXPECT_EQ(sink.rejects[0].length, 20u);
}

TEST(PcapFile, SaysThatACompressedStreamWasCut) {
  CaptureBuilder capture;
  capture.add(0, query_frame(query(1, "bank.example")));
  MemorySource source(capture.bytes());
  source.end_with(Error{ErrorCode::malformed, "the gzip stream ends early", ""});
  CollectingSink sink;
  ASSERT_TRUE(pcap_dns_reader().read(source, {}, sink).ok());
  EXPECT_EQ(sink.rows.size(), 1u);
  ASSERT_THAT(sink.reject_codes(), ElementsAre("pcap.truncated"));
  EXPECT_EQ(sink.rejects[0].why, "the gzip stream ends early");
}

TEST(PcapFile, PassesOnAReadThatTheSystemRefused) {
  CaptureBuilder capture;
  capture.add(0, query_frame(query(1, "bank.example")));
  MemorySource source(capture.bytes());
  source.end_with(Error{ErrorCode::io, "disk", ""});
  CollectingSink sink;
  const Status status = pcap_dns_reader().read(source, {}, sink);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::io);
}

}  // namespace
}  // namespace assay::test
