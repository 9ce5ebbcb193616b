#include "readers/packet/link_layer.h"

#include <pcap/dlt.h>

#include "readers/byte_order.h"

namespace assay {
namespace {

constexpr std::size_t kEthernetBytes = 14;
constexpr int kMaxShims = 8;  // tags, labels and sessions on one another
constexpr std::uint16_t kPppIpv4 = 0x0021, kPppIpv6 = 0x0057;

NetworkPacket strip_llc(Bytes rest) {
  // LLC AA AA 03, then SNAP: three bytes of organisation and an Ethernet type (RFC 1042).
  const bool is_snap = rest.size() >= 8 && rest[0] == 0xaa && rest[1] == 0xaa && rest[2] == 3;
  return is_snap ? strip_shims(be16(rest.data() + 6), rest.subspan(8)) : NetworkPacket{};
}

// The BSD address families that mean IPv6 differ between systems.
NetworkPacket strip_family(std::uint32_t family, Bytes rest) {
  if (family == 2) return {kEtherIpv4, rest};
  const bool is_v6 = family == 10 || family == 24 || family == 28 || family == 30;
  return is_v6 ? NetworkPacket{kEtherIpv6, rest} : NetworkPacket{};
}

NetworkPacket strip_null(Bytes frame) {
  if (frame.size() < 4) return {};
  // Written in the byte order of the capturing host; the value is small in the right one.
  const std::uint32_t big = be32(frame.data());
  const std::uint32_t little = __builtin_bswap32(big);
  return strip_family(big < little ? big : little, frame.subspan(4));
}

NetworkPacket strip_fixed(Bytes frame, std::size_t type_at, std::size_t header) {
  if (frame.size() < header) return {};
  return strip_shims(be16(frame.data() + type_at), frame.subspan(header));
}

// Behind MPLS labels nothing tells what follows but its first nibble.
NetworkPacket strip_mpls(Bytes rest) {
  while (rest.size() >= 4) {
    const bool is_bottom = (rest[2] & 1) != 0;
    rest = rest.subspan(4);
    if (is_bottom) return strip_raw(rest);
  }
  return {};
}

}  // namespace

bool is_known_link_type(int dlt) {
  switch (dlt) {
    case DLT_EN10MB:
    case DLT_NULL:
    case DLT_LOOP:
    case DLT_RAW:
    case 101:  // LINKTYPE_RAW
    case DLT_IPV4:
    case DLT_IPV6:
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
    case DLT_PPP:
    case DLT_PPP_SERIAL:
    case DLT_PPP_ETHER:
    case DLT_C_HDLC:
    case DLT_FDDI:
      return true;
    default:
      return false;
  }
}

NetworkPacket strip_raw(Bytes packet) {
  if (packet.empty()) return {};
  const unsigned version = packet[0] >> 4;
  if (version == 4) return {kEtherIpv4, packet};
  return version == 6 ? NetworkPacket{kEtherIpv6, packet} : NetworkPacket{};
}

NetworkPacket strip_ppp(Bytes frame) {
  if (frame.size() >= 2 && frame[0] == 0xff && frame[1] == 3) frame = frame.subspan(2);
  if (frame.empty()) return {};
  // The protocol field may be compressed to its odd low byte (RFC 1661 section 6.5).
  const bool is_short = (frame[0] & 1) != 0;
  if (!is_short && frame.size() < 2) return {};
  const std::uint16_t protocol = is_short ? frame[0] : be16(frame.data());
  frame = frame.subspan(is_short ? 1 : 2);
  if (protocol == kPppIpv4) return {kEtherIpv4, frame};
  return protocol == kPppIpv6 ? NetworkPacket{kEtherIpv6, frame} : NetworkPacket{};
}

NetworkPacket strip_shims(std::uint16_t ether_type, Bytes rest) {
  for (int depth = 0; depth < kMaxShims; ++depth) {
    switch (ether_type) {
      case kEtherIpv4:
      case kEtherIpv6:
        return {ether_type, rest};
      case 0x8100:  // 802.1Q
      case 0x88a8:  // 802.1ad
      case 0x9100:
      case 0x9200:
        if (rest.size() < 4) return {};
        ether_type = be16(rest.data() + 2);
        rest = rest.subspan(4);
        break;
      case 0x8847:
      case 0x8848:
        return strip_mpls(rest);
      case 0x8864:  // PPPoE session (RFC 2516): version, code, session, length
        return rest.size() < 6 ? NetworkPacket{} : strip_ppp(rest.subspan(6));
      case 0x6558:  // transparent Ethernet bridging
        return strip_ethernet(rest);
      default:
        return ether_type < 0x0600 ? strip_llc(rest) : NetworkPacket{};
    }
  }
  return {};
}

NetworkPacket strip_ethernet(Bytes frame) {
  return strip_fixed(frame, kEthernetBytes - 2, kEthernetBytes);
}

NetworkPacket strip_link_layer(int dlt, Bytes frame) {
  switch (dlt) {
    case DLT_EN10MB:
      return strip_ethernet(frame);
    case DLT_NULL:
      return strip_null(frame);
    case DLT_LOOP:
      return frame.size() < 4 ? NetworkPacket{}
                              : strip_family(be32(frame.data()), frame.subspan(4));
    case DLT_LINUX_SLL:
      return strip_fixed(frame, 14, 16);
    case DLT_LINUX_SLL2:
      return strip_fixed(frame, 0, 20);
    case DLT_PPP:
    case DLT_PPP_SERIAL:
      return strip_ppp(frame);
    case DLT_PPP_ETHER:
      return frame.size() < 6 ? NetworkPacket{} : strip_ppp(frame.subspan(6));
    case DLT_C_HDLC:
      return strip_fixed(frame, 2, 4);
    case DLT_FDDI:
      return frame.size() < 13 ? NetworkPacket{} : strip_llc(frame.subspan(13));
    default:
      return strip_raw(frame);
  }
}

}  // namespace assay
