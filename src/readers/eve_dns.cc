#include <algorithm>
#include <utility>

#include "readers/eve_event.h"
#include "readers/message_rows.h"

namespace assay {
namespace {

bool is_multicast_port(std::uint16_t port) { return port == 5353 || port == 5355; }

// The second header word, which versions 2 and 3 print in hexadecimal.
std::uint32_t flags_of_bits(std::string_view hex) {
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), bits, 16);
  if (error != std::errc() || end != hex.data() + hex.size() || bits > 0xffff) return 0;
  std::uint32_t flags = (bits >> 11 & 15) << 28;
  const auto set = [&flags](bool is_set, DnsFlag flag) { flags |= is_set ? flag : 0u; };
  set(bits & 0x0400, kAuthoritative);
  set(bits & 0x0200, kTruncated);
  set(bits & 0x0100, kRecursionDesired);
  set(bits & 0x0080, kRecursionAvailable);
  set(bits & 0x0020, kAuthenticData);
  set(bits & 0x0010, kCheckingDisabled);
  return flags;
}

std::optional<std::uint16_t> rcode_of(simdjson::dom::object dns) {
  simdjson::dom::element value;
  if (dns["rcode"].get(value)) return std::nullopt;
  if (const auto number = json_count(value)) return static_cast<std::uint16_t>(*number & 0xfff);
  return parse_rcode(json_text(value));
}

// Version 3 lists the questions, of which there may be none; version 2 has one beside the rest.
std::optional<simdjson::dom::array> list_of_questions(simdjson::dom::object dns) {
  simdjson::dom::array queries;
  if (dns["queries"].get(queries) || queries.size() == 0) return std::nullopt;
  return queries;
}

simdjson::dom::object question_of(simdjson::dom::object dns) {
  const auto queries = list_of_questions(dns);
  simdjson::dom::object first;
  return queries && !queries->at(0).get(first) ? first : dns;
}

}  // namespace

EveProblem EveDns::take(const EveEvent& event) {
  const auto dns = eve_object(event.object, "dns");
  if (!dns) return {"eve.dns.unreadable", "a dns event without its 'dns' object"};
  const std::string_view type = eve_text(*dns, "type");
  if (type == "query" || type == "request") return take_message(event, *dns, false);
  if (type == "answer" || type == "response") return take_message(event, *dns, true);
  return {"eve.dns.unreadable", "'dns.type' is neither a query's nor an answer's"};
}

EveProblem EveDns::set_question(simdjson::dom::object question, DnsRow& row) {
  std::string_view text;
  simdjson::dom::element value;
  if (question["rrname"].get(value) || value.get(text)) {
    row.flags |= kNoQuestion;
    row.qname = context_.sink.name("");
    return {};
  }
  TextKeys::Name name;
  const bool is_cut = !question["rrname_truncated"].get(value) && json_flag(value);
  if (const EveProblem problem = context_.name(text, is_cut, name, row.flags)) return problem;
  row.qname = name.key;
  const std::string_view type_text = eve_text(question, "rrtype");
  if (const auto type = context_.keys.qtype(type_text)) {
    row.qtype = *type;
  } else if (const auto number = eve_count(question, "rrtype"); number && *number <= 0xffff) {
    row.qtype = static_cast<std::uint16_t>(*number);
  } else {
    context_.sink.note("eve.type_unknown", type_text);
  }
  return {};
}

// As the readers of whole messages have them: a row for each, told by the query and by the answer.
void EveDns::add_extra_questions(simdjson::dom::object dns, const DnsRow& row) {
  const auto queries = list_of_questions(dns);
  if (!queries) return;
  bool is_first = true;
  for (const simdjson::dom::element each : *queries) {
    simdjson::dom::object question;
    if (std::exchange(is_first, false)) continue;
    DnsRow extra = row;
    extra.qtype = kNoQtype;
    extra.flags = (row.flags & ~(kNameHadCapitals | kNameLossy)) | kExtraQuestion;
    if (each.get(question) || set_question(question, extra)) {
      context_.sink.note("eve.question_unreadable", "a further question of one message");
    } else {
      context_.sink.add(extra);
    }
  }
}

