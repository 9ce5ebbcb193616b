#include "readers/packet/dns_rows.h"

#include <algorithm>

#include "readers/byte_order.h"

namespace assay {

PortUse use_of_ports(std::uint16_t a, std::uint16_t b) {
  const auto is_either = [a, b](std::uint16_t port) { return a == port || b == port; };
  if (is_either(kPortDns)) return PortUse::dns;
  return is_either(kPortMdns) || is_either(kPortLlmnr) ? PortUse::multicast : PortUse::other;
}

// Everything of the exchange but the question; `row.client` and `row.server` are left to the keys.
PendingQuery DnsRows::describe(const MessageContext& context) const {
  PendingQuery exchange;
  const bool is_answer = message_.is_answer();
  exchange.server_port = is_answer ? context.ends.source_port : context.ends.destination_port;
  exchange.is_tentative = context.use == PortUse::other && !context.is_tcp;
  DnsRow& row = exchange.row;
  row.time_us = context.packet.time_us + skew_us_;
  row.width_us = context.packet.width_us;
  row.client_port = is_answer ? context.ends.destination_port : context.ends.source_port;
  row.id = message_.id;
  row.flags = flags_of(message_) | (context.is_tcp ? kTcp : 0u) |
              (context.use == PortUse::multicast ? kMulticast : 0u);
  row.offset = context.packet.offset;
  row.length = context.packet.length;
  if (is_answer) {
    row.rcode = message_.rcode;
    row.ttl = smallest_ttl(message_);
  } else {
    exchange.path.hop_limit = context.packet.hop_limit;
    if (message_.has_edns) exchange.path.edns_size = message_.edns_size;
  }
  return exchange;
}

void DnsRows::note_damage(const MessageContext& context) {
  if (context.is_cut) {
    sink_.note("pcap.message_cut", "the capture holds only the beginning of some messages");
  } else if (message_.damage) {
    sink_.note(message_.damage.code, message_.damage.text);
  } else if (message_.end < message_.wire.size()) {
    sink_.note("dns.message.trailing_bytes", "bytes stand behind the last record of some messages");
  }
}

PacketOutcome DnsRows::message(const MessageContext& context, Bytes bytes) {
  const bool is_query = bytes.size() >= kDnsHeaderBytes && bytes[2] >> 7 == 0;
  if (is_query) paths_.prefetch(rows_.host(context.ends.source), context.is_tcp);
  expire(context.packet.time_us + skew_us_);
  if (context.use == PortUse::other) {
    if (!is_plausible_anywhere(bytes)) return PacketOutcome::blank();
  } else {
    const DnsProblem problem = parse_dns_message(bytes, message_);
    if (problem) return PacketOutcome::refused(problem.code, problem.text, bytes);
  }
  note_damage(context);
  PendingQuery exchange = describe(context);
  const bool is_answer = message_.is_answer();
  const IpAddress& client = is_answer ? context.ends.destination : context.ends.source;
  const IpAddress& server = is_answer ? context.ends.source : context.ends.destination;
  exchange.row.client = rows_.host(client);
  exchange.row.server = rows_.host(server);
  exchange.row = rows_.row_of_question(message_, exchange.row, 0);
  return is_answer ? take_answer(context, exchange) : take_query(context, exchange);
}

bool DnsRows::is_plausible_anywhere(Bytes bytes) {
  // One question, opcode 0: nearly everything that is not DNS stops here.
  if (bytes.size() < kDnsHeaderBytes + 5 || be16(bytes.data() + 4) != 1) return false;
  if ((bytes[2] & 0x78) != 0) return false;
  return !parse_dns_message(bytes, message_) && is_strictly_plausible(message_);
}

PacketOutcome DnsRows::take_query(const MessageContext& context, PendingQuery& query) {
  if (query.is_tentative && !context.may_wait && !is_learned(query)) return PacketOutcome::blank();
  if (query.is_tentative && is_learned(query)) query.is_tentative = false;
  if (context.use == PortUse::other && !query.is_tentative) {
    sink_.note("pcap.dns_on_other_port", "DNS was recognised on a port that is not 53");
  }
  if (!query.is_tentative) {
    rows_.add_records(message_, query.row);
    rows_.add_extra_questions(message_, query.row);
    if (context.use != PortUse::multicast) paths_.take(query.row, query.path);
  }
  if (context.use == PortUse::multicast) {
    sink_.add(query.row);
    return PacketOutcome::used();
  }
  if (pending_.is_full()) {
    sink_.note("pcap.pending_queries_full",
               "more than 262,144 queries waited for an answer; the oldest counted as unanswered");
    send_unanswered(pending_.pop_oldest());
  }
  pending_.insert(query);
  return query.is_tentative ? PacketOutcome::later() : PacketOutcome::used();
}

PacketOutcome DnsRows::take_answer(const MessageContext& context, PendingQuery& answer) {
  PendingQuery query;
  Pairing pairing = Pairing::none;
  if (context.use != PortUse::multicast) {
    pairing = message_.questions.empty() ? pending_.take_any_question(answer, query)
                                         : pending_.take(answer, query);
  }
  if (pairing == Pairing::one_of_several) {
    sink_.note("pcap.pairing_ambiguous",
               "answers for which equal queries waited; the latest query got the answer");
  }
  if (pairing == Pairing::none) {
    if (answer.is_tentative && !is_learned(answer)) return PacketOutcome::blank();
    if (context.use == PortUse::other) {
      sink_.note("pcap.dns_on_other_port", "DNS was recognised on a port that is not 53");
    }
    query.row = answer.row;
  } else {
    merge_answer(query.row, answer.row);
    if (query.is_tentative) {
      sink_.note("pcap.dns_on_other_port", "DNS was recognised on a port that is not 53");
      sink_.used_unit();  // the query's packet
      paths_.take(query.row, query.path);
    }
    if (context.use == PortUse::other) learn(query);
  }
  rows_.add_records(message_, query.row);
  rows_.add_extra_questions(message_, answer.row);
  sink_.add(query.row);
  return PacketOutcome::used();
}

void DnsRows::send_unanswered(const PendingQuery& query) {
  if (!query.is_tentative) {
    sink_.add(query.row);
  } else if (is_learned(query)) {
    sink_.note("pcap.dns_on_other_port", "DNS was recognised on a port that is not 53");
    sink_.used_unit();
    paths_.take(query.row, query.path);
    sink_.add(query.row);
  } else {
    sink_.blank_unit();
  }
}

void DnsRows::expire(std::int64_t now_us) {
  while (!pending_.is_empty() && pending_.oldest().row.time_us + kPairingWindowUs < now_us) {
    send_unanswered(pending_.pop_oldest());
  }
}

void DnsRows::finish() {
  while (!pending_.is_empty()) send_unanswered(pending_.pop_oldest());
}

bool DnsRows::is_learned(const PendingQuery& exchange) const {
  if (exchanges_.empty()) return false;
  const auto found = exchanges_.find({exchange.row.server, exchange.server_port});
  return found != exchanges_.end() && found->second >= kExchangesToLearn;
}

void DnsRows::learn(const PendingQuery& exchange) {
  const std::pair key{exchange.row.server, exchange.server_port};
  if (exchanges_.size() < kMaxLearnedPorts || exchanges_.contains(key)) ++exchanges_[key];
}

}  // namespace assay
