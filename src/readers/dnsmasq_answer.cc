#include "readers/dnsmasq_answer.h"

#include <algorithm>
#include <optional>

#include "core/ascii.h"

namespace assay {

namespace {

constexpr std::uint16_t kTypeA = 1, kTypePtr = 12, kTypeAaaa = 28, kTypeAny = 255;
// Waiting queries of one name that an answer is held against.
constexpr std::size_t kMostLookedAt = 1'000;

// "REFUSED (EDE: not ready)" -> "REFUSED".
std::string_view without_remark(std::string_view value) {
  return value.substr(0, value.find(" (EDE: "));
}

std::uint16_t rcode_of(std::string_view printed, bool is_error) {
  const std::string_view value = without_remark(printed);
  if (value == "NXDOMAIN") return 3;
  if (!is_error) return 0;
  if (value == "SERVFAIL") return 2;
  if (value == "REFUSED") return 5;
  if (value == "not implemented") return 4;
  return kNoRcode;
}

bool is_local_source(std::string_view source) {
  return source != "reply" && source != "cached" && source != "cached-stale";
}

// Whether a value can answer a question of this type.
bool can_answer(std::string_view value, std::uint16_t qtype, bool is_address_name) {
  if (is_address_name) return qtype == kTypePtr;
  if (qtype == kTypeAny || value == "NXDOMAIN" || value == "<CNAME>") return true;
  if (value == "NODATA-IPv4") return qtype == kTypeA;
  if (value == "NODATA-IPv6") return qtype == kTypeAaaa;
  if (value == "NODATA") return qtype != kTypeA && qtype != kTypeAaaa;
  if (value.starts_with('<') && value.ends_with('>')) {
    return parse_qtype(value.substr(1, value.size() - 2)) == qtype;
  }
  if (const auto address = IpAddress::parse(value)) {
    return qtype == (address->is_v4() ? kTypeA : kTypeAaaa);
  }
  return qtype != kTypeA && qtype != kTypeAaaa;  // text
}

// "4.2.0.192.in-addr.arpa", or the nibbles of ip6.arpa.
std::string reverse_name_of(const IpAddress& address) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string name;
  if (address.is_v4()) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
      name += std::to_string(address.v4() >> shift & 255) + '.';
    }
    return name + "in-addr.arpa";
  }
  for (std::size_t i = address.bytes.size(); i > 0; --i) {
    name += {kHex[address.bytes[i - 1] & 15], '.', kHex[address.bytes[i - 1] >> 4], '.'};
  }
  return name + "ip6.arpa";
}

void set_answer(DnsRow& row, const DnsmasqLine& answer) {
  const std::string_view value = without_remark(answer.value);
  row.flags |= kHasAnswer;
  if (value == "truncated") row.flags |= kTruncated;
  const std::uint16_t rcode = rcode_of(value, answer.qname == "error");
  if (rcode != kNoRcode) row.rcode = rcode;
}

}  // namespace

std::uint64_t DnsmasqAnswers::key_of_name(std::string_view printed, std::string_view process) {
  folded_.assign(printed);
  std::transform(folded_.begin(), folded_.end(), folded_.begin(), lower);
  return mix_key(name_key(folded_, key_seed_).key, name_key(process, key_seed_).key);
}

std::uint64_t DnsmasqAnswers::key_of_query(const DnsmasqLine& query) {
  if (!query.serial) return key_of_name(query.qname, query.line.process);
  return mix_key(mix_key(*query.serial, query.client_port),
                 mix_key(name_key(query.serial_client, key_seed_).key,
                         name_key(query.line.process, key_seed_).key));
}

DnsmasqAnswers::Outcome DnsmasqAnswers::take(const DnsmasqLine& answer) {
  return answer.serial ? take_by_serial(answer) : take_by_name(answer);
}

DnsmasqAnswers::Outcome DnsmasqAnswers::take_by_serial(const DnsmasqLine& answer) {
  const PendingLookups::Found found = pending_.latest(key_of_query(answer));
  if (!found.row) return {};
  const bool is_first = (found.row->flags & kHasAnswer) == 0;
  set_answer(*found.row, answer);
  pending_.answer(found);
  return {found.row, is_first && is_local_source(answer.source), false};
}

// An RRset holds nothing twice, so the first value's return begins another answer.
bool DnsmasqAnswers::goes_on(const DnsmasqLine& answer, std::uint64_t name) {
  const DnsRow* row = run_.is_going ? pending_.row(run_.number) : nullptr;
  const bool is_negative = answer.value == "NXDOMAIN" || answer.value.starts_with("NODATA");
  if (!row || !can_answer(answer.value, row->qtype, row->qtype == kTypePtr)) return false;
  if (run_.expects_link) return true;
  return run_.name == name && !is_negative && answer.value != run_.first_value;
}

DnsmasqAnswers::Outcome DnsmasqAnswers::take_by_name(const DnsmasqLine& answer) {
  const auto address = IpAddress::parse(answer.qname);
  const std::string reverse = address ? reverse_name_of(*address) : std::string();
  const std::uint64_t key =
      key_of_name(address ? std::string_view(reverse) : answer.qname, answer.line.process);
  const std::string_view value = without_remark(answer.value);
  if (goes_on(answer, key)) {
    if (run_.expects_link || run_.name != key) run_.first_value = answer.value;
    run_.name = key;
    run_.expects_link = value == "<CNAME>";
    DnsRow* row = pending_.row(run_.number);
    if (row) set_answer(*row, answer);
    return {row, false, false};
  }
  const bool is_at_once = answer.source != "reply";
  const auto fits = [&](const PendingLookups::Found& found) {
    return can_answer(value, found.row->qtype, address.has_value());
  };
  PendingLookups::Found chosen;
  std::size_t fitting = 0, looked_at = 0;
  if (const auto youngest = pending_.latest(key);
      is_at_once && youngest.row && pending_.is_unanswered(youngest) && fits(youngest)) {
    chosen = youngest;
    fitting = 1;
  }
  const bool is_found = fitting > 0;
  for (auto each = pending_.unanswered(key);
       each.row && !is_found && (is_at_once || fitting < 2) && looked_at < kMostLookedAt;
       each = pending_.next_unanswered(each)) {
    ++looked_at;
    if (!fits(each)) continue;
    if (fitting++ == 0 || is_at_once) chosen = each;
  }
  const bool is_cut_short = looked_at == kMostLookedAt && (is_at_once || fitting == 0);
  if (is_cut_short) return {nullptr, false, true};
  if (fitting == 0) return {};
  // All unprintable names look the same.
  if (fitting > 1 && answer.qname == kUnprintableName && !is_at_once) return {nullptr, false, true};
  by_order_ += fitting > 1 && !is_at_once;
  set_answer(*chosen.row, answer);
  pending_.answer(chosen);
  run_ = {true, value == "<CNAME>", chosen.number, key, std::string(answer.value)};
  return {chosen.row, is_local_source(answer.source), false};
}

}  // namespace assay
