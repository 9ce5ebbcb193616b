#include "readers/packet/dns_rows.h"

#include <algorithm>

#include "readers/byte_order.h"

namespace assay {
namespace {

constexpr std::uint32_t kAnswerBits =
    kAuthoritative | kRecursionAvailable | kAuthenticData | kTruncated;

std::uint32_t flags_of(const DnsMessage& message) {
  std::uint32_t flags = message.opcode() << 28;
  const auto set = [&flags](bool is_set, DnsFlag flag) { flags |= is_set ? flag : 0u; };
  set(!message.is_answer(), kHasQuery);
  set(message.is_answer(), kHasAnswer);
  set(message.bits & 0x0400, kAuthoritative);
  set(message.bits & 0x0200, kTruncated);
  set(message.bits & 0x0100, kRecursionDesired);
  set(message.bits & 0x0080, kRecursionAvailable);
  set(message.bits & 0x0020, kAuthenticData);
  set(message.bits & 0x0010, kCheckingDisabled);
  set(message.has_edns, kEdns);
  set(message.is_dnssec_ok, kDnssecOk);
  set(message.has_cookie, kCookie);
  set(message.has_tsig, kTsig);
  set(message.questions.empty(), kNoQuestion);
  return flags;
}

std::uint16_t unicast_class(const DnsRow& row, std::uint16_t wire_class) {
  // Multicast DNS uses the top bit for itself (RFC 6762 sections 5.4 and 10.2).
  return (row.flags & kMulticast) != 0 ? wire_class & 0x7fff : wire_class;
}

}  // namespace

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
    row.ttl = smallest_ttl();
  }
  return exchange;
}

DnsRow DnsRows::row_of_question(const PendingQuery& exchange, std::size_t index) {
  DnsRow row = exchange.row;
  if (index >= message_.questions.size()) {
    row.qname = sink_.name("");
    return row;
  }
  const DnsQuestion& question = message_.questions[index];
  Bytes wire = message_.wire.subspan(question.name_at, question.plain_length);
  if (question.plain_length == 0) {
    std::size_t next = 0;
    expand_name(message_.wire, question.name_at, name_, next);  // cannot fail: it was walked
    wire = name_.view();
  }
  const CachedName name = keys_.name(wire);
  row.qname = name.key;
  row.qtype = question.qtype;
  row.qclass = unicast_class(row, question.qclass);
  if (name.had_upper) row.flags |= kNameHadCapitals;
  if (index > 0) row.flags |= kExtraQuestion;
  return row;
}

void DnsRows::add_extra_questions(const PendingQuery& exchange) {
  for (std::size_t i = 1; i < message_.questions.size(); ++i) {
    sink_.add(row_of_question(exchange, i));
  }
}

// RFC 2181 section 8: a TTL with its top bit set counts as zero.
std::uint32_t DnsRows::smallest_ttl() const {
  std::uint32_t smallest = kNoTtl;
  for (const DnsRecord& record : message_.records) {
    if (record.section != 1) break;
    smallest = std::min(smallest, record.ttl >> 31 != 0 ? 0 : record.ttl);
  }
  return smallest;
}

