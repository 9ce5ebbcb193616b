// Rdata with the names inside it expanded.
#include "readers/dns_message.h"

namespace assay {
namespace {

constexpr DnsProblem kRdataShort{"dns.rdata.short",
                                 "a record's data is shorter than its type asks"};
constexpr DnsProblem kRdataOverrun{"dns.rdata.overrun",
                                   "a name inside a record's data runs past that data"};

// How the rdata of a type is laid out: fixed bytes, then character strings, then names, then the
// rest. Only types whose names a sender may compress, or once did (RFC 1035; RFC 3597 section 4).
struct Layout {
  std::uint16_t type;
  std::uint8_t fixed;
  std::uint8_t strings;
  std::uint8_t names;
};
constexpr Layout kLayouts[] = {
    {2, 0, 0, 1},    // NS
    {3, 0, 0, 1},    // MD
    {4, 0, 0, 1},    // MF
    {5, 0, 0, 1},    // CNAME
    {6, 0, 0, 2},    // SOA
    {7, 0, 0, 1},    // MB
    {8, 0, 0, 1},    // MG
    {9, 0, 0, 1},    // MR
    {12, 0, 0, 1},   // PTR
    {14, 0, 0, 2},   // MINFO
    {15, 2, 0, 1},   // MX
    {17, 0, 0, 2},   // RP
    {18, 2, 0, 1},   // AFSDB
    {21, 2, 0, 1},   // RT
    {24, 18, 0, 1},  // SIG
    {26, 2, 0, 2},   // PX
    {30, 0, 0, 1},   // NXT
    {33, 6, 0, 1},   // SRV
    {35, 4, 3, 1},   // NAPTR
    {36, 2, 0, 1},   // KX
    {39, 0, 0, 1},   // DNAME: RFC 2672 let it be compressed
    {47, 0, 0, 1},   // NSEC: multicast DNS compresses it (RFC 6762 section 18.14)
};

const Layout* layout_of(std::uint16_t type) {
  if (type > 47) return nullptr;
  for (const Layout& layout : kLayouts) {
    if (layout.type == type) return &layout;
  }
  return nullptr;
}

}  // namespace

DnsProblem append_rdata(Bytes message, const DnsRecord& record, std::string& out) {
  const auto* text = reinterpret_cast<const char*>(message.data());
  const Layout* layout = layout_of(record.type);
  // Empty rdata stands in updates (RFC 2136 section 2.4) whatever the type.
  if (layout == nullptr || record.rdata_length == 0) {
    out.append(text + record.rdata_at, record.rdata_length);
    return {};
  }
  const std::size_t before = out.size();
  const std::size_t end = record.rdata_at + record.rdata_length;
  std::size_t at = record.rdata_at + layout->fixed;
  for (unsigned i = 0; i < layout->strings && at < end; ++i) at += 1 + message[at];
  if (at >= end) return kRdataShort;
  out.append(text + record.rdata_at, at - record.rdata_at);
  WireName name;
  for (unsigned i = 0; i < layout->names; ++i) {
    std::size_t next = 0;
    DnsProblem problem = at >= end ? kRdataShort : expand_name(message, at, name, next);
    if (!problem && next > end) problem = kRdataOverrun;
    if (problem) {
      out.resize(before);
      return problem;
    }
    out.append(reinterpret_cast<const char*>(name.bytes.data()), name.length);
    at = next;
  }
  out.append(text + at, end - at);
  return {};
}

}  // namespace assay
