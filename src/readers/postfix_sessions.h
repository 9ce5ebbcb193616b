// Connections that clients made to Postfix, from "connect from" to "disconnect from", joined by
// the process that served them; those that postscreen turned over in its hand, by the client's
// port. Each becomes one record of kind `service`, with mail or without.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "readers/bounded_table.h"
#include "readers/postfix_line.h"
#include "readers/postfix_queue.h"

namespace assay {

inline constexpr std::size_t kMaxOpenSessions = 8'192;
inline constexpr std::size_t kMaxSessionEvents = 16;
inline constexpr std::size_t kMaxSessionEventText = 512;
// smtpd gives a silent client 5 minutes (smtpd_timeout); process numbers come again.
inline constexpr std::int64_t kMaxSessionIdleUs = 3'600 * kMicrosPerSecond;

class PostfixSessions {
 public:
  PostfixSessions(MailRows& rows, RecordSink& sink)
      : rows_(rows), sink_(sink), sessions_(kMaxOpenSessions), screened_(kMaxOpenSessions) {}

  // smtpd's lines about a connection. False when the line is about none.
  bool take(const PostfixLine& line, bool& is_refused);
  // postscreen's.
  bool take_screened(const PostfixLine& line);
  // The client that a line's peer is, with what its session told so far.
  MailClient& client_of(const PostfixLine& line, const MailPeer& peer);
  void finish();

 private:
  struct Session {
    std::string host, program, command;
    MailPlace first, last;
    MailClient client;
    std::string address;
    std::uint64_t server = 0;  // postscreen tells it
    std::uint16_t server_port = 0;
    std::vector<std::string> events;
  };

  Session& open(BoundedTable<Session>& table, const std::string& key, const PostfixLine& line,
                const MailPeer& peer);
  void add_event(Session& session, std::string_view text);
  bool take_unverified(const PostfixLine& line);
  void write(const Session& session);
  static std::string key_of(const PostfixLine& line);

  MailRows& rows_;
  RecordSink& sink_;
  BoundedTable<Session> sessions_, screened_;
  // "warning: hostname X does not resolve to address Y" stands before "connect from".
  std::string unverified_name_, unverified_address_;
};

}  // namespace assay