EveProblem EveDns::take_message(const EveEvent& event, simdjson::dom::object dns, bool is_answer) {
  PendingQuery exchange;
  DnsRow& row = exchange.row;
  row.time_us = event.time_us;
  row.width_us = event.width_us;
  row.offset = event.line.offset;
  row.length = static_cast<std::uint32_t>(event.line.text.size());
  // The one who asked stands first in both events, but for versions that print the packet's ends.
  const bool is_turned = is_answer && event.source_port == 53 && event.destination_port != 53;
  row.client_port = is_turned ? event.destination_port : event.source_port;
  exchange.server_port = is_turned ? event.source_port : event.destination_port;
  if (const EveProblem problem = context_.hosts(event, row.client, row.server)) return problem;
  if (is_turned) std::swap(row.client, row.server);
  const auto id = eve_count(dns, "id");
  if (id && *id <= 0xffff) row.id = static_cast<std::uint16_t>(*id);
  row.flags = flags_of_bits(eve_text(dns, "flags")) | (is_answer ? kHasAnswer : kHasQuery);
  if (event.protocol == "TCP") row.flags |= kTcp;
  if (is_multicast_port(exchange.server_port) || is_multicast_port(row.client_port)) {
    row.flags |= kMulticast;
  }
  if (const EveProblem problem = set_question(question_of(dns), row)) return problem;
  add_extra_questions(dns, row);
  if (is_answer) return take_answer(event, dns, exchange);
  close_first_version();
  if (row.flags & kMulticast) {
    context_.sink.add(row);
  } else {
    exchanges_.add_query(exchange);
  }
  return {};
}

EveProblem EveDns::take_answer(const EveEvent& event, simdjson::dom::object dns,
                               PendingQuery& answer) {
  const auto version = eve_count(dns, "version");
  const auto flow = eve_count(event.object, "flow_id");
  // Version 1 writes one event for each record, named by the record's owner and not by the
  // question.
  const bool is_first_version = !version && dns["answers"].error() && dns["flags"].error();
  const std::uint64_t key = flow.value_or(0) ^ std::uint64_t{answer.row.id} << 48;
  if (is_first_version && open_ && open_key_ == key && open_time_us_ == event.time_us &&
      open_->client == answer.row.client && open_->server == answer.row.server) {
    add_record(dns, 1, *open_);
    return {};
  }
  close_first_version();
  if (const auto rcode = rcode_of(dns)) {
    answer.row.rcode = *rcode;
  } else {
    context_.sink.note("eve.rcode_unknown", eve_text(dns, "rcode"));
  }
  PendingQuery query, sought = answer;
  if (is_first_version) sought.row.flags |= kNoQuestion;
  DnsRow row = answer.row;
  if (!(row.flags & kMulticast) && exchanges_.take_query(sought, query)) {
    row = query.row;
    merge_answer(row, answer.row);
    if (is_first_version) row.flags |= query.row.flags & kRecursionDesired;
  }
  if (is_first_version) {
    add_record(dns, 1, row);
    open_ = row;
    open_key_ = key;
    open_time_us_ = event.time_us;
    return {};
  }
  add_records(dns, row);
  context_.sink.add(row);
  return {};
}

void EveDns::add_records(simdjson::dom::object dns, DnsRow& row) {
  static constexpr std::string_view kSections[] = {"answers", "authorities", "additionals"};
  for (std::uint8_t i = 0; i < 3; ++i) {
    simdjson::dom::array records;
    if (dns[kSections[i]].get(records)) continue;
    for (const simdjson::dom::element each : records) {
      simdjson::dom::object record;
      if (!each.get(record)) add_record(record, i + 1, row);
    }
  }
}

// Addresses are kept as on the wire, under their type. All other data as it is printed, under type
// 0: not told as the wire had it.
void EveDns::add_record(simdjson::dom::object record, std::uint8_t section, DnsRow& row) {
  simdjson::dom::element rdata;
  rdata_.clear();
  for (const char* key : {"rdata", "soa", "srv", "sshfp", "opt"}) {
    if (!record[key].get(rdata)) {
      append_json(rdata, rdata_);
      break;
    }
  }
  const auto ttl = eve_count(record, "ttl");
  if (rdata_.empty() && !ttl) return;
  AnswerRow answer;
  answer.offset = row.offset;
  answer.section = section;
  answer.owner = row.qname;
  TextKeys::Name owner;
  std::uint32_t flags = 0;
  if (!context_.name(eve_text(record, "rrname"), false, owner, flags)) answer.owner = owner.key;
  answer.ttl = ttl && *ttl < kNoTtl ? static_cast<std::uint32_t>(*ttl) : kNoTtl;
  if (section == 1) row.ttl = std::min(row.ttl, answer.ttl);
  const auto type = context_.keys.qtype(eve_text(record, "rrtype"));
  const auto address = type == 1 || type == 28 ? IpAddress::parse(rdata_) : std::nullopt;
  if (address && address->is_v4() == (type == 1)) {
    answer.type = *type;
    const std::size_t skipped = address->is_v4() ? 12 : 0;
    rdata_.assign(address->bytes.begin() + skipped, address->bytes.end());
  }
  context_.sink.add_answer(answer, rdata_);
}

void EveDns::close_first_version() {
  if (open_) context_.sink.add(*open_);
  open_.reset();
}

void EveDns::finish() {
  close_first_version();
  exchanges_.finish();
}

}  // namespace assay
