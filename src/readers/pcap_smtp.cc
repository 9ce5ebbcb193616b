// SMTP sessions in capture files. See docs/formats/pcap_smtp.md.
#include "readers/byte_order.h"
#include "readers/packet/capture_walk.h"
#include "readers/packet/dissector.h"
#include "readers/packet/ip_packet.h"
#include "readers/packet/link_layer.h"
#include "readers/packet/tunnels.h"
#include "readers/readers.h"
#include "readers/smtp/smtp_sessions.h"

namespace assay {
namespace {

constexpr std::size_t kUdpBytes = 8, kTcpBytes = 20;
enum TcpFlag : std::uint8_t { kFin = 0x01, kSyn = 0x02, kRst = 0x04, kAck = 0x10 };

class SmtpRead {
 public:
  SmtpRead(RecordSink& sink, std::int64_t skew_us) : sink_(sink), sessions_(sink, skew_us) {}

  void take(const CapturedPacket& captured) {
    const NetworkPacket network = strip_link_layer(captured.link_type, captured.bytes);
    if (!add(network, captured.ref, 0)) sink_.blank_unit();
  }
  void finish() { sessions_.finish(); }

 private:
  bool add(const NetworkPacket& network, const PacketRef& ref, int depth) {
    if (network.type == 0 || depth > kMaxTunnelDepth) return false;
    const auto ip =
        network.type == kEtherIpv4 ? parse_ipv4(network.bytes) : parse_ipv6(network.bytes);
    if (!ip) return false;  // pcap_dns has noted it
    switch (ip->protocol) {
      case kProtocolTcp:
        return add_tcp(*ip, ref);
      case kProtocolUdp: {
        if (ip->is_fragment || ip->payload.size() < kUdpBytes) return false;
        const std::uint8_t* header = ip->payload.data();
        NetworkPacket inner = strip_udp_tunnel(be16(header + 2), ip->payload.subspan(kUdpBytes));
        if (inner.type == 0) {
          inner = strip_udp_tunnel(be16(header), ip->payload.subspan(kUdpBytes));
        }
        return add(inner, ref, depth + 1);
      }
      case kProtocolIpv4:
        return !ip->is_fragment && add({kEtherIpv4, ip->payload}, ref, depth + 1);
      case kProtocolIpv6:
        return !ip->is_fragment && add({kEtherIpv6, ip->payload}, ref, depth + 1);
      case kProtocolGre:
        return !ip->is_fragment && add(strip_gre(ip->payload), ref, depth + 1);
      default:
        return false;
    }
  }

  // A fragment's bytes are missing from the session, which then has a gap there.
  bool add_tcp(const IpPacket& ip, const PacketRef& ref) {
    if (ip.is_fragment) {
      sink_.note("pcap_smtp.fragment", "fragments of TCP segments are not put together here");
      return false;
    }
    if (ip.payload.size() < kTcpBytes) return false;
    const std::uint8_t* header = ip.payload.data();
    const std::size_t length = std::size_t{header[12]} >> 4 << 2;
    if (length < kTcpBytes || length > ip.payload.size()) return false;
    SmtpPacket packet;
    packet.ends = {ip.source, ip.destination, be16(header), be16(header + 2)};
    packet.is_reset = (header[13] & kRst) != 0;
    packet.segment.sequence = be32(header + 4);
    packet.segment.acknowledged = be32(header + 8);
    packet.segment.has_acknowledged = (header[13] & kAck) != 0;
    packet.segment.is_syn = (header[13] & kSyn) != 0;
    packet.segment.is_fin = (header[13] & kFin) != 0;
    packet.segment.payload = ip.payload.subspan(length);
    packet.segment.missing = ip.missing;
    packet.segment.packet = ref;
    return sessions_.add(packet);
  }

  RecordSink& sink_;
  SmtpSessions sessions_;
};

class PcapSmtpReader final : public Reader {
 public:
  std::string_view name() const override { return "pcap_smtp"; }
  std::string_view summary() const override {
    return "SMTP sessions in a packet capture: banners, envelopes, replies";
  }
  std::string_view record_kind() const override { return "mail"; }
  std::string_view unit() const override { return "packet"; }

  // Below what choose_reader() takes: a capture is read as DNS first, and as mail beside it.
  SniffScore sniff(std::string_view head) const override {
    const SniffScore capture = sniff_capture(head);
    if (capture.score == 0) return {};
    return {20, capture.why + "; read beside pcap_dns, or alone with --as pcap_smtp"};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    SmtpRead read(sink, context.clock.skew_us);
    return walk_capture(
        source, context, sink, [&](const CapturedPacket& packet) { read.take(packet); },
        [&] { read.finish(); });
  }
};

}  // namespace

const Reader& pcap_smtp_reader() {
  static const PcapSmtpReader reader;
  return reader;
}

}  // namespace assay
