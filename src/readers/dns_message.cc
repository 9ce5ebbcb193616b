#include "readers/dns_message.h"

#include "readers/byte_order.h"

namespace assay {
namespace {

constexpr std::uint16_t kOptionCookie = 10;  // RFC 7873

constexpr DnsProblem kHeader{"dns.message.short", "the message is shorter than a DNS header"};
constexpr DnsProblem kQuestionCut{"dns.question.short",
                                  "the message ends inside the question section"};
constexpr DnsProblem kQuestions{"dns.question.too_many",
                                "the header announces more than 128 questions"};
constexpr DnsProblem kRecordCut{"dns.record.short", "the message ends inside a record"};

// The first label run of a question is nearly always plain; returns its wire length or 0.
std::uint32_t plain_name_length(Bytes wire, std::size_t at) {
  const std::size_t begin = at;
  while (at < wire.size() && at - begin < kMaxWireName) {
    const std::uint8_t length = wire[at];
    if (length == 0) return static_cast<std::uint32_t>(at - begin + 1);
    if (length >= 64) return 0;
    at += 1 + length;
  }
  return 0;
}

DnsProblem parse_questions(DnsMessage& message) {
  const Bytes wire = message.wire;
  if (message.counts[0] > kMaxDnsQuestions) return kQuestions;
  for (unsigned i = 0; i < message.counts[0]; ++i) {
    DnsQuestion question;
    std::size_t next = 0;
    question.name_at = static_cast<std::uint32_t>(message.end);
    question.plain_length = plain_name_length(wire, message.end);
    if (question.plain_length != 0) {
      next = message.end + question.plain_length;
    } else if (DnsProblem problem = skip_name(wire, message.end, next)) {
      return problem;
    }
    if (next + 4 > wire.size()) return kQuestionCut;
    question.qtype = be16(wire.data() + next);
    question.qclass = be16(wire.data() + next + 2);
    message.questions.push_back(question);
    message.end = next + 4;
  }
  return {};
}

void read_options(DnsMessage& message, const DnsRecord& opt) {
  message.has_edns = true;
  message.edns_size = opt.rclass;
  message.is_dnssec_ok = (opt.ttl & 0x8000) != 0;
  message.rcode = static_cast<std::uint16_t>((opt.ttl >> 24) << 4 | (message.bits & 15));
  Bytes options = message.wire.subspan(opt.rdata_at, opt.rdata_length);
  while (options.size() >= 4) {
    const std::size_t length = be16(options.data() + 2);
    if (be16(options.data()) == kOptionCookie) message.has_cookie = true;
    if (4 + length > options.size()) return;
    options = options.subspan(4 + length);
  }
}

DnsProblem parse_record(DnsMessage& message, std::uint8_t section) {
  const Bytes wire = message.wire;
  DnsRecord record;
  record.section = section;
  record.owner_at = static_cast<std::uint32_t>(message.end);
  std::size_t next = 0;
  // A pointer to the first question is by far the commonest owner, and is known to be good.
  const bool is_first_question = message.end + 2 <= wire.size() && wire[message.end] == 0xc0 &&
                                 wire[message.end + 1] == kDnsHeaderBytes &&
                                 !message.questions.empty();
  if (is_first_question) {
    next = message.end + 2;
  } else if (DnsProblem problem = skip_name(wire, message.end, next)) {
    return problem;
  }
  if (next + 10 > wire.size()) return kRecordCut;
  const std::uint8_t* fixed = wire.data() + next;
  record.type = be16(fixed);
  record.rclass = be16(fixed + 2);
  record.ttl = be32(fixed + 4);
  record.rdata_length = be16(fixed + 8);
  record.rdata_at = static_cast<std::uint32_t>(next + 10);
  if (record.rdata_at + std::size_t{record.rdata_length} > wire.size()) return kRecordCut;
  message.end = record.rdata_at + record.rdata_length;
  if (record.type == kTypeOpt) {
    read_options(message, record);
    return {};
  }
  if (record.type == kTypeTsig) message.has_tsig = true;
  message.records.push_back(record);
  return {};
}

DnsProblem parse_sections(DnsMessage& message) {
  if (DnsProblem problem = parse_questions(message)) return problem;
  for (std::uint8_t section = 1; section <= 3; ++section) {
    for (unsigned i = 0; i < message.counts[section]; ++i) {
      if (DnsProblem problem = parse_record(message, section)) return problem;
    }
  }
  return {};
}

bool is_known_class(std::uint16_t qclass) {
  return qclass == 1 || qclass == 3 || qclass == 4 || qclass == 254 || qclass == 255;
}

}  // namespace

DnsProblem parse_dns_message(Bytes wire, DnsMessage& into) {
  into.questions.clear();
  into.records.clear();
  into.has_edns = into.is_dnssec_ok = into.has_cookie = into.has_tsig = false;
  into.damage = {};
  into.wire = wire;
  if (wire.size() < kDnsHeaderBytes) return kHeader;
  into.id = be16(wire.data());
  into.bits = be16(wire.data() + 2);
  into.rcode = into.bits & 15;
  for (std::size_t i = 0; i < 4; ++i) into.counts[i] = be16(wire.data() + 4 + 2 * i);
  into.end = kDnsHeaderBytes;
  into.damage = parse_sections(into);
  // Random bytes now and then hold one readable question. Its class gives it away (of 999 frames
  // of garbage in one shared capture, three read so far); multicast uses the class's top bit.
  const bool is_believable =
      !into.questions.empty() && is_known_class(into.questions.front().qclass & 0x7fff);
  return is_believable ? DnsProblem{} : into.damage;
}

bool is_strictly_plausible(const DnsMessage& message) {
  if (!message.is_exact() || message.questions.size() != 1 || message.opcode() != 0) return false;
  if ((message.bits & 0x0040) != 0) return false;  // Z
  const DnsQuestion& question = message.questions.front();
  if (!is_known_class(question.qclass) || question.qtype == 0) return false;
  if (message.is_answer()) return true;
  return (message.bits & 0x068f) == 0 && message.counts[1] == 0 && message.counts[2] == 0 &&
         message.counts[3] <= 2;
}

}  // namespace assay
