// Records: what a reader makes of the bytes, and the batches in which they travel. A row is narrow
// and typed; names and hosts are 64-bit keys (names.h) that side tables spell out. Rows travel in
// columns so that a batch becomes one block of the store without another copy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/instant.h"
#include "assay/names.h"

namespace assay {

inline constexpr std::uint16_t kNoRcode = 0xffff;  // the record has no answer
inline constexpr std::uint32_t kNoTtl = 0xffffffff;
inline constexpr std::uint32_t kNoDelay = 0xffffffff;
inline constexpr std::uint16_t kNoQtype = 0;  // the format does not tell

// Bits of DnsRow::flags. Bits 28..31 hold the opcode (RFC 1035 section 4.1.1).
enum DnsFlag : std::uint32_t {
  kHasQuery = 1u << 0,
  kHasAnswer = 1u << 1,
  kTcp = 1u << 2,
  kRecursionDesired = 1u << 3,
  kRecursionAvailable = 1u << 4,
  kAuthoritative = 1u << 5,
  kTruncated = 1u << 6,
  kEdns = 1u << 7,
  kDnssecOk = 1u << 8,
  kCheckingDisabled = 1u << 9,
  kAuthenticData = 1u << 10,
  kCookie = 1u << 11,
  kTsig = 1u << 12,
  kNameHadCapitals = 1u << 13,     // the wire or log spelled it with capitals (0x20, RFC 4343)
  kYearInferred = 1u << 14,        // the stamp had no year
  kLocalTimeAmbiguous = 1u << 15,  // the local hour happened twice; the width covers both
  kLocalTimeNonexistent = 1u << 16,
  kNoQuestion = 1u << 17,     // a message with QDCOUNT 0
  kExtraQuestion = 1u << 18,  // second or later question of one message
  kMulticast = 1u << 19,
  kNameLossy = 1u << 20,       // the server printed the name with something left out; see names.h
  kTimeUnknown = 1u << 21,     // the evidence does not tell when; time_us is 0 and says nothing
  kClockCorrected = 1u << 22,  // time_us was moved as case.toml says; never in the store
};
inline std::uint32_t opcode_of(std::uint32_t flags) { return flags >> 28; }

// One look-up as a vantage saw it: a query, an answer, or both paired.
struct DnsRow {
  std::int64_t time_us = 0;  // of the query when there is one, else of the answer
  std::uint32_t width_us = 1;
  std::uint64_t client = 0;  // host key of the asker
  std::uint64_t server = 0;  // host key of the asked; 0 = not told
  std::uint64_t qname = 0;
  std::uint16_t qtype = kNoQtype;
  std::uint16_t qclass = 1;
  std::uint16_t rcode = kNoRcode;
  std::uint16_t id = 0;           // message id; 0 when not told
  std::uint16_t client_port = 0;  // 0 when not told
  std::uint32_t ttl = kNoTtl;     // smallest TTL in the answer section
  std::uint32_t flags = 0;
  std::uint32_t delay_us = kNoDelay;  // answer's time minus query's
  std::uint64_t offset = 0;           // locus: byte offset in the (decompressed) evidence
  std::uint32_t length = 0;           // locus: bytes
};

// One resource record of an answer, kept whole. `offset` is that of the row it belongs to.
struct AnswerRow {
  std::uint64_t offset = 0;
  std::uint8_t section = 1;  // 1 answer, 2 authority, 3 additional
  std::uint64_t owner = 0;   // name key
  std::uint16_t type = 0;
  std::uint16_t rclass = 1;
  std::uint32_t ttl = 0;
};

// The kinds of record. Look-ups travel as DnsRow; of kind `dns` here is only what a look-up says
// beyond its row (a policy, a zone, a view), at the same offset.
enum class RecordKind : std::uint8_t {
  dns,
  dns_aggregate,  // passive DNS: a count over a span, which no method for single events may take
  flow,
  service,  // something answered on a port: a banner, a TLS handshake
  mail,     // a transfer as an MTA or a sensor tells it, one for each recipient
  message,  // mail at rest
  hop,      // one Received field of a message
  registration,
  payment,
  recorder,   // what a recorder says about itself: packets lost, its start and its end
  indicator,  // that somebody asserted something bad of a name or address, for a time
};
inline constexpr std::size_t kRecordKinds = static_cast<std::size_t>(RecordKind::indicator) + 1;
std::string_view kind_word(RecordKind kind);
std::optional<RecordKind> parse_kind(std::string_view word);

inline constexpr std::uint16_t kNoCode = 0xffff;

// A record of any other kind than a look-up: who, whom, when, how much. What else its format says
// travels as fields, which have words of one vocabulary (src/core/record_words.cc).
struct RecordRow {
  RecordKind kind = RecordKind::flow;
  std::uint8_t protocol = 0;  // of IP (6 TCP, 17 UDP); 0 when not told
  std::uint16_t client_port = 0, server_port = 0;
  std::uint16_t type = 0;        // DNS type, where the record is about one
  std::uint16_t code = kNoCode;  // reply code of SMTP, rcode of DNS
  std::uint32_t width_us = 1;    // of time_us
  std::uint32_t flags = 0;       // the DnsFlag bits about time and names
  std::int64_t time_us = 0;      // when it began
  std::int64_t until_us = 0;     // end of what it tells of; time_us when that is a moment
  std::uint64_t client = 0;      // host key of who began; 0 = not told
  std::uint64_t server = 0;      // host key of who was asked
  std::uint64_t name = 0;        // key of the domain name that it is about
  std::uint64_t count = 1;       // events it stands for
  std::uint64_t packets_sent = 0, packets_received = 0;  // by the client
  std::uint64_t bytes_sent = 0, bytes_received = 0;
  std::uint64_t offset = 0;  // locus
  std::uint32_t length = 0;
  std::uint32_t number = 0;  // 1, 2, ... within its evidence; the sink's to give

