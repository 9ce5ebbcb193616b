// pcap_flow: flows of a capture, both ways, within bounds.
#include <gtest/gtest.h>

#include "golden.h"
#include "packet_conversation.h"

namespace assay::test {
namespace {

void read_flows(std::string_view bytes, RecordSink& sink, std::int64_t skew_us = 0) {
  MemorySource source(bytes);
  ReadContext context;
  context.clock.skew_us = skew_us;
  const Status status = pcap_flow_reader().read(source, context, sink);
  EXPECT_TRUE(status.ok()) << status.error().message;
  EXPECT_TRUE(sink.balance().is_even());
}

class Capture {
 public:
  Capture& add(const std::string& packet, std::int64_t later_us = 1'000) {
    at_us_ += later_us;
    capture_.add(at_us_, packet, SIZE_MAX);
    return *this;
  }
  std::string bytes() { return capture_.bytes(); }

 private:
  CaptureBuilder capture_{101};
  std::int64_t at_us_ = 0;
};

TEST(PcapFlow, CountsBothWaysOfAConnectionAndKeepsItsFirstBytes) {
  Capture capture;
  capture.add(to_server(1, kSyn, "", 25)).add(to_client(1, kSyn | kAck, "", 25));
  capture.add(to_client(2, kAck, "220 mail.bank.example\r\n", 25));
  capture.add(to_server(2, kAck, "EHLO a.example\r\n", 25));
  capture.add(to_server(18, kFin | kAck, "", 25)).add(to_client(25, kFin | kAck, "", 25));
  CollectingSink sink;
  read_flows(capture.bytes(), sink, 5);
  ASSERT_EQ(sink.records.size(), 1u);
  const RecordRow& flow = sink.records[0];
  EXPECT_EQ(flow.kind, RecordKind::flow);
  EXPECT_EQ(sink.hosts.at(flow.client), kClient);
  EXPECT_EQ(sink.hosts.at(flow.server), kServer);
  EXPECT_EQ(flow.server_port, 25);
  EXPECT_EQ(flow.packets_sent, 3u);
  EXPECT_EQ(flow.packets_received, 3u);
  EXPECT_EQ(flow.bytes_sent, 3 * 40u + 16);
  EXPECT_EQ(flow.bytes_received, 3 * 40u + 23);
  EXPECT_EQ(flow.until_us - flow.time_us, 5'000);
  CollectingSink unskewed;
  read_flows(capture.bytes(), unskewed);
  EXPECT_EQ(flow.time_us, unskewed.records[0].time_us + 5);
  EXPECT_EQ(sink.texts_of(1, "tcp_flags_sent"), std::vector<std::string>{"FSA"});
  EXPECT_EQ(sink.texts_of(1, "first_bytes_received"),
            std::vector<std::string>{"323230206d61696c2e62616e6b2e6578616d706c650d0a"})
      << "220 mail.bank.example";
  EXPECT_TRUE(sink.texts_of(1, "direction").empty());
  EXPECT_EQ(sink.balance().used, 6u);
}

TEST(PcapFlow, SpellsItsFirstBytesSoThatEveryByteComesBack) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every.push_back(static_cast<char>(byte));
  std::string found;
  for (std::size_t at = 0; at < every.size(); at += 64) {
    Capture capture;
    capture.add(ipv4(kClient, kServer, 17, udp(5000, 123, every.substr(at, 64) + "beyond")));
    CollectingSink sink;
    read_flows(capture.bytes(), sink);
    const auto texts = sink.texts_of(1, "first_bytes_sent");
    ASSERT_EQ(texts.size(), 1u);
    EXPECT_EQ(texts[0].size(), 128u);
    for (std::size_t i = 0; i < texts[0].size(); i += 2) {
      found.push_back(static_cast<char>(std::stoi(texts[0].substr(i, 2), nullptr, 16)));
    }
    EXPECT_TRUE(sink.texts_of(1, "first_bytes_received").empty());
  }
  EXPECT_EQ(found, every);
}

TEST(PcapFlow, TellsWhoAnsweredFromTheSynOrThePorts) {
  for (const bool has_syn : {true, false}) {
    Capture capture;
    capture.add(to_client(1, has_syn ? kSyn | kAck : kAck, "", 25));
    CollectingSink sink;
    read_flows(capture.bytes(), sink);
    ASSERT_EQ(sink.records.size(), 1u);
    EXPECT_EQ(sink.hosts.at(sink.records[0].client), kClient);
    EXPECT_EQ(sink.texts_of(1, "direction").empty(), has_syn);
  }
}

TEST(PcapFlow, BeginsAnewAfterSilenceAndAfterAClose) {
  Capture capture;
  const std::string question = ipv4(kClient, kServer, 17, udp(5000, 123, "x"));
  capture.add(question).add(question, 59'000'000).add(question, 61'000'000);
  capture.add(to_server(1, kSyn, "", 25)).add(to_client(1, kRst | kAck, "", 25));
  capture.add(to_server(9, kSyn, "", 25));
  CollectingSink sink;
  read_flows(capture.bytes(), sink);
  std::vector<std::uint64_t> packets;
  for (const RecordRow& flow : sink.records) packets.push_back(flow.packets_sent);
  std::sort(packets.begin(), packets.end());
  EXPECT_EQ(packets, (std::vector<std::uint64_t>{1, 1, 1, 2}));
}

TEST(PcapFlow, HoldsABoundedNumberOfOpenFlowsAndLosesNone) {
  Capture capture;
  constexpr unsigned kFlows = (1u << 16) + 100;
  for (unsigned i = 0; i < kFlows; ++i) {
    const std::string client =
        "10." + std::to_string(i >> 14) + "." + std::to_string(i >> 6 & 255) + ".1";
    capture.add(ipv4(client, kServer, 17, udp(1024 + (i & 63), 9, "x")), 1);
  }
  CollectingSink sink;
  read_flows(capture.bytes(), sink);
  EXPECT_EQ(sink.records.size(), kFlows);
  EXPECT_EQ(sink.noted("pcap_flow.table_full"), 100u);
}

TEST(PcapFlow, AccountsForEveryPacketOfCutCaptures) {
  Capture capture;
  capture.add(to_server(1, kSyn, "", 25)).add(to_client(1, kSyn | kAck, "hello", 25));
  capture.add(ipv4(kClient, kServer, 17, udp(5000, 123, "x")));
  const std::string bytes = capture.bytes();
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    CollectingSink sink;
    read_flows(bytes.substr(0, length), sink);
  }
}

TEST(PcapFlow, IsReadBesideDnsWhereACaptureHoldsMore) {
  Capture mixed, alone;
  mixed.add(ipv4(kClient, kServer, 17, udp(5000, 53, query(1, "mail.bank.example"))));
  alone.add(ipv4(kClient, kServer, 17, udp(5000, 53, query(1, "mail.bank.example"))));
  mixed.add(to_server(1, kSyn, "", 25));
  for (const auto& [capture, count] : {std::pair(mixed.bytes(), 1u), {alone.bytes(), 0u}}) {
    CollectingSink sink;
    read_capture(capture, sink);
    EXPECT_EQ(pcap_dns_reader().companions(sink.notes()).size(), count);
  }
}

TEST(PcapFlow, CountsEveryPacketOfARealCapture) {
  ASSAY_NEED_SHARED(path, "pcap/ndpi-smtp.pcap");
  CollectingSink sink;
  read_flows(file_bytes(path), sink);
  std::uint64_t packets = 0;
  for (const RecordRow& flow : sink.records) packets += flow.packets_sent + flow.packets_received;
  EXPECT_EQ(packets, sink.balance().used);
  EXPECT_GT(packets, 0u);
}

}  // namespace
}  // namespace assay::test
