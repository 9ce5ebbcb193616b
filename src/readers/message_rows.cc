#include "readers/message_rows.h"

#include <algorithm>

#include "readers/byte_order.h"

namespace assay {
namespace {

constexpr std::uint32_t kAnswerBits =
    kAuthoritative | kRecursionAvailable | kAuthenticData | kTruncated;

std::uint16_t unicast_class(const DnsRow& row, std::uint16_t wire_class) {
  // Multicast DNS uses the top bit for itself (RFC 6762 sections 5.4 and 10.2).
  return (row.flags & kMulticast) != 0 ? wire_class & 0x7fff : wire_class;
}

}  // namespace

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

std::uint32_t smallest_ttl(const DnsMessage& message) {
  std::uint32_t smallest = kNoTtl;
  for (const DnsRecord& record : message.records) {
    if (record.section != 1) break;
    smallest = std::min(smallest, record.ttl >> 31 != 0 ? 0 : record.ttl);
  }
  return smallest;
}

void merge_answer(DnsRow& query, const DnsRow& answer) {
  query.flags = (query.flags & ~kAnswerBits) | (answer.flags & kAnswerBits) | kHasAnswer;
  query.rcode = answer.rcode;
  query.ttl = answer.ttl;
  const std::int64_t delay = std::max<std::int64_t>(answer.time_us - query.time_us, 0);
  query.delay_us = static_cast<std::uint32_t>(std::min<std::int64_t>(delay, kNoDelay - 1));
}

DnsRow MessageRows::row_of_question(const DnsMessage& message, DnsRow row, std::size_t index) {
  if (index >= message.questions.size()) {
    row.qname = sink_.name("");
    return row;
  }
  const DnsQuestion& question = message.questions[index];
  Bytes wire = message.wire.subspan(question.name_at, question.plain_length);
  if (question.plain_length == 0) {
    std::size_t next = 0;
    expand_name(message.wire, question.name_at, name_, next);  // cannot fail: it was walked
    wire = name_.view();
  }
  const CachedName name = keys_.name(wire);
  row.flags &= ~kNameHadCapitals;  // of the question before
  row.qname = name.key;
  row.qtype = question.qtype;
  row.qclass = unicast_class(row, question.qclass);
  if (name.had_upper) row.flags |= kNameHadCapitals;
  if (index > 0) row.flags |= kExtraQuestion;
  return row;
}

void MessageRows::add_extra_questions(const DnsMessage& message, const DnsRow& row) {
  for (std::size_t i = 1; i < message.questions.size(); ++i) {
    sink_.add(row_of_question(message, row, i));
  }
}

void MessageRows::add_records(const DnsMessage& message, const DnsRow& row) {
  for (const DnsRecord& record : message.records) {
    if (record.type == kTypeTsig) continue;
    rdata_.clear();
    if (const DnsProblem problem = append_rdata(message.wire, record, rdata_)) {
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
        !message.questions.empty() &&
        be16(message.wire.data() + record.owner_at) == (0xc000 | kDnsHeaderBytes);
    if (is_first_question) {
      answer.owner = row.qname;
    } else {
      std::size_t next = 0;
      expand_name(message.wire, record.owner_at, name_, next);  // cannot fail: it was walked
      answer.owner = keys_.name(name_.view()).key;
    }
    sink_.add_answer(answer, rdata_);
  }
}

}  // namespace assay
