// Flows: the packets of one pair of ends, both ways, until they close, fall silent, or the table is
// full.
#pragma once

#include <list>
#include <string>
#include <unordered_map>

#include "assay/reader.h"
#include "readers/packet/ends_hash.h"
#include "readers/packet/packet.h"

namespace assay {

inline constexpr std::size_t kMaxOpenFlows = 1 << 16;
inline constexpr std::int64_t kMaxTcpSilenceUs = 300 * kMicrosPerSecond;
inline constexpr std::int64_t kMaxUdpSilenceUs = 60 * kMicrosPerSecond;
inline constexpr std::size_t kFirstBytes = 64;  // of the payload, each way

// One packet of TCP or UDP.
struct FlowPacket {
  Endpoints ends;
  std::uint8_t protocol = 0;
  std::uint8_t tcp_flags = 0;
  std::uint64_t ip_bytes = 0;  // as the IP header announces
  Bytes payload;
  PacketRef packet;
};

class FlowTable {
 public:
  FlowTable(RecordSink& sink, std::int64_t skew_us)
      : sink_(sink), skew_us_(skew_us), index_(0, KeyHash{EndsHash(sink)}) {}
  void add(const FlowPacket& packet);
  // Sends off what is open. Call once at the end.
  void finish();

 private:
  struct Key {
    Endpoints ends;  // the lower end first
    std::uint8_t protocol = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    EndsHash hash;
    std::size_t operator()(const Key& key) const { return hash.of(key.ends, key.protocol); }
  };
  struct Way {
    std::uint64_t packets = 0, bytes = 0;
    std::uint8_t flags = 0;
    std::string first;
  };
  struct Flow {
    Key key;
    Endpoints ends;  // as the client sees them
    bool is_direction_known = false;
    PacketRef first;
    std::int64_t last_us = 0;
    Way sent, received;
  };
  using Position = std::list<Flow>::iterator;

  Position open(const Key& key, const FlowPacket& packet);
  void expire(std::int64_t now_us);
  void send(Position position);

  RecordSink& sink_;
  std::int64_t skew_us_;
  std::list<Flow> flows_;  // the one silent for longest first
  std::unordered_map<Key, Position, KeyHash> index_;
};

}  // namespace assay
