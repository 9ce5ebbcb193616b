#include "readers/zeek_rows.h"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <utility>

#include "readers/storable_time.h"
#include "readers/text_numbers.h"
#include "readers/zeek_head.h"

namespace assay {

namespace {

using F = ZeekField;

constexpr std::array<std::pair<std::string_view, F>, 23> kFields = {{
    {"ts", F::ts},
    {"id.orig_h", F::orig_h},
    {"id.orig_p", F::orig_p},
    {"id.resp_h", F::resp_h},
    {"id.resp_p", F::resp_p},
    {"proto", F::proto},
    {"trans_id", F::trans_id},
    {"rtt", F::rtt},
    {"query", F::query},
    {"original_query", F::original_query},
    {"qclass", F::qclass},
    {"qtype", F::qtype},
    {"rcode", F::rcode},
    {"opcode", F::opcode},
    {"AA", F::aa},
    {"TC", F::tc},
    {"RD", F::rd},
    {"RA", F::ra},
    {"answers", F::answers},
    {"TTLs", F::ttls},
    {"qclass_name", F::qclass_name},
    {"qtype_name", F::qtype_name},
    {"rcode_name", F::rcode_name},
}};

std::string_view name_of(F field) {
  for (const auto& [name, value] : kFields) {
    if (value == field) return name;
  }
  return "";
}

// Multicast DNS and LLMNR (RFC 6762, RFC 4795): the top bit of the class is their own.
bool is_multicast_port(std::uint16_t port) { return port == 5353 || port == 5355; }

}  // namespace

ZeekField zeek_field(std::string_view name) {
  for (const auto& [known, field] : kFields) {
    if (name == known) return field;
  }
  if (name.starts_with("id_")) return zeek_field(std::string("id.").append(name.substr(3)));
  return F::none;
}

ZeekRows::ZeekRows(ZeekClock clock, RecordSink& sink)
    : clock_(std::move(clock)), sink_(sink), keys_(sink) {}

void ZeekRows::begin() {
  row_ = DnsRow{};
  has_time_ = has_qtype_ = has_query_ = has_qclass_ = false;
  is_time_in_range_ = true;
  unreadable_ = F::none;
  server_port_ = 0;
  client_ = server_ = query_ = original_query_ = {};
  qclass_name_ = qtype_name_ = rcode_name_ = {};
  answers_.clear();
  ttls_.clear();
}

bool ZeekRows::refuse_field(ZeekField field) {
  if (unreadable_ == F::none) unreadable_ = field;
  return false;
}

bool ZeekRows::set_time(const std::optional<ZeekClock::Reading>& time) {
  if (!time) return refuse_field(F::ts);
  row_.time_us = time->us;
  row_.width_us = time->width_us;
  is_time_in_range_ = time->is_in_range;
  return has_time_ = true;
}

bool ZeekRows::set_text(ZeekField field, std::string_view text) {
  switch (field) {
    case F::none:
      return true;
    case F::ts:
      return set_time(clock_.read(text));
    case F::orig_h:
      client_ = text;
      return true;
    case F::resp_h:
      server_ = text;
      return true;
    case F::query:
      query_ = text;
      return has_query_ = true;
    case F::original_query:
      original_query_ = text;
      return true;
    case F::qclass_name:
      qclass_name_ = text;
      return true;
    case F::qtype_name:
      qtype_name_ = text;
      return true;
    case F::rcode_name:
      rcode_name_ = text;
      return true;
    case F::answers:
      add_answer(text);
      return true;
    case F::ttls:
      return add_ttl(text);
    case F::proto:
      if (text == "tcp") row_.flags |= kTcp;
      return true;
    case F::aa:
    case F::tc:
    case F::rd:
    case F::ra:
      set_flag(field, text == "T" || text == "true");
      return true;
    case F::rtt:
      if (const auto seconds = parse_decimal_seconds(text)) {
        if (seconds->us >= 0 && seconds->us < kNoDelay) {
          row_.delay_us = static_cast<std::uint32_t>(seconds->us);
        }
        return true;
      }
      return refuse_field(field);
    default:
      if (const auto value = parse_number<std::uint64_t>(text)) return set_integer(field, *value);
      return refuse_field(field);
  }
}

bool ZeekRows::set_integer(ZeekField field, std::uint64_t value) {
  if (field == F::ts) return set_time(clock_.read(value));
  if (field == F::rtt) return set_real(field, static_cast<double>(value));
  if (field == F::none) return true;
  if (value > 0xffff) return refuse_field(field);
  const auto number = static_cast<std::uint16_t>(value);
  switch (field) {
    case F::orig_p:
      row_.client_port = number;
      return true;
    case F::resp_p:
      server_port_ = number;
      return true;
    case F::trans_id:
      row_.id = number;
      return true;
    case F::qclass:
      row_.qclass = number;
      return has_qclass_ = true;
    case F::rcode:
      row_.rcode = number;
      return true;
    case F::qtype:
      row_.qtype = number;
      return has_qtype_ = true;
    case F::opcode:
      row_.flags |= static_cast<std::uint32_t>(number & 15) << 28;
      return true;
    default:
      return refuse_field(field);
  }
}

bool ZeekRows::set_real(ZeekField field, double value) {
  if (field == F::none) return true;
  if (field == F::ts) return set_time(clock_.read(value));
  if (!(std::abs(value) < 1e11)) return refuse_field(field);
  if (field == F::rtt) {
    const double micros = std::round(value * 1e6);
    if (micros >= 0 && micros < kNoDelay) row_.delay_us = static_cast<std::uint32_t>(micros);
    return true;
  }
  if (value < 0 || value != std::floor(value)) return refuse_field(field);
  return set_integer(field, static_cast<std::uint64_t>(value));
}

void ZeekRows::set_flag(ZeekField field, bool is_set) {
  if (!is_set) return;
  switch (field) {
    case F::aa:
      row_.flags |= kAuthoritative;
      return;
    case F::tc:
      row_.flags |= kTruncated;
      return;
    case F::rd:
      row_.flags |= kRecursionDesired;
      return;
    case F::ra:
      row_.flags |= kRecursionAvailable;
      return;
    default:
      return;
  }
}

bool ZeekRows::add_ttl(double seconds) {
  if (!(seconds >= 0 && seconds < kNoTtl)) return refuse_field(F::ttls);
  ttls_.push_back(static_cast<std::uint32_t>(seconds));
  return true;
}

bool ZeekRows::add_ttl(std::string_view text) {
  const auto seconds = parse_decimal_seconds(text);
  return seconds ? add_ttl(static_cast<double>(seconds->us / kMicrosPerSecond))
                 : refuse_field(F::ttls);
}

// An empty query is the root; no query at all is a message without a question.
bool ZeekRows::set_name(const TextLine& line) {
  TextKeys::Name name;
  std::string_view text = !original_query_.empty() ? original_query_ : query_;
  if (!has_query_ || text.empty()) {
    text = ".";
    if (!has_query_) row_.flags |= kNoQuestion;
  }
  if (text.find('\\') != std::string_view::npos) {
    bytes_.clear();
    append_zeek_unescaped(text, bytes_);
    text = bytes_;
  }
  if (const auto problem = keys_.raw_name(text, name)) {
    reject_line(sink_, line, problem->code, problem->text);
    return false;
  }
  row_.qname = name.key;
  if (name.had_capitals) row_.flags |= kNameHadCapitals;
  return true;
}

bool ZeekRows::set_key_fields(const TextLine& line) {
  if (unreadable_ != F::none) {
    reject_line(sink_, line, "zeek.field.unreadable",
                fmt::format("field '{}' holds no value of its kind", name_of(unreadable_)));
    return false;
  }
  if (!has_time_) {
    reject_line(sink_, line, "zeek.time.missing", "the record has no 'ts'");
    return false;
  }
  if (!is_time_in_range_) {
    reject_line(sink_, line, kTimeOutOfRange, kTimeOutOfRangeWhy);
    return false;
  }
  const auto client = keys_.host(client_);
  const auto server = server_.empty() ? std::optional<std::uint64_t>(0) : keys_.host(server_);
  if (!client || !server) {
    reject_line(sink_, line, "zeek.address.unreadable",
                fmt::format("'{}' holds no address", client ? "id.resp_h" : "id.orig_h"));
    return false;
  }
  row_.client = *client;
  row_.server = *server;
  return set_name(line);
}

void ZeekRows::add_answers() {
  for (std::size_t i = 0; i < answers_.size(); ++i) {
    AnswerRow answer;
    answer.offset = row_.offset;
    answer.owner = row_.qname;  // Zeek prints the data alone: neither owner nor type
    answer.ttl = i < ttls_.size() ? ttls_[i] : kNoTtl;
    bytes_.clear();
    append_zeek_unescaped(answers_[i], bytes_);
    sink_.add_answer(answer, bytes_);
  }
}

// Some logs are cut down to the names of the codes. A name that nobody knows is noted, and the code
// stays unset.
void ZeekRows::take_names() {
  const auto unknown = [this](std::string_view name) { sink_.note("zeek.name_unknown", name); };
  if (!has_qtype_ && !qtype_name_.empty()) {
    const auto qtype =
        qtype_name_ == "*" ? std::optional<std::uint16_t>(255) : keys_.qtype(qtype_name_);
    if (qtype) row_.qtype = *qtype;
    if (!qtype) unknown(qtype_name_);
    has_qtype_ = true;
  }
  if (row_.rcode == kNoRcode && !rcode_name_.empty()) {
    if (const auto rcode = parse_rcode(rcode_name_)) {
      row_.rcode = *rcode;
    } else {
      unknown(rcode_name_);
    }
  }
  if (!has_qclass_ && !qclass_name_.empty()) {
    const auto qclass = qclass_name_ == "C_INTERNET" ? std::optional<std::uint16_t>(1)
                        : qclass_name_ == "C_ANY"    ? std::optional<std::uint16_t>(255)
                                                     : keys_.qclass(qclass_name_);
    if (qclass) row_.qclass = *qclass;
    if (!qclass) unknown(qclass_name_);
  }
}

void ZeekRows::note_missing() {
  if (rows_ == 0) return;
  if (named_ == 0) sink_.note("zeek.no_query", "no record has a 'query'", rows_);
  if (typed_ == 0) sink_.note("zeek.no_qtype", "no record has a 'qtype' or 'qtype_name'", rows_);
  if (answered_ == 0) {
    sink_.note("zeek.no_rcode",
               "no record has an 'rcode' or 'rcode_name': nothing tells what was answered", rows_);
  }
}

void ZeekRows::finish(const TextLine& line) {
  if (!set_key_fields(line)) return;
  if (!has_qtype_ || !has_qclass_ || row_.rcode == kNoRcode) take_names();
  row_.offset = line.offset;
  row_.length = static_cast<std::uint32_t>(line.text.size());
  for (const std::uint32_t ttl : ttls_) row_.ttl = std::min(row_.ttl, ttl);
  const bool has_answer = row_.rcode != kNoRcode;
  if (has_answer) row_.flags |= kHasAnswer;
  // An answer whose query Zeek missed carries no question type.
  if (!has_answer || has_qtype_) row_.flags |= kHasQuery;
  if (is_multicast_port(server_port_)) {
    row_.flags |= kMulticast;
    row_.qclass &= 0x7fff;
  }
  if (!line.is_terminated) sink_.note("line.unterminated", line.text);
  ++rows_;
  typed_ += has_qtype_ ? 1 : 0;
  answered_ += has_answer ? 1 : 0;
  named_ += has_query_ ? 1 : 0;
  add_answers();
  sink_.add(row_);
  sink_.used_unit();
}

}  // namespace assay
