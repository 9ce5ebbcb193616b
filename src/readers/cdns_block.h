// The parts of a C-DNS file (RFC 8618 section 7), decoded.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "readers/cbor.h"
#include "readers/dns_message.h"

namespace assay {

inline constexpr std::size_t kMaxCdnsTable = std::size_t{1} << 18;  // entries of one block's table
inline constexpr std::size_t kMaxCdnsParameters = 1'024;

// What a recorder says of how it recorded; blocks refer to one of several.
struct CdnsParameters {
  std::int64_t ticks_per_second = 1'000'000;
  std::array<std::int64_t, 4> hints{};  // of items, signatures, records, other data
  bool has_hints = false;
  std::vector<std::int64_t> opcodes, types;
  std::int64_t flags = 0;
  std::array<std::int64_t, 4> prefixes{32, 128, 32, 128};  // client 4 and 6, server 4 and 6
  std::string sampling, anonymisation, generator, host;
};
inline constexpr std::int64_t kCdnsAnonymised = 1, kCdnsSampled = 2, kCdnsNormalised = 4;

using CdnsIndex = std::optional<std::uint32_t>;

struct CdnsSignature {
  CdnsIndex server, classtype, opt_rdata;
  std::optional<std::int64_t> udp_size;  // that the query's EDNS told
  std::int64_t server_port = 0, opcode = 0, dns_flags = 0, query_rcode = 0;
  std::optional<std::int64_t> transport, response_rcode, flags;
  std::int64_t kind = -1;  // qr-type
};

struct CdnsRecord {
  CdnsIndex name, classtype, rdata;
  std::optional<std::int64_t> ttl;
};

struct CdnsExtended {
  CdnsIndex questions, answers, authority, additional;
};

struct CdnsItem {
  std::optional<std::int64_t> time_offset, response_delay, hop_limit;
  CdnsIndex client, signature, name;
  std::int64_t client_port = 0, id = 0;
  CdnsExtended query, response;
};

// Address event count: what arrived from an address and was no DNS.
struct CdnsEvent {
  std::int64_t type = -1, code = -1, count = 0;
  std::optional<std::int64_t> transport;
  CdnsIndex address;
};

struct CdnsClassType {
  std::uint16_t type = 0, rclass = 1;
};

struct CdnsMalformed {
  CdnsIndex server;
  std::int64_t server_port = 0, transport = 0;
  Bytes payload;
};

// A block's tables. Views are into the block's bytes.
struct CdnsTables {
  std::vector<Bytes> addresses, names;
  std::vector<CdnsClassType> classtypes;
  std::vector<CdnsSignature> signatures;
  std::vector<std::vector<std::uint32_t>> question_lists, record_lists;
  std::vector<CdnsRecord> questions, records;
  std::vector<CdnsMalformed> malformed;
};

struct CdnsBlock {
  std::int64_t seconds = 0, ticks = 0;
  bool has_time = false;
  std::size_t parameters = 0;
  CdnsTables tables;
  // Where the arrays stand in the block, for Cbor; 0: there is none.
  std::size_t items_at = 0, events_at = 0, malformed_at = 0;
};

// False when the bytes are no such thing. They begin at the cursor.
bool parse_cdns_parameters(Cbor& cbor, CdnsParameters& into);
bool parse_cdns_block(Cbor& cbor, CdnsBlock& into);
bool parse_cdns_item(Cbor& cbor, CdnsItem& into);
bool parse_cdns_event(Cbor& cbor, CdnsEvent& into);

}  // namespace assay
