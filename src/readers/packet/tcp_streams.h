// DNS over TCP (RFC 1035 section 4.2.2, RFC 7766): puts segments in order and cuts the stream into
// its length-prefixed messages, within bounds.
//
// Each direction of a connection is a stream of its own. In the ordinary case, a segment in order
// that holds whole messages, nothing is copied. A stream whose beginning was not captured, or which
// lost segments, is taken up again only at a segment that begins like a message; what lies between
// is refused, packet by packet.
#pragma once

#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "readers/packet/dns_rows.h"
#include "readers/packet/ends_hash.h"
#include "readers/packet/ledger.h"

namespace assay {

inline constexpr std::size_t kMaxTcpStreams = 1 << 16;
inline constexpr std::size_t kMaxTcpBytes = 64 << 20;  // waiting, over all streams
// What a waiting segment costs beside its bytes, with its packets in the ledger: a flood of
// segments of one byte took 330 bytes of memory each.
inline constexpr std::size_t kHeldSegmentBytes = 320;
inline constexpr std::size_t kMaxAheadBytes = 256 << 10;  // of one stream, behind a hole
inline constexpr std::size_t kMaxAheadSegments = 128;     // of one stream, behind a hole
inline constexpr std::int64_t kMaxHoleUs = 5 * kMicrosPerSecond;
inline constexpr std::int64_t kMaxStreamIdleUs = 300 * kMicrosPerSecond;
inline constexpr std::size_t kMaxClosedStreams = 1 << 16;
inline constexpr std::int64_t kMaxClosedUs = 60 * kMicrosPerSecond;
inline constexpr std::uint32_t kMaxSequenceStep = 1 << 24;  // farther off: another connection

struct TcpSegment {
  Endpoints ends;
  PortUse use = PortUse::dns;
  std::uint32_t sequence = 0;
  bool is_syn = false;
  bool is_closing = false;  // FIN or RST
  Bytes payload;
  std::uint32_t missing = 0;  // bytes behind the payload that were sent and not captured
};

// False: not a readable TCP header. Of the ends only the ports are set.
bool parse_tcp(Bytes bytes, TcpSegment& segment);

class TcpStreams {
 public:
  TcpStreams(RecordSink& sink, Ledger& ledger, DnsRows& rows, std::size_t most_bytes = kMaxTcpBytes)
      : sink_(sink),
        ledger_(ledger),
        rows_(rows),
        most_bytes_(most_bytes),
        index_(0, EndsHash(sink)),
        closed_(0, EndsHash(sink)) {}

  PacketOutcome segment(const TcpSegment& segment, Unit& unit);
  // Gives up on what is incomplete. Call once at the end.
  void finish();

 private:
  struct Piece {  // bytes of one packet in a stream's buffer, up to `end`
    std::size_t end = 0;
    PacketRef packet;
    Ticket ticket = kNoTicket;
  };
  struct Ahead {  // a segment behind a hole
    std::uint32_t sequence = 0;
    std::string bytes;
    std::uint32_t missing = 0;
    Unit unit;
  };
  struct Stream {
    Endpoints ends;
    PortUse use = PortUse::dns;
    std::uint32_t first_sequence = 0;
    std::uint32_t next_sequence = 0;
    bool is_in_step = false;  // the next byte begins a message, or continues the one in `buffer`
    bool is_sure = false;     // that it is in step: from the SYN on, or for a message that was read
    bool is_rest_used = false;  // what became of the message that `rest` belongs to
    std::uint32_t rest = 0;     // bytes to come of a message that was handed on without them
    std::string buffer;
    std::vector<Piece> pieces;
    std::vector<Ahead> ahead;
    std::size_t ahead_bytes = 0;
    std::int64_t hole_since_us = 0;
    std::int64_t last_us = 0;
  };
  using Position = std::list<Stream>::iterator;
  // What a closed stream held, so that its last segments, sent once more, open no new one.
  struct Closed {
    std::uint32_t first_sequence = 0, next_sequence = 0;
    std::int64_t last_us = 0;
  };

  Stream* find_or_create(const TcpSegment& segment, const Unit& unit);
  bool is_of_closed(const TcpSegment& segment, std::int64_t now_us) const;
  void remember_closed(const Stream& stream);
  PacketOutcome accept(Stream& stream, Bytes data, std::uint32_t missing, Unit& unit);
  void give_up_missing(Stream& stream, std::uint32_t missing);
  static PacketOutcome take_rest(Stream& stream, Bytes& data, std::uint32_t& missing);
  static void lose_step(Stream& stream);
  PacketOutcome read_messages(Stream& stream, Bytes& data, const PacketRef& packet);
  void read_buffer(Stream& stream);
  PacketOutcome hand_on(Stream& stream, Bytes message, const PacketRef& packet,
                        bool is_cut = false);
  PacketOutcome put_ahead(Stream& stream, const TcpSegment& segment, Unit& unit);
  void drain_ahead(Stream& stream);
  void skip_hole(Stream& stream);
  void drop_front(Stream& stream, std::size_t bytes, const PacketOutcome& outcome);
  void drop_buffer(Stream& stream, const PacketOutcome& outcome);
  void close(Position position);
  void expire(std::int64_t now_us);

  RecordSink& sink_;
  Ledger& ledger_;
  DnsRows& rows_;
  std::size_t most_bytes_;
  std::list<Stream> streams_;  // longest untouched first
  std::unordered_map<Endpoints, Position, EndsHash> index_;
  std::unordered_map<Endpoints, Closed, EndsHash> closed_;
  std::size_t bytes_ = 0;
};

}  // namespace assay
