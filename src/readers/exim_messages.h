// The messages that Exim's main log tells of, joined by their ids, and the connections that ended
// without one.
#pragma once

#include <string>

#include "readers/bounded_table.h"
#include "readers/exim_line.h"
#include "readers/mail_message.h"

namespace assay {

inline constexpr std::size_t kMaxEximMessages = 32'768;
inline constexpr std::size_t kMaxEximConnections = 8'192;

// What became of a line, and why when it was refused.
struct EximFate {
  enum Kind : std::uint8_t { used, blank, refused } kind = used;
  std::string_view code, why;
};

class EximMessages {
 public:
  EximMessages(MailRows& rows, RecordSink& sink, std::size_t capacity = kMaxEximMessages)
      : rows_(rows), sink_(sink), messages_(capacity), connections_(kMaxEximConnections) {}

  EximFate take(const EximLine& line, const MailPlace& place);
  void finish();

 private:
  struct Connection {
    MailPlace first, last;
    std::string address;
    std::uint16_t port = 0;
  };

  MailMessage& of_line(const EximLine& line, const MailPlace& place);
  void take_arrival(const EximLine& line, const MailPlace& place);
  EximFate take_delivery(const EximLine& line, const MailPlace& place, std::string_view arrow);
  void write_attempt(const MailPlace& place, MailMessage& message, const EximRecipient& to,
                     const EximItems& items, std::string_view status, std::string_view text);
  void write_refusal(const EximLine& line, const MailPlace& place, const EximItems& items,
                     std::string_view action, std::string_view rest);
  bool take_refusal(const EximLine& line, const MailPlace& place);
  bool take_contact(const EximLine& line, const MailPlace& place);
  bool take_connection(const EximLine& line, const MailPlace& place);
  void write_connection(const EximHost& host, const EximHost& interface, const MailPlace& first,
                        const MailPlace& last, std::string_view text);
  void write_open(const Connection& opened);
  bool take_daemon(const EximLine& line, const MailPlace& place);
  bool take_end(const EximLine& line, const MailPlace& place);
  void write_last_state(const MailMessage& message);

  MailRows& rows_;
  RecordSink& sink_;
  BoundedTable<MailMessage> messages_;
  BoundedTable<Connection> connections_;
};

}  // namespace assay
