#include "readers/packet/ip_packet.h"

#include "readers/byte_order.h"

namespace assay {
namespace {

constexpr std::size_t kIpv4Bytes = 20, kIpv6Bytes = 40;
constexpr int kMaxExtensionHeaders = 16;

enum Extension : std::uint8_t {
  kHopByHop = 0,
  kRouting = 43,
  kFragment = 44,
  kAuthentication = 51,
  kDestinationOptions = 60,
  kMobility = 135,
  kHip = 139,
  kShim6 = 140,
};

// Walks the extension headers. False: a header runs past what was captured.
bool walk_extensions(IpPacket& packet) {
  for (int depth = 0; depth < kMaxExtensionHeaders; ++depth) {
    const Bytes rest = packet.payload;
    std::size_t length = 0;
    switch (packet.protocol) {
      case kHopByHop:
      case kRouting:
      case kDestinationOptions:
      case kMobility:
      case kHip:
      case kShim6:
        if (rest.size() < 8) return false;
        length = (rest[1] + std::size_t{1}) * 8;
        break;
      case kAuthentication:
        if (rest.size() < 8) return false;
        length = (rest[1] + std::size_t{2}) * 4;
        break;
      case kFragment:
        if (rest.size() < 8) return false;
        length = 8;
        packet.fragment_offset = be16(rest.data() + 2) & 0xfff8u;
        packet.has_more = (rest[3] & 1) != 0;
        packet.fragment_id = be32(rest.data() + 4);
        packet.is_fragment = packet.has_more || packet.fragment_offset != 0;
        break;
      default:
        return true;
    }
    if (length > rest.size()) return false;
    packet.protocol = rest[0];
    packet.payload = rest.subspan(length);
    // What stands behind the first byte of a later fragment is payload, whatever it looks like.
    if (packet.is_fragment) return true;
  }
  return false;
}

}  // namespace

std::optional<IpPacket> parse_ipv4(Bytes bytes) {
  if (bytes.size() < kIpv4Bytes || bytes[0] >> 4 != 4) return std::nullopt;
  const std::size_t header = (bytes[0] & 15u) * 4;
  std::size_t total = be16(bytes.data() + 2);
  if (total == 0) total = bytes.size();  // segmentation offload leaves the length to the card
  if (header < kIpv4Bytes || header > bytes.size() || total < header) return std::nullopt;
  IpPacket packet;
  packet.source = IpAddress::from_v4(be32(bytes.data() + 12));
  packet.destination = IpAddress::from_v4(be32(bytes.data() + 16));
  packet.protocol = bytes[9];
  packet.hop_limit = bytes[8];
  packet.is_cut = total > bytes.size();
  if (packet.is_cut) packet.missing = static_cast<std::uint32_t>(total - bytes.size());
  packet.payload = bytes.subspan(header, (packet.is_cut ? bytes.size() : total) - header);
  const std::uint16_t fragment = be16(bytes.data() + 6);
  packet.has_more = (fragment & 0x2000) != 0;
  packet.fragment_offset = (fragment & 0x1fffu) * 8;
  packet.fragment_id = be16(bytes.data() + 4);
  packet.is_fragment = packet.has_more || packet.fragment_offset != 0;
  return packet;
}

std::optional<IpPacket> parse_ipv6(Bytes bytes) {
  if (bytes.size() < kIpv6Bytes || bytes[0] >> 4 != 6) return std::nullopt;
  std::size_t length = be16(bytes.data() + 4);
  if (length == 0) length = bytes.size() - kIpv6Bytes;  // jumbogram, or offload
  IpPacket packet;
  packet.source = IpAddress::from_v6(bytes.data() + 8);
  packet.destination = IpAddress::from_v6(bytes.data() + 24);
  packet.protocol = bytes[6];
  packet.hop_limit = bytes[7];
  packet.is_cut = kIpv6Bytes + length > bytes.size();
  if (packet.is_cut) {
    packet.missing = static_cast<std::uint32_t>(kIpv6Bytes + length - bytes.size());
  }
  packet.payload = bytes.subspan(kIpv6Bytes, packet.is_cut ? std::dynamic_extent : length);
  if (!walk_extensions(packet)) return std::nullopt;
  return packet;
}

}  // namespace assay
