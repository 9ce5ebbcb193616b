// Takes one captured packet after another apart, down to DNS messages.
//
// One per capture, used by one thread. In the ordinary case, DNS over UDP in one packet, nothing is
// allocated.
#pragma once

#include "readers/packet/dns_rows.h"
#include "readers/packet/fragments.h"
#include "readers/packet/ip_packet.h"
#include "readers/packet/ledger.h"
#include "readers/packet/link_layer.h"
#include "readers/packet/tcp_streams.h"

namespace assay {

inline constexpr int kMaxTunnelDepth = 5;
// The note that counts packets of TCP and UDP in which no DNS was looked for or found.
inline constexpr std::string_view kOtherTransport = "pcap.other_transport";
// The note that counts segments with bytes to or from a port of SMTP, or with its banner.
inline constexpr std::string_view kSmtpSegments = "pcap.smtp";

class Dissector {
 public:
  Dissector(std::int64_t skew_us, RecordSink& sink);

  // Precondition: the packet's link type is known.
  void packet(const CapturedPacket& packet);
  // Settles all that waits. Call once at the end.
  void finish();

 private:
  PacketOutcome network(const NetworkPacket& packet, Unit& unit, int depth);
  PacketOutcome transport(const IpPacket& packet, Unit& unit, int depth);
  PacketOutcome udp(const IpPacket& packet, Unit& unit, int depth);
  PacketOutcome tcp(const IpPacket& packet, Unit& unit);
  PacketOutcome tunnel(const NetworkPacket& inner, Unit& unit, int depth);

  RecordSink& sink_;
  std::uint64_t others_ = 0;  // packets of TCP and UDP that are nothing to DNS
  std::uint64_t smtp_ = 0;    // segments that may be of SMTP
  Ledger ledger_;
  DnsRows rows_;
  TcpStreams streams_;
  FragmentTable fragments_;
};

}  // namespace assay
