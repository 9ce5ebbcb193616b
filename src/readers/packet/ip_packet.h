// IPv4 and IPv6 headers (RFC 791, RFC 8200), down to the transport's first byte.
#pragma once

#include <optional>

#include "readers/packet/packet.h"

namespace assay {

inline constexpr std::uint8_t kProtocolIpv4 = 4, kProtocolTcp = 6, kProtocolUdp = 17,
                              kProtocolIpv6 = 41, kProtocolGre = 47;

struct IpPacket {
  IpAddress source;
  IpAddress destination;
  std::uint8_t protocol = 0;
  std::uint8_t hop_limit = 0;  // what is left of it: TTL of IPv4
  Bytes payload;               // cut to what the header announces, and to what was captured
  bool is_cut = false;         // fewer bytes were captured than the header announces
  std::uint32_t missing = 0;   // how many fewer; 0 when the announcement itself is missing
  bool is_fragment = false;
  bool has_more = false;              // more fragments follow
  std::uint32_t fragment_offset = 0;  // bytes
  std::uint32_t fragment_id = 0;
};

// Nothing: not a readable IP header.
std::optional<IpPacket> parse_ipv4(Bytes packet);
std::optional<IpPacket> parse_ipv6(Bytes packet);

}  // namespace assay
