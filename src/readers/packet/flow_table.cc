#include "readers/packet/flow_table.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "core/digest.h"
#include "readers/packet/ip_packet.h"

namespace assay {
namespace {

constexpr std::uint8_t kFin = 1, kSyn = 2, kRst = 4, kAck = 16;
constexpr std::uint16_t kFirstOfClients = 1024;

std::string flag_letters(std::uint8_t flags) {
  constexpr std::string_view kLetters = "FSRPAUEC";  // from bit 0 up (RFC 9293 section 3.1)
  std::string text;
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    if ((flags >> i & 1) != 0) text += kLetters[i];
  }
  return text;
}

bool is_closed(std::uint8_t sent, std::uint8_t received) {
  return ((sent | received) & kRst) != 0 || (sent & received & kFin) != 0;
}

Endpoints turned(const Endpoints& ends) {
  return {ends.destination, ends.source, ends.destination_port, ends.source_port};
}

bool is_lower(const Endpoints& ends) {
  return std::tie(ends.source, ends.source_port) <=
         std::tie(ends.destination, ends.destination_port);
}

}  // namespace

FlowTable::Position FlowTable::open(const Key& key, const FlowPacket& packet) {
  if (flows_.size() >= kMaxOpenFlows) {
    sink_.note("pcap_flow.table_full", "flows were sent off early, in parts");
    send(flows_.begin());
  }
  Flow flow;
  flow.key = key;
  flow.first = packet.packet;
  flow.last_us = packet.packet.time_us;
  const bool is_syn = (packet.tcp_flags & kSyn) != 0;
  const bool is_answer = is_syn && (packet.tcp_flags & kAck) != 0;
  flow.is_direction_known = is_syn;
  const bool looks_answered = !is_syn && packet.ends.source_port < kFirstOfClients &&
                              packet.ends.destination_port >= kFirstOfClients;
  flow.ends = is_answer || looks_answered ? turned(packet.ends) : packet.ends;
  flows_.push_back(std::move(flow));
  return std::prev(flows_.end());
}

void FlowTable::add(const FlowPacket& packet) {
  expire(packet.packet.time_us);
  const Key key{is_lower(packet.ends) ? packet.ends : turned(packet.ends), packet.protocol};
  auto found = index_.find(key);
  const bool begins = (packet.tcp_flags & (kSyn | kAck)) == kSyn;
  if (found != index_.end() && begins &&
      is_closed(found->second->sent.flags, found->second->received.flags)) {
    send(found->second);  // the same ends once more
    found = index_.end();
  }
  if (found == index_.end()) {
    found = index_.emplace(key, open(key, packet)).first;
  } else {
    flows_.splice(flows_.end(), flows_, found->second);
  }
  Flow& flow = *found->second;
  flow.last_us = std::max(flow.last_us, packet.packet.time_us);
  Way& way = packet.ends == flow.ends ? flow.sent : flow.received;
  ++way.packets;
  way.bytes += packet.ip_bytes;
  way.flags |= packet.tcp_flags;
  const std::size_t room = kFirstBytes - std::min(kFirstBytes, way.first.size());
  way.first.append(reinterpret_cast<const char*>(packet.payload.data()),
                   std::min(room, packet.payload.size()));
}

void FlowTable::expire(std::int64_t now_us) {
  while (!flows_.empty()) {
    const Flow& flow = flows_.front();
    const std::int64_t allowed =
        flow.key.protocol == kProtocolTcp ? kMaxTcpSilenceUs : kMaxUdpSilenceUs;
    if (now_us - flow.last_us <= allowed) return;
    send(flows_.begin());
  }
}

void FlowTable::finish() {
  while (!flows_.empty()) send(flows_.begin());
}

void FlowTable::send(Position position) {
  static const FieldId kFlagsSent = field_id("tcp_flags_sent");
  static const FieldId kFlagsReceived = field_id("tcp_flags_received");
  static const FieldId kFirstSent = field_id("first_bytes_sent");
  static const FieldId kFirstReceived = field_id("first_bytes_received");
  static const FieldId kDirection = field_id("direction");
  const Flow& flow = *position;
  RecordRow row;
  row.kind = RecordKind::flow;
  row.protocol = flow.key.protocol;
  row.time_us = flow.first.time_us + skew_us_;
  row.until_us = std::max(flow.last_us + skew_us_, row.time_us);
  row.width_us = flow.first.width_us;
  row.client = sink_.host(flow.ends.source);
  row.server = sink_.host(flow.ends.destination);
  row.client_port = flow.ends.source_port;
  row.server_port = flow.ends.destination_port;
  row.packets_sent = flow.sent.packets;
  row.packets_received = flow.received.packets;
  row.bytes_sent = flow.sent.bytes;
  row.bytes_received = flow.received.bytes;
  row.offset = flow.first.offset;
  row.length = flow.first.length;
  sink_.add_record(row);
  sink_.add_field(kFlagsSent, flag_letters(flow.sent.flags));
  sink_.add_field(kFlagsReceived, flag_letters(flow.received.flags));
  sink_.add_field(kFirstSent, hex_digits(flow.sent.first));
  sink_.add_field(kFirstReceived, hex_digits(flow.received.first));
  if (!flow.is_direction_known) sink_.add_field(kDirection, "guessed");
  index_.erase(flow.key);
  flows_.erase(position);
}

}  // namespace assay
