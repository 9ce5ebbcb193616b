// Our DNS message parser against ldns: where both take a message whole, they must agree on what it
// asks and on the owners, types, classes and TTLs of its records.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "readers/dns_message.h"

// Last: it makes `bool` a macro where C++ has a type.
#include <ldns/ldns.h>
#undef bool

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

struct FreePacket {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};

std::string wire_of(const ldns_rr* rr) {
  const ldns_rdf* owner = ldns_rr_owner(rr);
  return {reinterpret_cast<const char*>(ldns_rdf_data(owner)), ldns_rdf_size(owner)};
}

std::string wire_at(assay::Bytes message, std::size_t at) {
  assay::WireName name;
  std::size_t next = 0;
  check(!assay::expand_name(message, at, name, next));
  const auto view = name.view();
  return {reinterpret_cast<const char*>(view.data()), view.size()};
}

// ldns keeps these two apart in the additional section; ours leaves OPT out wherever it stands.
bool is_apart(std::uint16_t type) { return type == LDNS_RR_TYPE_OPT || type == LDNS_RR_TYPE_TSIG; }

// ldns takes what a type asks for and reads the next record from right behind it, though it be
// inside the data still, or past its end where a name runs over (RFC 1035 has RDLENGTH tell the
// end). Nothing compares from there on.
bool may_lose_its_place(const assay::DnsMessage& ours, const assay::DnsRecord& record,
                        const ldns_rr* rr) {
  std::string rdata;
  if (assay::append_rdata(ours.wire, record, rdata)) return true;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < ldns_rr_rd_count(rr); ++i) taken += ldns_rdf_size(ldns_rr_rdf(rr, i));
  return taken != rdata.size();
}

// False: ldns lost its place.
bool check_section(assay::Bytes wire, const assay::DnsMessage& ours, int section,
                   const ldns_rr_list* theirs) {
  std::vector<const ldns_rr*> rest;
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(theirs); ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(theirs, i);
    if (!is_apart(static_cast<std::uint16_t>(ldns_rr_get_type(rr)))) rest.push_back(rr);
  }
  std::size_t n = 0;
  for (const assay::DnsRecord& record : ours.records) {
    if (record.section != section || is_apart(record.type)) continue;
    check(n < rest.size());
    const ldns_rr* rr = rest[n++];
    check(record.type == ldns_rr_get_type(rr));
    check(record.rclass == ldns_rr_get_class(rr));
    check(record.ttl == ldns_rr_ttl(rr));
    check(wire_at(wire, record.owner_at) == wire_of(rr));
    if (may_lose_its_place(ours, record, rr)) return false;
  }
  check(n == rest.size());
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 65'535) return 0;
  static assay::DnsMessage ours;
  const assay::Bytes wire(data, size);
  if (assay::parse_dns_message(wire, ours) || !ours.is_exact()) return 0;
  // A TSIG has to be the last record (RFC 8945 section 5.1). Anywhere else ldns leaves records out,
  // and leaks all but one.
  for (const assay::DnsRecord& each : ours.records) {
    const bool is_last = each.section == 3 && &each == &ours.records.back();
    if (each.type == LDNS_RR_TYPE_TSIG && !is_last) return 0;
  }
  ldns_pkt* raw = nullptr;
  if (ldns_wire2pkt(&raw, data, size) != LDNS_STATUS_OK) return 0;  // it also checks rdata
  const std::unique_ptr<ldns_pkt, FreePacket> theirs(raw);
  check(ours.questions.size() == ldns_rr_list_rr_count(ldns_pkt_question(raw)));
  for (std::size_t i = 0; i < ours.questions.size(); ++i) {
    const ldns_rr* question = ldns_rr_list_rr(ldns_pkt_question(raw), i);
    check(ours.questions[i].qtype == ldns_rr_get_type(question));
    check(wire_at(wire, ours.questions[i].name_at) == wire_of(question));
  }
  if (check_section(wire, ours, 1, ldns_pkt_answer(raw)) &&
      check_section(wire, ours, 2, ldns_pkt_authority(raw))) {
    check_section(wire, ours, 3, ldns_pkt_additional(raw));
  }
  return 0;
}
