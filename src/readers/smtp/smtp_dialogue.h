// One SMTP session: which reply answers which command, where content begins and ends, and from
// where on nothing can be read.
//
// Commands may come in groups (RFC 2920), so they wait in line for their replies. Where bytes are
// missing the line is no longer sure: a reply then answers a command only where nothing else is
// possible, and a command whose reply is not sure has none.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "readers/packet/tcp_pair.h"
#include "readers/smtp/smtp_transaction.h"

namespace assay {

inline constexpr std::size_t kMaxPendingCommands = 1'000;
inline constexpr std::size_t kMaxStalledBytes = 64 << 10;
inline constexpr std::size_t kMaxAuthTries = 16;  // that are kept

class SmtpDialogue {
 public:
  // Gets each transaction when it is over.
  using Write = std::function<void(const SmtpTransaction&)>;
  // `has_beginning`: the connection was seen from its first packet on.
  SmtpDialogue(bool has_beginning, Write write);

  void take(const PairBytes& bytes);
  // A packet of the server was seen: without any, only half of the dialogue was captured.
  void see_server() { is_server_seen_ = true; }
  // `is_closed`: the connection was seen to end.
  void finish(bool is_closed);
  const SmtpSession& session() const { return session_; }
  bool is_smtp() const { return is_smtp_; }
  bool has_bytes() const { return has_bytes_; }
  std::size_t held_bytes() const;

 private:
  using Shared = std::shared_ptr<SmtpTransaction>;
  struct Pending {
    SmtpVerb verb = SmtpVerb::other;
    bool has_end = false;   // the banner answers no bytes
    std::uint32_t end = 0;  // place behind it in the client's stream
    Shared transaction;
    std::size_t recipient = 0;  // of RCPT; kMaxSmtpRecipients: one that is only counted
    bool is_last = false;       // of BDAT
    bool has_gap = false;       // its reply may be lost
    std::uint32_t gap_end = 0;  // then: where the gap ended in the server's stream
  };
  // Where bytes stand: `end` behind them.
  struct Place {
    std::uint32_t end = 0, acknowledged = 0;
    bool has_acknowledged = false;
    PacketRef packet;
  };
  struct Stalled {
    std::string bytes;  // empty: a gap
    std::uint64_t lost = 0;
    Place place;
  };
  enum class State : std::uint8_t { command, credentials, data, chunk, stalled, tls };

  void take_client(std::string_view text, const Place& place);
  void take_server(std::string_view text, const Place& place);
  void lose_client(std::uint64_t lost, const Place& place);
  void lose_server(const Place& place);
  void read_client(std::string_view text, const Place& place);
  void read_command(std::string_view& text, const Place& place);
  void read_chunk(std::string_view& text);
  void obey(const SmtpCommand& command, const Place& place);
  void open_transaction(const PacketRef& packet);
  void add_recipient(const SmtpCommand& command, Pending& pending);
  void push(Pending pending, const Place& place);
  void stall(SmtpVerb verb);
  void stall_over(State state);
  void guess();
  void begin_content();
  void begin_chunk(const SmtpCommand& command);
  void end_chunk();
  void close_current();
  void begin_tls(SmtpEnd end, const PacketRef& packet);

  void reply(const SmtpReply& reply, const Place& place);
  bool find_answered(const SmtpReply& reply, const Place& place);
  void answer(const Pending& pending, const SmtpReply& reply, const PacketRef& packet);
  void answer_mail(const Pending& pending, const SmtpReply& reply, const PacketRef& packet);
  void answer_secret(SmtpVerb verb, const SmtpReply& reply, const PacketRef& packet);
  void settle_unanswered(std::size_t count);
  void leave_content();
  void release(const Shared& transaction);
  void write(const SmtpTransaction& transaction);

  Write write_;
  SmtpSession session_;
  State state_ = State::command;
  SmtpVerb stalled_for_ = SmtpVerb::other;
  SmtpLines client_lines_, server_lines_;
  SmtpReply reply_;  // the lines so far of one that is not whole
  std::deque<Pending> pending_;
  std::deque<Stalled> stalled_;
  std::size_t stalled_bytes_ = 0;
  std::size_t kept_bytes_ = 0;  // of transactions
  Shared current_;              // the one that is open
  std::uint64_t chunk_left_ = 0;
  bool is_last_chunk_ = false;
  std::size_t stray_ = 0;     // replies since the line became doubtful
  bool is_doubtful_ = false;  // unseen commands or replies stand in the line
  bool is_in_step_ = true;    // false: what the client says is nothing until a known command
  bool may_guess_ = false;    // the reply that is waited for was lost
  bool is_server_seen_ = false, is_smtp_ = false, has_bytes_ = false, has_beginning_ = false;
};

}  // namespace assay
