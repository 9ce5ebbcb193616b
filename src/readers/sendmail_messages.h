// The messages that sendmail's log tells of, joined by their queue ids.
#pragma once

#include <string>

#include "readers/bounded_table.h"
#include "readers/mail_message.h"
#include "readers/syslog_line.h"

namespace assay {

inline constexpr std::size_t kMaxSendmailMessages = 32'768;
inline constexpr std::size_t kMaxSendmailHandshakes = 4'096;

struct SendmailLine {
  SyslogLine syslog;
  MailPlace place;
  std::string_view id;  // "s1P819mk027713"; empty: none, or NOQUEUE
  std::string_view message;
};
// Whether a syslog program is sendmail under one of its names: sendmail, sm-mta, sm-msp-queue.
bool is_sendmail(std::string_view program);
// Takes "ID: " off the message.
void take_sendmail_id(SendmailLine& line);

// "name [192.0.2.1] (may be forged)"
struct SendmailPeer {
  std::string_view name, address;
  bool is_forged = false;  // name and address do not agree
};
SendmailPeer parse_sendmail_peer(std::string_view text);
// "1+02:03:04" in seconds; negative when it is none.
std::int64_t sendmail_seconds(std::string_view text);

class SendmailMessages {
 public:
  SendmailMessages(MailRows& rows, RecordSink& sink, std::size_t capacity = kMaxSendmailMessages)
      : rows_(rows), sink_(sink), messages_(capacity), handshakes_(kMaxSendmailHandshakes) {}

  enum class Fate : std::uint8_t { used, blank, refused };
  Fate take(const SendmailLine& line);
  void finish();

 private:
  struct Handshake {
    std::string peer;
    TlsFacts tls;
    std::string auth_user, auth_method;
  };

  MailMessage& of_line(const SendmailLine& line, std::string_view id);
  MailMessage& of_line(const SendmailLine& line) { return of_line(line, line.id); }
  Handshake& handshake_of(const SendmailLine& line);
  Fate take_from(const SendmailLine& line);
  Fate take_to(const SendmailLine& line);
  void write_attempt(const SendmailLine& line, MailMessage& message, std::string_view recipient,
                     std::string_view rest, std::string_view stat, bool is_whole);
  bool take_refusal(const SendmailLine& line);
  bool take_secured(const SendmailLine& line);
  bool take_notice(const SendmailLine& line);
  bool take_event(const SendmailLine& line);
  bool take_daemon(const SendmailLine& line);
  void write_refusal(const SendmailLine& line, const SendmailPeer& peer, std::string_view action,
                     std::string_view step, std::string_view recipient, std::string_view text);
  void write_last_state(const MailMessage& message);

  MailRows& rows_;
  RecordSink& sink_;
  BoundedTable<MailMessage> messages_;
  BoundedTable<Handshake> handshakes_;  // by process
};

}  // namespace assay
