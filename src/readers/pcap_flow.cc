// TCP and UDP flows in capture files. See docs/formats/pcap_flow.md.
#include "readers/byte_order.h"
#include "readers/packet/capture_walk.h"
#include "readers/packet/flow_table.h"
#include "readers/packet/ip_packet.h"
#include "readers/packet/link_layer.h"
#include "readers/readers.h"

namespace assay {
namespace {

constexpr std::size_t kUdpBytes = 8, kTcpBytes = 20;
constexpr std::size_t kIpv6Bytes = 40;

// What the header announces; what was captured when it announces nothing (offloading, jumbograms).
std::uint64_t announced_bytes(const NetworkPacket& packet) {
  const std::uint8_t* header = packet.bytes.data();
  const std::uint64_t told =
      packet.type == kEtherIpv4 ? be16(header + 2) : std::uint64_t{be16(header + 4)};
  if (told == 0) return packet.bytes.size();
  return packet.type == kEtherIpv4 ? told : told + kIpv6Bytes;
}

class FlowRead {
 public:
  FlowRead(RecordSink& sink, std::int64_t skew_us) : sink_(sink), flows_(sink, skew_us) {}

  void take(const CapturedPacket& captured) {
    if (add(captured)) {
      sink_.used_unit();
    } else {
      sink_.blank_unit();
    }
  }
  void finish() { flows_.finish(); }

 private:
  bool add(const CapturedPacket& captured) {
    const NetworkPacket network = strip_link_layer(captured.link_type, captured.bytes);
    if (network.type == 0) return false;
    const auto ip =
        network.type == kEtherIpv4 ? parse_ipv4(network.bytes) : parse_ipv6(network.bytes);
    if (!ip) {
      sink_.note("pcap.ip_unreadable", "packets whose IP header is cut or contradicts itself");
      return false;
    }
    if (ip->fragment_offset != 0) {
      sink_.note("pcap_flow.fragment", "fragments without ports belong to no flow here");
      return false;
    }
    const std::uint8_t* header = ip->payload.data();
    FlowPacket packet;
    packet.protocol = ip->protocol;
    packet.packet = captured.ref;
    packet.ip_bytes = announced_bytes(network);
    if (ip->protocol == kProtocolUdp && ip->payload.size() >= kUdpBytes) {
      packet.payload = ip->payload.subspan(kUdpBytes);
    } else if (ip->protocol == kProtocolTcp && ip->payload.size() >= kTcpBytes) {
      const std::size_t length = std::size_t{header[12]} >> 4 << 2;
      packet.tcp_flags = header[13];
      if (length >= kTcpBytes && length <= ip->payload.size()) {
        packet.payload = ip->payload.subspan(length);
      }
    } else {
      sink_.note("pcap_flow.other_protocol", "packets that are neither TCP nor UDP, or too short");
      return false;
    }
    packet.ends = {ip->source, ip->destination, be16(header), be16(header + 2)};
    flows_.add(packet);
    return true;
  }

  RecordSink& sink_;
  FlowTable flows_;
};

class PcapFlowReader final : public Reader {
 public:
  std::string_view name() const override { return "pcap_flow"; }
  std::string_view summary() const override {
    return "TCP and UDP flows in a packet capture, both ways";
  }
  std::string_view record_kind() const override { return "flow"; }
  std::string_view unit() const override { return "packet"; }

  // Below what choose_reader() takes: a capture is read as DNS first, and as flows beside it.
  SniffScore sniff(std::string_view head) const override {
    const SniffScore capture = sniff_capture(head);
    if (capture.score == 0) return {};
    return {30, capture.why + "; read beside pcap_dns, or alone with --as pcap_flow"};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    FlowRead read(sink, context.clock.skew_us);
    return walk_capture(
        source, context, sink, [&](const CapturedPacket& packet) { read.take(packet); },
        [&] { read.finish(); });
  }
};

}  // namespace

const Reader& pcap_flow_reader() {
  static const PcapFlowReader reader;
  return reader;
}

}  // namespace assay
