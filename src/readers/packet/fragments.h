// Puts IP fragments together (RFC 791 section 3.2, RFC 8200 section 4.5), within bounds.
//
// Fragments belong together by source, destination, protocol and identification. Where two overlap,
// the one that begins first in the datagram stands, and the overlap is noted. They share one
// fate. A datagram that stays incomplete is handed on as far as it is whole from its beginning: the
// question of a DNS message stands in the first fragment.
#pragma once

#include <functional>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "readers/packet/ends_hash.h"
#include "readers/packet/ip_packet.h"
#include "readers/packet/ledger.h"

namespace assay {

inline constexpr std::size_t kMaxOpenDatagrams = 4096;
inline constexpr std::size_t kMaxFragmentBytes = 16 << 20;
inline constexpr std::size_t kMaxFragmentsPerDatagram = 1024;
inline constexpr std::int64_t kMaxFragmentAgeUs = 30 * kMicrosPerSecond;
inline constexpr std::uint32_t kMaxDatagramBytes = 65'535;

class FragmentTable {
 public:
  // Gets the datagram (no longer a fragment; is_cut when incomplete), its unit, and in how many
  // tunnels it lay.
  using Deliver = std::function<PacketOutcome(IpPacket& packet, Unit& unit, int depth)>;

  FragmentTable(RecordSink& sink, Ledger& ledger, Deliver deliver)
      : sink_(sink),
        ledger_(ledger),
        deliver_(std::move(deliver)),
        index_(0, KeyHash{EndsHash(sink)}) {}

  // Takes a fragment that lay in `depth` tunnels; its packet is settled with its datagram. A
  // datagram may hold a tunnel with a fragment of another, so this is entered again from within
  // Deliver, at most once for each tunnel.
  PacketOutcome add(const IpPacket& fragment, Unit& unit, int depth);
  // Hands on what is incomplete. Call once at the end.
  void finish();

 private:
  struct Key {
    IpAddress source, destination;
    std::uint32_t id = 0;
    std::uint8_t protocol = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    EndsHash hash;
    std::size_t operator()(const Key& key) const {
      return hash.of({key.source, key.destination}, std::uint64_t{key.protocol} << 32 | key.id);
    }
  };
  struct Piece {
    std::uint32_t offset = 0;
    std::string bytes;
  };
  struct Datagram {
    Key key;
    PacketRef first;  // the packet with the beginning, or the first seen
    bool has_beginning = false;
    std::vector<Piece> pieces;  // by offset
    std::uint32_t total = 0;    // 0: the last fragment has not been seen
    std::uint32_t held = 0;     // bytes in pieces
    Ticket ticket = kNoTicket;
    int depth = 0;  // the most tunnels that a fragment lay in
  };
  using Position = std::list<Datagram>::iterator;

  bool keep(Datagram& datagram, const IpPacket& fragment);
  static std::string assemble(const Datagram& datagram);
  void complete(Position position);
  void expire(std::int64_t now_us);

  RecordSink& sink_;
  Ledger& ledger_;
  Deliver deliver_;
  std::list<Datagram> datagrams_;  // oldest first
  std::unordered_map<Key, Position, KeyHash> index_;
  std::size_t bytes_ = 0;
  bool is_delivering_ = false;
};

}  // namespace assay
