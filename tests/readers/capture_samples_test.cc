// The samples of pcap_dns and pcap_flow: made here, read as their golden files say, and damaged.
#include <gtest/gtest.h>

#include "packet_conversation.h"
#include "pcapng_builder.h"
#include "sample_checks.h"

namespace assay::test {
namespace {

std::string sender_query() { return udp(40000, 53, query(3, "sender.example")); }

// UDP, TCP in pieces and out of order, fragments, and a tunnel of fragments.
std::vector<std::string> dns_frames() {
  const std::string asked = prefixed(query(2, "clinic.example"));
  const auto client = [](std::uint32_t sequence, unsigned flags, std::string payload) {
    return ethernet(to_server(sequence, flags, std::move(payload)));
  };
  const auto fragment = [](std::size_t at, std::size_t size, unsigned word) {
    return ipv4(kClient, kServer, 17, sender_query().substr(at, size), 5, word);
  };
  return {query_frame(query(1, "bank.example")),
          answer_frame(answer(1, "bank.example")),
          client(99, kSyn, ""),
          client(100, kAck, asked.substr(0, 9)),
          client(115, kAck, asked.substr(15)),
          client(109, kAck | kFin, asked.substr(9, 6)),
          ethernet(to_client(7, kAck | kFin, prefixed(answer(2, "clinic.example")))),
          ethernet(fragment(0, 16, 0x2000)),
          ethernet(ipv4("203.0.113.1", "203.0.113.2", 4, fragment(16, 16, 0x2002))),
          ethernet(fragment(32, 99, 0x0004))};
}

// One query below everything that is looked into: tags, labels, extension headers, tunnels.
std::vector<std::string> wrapped_frames() {
  const std::string four = ipv4(kClient, kServer, 17, sender_query());
  const std::string options = u8(17) + u8(0) + std::string(6, '\0');
  const std::string six = ipv6("2001:db8::10", "2001:db8::53", 0, options + sender_query());
  const auto tunnel = [](unsigned protocol, std::string payload) {
    return ethernet(ipv4("203.0.113.1", "203.0.113.2", protocol, std::move(payload)));
  };
  const std::string vxlan = u32(0x08000000) + u32(0x100) + ethernet(four);
  return {ethernet(six, 0x86dd),
          ethernet(u16(7) + u16(0x86dd) + six, 0x8100),
          ethernet(u32(0x00010140) + four, 0x8847),
          ethernet(u32(0x11000001) + u16(0x1234) + u16(0x0021) + four, 0x8864),
          tunnel(47, u32(0x20000800) + u32(7) + four),
          tunnel(41, six),
          tunnel(17, udp(50000, 4789, vxlan)),
          tunnel(17, udp(50000, 6081, u32(0x00006558) + u32(0x100) + ethernet(four))),
          tunnel(17, udp(2152, 2152, u32(0x30ff0000) + u32(1) + four)),
          tunnel(17, udp(3544, 3544, six))};
}

// A mail conversation, a refused connection, datagrams, and an echo, which is no flow.
std::vector<std::string> flow_frames() {
  const auto echo = [](const char* from, const char* to, unsigned kind) {
    return ethernet(ipv4(from, to, 1, u16(kind << 8) + u16(0) + u32(0x00070001)));
  };
  return {ethernet(to_server(1, kSyn, "", 25)),
          ethernet(to_client(1, kSyn | kAck, "", 25)),
          ethernet(to_client(2, kAck, "220 mail.bank.example\r\n", 25)),
          ethernet(to_server(2, kAck, "EHLO sender.example\r\n", 25)),
          ethernet(to_server(23, kFin | kAck, "", 25)),
          ethernet(to_client(25, kFin | kAck, "", 25)),
          ethernet(to_server(1, kSyn, "", 443)),
          ethernet(to_client(0, kRst | kAck, "", 443)),
          echo(kClient, kServer, 8),
          echo(kServer, kClient, 0),
          ethernet(ipv4(kClient, kServer, 17, udp(40001, 123, std::string(48, '\x1b')))),
          ethernet(ipv6("2001:db8::10", "2001:db8::53", 17, udp(40001, 123, "x")), 0x86dd)};
}

std::string pcap_of(const std::vector<std::string>& frames, std::size_t cut_one = SIZE_MAX) {
  CaptureBuilder capture;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    capture.add(static_cast<std::int64_t>(i), frames[i], i == cut_one ? 90 : SIZE_MAX);
  }
  return capture.bytes();
}
std::string pcapng_of(const std::vector<std::string>& frames) {
  Pcapng capture;
  capture.interface(1).interface(1, 96, capture.option(9, u8(6)));
  for (std::size_t i = 0; i < frames.size(); ++i) {
    capture.packet(i % 2, CaptureBuilder::kEpochSeconds * 1'000'000ull + i, frames[i]);
  }
  return capture.bytes;
}

struct CaptureSample {
  const char* reader;
  const char* file;
  std::string bytes;
  std::size_t rows, records;
};

std::vector<CaptureSample> capture_samples() {
  return {{"pcap_dns", "kinds.pcap", pcap_of(dns_frames(), 6), 3, 2},
          {"pcap_dns", "kinds.pcapng", pcapng_of(dns_frames()), 3, 2},
          {"pcap_dns", "wrapped.pcap", pcap_of(wrapped_frames()), 10, 2},
          {"pcap_flow", "flows.pcap", pcap_of(flow_frames()), 0, 4},
          {"pcap_flow", "flows.pcapng", pcapng_of(flow_frames()), 0, 4}};
}

TEST(CaptureSamples, AreReadAsTheirGoldenFilesSay) {
  for (const CaptureSample& sample : capture_samples()) {
    const std::string path =
        std::string(ASSAY_TEST_DATA "/readers/") + sample.reader + '/' + sample.file;
    SCOPED_TRACE(path);
    if (const char* update = std::getenv("ASSAY_UPDATE_GOLDEN"); update && *update == '1') {
      std::ofstream(path, std::ios::binary) << sample.bytes;
    }
    ASSERT_TRUE(file_bytes(path) == sample.bytes) << "the builder makes another capture now";
    CollectingSink sink;
    ASSERT_TRUE(read_bytes(*find_reader(sample.reader), sample.bytes, sink).ok());
    EXPECT_EQ(sink.rows.size(), sample.rows);
    EXPECT_EQ(sink.records.size(), sample.records);
    EXPECT_EQ(sink.rejects.size(), 0u);
    expect_golden(path, sink.golden());
  }
}

TEST(CaptureSamples, AreReadAlikeInPiecesWhenDamagedAndUpsetNoBalance) {
  std::mt19937 random(20'160'923);
  for (const CaptureSample& sample : capture_samples()) {
    SCOPED_TRACE(sample.file);
    for (int round = 0; round < 200; ++round) {
      SCOPED_TRACE(round);
      // Every other time nothing is cut, and the head stays whole: most damage there ends a read.
      const bool is_cut = round % 2 == 0;
      std::string bytes =
          is_cut ? sample.bytes.substr(0, random() % (sample.bytes.size() + 1)) : sample.bytes;
      const std::size_t begin = is_cut ? 0 : 100;
      for (std::size_t flips = bytes.empty() ? 0 : random() % 12; flips > 0; --flips) {
        bytes[(begin + random() % bytes.size()) % bytes.size()] = static_cast<char>(random());
      }
      const std::size_t piece = 1 + random() % 400;
      for (const char* reader : {"pcap_dns", "pcap_flow"}) {
        CollectingSink whole, split(64);
        read_bytes(*find_reader(reader), bytes, whole).ok();
        read_bytes(*find_reader(reader), bytes, split, {}, piece).ok();
        EXPECT_EQ(whole.golden(), split.golden()) << reader << " in pieces of " << piece;
        EXPECT_EQ(split.balance().rejected, split.rejects.size());
      }
    }
  }
}

}  // namespace
}  // namespace assay::test
