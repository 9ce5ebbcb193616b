// The DNS message parser on any bytes: it must end, stay inside the message, and agree with itself.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "readers/dns_message.h"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_name(assay::Bytes wire, std::size_t at) {
  assay::WireName name;
  std::size_t next = 0, skipped = 0;
  const assay::DnsProblem problem = assay::expand_name(wire, at, name, next);
  check(assay::skip_name(wire, at, skipped).code == problem.code);
  if (problem) return;
  check(next == skipped && next <= wire.size() && name.length <= assay::kMaxWireName);
  std::string text;
  assay::append_canonical_name(name.view(), text);
  check(text.size() <= 4 * assay::kMaxWireName);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 65'535) return 0;
  static assay::DnsMessage message;
  const assay::Bytes wire(data, size);
  if (assay::parse_dns_message(wire, message)) return 0;
  check(message.end <= size);
  check(message.questions.size() <= assay::kMaxDnsQuestions);
  for (const assay::DnsQuestion& question : message.questions) check_name(wire, question.name_at);
  std::string rdata;
  for (const assay::DnsRecord& record : message.records) {
    check(record.rdata_at + record.rdata_length <= size);
    check_name(wire, record.owner_at);
    rdata.clear();
    if (assay::append_rdata(wire, record, rdata)) check(rdata.empty());
  }
  if (assay::is_strictly_plausible(message)) check(message.end == size);
  return 0;
}
