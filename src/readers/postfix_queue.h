// The messages in Postfix's queues, as far as a log told of them: lines of many daemons, joined by
// the queue id. Each attempt at a recipient becomes a record where its line stands, with what was
// known by then.
#pragma once

#include <string>

#include "readers/bounded_table.h"
#include "readers/mail_message.h"
#include "readers/postfix_line.h"
#include "readers/syslog_line.h"

namespace assay {

// Beyond these the message touched longest ago is written as it stands (note postfix.pending_full).
inline constexpr std::size_t kMaxMailMessages = 32'768;
// Messages that left the queue, for lines that a busy syslog wrote late.
inline constexpr std::size_t kMaxRemovedMessages = 4'096;
inline constexpr std::size_t kMaxRelayHandshakes = 4'096;
// A line so long after the last one of its queue id is about another message. Postfix gives up
// after 5 days unless told otherwise (maximal_queue_lifetime).
inline constexpr std::int64_t kMaxQueueDays = 40;

// A line of Postfix, dated.
struct PostfixLine {
  const SyslogLine* syslog = nullptr;
  MailPlace place;
  std::string_view queue_id;  // empty: none, or NOQUEUE
  std::string_view message;   // behind the queue id
};

class PostfixQueue {
 public:
  PostfixQueue(MailRows& rows, RecordSink& sink, std::size_t capacity = kMaxMailMessages)
      : rows_(rows),
        sink_(sink),
        messages_(capacity),
        removed_(kMaxRemovedMessages),
        handshakes_(kMaxRelayHandshakes) {}

  // The message that a line is about, begun when nothing was known of it.
  MailMessage& of_line(const PostfixLine& line);
  // The same for a line that only a new message has (smtpd, pickup): what stood under its id
  // before is written, unless it still waits for just this line.
  MailMessage& begin(const PostfixLine& line);
  // cleanup's line with a message id.
  void take_message_id(const PostfixLine& line, std::string_view id);
  // The queue manager's lines. False when the line is none of them.
  bool take_manager(const PostfixLine& line);
  // A delivery agent's line: an attempt, TLS, a host met. False when it is none of them.
  bool take_agent(const PostfixLine& line, bool& is_refused);
  // bounce's "sender non-delivery notification: ID". False when the line is none.
  bool take_bounce(const PostfixLine& line);
  void write_verdict(const PostfixLine& line, const PostfixVerdict& verdict,
                     const MailClient& client);
  void finish();

 private:
  std::string key_of(const PostfixLine& line, std::string_view id) const;
  void write_attempt(const PostfixLine& line, const PostfixDelivery& delivery);
  void write_contact(const PostfixLine& line, const MailPeer& peer);
  void write_expiry(const PostfixLine& line, MailMessage& message);
  void forget(const std::string& key, std::string_view id);
  void write_last_state(const MailMessage& message);
  void link(const PostfixLine& line, std::string_view next, std::string_view previous);

  MailRows& rows_;
  RecordSink& sink_;
  BoundedTable<MailMessage> messages_, removed_;
  struct Handshake {
    std::string peer;
    TlsFacts tls;
  };
  BoundedTable<Handshake> handshakes_;  // by process
};

TlsFacts tls_facts(const PostfixTls& tls);

}  // namespace assay
