#include "readers/packet/tunnels.h"

#include "readers/byte_order.h"

namespace assay {
namespace {

constexpr std::uint16_t kPortGtpUser = 2152, kPortTeredo = 3544, kPortVxlan = 4789,
                        kPortGeneve = 6081;
constexpr std::uint16_t kGrePpp = 0x880b, kGreErspan2 = 0x88be;

Bytes behind(Bytes bytes, std::size_t n) { return n <= bytes.size() ? bytes.subspan(n) : Bytes{}; }

NetworkPacket strip_vxlan(Bytes payload) {
  if (payload.size() < 8 || (payload[0] & 0x08) == 0) return {};
  return strip_ethernet(payload.subspan(8));
}

NetworkPacket strip_geneve(Bytes payload) {
  if (payload.size() < 8 || payload[0] >> 6 != 0) return {};
  return strip_shims(be16(payload.data() + 2), behind(payload, 8 + (payload[0] & 0x3f) * 4u));
}

NetworkPacket strip_gtp(Bytes payload) {
  constexpr std::uint8_t kUserData = 255;
  // Version 1, protocol type GTP; optional fields are there when any of E, S, PN is set.
  if (payload.size() < 8 || payload[0] >> 4 != 3 || payload[1] != kUserData) return {};
  if ((payload[0] & 7) == 0) return strip_raw(payload.subspan(8));
  if (payload.size() < 12) return {};
  std::uint8_t next = (payload[0] & 4) != 0 ? payload[11] : 0;
  payload = payload.subspan(12);
  while (next != 0) {
    const std::size_t length = payload.empty() ? 0 : payload[0] * 4u;
    if (length == 0 || length > payload.size()) return {};
    next = payload[length - 1];
    payload = payload.subspan(length);
  }
  return strip_raw(payload);
}

NetworkPacket strip_teredo(Bytes payload) {
  if (payload.size() >= 4 && be16(payload.data()) == 1) {  // authentication
    payload = behind(payload, 13u + payload[2] + payload[3]);
  }
  if (payload.size() >= 8 && be16(payload.data()) == 0) payload = payload.subspan(8);  // origin
  const NetworkPacket inner = strip_raw(payload);
  return inner.type == kEtherIpv6 ? inner : NetworkPacket{};
}

}  // namespace

NetworkPacket strip_gre(Bytes packet) {
  if (packet.size() < 4) return {};
  const std::uint16_t flags = be16(packet.data());
  const std::uint16_t type = be16(packet.data() + 2);
  if ((flags & 0x4000) != 0) return {};  // source routing, never used
  std::size_t header = 4;
  for (const std::uint16_t option : {0x8000, 0x2000, 0x1000}) header += (flags & option) ? 4 : 0;
  if ((flags & 7) == 1) {  // RFC 2637: acknowledgement number
    header += (flags & 0x0080) != 0 ? 4 : 0;
  }
  const Bytes inner = behind(packet, header);
  if (type == kGrePpp) return strip_ppp(inner);
  if (type == kGreErspan2) return strip_ethernet(behind(inner, (flags & 0x1000) != 0 ? 8 : 0));
  return strip_shims(type, inner);
}

NetworkPacket strip_udp_tunnel(std::uint16_t port, Bytes payload) {
  switch (port) {
    case kPortVxlan:
      return strip_vxlan(payload);
    case kPortGeneve:
      return strip_geneve(payload);
    case kPortGtpUser:
      return strip_gtp(payload);
    case kPortTeredo:
      return strip_teredo(payload);
    default:
      return {};
  }
}

}  // namespace assay
