// Lines, commands and replies of SMTP (RFC 5321 sections 4.1 and 4.2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "assay/record.h"
#include "readers/packet/packet.h"

namespace assay {

// Of a line of either side; RFC 4954 lets one be 12,288 bytes long, but that is of credentials,
// which nobody keeps.
inline constexpr std::size_t kMaxSmtpLine = 4'096;
inline constexpr std::size_t kMaxReplyText = 4'096;  // of all lines of a reply

// Cuts one direction into lines. What stands behind kMaxSmtpLine bytes of a line is dropped.
class SmtpLines {
 public:
  // Takes bytes off the front of `bytes`, up to and with the next line feed. True when a line is
  // whole: line(), without its end.
  bool take(std::string_view& bytes, const PacketRef& packet);
  std::string_view line() const { return line_; }
  const PacketRef& packet() const { return packet_; }  // the one in which the line began
  bool is_at_start() const { return is_whole_ || line_.empty(); }
  bool is_too_long() const { return is_too_long_; }
  void clear();

 private:
  std::string line_;
  PacketRef packet_;
  bool is_whole_ = false, is_too_long_ = false;
};

enum class SmtpVerb : std::uint8_t {
  connect,  // no command: what the banner answers
  helo,
  ehlo,
  mail,
  rcpt,
  data,
  content,  // no command: what the reply behind the end of the data answers
  bdat,
  auth,
  starttls,
  rset,
  noop,
  quit,
  vrfy,
  expn,
  help,
  other,
};
inline constexpr std::size_t kSmtpVerbs = static_cast<std::size_t>(SmtpVerb::other) + 1;
std::string_view verb_word(SmtpVerb verb);  // "rcpt"

struct SmtpCommand {
  SmtpVerb verb = SmtpVerb::other;
  std::string_view argument;  // without blanks around; of MAIL and RCPT the path in its brackets
  std::uint64_t size = 0;     // of BDAT
  bool is_last = false;       // of BDAT
  bool is_unsized = false;    // BDAT without a readable size: where its chunk ends is unknown
};
// `other` for whatever is no command with the argument that it must have.
SmtpCommand parse_command(std::string_view line);

struct SmtpReply {
  std::uint16_t code = kNoCode;  // kNoCode: none was seen
  std::string text;              // all lines as sent, a line feed between them
  bool is_seen() const { return code != kNoCode; }
  bool is_good() const { return code >= 200 && code < 300; }
  bool is_refusal() const { return code >= 400 && code < 600; }
};
// 0: no line of a reply. `is_final`: no more lines follow.
std::uint16_t parse_reply_line(std::string_view line, bool& is_final);
// Whether a reply with this code may answer the command.
bool may_answer(SmtpVerb verb, std::uint16_t code);

}  // namespace assay
