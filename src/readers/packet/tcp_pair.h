// Both directions of one TCP connection, put in order: each by its sequence numbers, and the two
// among themselves by what each end acknowledged. So a reply comes behind the command that it
// answers even where the capture has them the other way round.
//
// An acknowledgement of bytes that the capture lacks says that they were received: they are a gap
// as soon as kMaxBlockedUs or a bound has passed, whether or not more of that direction follows.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "assay/instant.h"
#include "readers/packet/packet.h"

namespace assay {

inline constexpr std::int64_t kMaxBlockedUs = kMicrosPerSecond;
inline constexpr std::size_t kMaxBlockedBytes = 256 << 10;  // of one connection
inline constexpr std::size_t kMaxBlockedSegments = 256;     // of one connection
inline constexpr std::uint32_t kMaxPairStep = 1 << 24;      // farther off: out of its mind

enum class Side : std::uint8_t { client, server };
inline Side other_side(Side side) { return side == Side::client ? Side::server : Side::client; }

struct PairSegment {
  Side side = Side::client;
  std::uint32_t sequence = 0, acknowledged = 0;
  bool has_acknowledged = false, is_syn = false, is_fin = false;
  Bytes payload;
  std::uint32_t missing = 0;  // bytes behind the payload that were sent and not captured
  PacketRef packet;
};

// Bytes of one side, in order. `begin` and `acknowledged` are places in the streams of this side
// and of the other one; they wrap around.
struct PairBytes {
  Side side = Side::client;
  Bytes bytes;  // empty: `lost` bytes of this side were not captured
  std::uint64_t lost = 0;
  std::uint32_t begin = 0, acknowledged = 0;
  bool has_acknowledged = false;
  PacketRef packet;  // the one that bears them; for a gap, the one behind it

  std::uint32_t end() const {
    return begin + static_cast<std::uint32_t>(bytes.empty() ? lost : bytes.size());
  }
};

class TcpPair {
 public:
  using Take = std::function<void(const PairBytes&)>;

  // `take` gets what came in order, during the call.
  void segment(const PairSegment& segment, const Take& take);
  // Gives up all that is missing. Call once at the end.
  void finish(const Take& take);
  std::size_t blocked_bytes() const { return blocked_bytes_; }
  std::uint64_t repeated() const { return repeated_; }

 private:
  struct Held {  // a segment that waits; its payload is `bytes`
    PairSegment segment;
    std::string bytes;
  };
  struct Half {
    bool is_known = false;  // where its stream stands
    bool is_seen = false;   // a packet of it was captured
    std::uint32_t next = 0;
  };

  Half& half(Side side) { return halves_[static_cast<std::size_t>(side)]; }
  void learn(const PairSegment& segment);
  bool may_go(const PairSegment& segment);
  void deliver(const PairSegment& segment, const Take& take);
  void lose(Side side, std::uint32_t up_to, const PacketRef& packet, const Take& take);
  void pump(const Take& take);
  void give_up_one(const Take& take);

  std::array<Half, 2> halves_;
  std::vector<Held> held_;  // as captured
  std::size_t blocked_bytes_ = 0;
  std::int64_t blocked_since_us_ = 0;
  std::uint64_t repeated_ = 0;
};

}  // namespace assay
