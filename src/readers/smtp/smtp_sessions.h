// The SMTP sessions of a capture, until they close, fall silent, or the table is full.
#pragma once

#include <list>
#include <unordered_map>

#include "assay/reader.h"
#include "readers/packet/tcp_pair.h"
#include "readers/smtp/smtp_dialogue.h"
#include "readers/smtp/smtp_ports.h"
#include "readers/smtp/smtp_rows.h"

namespace assay {

inline constexpr std::size_t kMaxSmtpSessions = 1 << 14;
inline constexpr std::size_t kMaxSmtpBytes = 64 << 20;  // held, over all sessions
inline constexpr std::int64_t kMaxSmtpSilenceUs = 600 * kMicrosPerSecond;
inline constexpr std::int64_t kMaxSmtpClosedUs = 5 * kMicrosPerSecond;  // late segments may come

struct SmtpPacket {
  Endpoints ends;
  PairSegment segment;  // without its side
  bool is_reset = false;
};

class SmtpSessions {
 public:
  SmtpSessions(RecordSink& sink, std::int64_t skew_us) : sink_(sink), rows_(sink, skew_us) {}
  // False: the packet belongs to no session, and is to be settled by the caller. A session's
  // packets are settled when it ends.
  bool add(const SmtpPacket& packet);
  // Ends what is open. Call once at the end.
  void finish();

 private:
  struct EndsHash {
    std::size_t operator()(const Endpoints& ends) const;
  };
  struct Session {
    Endpoints key;  // the lower end first
    SmtpConnection connection;
    TcpPair pair;
    SmtpDialogue dialogue;
    std::int64_t last_us = 0;  // as the packets come
    std::uint64_t packets = 0;
    std::uint32_t syn_sequence = 0;  // of the client, when is_from_syn
    bool is_from_syn = false;
    std::size_t held_bytes = 0;
    bool is_closing = false, has_client_fin = false, has_server_fin = false;

    Session(bool has_beginning, SmtpDialogue::Write write)
        : dialogue(has_beginning, std::move(write)) {}
  };
  using List = std::list<Session>;

  List::iterator open(const Endpoints& key, const SmtpPacket& packet);
  void take(Session& session, const SmtpPacket& packet);
  void expire(std::int64_t now_us);
  void end(List& list, List::iterator session);

  RecordSink& sink_;
  SmtpRows rows_;
  List open_, closing_;  // the one silent for longest first
  std::unordered_map<Endpoints, List::iterator, EndsHash> index_;
  std::size_t held_bytes_ = 0;
};

}  // namespace assay
