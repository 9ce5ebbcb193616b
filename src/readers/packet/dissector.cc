#include "readers/packet/dissector.h"

#include <algorithm>

#include "readers/byte_order.h"
#include "readers/packet/tunnels.h"
#include "readers/smtp/smtp_ports.h"

namespace assay {
namespace {

constexpr std::size_t kUdpBytes = 8;

bool may_be_smtp(const TcpSegment& segment) {
  return is_smtp_port(segment.ends.source_port) || is_smtp_port(segment.ends.destination_port) ||
         is_smtp_banner(segment.payload);
}

}  // namespace

Dissector::Dissector(std::int64_t skew_us, RecordSink& sink)
    : sink_(sink),
      ledger_(sink),
      rows_(sink, skew_us),
      streams_(sink, ledger_, rows_),
      fragments_(sink, ledger_, [this](IpPacket& packet, Unit& unit, int depth) {
        return transport(packet, unit, depth);
      }) {}

void Dissector::packet(const CapturedPacket& packet) {
  Unit unit{packet.ref};
  ledger_.close(unit, network(strip_link_layer(packet.link_type, packet.bytes), unit, 0));
}

void Dissector::finish() {
  fragments_.finish();
  streams_.finish();
  rows_.finish();
  if (smtp_ > 0) sink_.note(kSmtpSegments, "segments of TCP that may be of SMTP", smtp_);
  if (others_ > 0) sink_.note(kOtherTransport, "packets of TCP or UDP without DNS", others_);
}

PacketOutcome Dissector::network(const NetworkPacket& packet, Unit& unit, int depth) {
  if (packet.type == 0) return PacketOutcome::blank();
  const auto ip = packet.type == kEtherIpv4 ? parse_ipv4(packet.bytes) : parse_ipv6(packet.bytes);
  if (!ip) {
    sink_.note("pcap.ip_unreadable", "packets whose IP header is cut or contradicts itself");
    return PacketOutcome::blank();
  }
  unit.packet.hop_limit = ip->hop_limit;
  if (ip->is_fragment) return fragments_.add(*ip, unit, depth);
  const PacketOutcome outcome = transport(*ip, unit, depth);
  others_ +=
      outcome.fate == Fate::blank && (ip->protocol == kProtocolTcp || ip->protocol == kProtocolUdp);
  return outcome;
}

PacketOutcome Dissector::tunnel(const NetworkPacket& inner, Unit& unit, int depth) {
  if (depth < kMaxTunnelDepth) return network(inner, unit, depth + 1);
  sink_.note("pcap.tunnel_too_deep", "packets inside more than five tunnels were not looked into");
  return PacketOutcome::blank();
}

PacketOutcome Dissector::transport(const IpPacket& packet, Unit& unit, int depth) {
  switch (packet.protocol) {
    case kProtocolUdp:
      return udp(packet, unit, depth);
    case kProtocolTcp:
      return tcp(packet, unit);
    case kProtocolIpv4:
      return tunnel({kEtherIpv4, packet.payload}, unit, depth);
    case kProtocolIpv6:
      return tunnel({kEtherIpv6, packet.payload}, unit, depth);
    case kProtocolGre:
      return tunnel(strip_gre(packet.payload), unit, depth);
    default:
      return PacketOutcome::blank();
  }
}

PacketOutcome Dissector::udp(const IpPacket& packet, Unit& unit, int depth) {
  if (packet.payload.size() < kUdpBytes) return PacketOutcome::blank();
  const std::uint8_t* header = packet.payload.data();
  MessageContext context;
  context.ends = {packet.source, packet.destination, be16(header), be16(header + 2)};
  const std::uint16_t low = std::min(context.ends.source_port, context.ends.destination_port);
  context.use = use_of_ports(context.ends.source_port, context.ends.destination_port);
  Bytes payload = packet.payload.subspan(kUdpBytes);
  // Length 0 is what a jumbogram or an offloading card leaves.
  const std::size_t announced = std::max<std::size_t>(be16(header + 4), kUdpBytes) - kUdpBytes;
  context.is_cut = packet.is_cut || announced > payload.size();
  if (be16(header + 4) != 0 && announced < payload.size()) payload = payload.first(announced);
  if (payload.empty()) return PacketOutcome::blank();
  if (context.use == PortUse::other) {
    for (const std::uint16_t port : {context.ends.destination_port, context.ends.source_port}) {
      const NetworkPacket inner = strip_udp_tunnel(port, payload);
      if (inner.type != 0) return tunnel(inner, unit, depth);
    }
    if (low < kFirstOtherPort) return PacketOutcome::blank();
  }
  context.packet = unit.packet;
  context.may_wait = unit.ticket == kNoTicket;
  return rows_.message(context, payload);
}

PacketOutcome Dissector::tcp(const IpPacket& packet, Unit& unit) {
  TcpSegment segment;
  segment.ends.source = packet.source;
  segment.ends.destination = packet.destination;
  if (!parse_tcp(packet.payload, segment)) return PacketOutcome::blank();
  segment.missing = packet.missing;
  smtp_ += segment.use == PortUse::other && !segment.payload.empty() && may_be_smtp(segment);
  return streams_.segment(segment, unit);
}

}  // namespace assay
