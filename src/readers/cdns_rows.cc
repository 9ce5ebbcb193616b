#include "readers/cdns_rows.h"

#include <algorithm>
#include <cstring>

#include "readers/byte_order.h"
#include "readers/lookup_record.h"
#include "readers/storable_time.h"

namespace assay {
namespace {

constexpr std::string_view kBadIndex = "cdns.index.out_of_range";
constexpr std::string_view kBadIndexWhy = "it refers to an entry that its block's tables lack";

// What items make of their lists: so many bytes for each of their block, and these for any block. A
// list is written once and may be referred to by every item, which real files do a hundredfold.
constexpr std::uint64_t kMostExpansion = 256, kLeastRoom = std::uint64_t{1} << 20;
constexpr std::size_t kRecordCost = 64;  // of a record or question, without its data
constexpr std::string_view kNoRoom = "cdns.lists.too_long";
constexpr std::string_view kNoRoomWhy =
    "the lists of a block's items are far longer than the block";

// Bits of qr-sig-flags and of qr-transport-flags (RFC 8618 section 7.3.2.3.2).
constexpr std::int64_t kSigQuery = 1, kSigResponse = 2, kSigQueryOpt = 4, kSigResponseOpt = 8,
                       kSigQueryNoQuestion = 16, kSigResponseNoQuestion = 32;
constexpr std::int64_t kTransportIpv6 = 1;

template <class Entry>
const Entry* entry_of(const std::vector<Entry>& table, CdnsIndex index) {
  return index && *index < table.size() ? &table[*index] : nullptr;
}

std::uint16_t word_of(std::int64_t value) {
  return value >= 0 && value <= 0xffff ? static_cast<std::uint16_t>(value) : 0;
}

// UDP, TCP, TLS, DTLS, HTTPS: RFC 8618 section 7.3.2.3.2.
std::size_t protocol_of(const CdnsSignature& signature) {
  return static_cast<std::size_t>(signature.transport.value_or(0) >> 1 & 15);
}

bool is_stream(const CdnsSignature& signature) {
  const std::size_t protocol = protocol_of(signature);
  return protocol == 1 || protocol == 2 || protocol == 4;  // TCP, TLS, HTTPS
}

// Whether the options of an OPT record (RFC 6891) hold a cookie (RFC 7873).
bool has_cookie(Bytes options) {
  while (options.size() >= 4) {
    const std::size_t length = be16(options.data() + 2);
    if (be16(options.data()) == 10) return true;
    if (length > options.size() - 4) return false;
    options = options.subspan(4 + length);
  }
  return false;
}

std::uint32_t flags_of(const CdnsSignature& signature, bool has_query, bool has_answer) {
  std::uint32_t flags = static_cast<std::uint32_t>(signature.opcode & 15) << 28;
  const std::int64_t dns = signature.dns_flags;
  const auto set = [&flags](bool is_set, DnsFlag flag) { flags |= is_set ? flag : 0u; };
  // RD, CD and DO are the query's, AA, TC, RA and AD the answer's, as in all rows of pairs.
  const unsigned asked = has_query ? 0 : 8, told = has_answer ? 8 : 0;
  set(has_query, kHasQuery);
  set(has_answer, kHasAnswer);
  set(dns >> asked & 1, kCheckingDisabled);
  set(dns >> (asked + 4) & 1, kRecursionDesired);
  set(has_query && (dns >> 7 & 1) != 0, kDnssecOk);
  set(dns >> (told + 1) & 1, kAuthenticData);
  set(dns >> (told + 3) & 1, kRecursionAvailable);
  set(dns >> (told + 5) & 1, kTruncated);
  set(dns >> (told + 6) & 1, kAuthoritative);
  const std::int64_t about = signature.flags.value_or(0);
  set(about & (has_query ? kSigQueryOpt : kSigResponseOpt), kEdns);
  set(about & (has_query ? kSigQueryNoQuestion : kSigResponseNoQuestion), kNoQuestion);
  set(is_stream(signature), kTcp);
  return flags;
}

// Ticks as microseconds, cut; false when there are too many.
bool micros_of(std::int64_t ticks, std::int64_t ticks_per_second, std::int64_t& us) {
  const __int128 wide = static_cast<__int128>(ticks) * kMicrosPerSecond / ticks_per_second;
  us = static_cast<std::int64_t>(wide);
  return wide == us;
}

}  // namespace

void CdnsRows::begin_block(std::size_t bytes) { room_ = kLeastRoom + kMostExpansion * bytes; }

bool CdnsRows::take_room(std::size_t bytes) {
  if (bytes > room_) {
    room_ = 0;
    return false;
  }
  room_ -= bytes;
  return true;
}

void CdnsRows::take_item(const CdnsBlock& block, const CdnsParameters& parameters,
                         const CdnsItem& item, CdnsPlace place) {
  const Problem problem = add_item(block, parameters, item, place);
  if (!problem) return sink_.used_unit();
  sink_.reject(problem.code, place.offset, place.length, "", problem.why);
}

CdnsRows::Problem CdnsRows::add_item(const CdnsBlock& block, const CdnsParameters& parameters,
                                     const CdnsItem& item, CdnsPlace place) {
  const CdnsTables& tables = block.tables;
  CdnsSignature signature;
  if (item.signature) {
    const CdnsSignature* found = entry_of(tables.signatures, item.signature);
    if (!found) return {kBadIndex, kBadIndexWhy};
    signature = *found;
  }
  DnsRow row;
  const bool is_told = signature.flags.has_value();
  const bool has_answer = is_told ? (*signature.flags & kSigResponse) != 0
                                  : item.response_delay || signature.response_rcode;
  const bool has_query = is_told ? (*signature.flags & kSigQuery) != 0 : true;
  row.flags = flags_of(signature, has_query, has_answer);
  row.offset = place.offset;
  row.length = place.length;
  row.id = word_of(item.id);
  row.client_port = word_of(item.client_port);
  if (const Problem problem = set_time(block, parameters, item, row)) return problem;
  if (!has_query || !has_answer) row.delay_us = kNoDelay;
  if (const Problem problem = set_ends(tables, item, signature, row)) return problem;
  if (const Problem problem = set_name(tables, item.name, row)) return problem;
  if (signature.classtype) {
    const CdnsClassType* found = entry_of(tables.classtypes, signature.classtype);
    if (!found) return {kBadIndex, kBadIndexWhy};
    row.qtype = found->type;
    row.qclass = found->rclass;
  }
  if (has_answer && signature.response_rcode) row.rcode = word_of(*signature.response_rcode);
  if (signature.opt_rdata) {
    const Bytes* options = entry_of(tables.names, signature.opt_rdata);
    if (!options) return {kBadIndex, kBadIndexWhy};
    if (has_cookie(*options)) row.flags |= kCookie;
  }
  // What the item says of itself is whole by now: a fault in its lists costs the list.
  for (const bool is_query : {true, false}) {
    const CdnsExtended& lists = is_query ? item.query : item.response;
    Problem problem;
    // An answer repeats the questions of its query.
    if (is_query || !item.query.questions) problem = add_questions(tables, lists.questions, row);
    if (!problem) problem = add_records(tables, lists, is_query, row);
    if (problem) sink_.note(problem.code, problem.why);
  }
  if (protocol_of(signature) > 1) add_transport(signature, row);
  if (has_query) add_path(signature, item, row);
  sink_.add(row);
  return {};
}

void CdnsRows::add_path(const CdnsSignature& signature, const CdnsItem& item, const DnsRow& row) {
  const auto told = [](const std::optional<std::int64_t>& value, std::int64_t most) {
    return value && *value >= 0 && *value <= most ? static_cast<std::int32_t>(*value)
                                                  : QueryPath::kNotTold;
  };
  QueryPath path{told(item.hop_limit, 0xff), QueryPath::kNotTold};
  if ((row.flags & kEdns) != 0) path.edns_size = told(signature.udp_size, 0xffff);
  paths_.take(row, path);
}

void CdnsRows::add_transport(const CdnsSignature& signature, const DnsRow& row) {
  static constexpr std::string_view kWords[] = {"udp", "tcp", "dot", "dtls", "doh"};
  static const FieldId kTransport = field_id("transport");
  const std::size_t protocol = protocol_of(signature);
  RecordRow record = record_of(row);
  record.server_port = word_of(signature.server_port);
  sink_.add_record(record);
  sink_.add_field(kTransport,
                  protocol < std::size(kWords) ? kWords[protocol] : std::to_string(protocol));
}

CdnsRows::Problem CdnsRows::set_time(const CdnsBlock& block, const CdnsParameters& parameters,
                                     const CdnsItem& item, DnsRow& row) const {
  if (!block.has_time || !item.time_offset) {
    return {"cdns.time.missing", "the recorder kept no times"};
  }
  std::int64_t ticks = 0, us = 0, stated_us = 0;
  const std::int64_t rate = parameters.ticks_per_second;
  if (__builtin_add_overflow(block.ticks, *item.time_offset, &ticks) ||
      !micros_of(ticks, rate, us) ||
      __builtin_mul_overflow(block.seconds, kMicrosPerSecond, &stated_us) ||
      __builtin_add_overflow(stated_us, us, &stated_us) ||
      !add_skew(stated_us, skew_us_, row.time_us)) {
    return {kTimeOutOfRange, kTimeOutOfRangeWhy};
  }
  row.width_us = static_cast<std::uint32_t>(std::max<std::int64_t>(kMicrosPerSecond / rate, 1));
  if (item.response_delay) {
    std::int64_t delay = 0;
    if (!micros_of(*item.response_delay, rate, delay)) delay = kNoDelay - 1;
    row.delay_us = static_cast<std::uint32_t>(std::clamp<std::int64_t>(delay, 0, kNoDelay - 1));
  }
  return {};
}

CdnsRows::Problem CdnsRows::read_host(const CdnsTables& tables, CdnsIndex index, bool is_v6,
                                      std::uint64_t& host) {
  if (!index) return {};
  const Bytes* bytes = entry_of(tables.addresses, index);
  if (!bytes) return {kBadIndex, kBadIndexWhy};
  if (bytes->size() > 16 || (!is_v6 && bytes->size() > 4)) {
    return {"cdns.address.bad_length", "an address is longer than those of its family"};
  }
  // The end of an address may be left out; what is there is its prefix.
  std::uint8_t whole[16] = {};
  std::memcpy(whole, bytes->data(), bytes->size());
  host = is_v6 ? keys_.host(IpAddress::from_v6(whole)) : std::uint64_t{be32(whole)};
  if (bytes->size() < (is_v6 ? 16u : 4u)) {
    sink_.note("cdns.address_prefix", "items with an address of which the recorder kept a prefix");
  }
  return {};
}

CdnsRows::Problem CdnsRows::set_ends(const CdnsTables& tables, const CdnsItem& item,
                                     const CdnsSignature& signature, DnsRow& row) {
  bool is_v6 = (signature.transport.value_or(0) & kTransportIpv6) != 0;
  if (!signature.transport) {
    const Bytes* client = entry_of(tables.addresses, item.client);
    is_v6 = client != nullptr && client->size() > 4;
  }
  if (const Problem problem = read_host(tables, item.client, is_v6, row.client)) return problem;
  return read_host(tables, signature.server, is_v6, row.server);
}

CdnsRows::Problem CdnsRows::set_name(const CdnsTables& tables, CdnsIndex index, DnsRow& row) {
  if (!index) {
    row.qname = sink_.name("");
    row.flags |= kNoQuestion;
    return {};
  }
  const Bytes* wire = entry_of(tables.names, index);
  if (!wire) return {kBadIndex, kBadIndexWhy};
  std::size_t next = 0;
  if (const DnsProblem problem = expand_name(*wire, 0, name_, next)) {
    return {problem.code, problem.text};
  }
  const CachedName name = keys_.name(name_.view());
  row.qname = name.key;
  row.flags &= ~kNameHadCapitals;
  if (name.had_upper) row.flags |= kNameHadCapitals;
  return {};
}

CdnsRows::Problem CdnsRows::add_questions(const CdnsTables& tables, CdnsIndex list,
                                          const DnsRow& row) {
  if (!list) return {};
  const auto* indices = entry_of(tables.question_lists, list);
  if (!indices) return {kBadIndex, kBadIndexWhy};
  for (const std::uint32_t index : *indices) {
    const CdnsRecord* question = entry_of(tables.questions, index);
    const auto* type = question ? entry_of(tables.classtypes, question->classtype) : nullptr;
    if (!type) return {kBadIndex, kBadIndexWhy};
    if (!take_room(kRecordCost)) return {kNoRoom, kNoRoomWhy};
    DnsRow extra = row;
    extra.qtype = type->type;
    extra.qclass = type->rclass;
    extra.flags |= kExtraQuestion;
    if (const Problem problem = set_name(tables, question->name, extra)) return problem;
    sink_.add(extra);
  }
  return {};
}

CdnsRows::Problem CdnsRows::add_records(const CdnsTables& tables, const CdnsExtended& lists,
                                        bool is_query, DnsRow& row) {
  const CdnsIndex sections[] = {lists.answers, lists.authority, lists.additional};
  for (std::uint8_t i = 0; i < 3; ++i) {
    if (!sections[i]) continue;
    const auto* indices = entry_of(tables.record_lists, sections[i]);
    if (!indices) return {kBadIndex, kBadIndexWhy};
    for (const std::uint32_t index : *indices) {
      const CdnsRecord* record = entry_of(tables.records, index);
      if (!record) return {kBadIndex, kBadIndexWhy};
      if (const Problem problem = add_record(tables, *record, i + 1, is_query, row)) return problem;
    }
  }
  return {};
}

CdnsRows::Problem CdnsRows::add_record(const CdnsTables& tables, const CdnsRecord& record,
                                       std::uint8_t section, bool is_query, DnsRow& row) {
  const CdnsClassType* type = entry_of(tables.classtypes, record.classtype);
  if (!type) return {kBadIndex, kBadIndexWhy};
  if (type->type == kTypeTsig) row.flags |= kTsig;
  if (type->type == kTypeOpt || type->type == kTypeTsig) return {};
  AnswerRow answer;
  answer.offset = row.offset;
  answer.section = section;
  answer.type = type->type;
  answer.rclass = type->rclass;
  answer.ttl = record.ttl && *record.ttl >= 0 && *record.ttl < kNoTtl
                   ? static_cast<std::uint32_t>(*record.ttl)
                   : kNoTtl;
  if (section == 1 && !is_query && answer.ttl != kNoTtl) {
    row.ttl = std::min(row.ttl, answer.ttl >> 31 != 0 ? 0 : answer.ttl);
  }
  DnsRow owner;
  if (const Problem problem = set_name(tables, record.name, owner)) return problem;
  answer.owner = owner.qname;
  Bytes rdata;
  if (record.rdata) {
    const Bytes* found = entry_of(tables.names, record.rdata);
    if (!found) return {kBadIndex, kBadIndexWhy};
    rdata = *found;
  }
  if (!take_room(kRecordCost + rdata.size())) return {kNoRoom, kNoRoomWhy};
  sink_.add_answer(answer, {reinterpret_cast<const char*>(rdata.data()), rdata.size()});
  return {};
}

void CdnsRows::take_malformed(const CdnsBlock& block, CdnsIndex data, CdnsPlace place) {
  const CdnsMalformed* found = entry_of(block.tables.malformed, data);
  const Bytes payload = found ? found->payload : Bytes();
  sink_.reject("cdns.message.malformed", place.offset, place.length,
               {reinterpret_cast<const char*>(payload.data()), payload.size()},
               "the recorder found no DNS message in it");
}

void CdnsRows::take_event(const CdnsBlock& block, const CdnsParameters& parameters,
                          const CdnsEvent& event, CdnsPlace place) {
  static constexpr std::string_view kWords[] = {"tcp_reset",          "icmp_time_exceeded",
                                                "icmp_unreachable",   "icmpv6_time_exceeded",
                                                "icmpv6_unreachable", "icmpv6_packet_too_big"};
  static const FieldId kEvent = field_id("event"), kType = field_id("icmp_type");
  DnsRow moment;
  CdnsItem item;
  item.time_offset = 0;
  Problem problem = set_time(block, parameters, item, moment);
  RecordRow record;
  const Bytes* bytes = entry_of(block.tables.addresses, event.address);
  const bool is_v6 = event.transport ? (*event.transport & kTransportIpv6) != 0
                                     : bytes != nullptr && bytes->size() > 4;
  if (!problem) problem = read_host(block.tables, event.address, is_v6, record.client);
  if (problem) {
    return sink_.reject(problem.code, place.offset, place.length, "", problem.why);
  }
  record.kind = RecordKind::recorder;
  record.time_us = record.until_us = moment.time_us;
  record.width_us = moment.width_us;
  record.count = static_cast<std::uint64_t>(std::max<std::int64_t>(event.count, 0));
  record.offset = place.offset;
  record.length = place.length;
  sink_.add_record(record);
  const bool is_known =
      event.type >= 0 && event.type < static_cast<std::int64_t>(std::size(kWords));
  sink_.add_field(kEvent, is_known ? kWords[event.type] : std::to_string(event.type));
  if (event.code >= 0) sink_.add_field(kType, std::to_string(event.code));
  sink_.used_unit();
}

}  // namespace assay
