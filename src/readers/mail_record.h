// What the logs of mail servers have in common: hosts with names and ports, replies of SMTP, and
// the row that they become.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "assay/reader.h"
#include "readers/log_stamp.h"
#include "readers/repeat_budget.h"
#include "readers/text_keys.h"

namespace assay {

// "NAME[192.0.2.1]:25" of Postfix and sendmail. `address` may hold a socket's path or "unknown".
struct MailPeer {
  std::string_view name;
  std::string_view address;
  std::uint16_t port = 0;  // 0: not told
};
// A peer at the start of `text`; the bytes that it takes, 0 when there is none.
std::size_t parse_peer(std::string_view text, MailPeer& peer);

// "550 5.1.1 text", "550-5.1.1 text", "5.7.1 text" at the start of a text.
struct MailReply {
  std::uint16_t code = kNoCode;
  std::string_view enhanced;  // RFC 3463
};
MailReply parse_reply(std::string_view text);

// "<a@b>" or "a@b" as "a@b"; the null sender stays "<>", which is no empty text.
std::string_view bare_address(std::string_view text);
// A message id as its header has it, with angle brackets, also from logs that take them off: it is
// what joins logs and mailboxes. Empty for "", "<>" and "undef", which logs write for none.
std::string whole_message_id(std::string_view text);

// A line of JSON or TSV may name 30,000 recipients, and each record repeats the other fields: the
// last of so many records names all further ones.
inline constexpr std::size_t kMostRecipientRecords = 100;

// What tables of a reader keep of a text until later lines come: a bound for hostile input, wide
// enough for what servers write (RFC 5321 section 4.5.3.1 ends addresses at 256 bytes).
inline constexpr std::size_t kMaxKeptText = 2'048;
inline std::string_view kept_text(std::string_view text) { return text.substr(0, kMaxKeptText); }

// Where a row lies and when.
struct MailPlace {
  LogClock::Reading time;
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
};

// Puts rows and their fields into a sink. Empty texts are no fields.
class MailRows {
 public:
  explicit MailRows(RecordSink& sink) : sink_(sink), keys_(sink) {}

  // The key of an address in text, 0 when it is none (a socket, "unknown"); with "IPv6:" too.
  std::uint64_t host(std::string_view address);
  // The key of the domain of a mailbox (core/mail_address.h), 0 when there is none that is a name.
  std::uint64_t domain_of(std::string_view address);

  static RecordRow row_at(RecordKind kind, const MailPlace& place);
  void add(const RecordRow& row) { sink_.add_record(row); }
  void field(FieldId id, std::string_view text) { sink_.add_field(id, text); }
  void number(FieldId id, std::uint64_t value) { field(id, std::to_string(value)); }
  // False when a record at `place` is not to repeat these bytes, which another record has told;
  // noted as mail.repeats_bounded.
  bool may_repeat(std::uint64_t bytes, const MailPlace& place);

 private:
  RecordSink& sink_;
  RepeatBudget repeats_;
  std::uint64_t bytes_read_ = 0;
  TextKeys keys_;
};

inline constexpr std::uint8_t kTcpProtocol = 6;

}  // namespace assay
