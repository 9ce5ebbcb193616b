#include "readers/packet/tcp_pair.h"

#include <algorithm>

namespace assay {
namespace {

std::int32_t step(std::uint32_t from, std::uint32_t to) {
  return static_cast<std::int32_t>(to - from);
}
bool is_near(std::int32_t step) {
  return step <= std::int32_t{kMaxPairStep} && step >= -std::int32_t{kMaxPairStep};
}
std::uint32_t begin_of(const PairSegment& segment) {
  return segment.sequence + (segment.is_syn ? 1 : 0);
}

}  // namespace

// Where the streams stand, from the first packets seen.
void TcpPair::learn(const PairSegment& segment) {
  Half& own = half(segment.side);
  Half& peer = half(other_side(segment.side));
  own.is_seen = true;
  if (!own.is_known) {
    own.is_known = true;
    own.next = begin_of(segment);
  }
  if (!peer.is_known && segment.has_acknowledged) {
    peer.is_known = true;
    peer.next = segment.acknowledged;
  }
}

// Whether all that it follows upon has gone before. One acknowledged byte too many is the FIN.
bool TcpPair::may_go(const PairSegment& segment) {
  const Half& own = half(segment.side);
  const Half& peer = half(other_side(segment.side));
  if (step(own.next, begin_of(segment)) > 0) return false;
  if (!segment.has_acknowledged || !peer.is_known || !peer.is_seen) return true;
  const std::int32_t ahead = step(peer.next, segment.acknowledged);
  return ahead <= 1 || !is_near(ahead);
}

void TcpPair::lose(Side side, std::uint32_t up_to, const PacketRef& packet, const Take& take) {
  Half& own = half(side);
  PairBytes gap;
  gap.side = side;
  gap.begin = own.next;
  gap.lost = up_to - own.next;
  gap.packet = packet;
  own.next = up_to;
  take(gap);
}

void TcpPair::deliver(const PairSegment& segment, const Take& take) {
  Half& own = half(segment.side);
  const std::int32_t ahead = step(own.next, begin_of(segment));
  const auto seen = static_cast<std::size_t>(std::max(-ahead, 0));
  const std::size_t size = segment.payload.size();
  if (size + segment.missing > 0 && seen >= size + segment.missing) ++repeated_;
  if (seen < size) {
    PairBytes bytes;
    bytes.side = segment.side;
    bytes.bytes = segment.payload.subspan(seen);
    bytes.begin = own.next;
    bytes.acknowledged = segment.acknowledged;
    bytes.has_acknowledged = segment.has_acknowledged;
    bytes.packet = segment.packet;
    own.next += static_cast<std::uint32_t>(bytes.bytes.size());
    take(bytes);
  }
  const std::uint32_t end = begin_of(segment) + static_cast<std::uint32_t>(size) + segment.missing;
  if (step(own.next, end) > 0) lose(segment.side, end, segment.packet, take);
  if (segment.is_fin && own.next == end) ++own.next;
}

void TcpPair::pump(const Take& take) {
  for (bool is_moving = true; is_moving && !held_.empty();) {
    is_moving = false;
    for (std::size_t i = 0; i < held_.size(); ++i) {
      if (!may_go(held_[i].segment)) continue;
      const Held held = std::move(held_[i]);
      held_.erase(held_.begin() + static_cast<long>(i));
      blocked_bytes_ -= held.bytes.size();
      PairSegment segment = held.segment;
      segment.payload = {reinterpret_cast<const std::uint8_t*>(held.bytes.data()),
                         held.bytes.size()};
      deliver(segment, take);
      is_moving = true;
      break;
    }
  }
}

// Of the segment that waits for longest, what it waits for. Precondition: one waits.
void TcpPair::give_up_one(const Take& take) {
  const PairSegment& first = held_.front().segment;
  Half& own = half(first.side);
  const std::uint32_t begin = begin_of(first);
  const bool is_own = step(own.next, begin) > 0;
  const Side side = is_own ? first.side : other_side(first.side);
  std::uint32_t up_to = is_own ? begin : first.acknowledged;
  for (const Held& held : held_) {  // no farther than to what is there
    const std::uint32_t at = begin_of(held.segment);
    const bool is_there = held.segment.side == side && step(half(side).next, at) >= 0;
    if (is_there && step(at, up_to) > 0) up_to = at;
  }
  if (step(half(side).next, up_to) > 0) {
    const PacketRef packet = first.packet;
    lose(side, up_to, packet, take);
  } else {
    // Two that each acknowledge the other: no order is right, so the first one goes first.
    Held held = std::move(held_.front());
    held_.erase(held_.begin());
    blocked_bytes_ -= held.bytes.size();
    held.segment.payload = {reinterpret_cast<const std::uint8_t*>(held.bytes.data()),
                            held.bytes.size()};
    deliver(held.segment, take);
  }
  pump(take);
}

void TcpPair::segment(const PairSegment& segment, const Take& take) {
  learn(segment);
  Half& own = half(segment.side);
  const std::int64_t now_us = segment.packet.time_us;
  while (!held_.empty() && blocked_since_us_ + kMaxBlockedUs < now_us) give_up_one(take);
  if (!is_near(step(own.next, begin_of(segment)))) {
    // Another connection, or a sender out of its mind: go on from here.
    while (!held_.empty()) give_up_one(take);
    PairBytes gap;
    gap.side = segment.side;
    gap.lost = 1;  // how many is anybody's guess
    gap.packet = segment.packet;
    own.next = gap.begin = begin_of(segment);
    take(gap);
  }
  if (may_go(segment)) {
    deliver(segment, take);
    return pump(take);
  }
  if (segment.payload.empty() && segment.missing == 0 && !segment.is_fin) {
    // A bare acknowledgement of what was not captured: only who waits already need know.
    if (step(own.next, begin_of(segment)) > 0) return;
  }
  if (held_.empty()) blocked_since_us_ = now_us;
  held_.push_back(
      {segment, {reinterpret_cast<const char*>(segment.payload.data()), segment.payload.size()}});
  held_.back().segment.payload = {};
  blocked_bytes_ += segment.payload.size();
  while (blocked_bytes_ > kMaxBlockedBytes || held_.size() > kMaxBlockedSegments) give_up_one(take);
}

void TcpPair::finish(const Take& take) {
  while (!held_.empty()) give_up_one(take);
}

}  // namespace assay
