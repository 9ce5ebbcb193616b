// Network packets inside other packets: GRE, and tunnels over UDP.
#pragma once

#include "readers/packet/link_layer.h"

namespace assay {

// RFC 2784, RFC 2890, and version 1 of RFC 2637 with PPP inside.
NetworkPacket strip_gre(Bytes packet);
// VXLAN (RFC 7348), Geneve (RFC 8926), GTP-U (3GPP TS 29.281), Teredo (RFC 4380), by UDP port.
// Type 0: the port is none of theirs, or the payload does not look like it.
NetworkPacket strip_udp_tunnel(std::uint16_t port, Bytes payload);

}  // namespace assay
