// From the captured bytes to the network packet inside, for each link type that is understood.
#pragma once

#include "readers/packet/packet.h"

namespace assay {

inline constexpr std::uint16_t kEtherIpv4 = 0x0800, kEtherIpv6 = 0x86dd;

// A network packet and what it says it is. `type` is an Ethernet type; 0: nothing we read.
struct NetworkPacket {
  std::uint16_t type = 0;
  Bytes bytes;
};

bool is_known_link_type(int dlt);

// Takes off the link layer: VLAN tags, PPPoE, MPLS labels, LLC/SNAP included.
NetworkPacket strip_link_layer(int dlt, Bytes frame);
// The same from behind an Ethernet type on, which tunnels carry too.
NetworkPacket strip_shims(std::uint16_t ether_type, Bytes rest);
// An Ethernet frame.
NetworkPacket strip_ethernet(Bytes frame);
// A PPP frame, with or without its address and control bytes.
NetworkPacket strip_ppp(Bytes frame);
// Bare IP: the version tells.
NetworkPacket strip_raw(Bytes packet);

}  // namespace assay