void DnsRows::add_records(const DnsRow& row) {
  for (const DnsRecord& record : message_.records) {
    if (record.type == kTypeTsig) continue;
    rdata_.clear();
    if (const DnsProblem problem = append_rdata(message_.wire, record, rdata_)) {
      sink_.note(problem.code, problem.text);
      continue;
    }
    AnswerRow answer;
    answer.offset = row.offset;
    answer.section = record.section;
    answer.type = record.type;
    answer.rclass = unicast_class(row, record.rclass);
    answer.ttl = record.ttl;
    const bool is_first_question =
        !message_.questions.empty() &&
        be16(message_.wire.data() + record.owner_at) == (0xc000 | kDnsHeaderBytes);
    if (is_first_question) {
      answer.owner = row.qname;
    } else {
      std::size_t next = 0;
      expand_name(message_.wire, record.owner_at, name_, next);  // cannot fail: it was walked
      answer.owner = keys_.name(name_.view()).key;
    }
    sink_.add_answer(answer, rdata_);
  }
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

Outcome DnsRows::message(const MessageContext& context, Bytes bytes) {
  expire(context.packet.time_us + skew_us_);
  if (context.use == PortUse::other) {
    if (!is_plausible_anywhere(bytes)) return Outcome::blank();
  } else {
    const DnsProblem problem = parse_dns_message(bytes, message_);
    if (problem) return Outcome::refused(problem.code, problem.text, bytes);
  }
  note_damage(context);
  PendingQuery exchange = describe(context);
  const bool is_answer = message_.is_answer();
  const IpAddress& client = is_answer ? context.ends.destination : context.ends.source;
  const IpAddress& server = is_answer ? context.ends.source : context.ends.destination;
  exchange.row.client = keys_.host(client);
  exchange.row.server = keys_.host(server);
  exchange.row = row_of_question(exchange, 0);
  return is_answer ? take_answer(context, exchange) : take_query(context, exchange);
}

bool DnsRows::is_plausible_anywhere(Bytes bytes) {
  // One question, opcode 0: nearly everything that is not DNS stops here.
  if (bytes.size() < kDnsHeaderBytes + 5 || be16(bytes.data() + 4) != 1) return false;
  if ((bytes[2] & 0x78) != 0) return false;
  return !parse_dns_message(bytes, message_) && is_strictly_plausible(message_);
}

Outcome DnsRows::take_query(const MessageContext& context, PendingQuery& query) {
  if (query.is_tentative && !context.may_wait && !is_learned(query)) return Outcome::blank();
  if (query.is_tentative && is_learned(query)) query.is_tentative = false;
  if (context.use == PortUse::other && !query.is_tentative) {
    sink_.note("pcap.dns_on_other_port", "DNS was recognised on a port that is not 53");
  }
  if (!query.is_tentative) {
    add_records(query.row);
    add_extra_questions(query);
  }
  if (context.use == PortUse::multicast) {
    sink_.add(query.row);
    return Outcome::used();
  }
  if (pending_.is_full()) {
    sink_.note("pcap.pending_queries_full",
               "more than 262,144 queries waited for an answer; the oldest counted as unanswered");
    send_unanswered(pending_.pop_oldest());
  }
  pending_.insert(query);
  return query.is_tentative ? Outcome::later() : Outcome::used();
}

void DnsRows::merge_answer(DnsRow& row, const DnsRow& answer) const {
  row.flags = (row.flags & ~kAnswerBits) | (answer.flags & kAnswerBits) | kHasAnswer;
  row.rcode = answer.rcode;
  row.ttl = answer.ttl;
  const std::int64_t delay = std::max<std::int64_t>(answer.time_us - row.time_us, 0);
  row.delay_us = static_cast<std::uint32_t>(std::min<std::int64_t>(delay, kNoDelay - 1));
}

Outcome DnsRows::take_answer(const MessageContext& context, PendingQuery& answer) {
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
    if (answer.is_tentative && !is_learned(answer)) return Outcome::blank();
    if (context.use == PortUse::other) {
      sink_.note("pcap.dns_on_other_port", "DNS was recognised on a port that is not 53");
    }
    query.row = answer.row;
  } else {
    merge_answer(query.row, answer.row);
    if (query.is_tentative) {
      sink_.note("pcap.dns_on_other_port", "DNS was recognised on a port that is not 53");
      sink_.used_unit();  // the query's packet
    }
    if (context.use == PortUse::other) learn(query);
  }
  add_records(query.row);
  add_extra_questions(answer);
  sink_.add(query.row);
  return Outcome::used();
}

void DnsRows::send_unanswered(const PendingQuery& query) {
  if (!query.is_tentative) {
    sink_.add(query.row);
  } else if (is_learned(query)) {
    sink_.note("pcap.dns_on_other_port", "DNS was recognised on a port that is not 53");
    sink_.used_unit();
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
