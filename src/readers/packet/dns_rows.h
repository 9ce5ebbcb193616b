// From DNS messages to rows: pairs answers with queries and spells out records.
#pragma once

#include <map>
#include <utility>

#include "assay/reader.h"
#include "readers/dns_message.h"
#include "readers/message_rows.h"
#include "readers/packet/packet.h"
#include "readers/packet/query_table.h"
#include "readers/path_changes.h"

namespace assay {

inline constexpr std::uint16_t kPortDns = 53, kPortMdns = 5353, kPortLlmnr = 5355;

// What the ports say of a message.
enum class PortUse : std::uint8_t {
  dns,        // port 53: what is no DNS here is refused
  multicast,  // mDNS (RFC 6762), LLMNR (RFC 4795): rows flagged kMulticast, never paired
  other,      // nobody assigned the port to DNS: only a strict message may pass, see DnsRows
};
PortUse use_of_ports(std::uint16_t a, std::uint16_t b);

struct MessageContext {
  Endpoints ends;
  PacketRef packet;  // the one that began the message
  PortUse use = PortUse::dns;
  bool is_tcp = false;
  bool is_cut = false;   // bytes are missing at its end
  bool may_wait = true;  // the packet bears this message alone, so its fate may be settled later
};

// On ports that nobody assigned to DNS, a UDP message counts only when it parses strictly and its
// exchange is complete: a query and the answer that repeats its id, name and type. After
// kExchangesToLearn exchanges with one server port, its unanswered queries count as well. Each row
// so made is noted as `pcap.dns_on_other_port`.
inline constexpr std::uint32_t kExchangesToLearn = 3;
inline constexpr std::size_t kMaxLearnedPorts = 4096;
inline constexpr std::uint16_t kFirstOtherPort = 1024;

class DnsRows {
 public:
  DnsRows(RecordSink& sink, std::int64_t skew_us)
      : sink_(sink), skew_us_(skew_us), rows_(sink), paths_(sink) {}

  // Fate::later: the table of pending queries will settle the packet.
  PacketOutcome message(const MessageContext& context, Bytes bytes);
  // True when `bytes` would pass as a message on a port that nobody assigned to DNS.
  bool is_plausible_anywhere(Bytes bytes);
  // Sends off the queries that wait. Call once at the end.
  void finish();

 private:
  PendingQuery describe(const MessageContext& context) const;
  PacketOutcome take_query(const MessageContext& context, PendingQuery& query);
  PacketOutcome take_answer(const MessageContext& context, PendingQuery& answer);
  void send_unanswered(const PendingQuery& query);
  void expire(std::int64_t now_us);
  bool is_learned(const PendingQuery& exchange) const;
  void learn(const PendingQuery& exchange);
  void note_damage(const MessageContext& context);

  RecordSink& sink_;
  std::int64_t skew_us_;
  MessageRows rows_;
  PathChanges paths_;
  QueryTable pending_;
  DnsMessage message_;
  std::map<std::pair<std::uint64_t, std::uint16_t>, std::uint32_t> exchanges_;
};

}  // namespace assay
