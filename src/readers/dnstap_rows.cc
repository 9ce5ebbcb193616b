#include "readers/dnstap_rows.h"

#define XXH_INLINE_ALL
#include <fmt/core.h>
#include <xxhash.h>

#include <algorithm>

#include "readers/lookup_record.h"
#include "readers/storable_time.h"

namespace assay {
namespace {

constexpr std::uint64_t kNanosASecond = 1'000'000'000;
// So many answers at the start tell that the recorder wrote no queries of their side.
constexpr std::size_t kMostHeldAnswers = 4'096;

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint16_t port_of(std::uint64_t told) {
  return told <= 0xffff ? static_cast<std::uint16_t>(told) : 0;
}

// A number with its word where it has one: what nobody has given a meaning is kept too.
std::string word_or_number(std::string_view word, std::uint64_t number) {
  if (!word.empty()) return std::string(word);
  return number == 0 ? std::string() : std::to_string(number);
}

}  // namespace

void DnstapRows::take(Bytes payload, DnstapPlace place) {
  Problem problem;
  if (!parse_dnstap(payload, tap_)) {
    problem = {"dnstap.protobuf.unreadable", "the frame holds no dnstap message"};
  } else {
    problem = take_message(place);
  }
  if (!problem) return sink_.used_unit();
  sink_.reject(problem.code, place.offset, place.length, text_of(payload), problem.why);
}

DnstapRows::Problem DnstapRows::take_message(DnstapPlace place) {
  if (tap_.type != 1) return {"dnstap.type.unknown", "the payload is not of type MESSAGE"};
  if (tap_.kind == 0 || tap_.kind > kDnstapKinds) {
    return {"dnstap.kind.unknown", "the message is of no known kind"};
  }
  const bool is_response = tap_.is_response();
  const Bytes wire = is_response ? tap_.response_message : tap_.query_message;
  if (wire.empty()) {
    return {"dnstap.message.missing", "the DNS message of its kind is not there"};
  }
  if (const DnsProblem problem = parse_dns_message(wire, message_)) {
    return {problem.code, problem.text};
  }
  PendingQuery exchange;
  if (const Problem problem = describe(place, exchange)) return problem;
  exchange.row = rows_.row_of_question(message_, exchange.row, 0);
  if (const Problem problem = is_response ? take_response(exchange) : take_query(exchange)) {
    return problem;
  }
  ++kinds_[tap_.kind];
  return {};
}

DnstapRows::Problem DnstapRows::read_time(const DnstapTime& told, Moment& moment) const {
  if (!told.seconds) return {"dnstap.time.missing", "the message does not tell its time"};
  const std::uint64_t nanoseconds = told.nanoseconds.value_or(0);
  if (nanoseconds >= kNanosASecond) {
    return {"dnstap.time.nanoseconds", "the nanoseconds of its time are a second or more"};
  }
  constexpr std::uint64_t kLast = kEndOfStorableUs / kMicrosPerSecond;
  const auto seconds = static_cast<std::int64_t>(std::min(*told.seconds, kLast));
  const std::int64_t stated_us =
      seconds * kMicrosPerSecond + static_cast<std::int64_t>(nanoseconds / 1'000);
  if (!add_skew(stated_us, skew_us_, moment.us)) return {kTimeOutOfRange, kTimeOutOfRangeWhy};
  // A clock that counts nanoseconds shows a whole second once in a thousand million times.
  moment.width_us = nanoseconds == 0 ? kMicrosPerSecond : 1;
  return {};
}

DnstapRows::Problem DnstapRows::read_address(Bytes bytes, std::string_view note,
                                             std::uint64_t& host) {
  if (bytes.size() == 4) {
    host = std::uint64_t{bytes[0]} << 24 | std::uint64_t{bytes[1]} << 16 |
           std::uint64_t{bytes[2]} << 8 | bytes[3];
  } else if (bytes.size() == 16) {
    host = rows_.host(IpAddress::from_v6(bytes.data()));
  } else if (bytes.empty()) {
    sink_.note(note, "messages that do not tell this address");
  } else {
    return {"dnstap.address.bad_length", "an address is neither 4 nor 16 bytes long"};
  }
  return {};
}

// Everything of the exchange but the question. Whatever its kind, a message's query address is of
// who asked and its response address of who was asked.
DnstapRows::Problem DnstapRows::describe(DnstapPlace place, PendingQuery& exchange) {
  DnsRow& row = exchange.row;
  Moment moment;
  const bool is_response = tap_.is_response();
  if (const auto bad = read_time(is_response ? tap_.response_time : tap_.query_time, moment)) {
    return bad;
  }
  row.time_us = moment.us;
  row.width_us = moment.width_us;
  if (moment.width_us > 1) {
    sink_.note("dnstap.whole_seconds", "messages whose time has no nanoseconds: one second wide");
  }
  if (const auto bad = read_address(tap_.query_address, "dnstap.client_not_told", row.client)) {
    return bad;
  }
  if (const auto bad = read_address(tap_.response_address, "dnstap.server_not_told", row.server)) {
    return bad;
  }
  row.client_port = port_of(tap_.query_port);
  exchange.server_port = port_of(tap_.response_port);
  exchange.side = tap_.is_server_side() ? 1 : 0;
  row.id = message_.id;
  row.flags = flags_of(message_) | (is_dnstap_stream(tap_.transport) ? kTcp : 0u);
  row.offset = place.offset;
  row.length = place.length;
  if (message_.is_answer()) {
    row.rcode = message_.rcode;
    row.ttl = smallest_ttl(message_);
  }
  note_message();
  note_constant();
  exchange.told = sum_of_extras();
  return {};
}

void DnstapRows::note_message() {
  if (message_.damage) {
    sink_.note(message_.damage.code, message_.damage.text);
  } else if (message_.end < message_.wire.size()) {
    sink_.note("dns.message.trailing_bytes", "bytes stand behind the last record of some messages");
  }
  if (message_.is_answer() != tap_.is_response()) {
    sink_.note("dnstap.direction_contradicts",
               "messages whose kind says query and whose header says response, or the reverse");
  }
  if (tap_.has_unknown_field) {
    sink_.note("dnstap.field_unknown", "messages with fields that dnstap had not defined in 2025");
  }
}

void DnstapRows::note_constant() {
  if (!has_identity_) {
    has_identity_ = true;
    identity_ = text_of(tap_.identity);
    version_ = text_of(tap_.version);
  }
  is_identity_same_ = text_of(tap_.identity) == identity_ && text_of(tap_.version) == version_;
}

DnstapRows::Problem DnstapRows::take_query(PendingQuery& query) {
  rows_.add_records(message_, query.row);
  rows_.add_extra_questions(message_, query.row);
  add_extras(query, query.row);
  if (message_.is_answer()) {
    sink_.add(query.row);
    return {};
  }
  take_path(message_, query.row);
  if (!has_queries_[query.side]) {
    has_queries_[query.side] = true;
    settle_held(query.side);
  }
  exchanges_.add_query(query);
  return {};
}

void DnstapRows::take_path(const DnsMessage& query, const DnsRow& row) {
  QueryPath path;
  if (query.has_edns) path.edns_size = query.edns_size;
  paths_.take(row, path);
}

DnstapRows::Problem DnstapRows::take_response(PendingQuery& answer) {
  PendingQuery query;
  const bool is_answer = message_.is_answer();
  bool may_imply = false;
  if (is_answer && exchanges_.take_query(answer, query)) {
    merge_answer(query.row, answer.row);
    set_delay(query.row);
  } else if (is_answer && !tap_.query_message.empty()) {
    if (const Problem problem = take_query_of_response(answer, query)) return problem;
  } else {
    may_imply = is_answer && may_imply_query(answer);
    query = answer;
    query.told = 0;
  }
  rows_.add_records(message_, query.row);
  rows_.add_extra_questions(message_, answer.row);
  if (answer.told != query.told) add_extras(answer, query.row);
  if (!may_imply) {
    sink_.add(query.row);
    return {};
  }
  auto& held = held_[answer.side];
  held.push_back(query.row);
  if (held.size() >= kMostHeldAnswers) settle_held(answer.side);
  return {};
}

// A response that bears its query too.
DnstapRows::Problem DnstapRows::take_query_of_response(const PendingQuery& answer,
                                                       PendingQuery& query) {
  DnsMessage asked;
  if (const DnsProblem problem = parse_dns_message(tap_.query_message, asked)) {
    return {problem.code, problem.text};
  }
  query = answer;
  query.told = 0;
  Moment moment{answer.row.time_us, answer.row.width_us};
  if (tap_.query_time.seconds) {
    if (const Problem problem = read_time(tap_.query_time, moment)) return problem;
  }
  query.row.time_us = moment.us;
  query.row.width_us = moment.width_us;
  query.row.flags = flags_of(asked) | (answer.row.flags & kTcp);
  query.row = rows_.row_of_question(asked, query.row, 0);
  rows_.add_records(asked, query.row);
  if (!asked.is_answer()) take_path(asked, query.row);
  merge_answer(query.row, answer.row);
  if (tap_.query_time.seconds) {
    set_delay(query.row);
  } else {
    query.row.delay_us = kNoDelay;
  }
  return {};
}

// Who answered was asked, and who tells when it asked did ask: where the recorder wrote no queries
// of this side, the answer stands for both. Where it has, an answer alone is one whose query was
// lost, or stands in the file before this one, and may be there under another time or address.
bool DnstapRows::may_imply_query(PendingQuery& answer) {
  Moment moment;
  const bool is_time_told =
      tap_.query_time.seconds.has_value() && !read_time(tap_.query_time, moment);
  if (is_time_told) {
    const std::int64_t response_us = answer.row.time_us;
    answer.row.time_us = moment.us;
    answer.row.width_us = std::max(moment.width_us, answer.row.width_us);
    const std::int64_t delay = std::max<std::int64_t>(response_us - moment.us, 0);
    answer.row.delay_us = static_cast<std::uint32_t>(std::min<std::int64_t>(delay, kNoDelay - 1));
    set_delay(answer.row);
  }
  return !has_queries_[answer.side] && (is_time_told || answer.side == 1);
}

// What the answers of this side from before its first query stand for is known now.
void DnstapRows::settle_held(std::uint8_t side) {
  for (DnsRow& row : held_[side]) {
    if (!has_queries_[side]) {
      row.flags |= kHasQuery;
      sink_.note("dnstap.query_implied",
                 "answers that stand for their queries, of which the recorder wrote none");
    }
    sink_.add(row);
  }
  held_[side].clear();
}

// named reads a clock that ticks every few milliseconds, and stamps many an answer with the time of
// its query, to the nanosecond.
void DnstapRows::set_delay(DnsRow& row) {
  if (row.delay_us != 0 || row.width_us > 1) return;
  row.delay_us = kNoDelay;
  sink_.note("dnstap.delay_not_told",
             "answers stamped with the very time of their query: no delay is told");
}

std::uint64_t DnstapRows::sum_of_extras() const {
  std::uint64_t sum = 0;
  const auto add = [&sum](Bytes bytes) {
    sum = XXH3_64bits_withSeed(bytes.data(), bytes.size(), sum + 1);
  };
  if (tap_.has_query_zone) add(tap_.query_zone);
  if (tap_.policy.is_told) {
    for (const Bytes part : {tap_.policy.type, tap_.policy.rule, tap_.policy.value}) add(part);
    sum ^= tap_.policy.action << 8 ^ tap_.policy.match;
  }
  if (!tap_.extra.empty()) add(tap_.extra);
  if (!is_identity_same_) {
    add(tap_.identity);
    add(tap_.version);
  }
  if (tap_.transport > 2) sum += tap_.transport;
  if (tap_.http_protocol != 0) sum += tap_.http_protocol << 16;
  return sum;
}

void DnstapRows::add_extras(const PendingQuery& exchange, const DnsRow& row) {
  if (exchange.told == 0) return;
  static const FieldId kKind = field_id("message_kind"), kZone = field_id("query_zone"),
                       kType = field_id("policy_type"), kRule = field_id("policy_rule"),
                       kAction = field_id("policy_action"), kMatch = field_id("policy_match"),
                       kValue = field_id("policy_value"), kTransport = field_id("transport"),
                       kHttp = field_id("app_protocol"), kExtra = field_id("extra"),
                       kIdentity = field_id("identity"), kVersion = field_id("version");
  RecordRow record = record_of(row);
  record.server_port = exchange.server_port;
  sink_.add_record(record);
  sink_.add_field(kKind, dnstap_kind_word(tap_.kind));
  if (tap_.has_query_zone) {
    WireName name;
    std::size_t next = 0;
    std::string zone;
    if (expand_name(tap_.query_zone, 0, name, next)) {
      sink_.note("dnstap.zone_unreadable", text_of(tap_.query_zone));
      zone = text_of(tap_.query_zone);
    } else {
      append_canonical_name(name.view(), zone);
      zone = display_name(zone);
    }
    sink_.add_field(kZone, zone);
  }
  const DnstapPolicy& policy = tap_.policy;
  if (policy.is_told) {
    sink_.add_field(kType, text_of(policy.type));
    sink_.add_field(kRule, text_of(policy.rule));
    sink_.add_field(kAction,
                    word_or_number(dnstap_policy_action_word(policy.action), policy.action));
    sink_.add_field(kMatch, word_or_number(dnstap_policy_match_word(policy.match), policy.match));
    sink_.add_field(kValue, text_of(policy.value));
  }
  if (tap_.transport > 2) {
    sink_.add_field(kTransport,
                    word_or_number(dnstap_transport_word(tap_.transport), tap_.transport));
  }
  sink_.add_field(kHttp, word_or_number(dnstap_http_word(tap_.http_protocol), tap_.http_protocol));
  sink_.add_field(kExtra, text_of(tap_.extra));
  if (!is_identity_same_) {
    sink_.add_field(kIdentity, text_of(tap_.identity));
    sink_.add_field(kVersion, text_of(tap_.version));
  }
}

void DnstapRows::finish() {
  for (const std::uint8_t side : {0, 1}) settle_held(side);
  exchanges_.finish();
  for (std::uint64_t kind = 1; kind <= kDnstapKinds; ++kind) {
    if (kinds_[kind] == 0) continue;
    sink_.note(fmt::format("dnstap.{}", dnstap_kind_word(kind)), "messages of this kind",
               kinds_[kind]);
  }
  if (has_identity_ && !(identity_.empty() && version_.empty())) {
    sink_.note("dnstap.recorder", fmt::format("identity '{}', version '{}'", identity_, version_));
  }
}

}  // namespace assay