  bool operator==(const RecordRow&) const = default;
};

using FieldId = std::uint16_t;
FieldId field_id(std::string_view word);  // of a word that the vocabulary has; see field_words()
std::string_view field_word(FieldId field);
const std::vector<std::string_view>& field_words();

// A field of records[number]; texts are the evidence's bytes, cut to kMaxFieldText.
struct FieldRow {
  std::uint32_t number = 0;
  FieldId field = 0;
};
inline constexpr std::size_t kMaxFieldText = 16'384;
inline constexpr std::size_t kMaxFields = 4'096;  // of one record; more are counted in a note

// Something in the input that could not become a record. Codes are stable: "bind.time.unreadable".
struct Reject {
  std::string code;
  std::uint64_t offset = 0;  // in the (decompressed) evidence
  std::uint64_t length = 0;  // of the whole refused unit
  std::string text;          // the first bytes of the unit (at most kMaxRejectText), as they are
  std::string why;           // one sentence for a person
};
inline constexpr std::size_t kMaxRejectText = 512;

// What travels to the store at once. The columns of look-ups are of equal length; see DnsRow.
struct RowBatch {
  std::vector<std::int64_t> time_us;
  std::vector<std::uint32_t> width_us;
  std::vector<std::uint64_t> client, server, qname;
  std::vector<std::uint16_t> qtype, qclass, rcode, id, client_port;
  std::vector<std::uint32_t> ttl, flags, delay_us;
  std::vector<std::uint64_t> offset;
  std::vector<std::uint32_t> length;

  std::vector<AnswerRow> answers;  // with answer_rdata[answer_end[i-1], answer_end[i])
  std::vector<std::uint64_t> answer_end;
  std::string answer_rdata;  // wire rdata, names inside decompressed

  std::vector<RecordRow> records;  // by number
  std::vector<FieldRow> fields;    // by number, with field_text[field_end[i-1], field_end[i])
  std::vector<std::uint64_t> field_end;
  std::string field_text;

  NewNames names;
  std::vector<NewHost> hosts;

  std::size_t size() const { return time_us.size(); }
  void push(const DnsRow& row) {
    time_us.push_back(row.time_us);
    width_us.push_back(row.width_us);
    client.push_back(row.client);
    server.push_back(row.server);
    qname.push_back(row.qname);
    qtype.push_back(row.qtype);
    qclass.push_back(row.qclass);
    rcode.push_back(row.rcode);
    id.push_back(row.id);
    client_port.push_back(row.client_port);
    ttl.push_back(row.ttl);
    flags.push_back(row.flags);
    delay_us.push_back(row.delay_us);
    offset.push_back(row.offset);
    length.push_back(row.length);
  }
  DnsRow row(std::size_t i) const {
    return {time_us[i], width_us[i], client[i],   server[i], qname[i],
            qtype[i],   qclass[i],   rcode[i],    id[i],     client_port[i],
            ttl[i],     flags[i],    delay_us[i], offset[i], length[i]};
  }
  void reserve(std::size_t rows);  // room, which costs nothing until it is used
  void clear();                    // keeps capacity
};

}  // namespace assay
