// DNS messages on the wire (RFC 1035 section 4), parsed without a copy.
//
// A parsed message is offsets into the caller's bytes; nothing is allocated per message once a
// DnsMessage has been used a few times. Hostile input is ordinary: compression pointers must point
// backwards and are counted, and lengths are checked before they are believed. A damaged message is
// refused, unless its first question is whole and of a known class: then what could be read is
// kept, and `damage` says why reading stopped.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

using Bytes = std::span<const std::uint8_t>;

inline constexpr std::size_t kDnsHeaderBytes = 12;
inline constexpr std::size_t kMaxPointerHops = 126;   // a name has at most 127 labels
inline constexpr std::size_t kMaxDnsQuestions = 128;  // multicast DNS asks dozens at once
inline constexpr std::size_t kMaxWireName = 255;      // RFC 1035 section 2.3.4
inline constexpr std::uint16_t kTypeOpt = 41, kTypeTsig = 250;

// Why a message, or a part of it, was refused. Both texts are literals; an empty code: no problem.
struct DnsProblem {
  std::string_view code;  // "dns.name.pointer_forward"
  std::string_view text;

  explicit operator bool() const { return !code.empty(); }
};

// An uncompressed wire name: length bytes and labels, the root's zero included.
struct WireName {
  std::array<std::uint8_t, kMaxWireName> bytes;
  std::size_t length = 0;

  Bytes view() const { return {bytes.data(), length}; }
};

// Expands the name at `at`. `next` becomes the offset behind the name where it stands. Pointers
// must lead to before the label run in which they stand, so the walk ends.
DnsProblem expand_name(Bytes message, std::size_t at, WireName& into, std::size_t& next);
// Checks the name at `at` as expand_name() does, without a copy.
DnsProblem skip_name(Bytes message, std::size_t at, std::size_t& next);

struct DnsQuestion {
  std::uint32_t name_at = 0;
  std::uint32_t plain_length = 0;  // wire length when the name is not compressed, else 0
  std::uint16_t qtype = 0;
  std::uint16_t qclass = 0;
};

struct DnsRecord {
  std::uint32_t owner_at = 0;
  std::uint32_t rdata_at = 0;
  std::uint32_t ttl = 0;
  std::uint16_t type = 0;
  std::uint16_t rclass = 0;
  std::uint16_t rdata_length = 0;
  std::uint8_t section = 1;  // 1 answer, 2 authority, 3 additional
};

struct DnsMessage {
  Bytes wire;
  std::uint16_t id = 0;
  std::uint16_t bits = 0;   // second header word: QR OPCODE AA TC RD RA Z AD CD RCODE
  std::uint16_t rcode = 0;  // extended by EDNS when it is there
  std::array<std::uint16_t, 4> counts{};
  std::vector<DnsQuestion> questions;
  std::vector<DnsRecord> records;  // of all sections, OPT left out
  bool has_edns = false;
  bool is_dnssec_ok = false;
  bool has_cookie = false;
  bool has_tsig = false;
  std::uint16_t edns_size = 0;  // of UDP answers that the sender takes; told when has_edns
  std::size_t end = 0;          // offset behind the last thing read
  DnsProblem damage;            // reading stopped inside a later question or the records

  bool is_answer() const { return (bits & 0x8000) != 0; }
  unsigned opcode() const { return (bits >> 11) & 15; }
  // Whole, with nothing behind the last record.
  bool is_exact() const { return !damage && end == wire.size(); }
};

// Parses `wire` into `into` (whose vectors are reused). Returns the reason of a refusal; `into` is
// then of no use. Linear in the size of the message, times the length of a name.
DnsProblem parse_dns_message(Bytes wire, DnsMessage& into);

// True when the message could pass for DNS wherever it was found: whole, nothing behind it, one
// question of a known class, an ordinary opcode, reserved bits clear. For ports nobody assigned.
bool is_strictly_plausible(const DnsMessage& message);

// Appends the record's rdata with the names inside it expanded, for the types whose names may be
// compressed (RFC 3597 section 4); all other rdata as it is. On a problem `out` is left as it was.
DnsProblem append_rdata(Bytes message, const DnsRecord& record, std::string& out);

// Appends the canonical text (names.h) of an uncompressed wire name.
void append_canonical_name(Bytes wire_name, std::string& out, bool* had_upper = nullptr);

}  // namespace assay
