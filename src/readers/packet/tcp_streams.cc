#include "readers/packet/tcp_streams.h"

#include <algorithm>

#include "readers/byte_order.h"

namespace assay {
namespace {

constexpr std::size_t kTcpBytes = 20;
constexpr std::size_t kPrefixBytes = 2;
constexpr std::size_t kSmallestMessage = kDnsHeaderBytes;

constexpr std::string_view kGapCode = "pcap.tcp.gap";
constexpr std::string_view kGapWhy = "a segment of this DNS message was not captured";
constexpr std::string_view kCutCode = "pcap.tcp.cut";
constexpr std::string_view kCutWhy =
    "the capture cut this segment short, and what it holds of a DNS message cannot be read";
constexpr std::string_view kStepCode = "pcap.tcp.out_of_step";
constexpr std::string_view kStepWhy =
    "the stream's beginning or a part of it was not captured, and no message begins here";

Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Whether a DNS message with its length may begin here, judged by what there is of it.
bool may_begin_message(Bytes data) {
  if (data.size() < kPrefixBytes) return false;
  const std::size_t length = be16(data.data());
  if (length < kSmallestMessage) return false;
  if (data.size() == kPrefixBytes) return true;  // some hosts send the length by itself
  const Bytes head = data.subspan(kPrefixBytes, std::min(length, data.size() - kPrefixBytes));
  if (head.size() < kDnsHeaderBytes) return false;
  const unsigned opcode = (head[2] >> 3) & 15;
  const unsigned questions = be16(head.data() + 4);
  if (opcode > 6 || opcode == 3 || questions > 1) return false;
  if (questions == 0) return (head[2] & 0x80) != 0 && be16(head.data() + 6) > 0;
  std::size_t next = 0;
  return !skip_name(head, kDnsHeaderBytes, next) && next + 4 <= head.size();
}

}  // namespace

bool parse_tcp(Bytes bytes, TcpSegment& segment) {
  if (bytes.size() < kTcpBytes) return false;
  const std::size_t header = (bytes[12] >> 4) * 4u;
  if (header < kTcpBytes || header > bytes.size()) return false;
  segment.ends.source_port = be16(bytes.data());
  segment.ends.destination_port = be16(bytes.data() + 2);
  segment.use = use_of_ports(segment.ends.source_port, segment.ends.destination_port);
  segment.sequence = be32(bytes.data() + 4);
  segment.is_syn = (bytes[13] & 0x02) != 0;
  segment.is_closing = (bytes[13] & 0x05) != 0;
  segment.payload = bytes.subspan(header);
  return true;
}

TcpStreams::Stream* TcpStreams::find_or_create(const TcpSegment& segment, const Unit& unit) {
  auto found = index_.find(segment.ends);
  if (found != index_.end() && segment.is_syn &&
      found->second->next_sequence != segment.sequence + 1) {
    close(found->second);  // the ports are used anew
    found = index_.end();
  }
  if (found == index_.end()) {
    if (segment.payload.empty() && segment.missing == 0 && !segment.is_syn) return nullptr;
    if (!segment.is_syn && is_of_closed(segment, unit.packet.time_us)) {
      sink_.note("pcap.tcp_repeated", "segments whose bytes had been seen already");
      return nullptr;
    }
    if (segment.use == PortUse::other) {
      // Elsewhere than on port 53, only a segment that is one whole message opens a stream.
      const Bytes data = segment.payload;
      if (std::min(segment.ends.source_port, segment.ends.destination_port) < kFirstOtherPort ||
          data.size() <= kPrefixBytes || be16(data.data()) != data.size() - kPrefixBytes ||
          !rows_.is_plausible_anywhere(data.subspan(kPrefixBytes))) {
        return nullptr;
      }
    }
    Stream stream;
    stream.ends = segment.ends;
    stream.use = segment.use;
    stream.next_sequence = segment.sequence + (segment.is_syn ? 1 : 0);
    stream.first_sequence = stream.next_sequence;
    stream.is_in_step = stream.is_sure = segment.is_syn;
    streams_.push_back(std::move(stream));
    found = index_.emplace(segment.ends, std::prev(streams_.end())).first;
  }
  streams_.splice(streams_.end(), streams_, found->second);
  found->second->last_us = unit.packet.time_us;
  return &*found->second;
}

bool TcpStreams::is_of_closed(const TcpSegment& segment, std::int64_t now_us) const {
  if (closed_.empty()) return false;
  const auto found = closed_.find(segment.ends);
  if (found == closed_.end() || found->second.last_us + kMaxClosedUs < now_us) return false;
  const Closed& closed = found->second;
  const std::uint32_t held = closed.next_sequence - closed.first_sequence;
  const std::uint32_t begin = segment.sequence - closed.first_sequence;
  const auto size = static_cast<std::uint32_t>(segment.payload.size() + segment.missing);
  return begin < held && size <= held - begin;
}

void TcpStreams::remember_closed(const Stream& stream) {
  if (stream.next_sequence == stream.first_sequence) return;
  // Forgetting all at once costs no list to keep, and at worst a look-up seen twice.
  if (closed_.size() >= kMaxClosedStreams) closed_.clear();
  closed_[stream.ends] = {stream.first_sequence, stream.next_sequence, stream.last_us};
}

PacketOutcome TcpStreams::segment(const TcpSegment& segment, Unit& unit) {
  expire(unit.packet.time_us);
  Stream* stream = find_or_create(segment, unit);
  if (stream == nullptr) return PacketOutcome::blank();
  if (!stream->ahead.empty() && stream->hole_since_us + kMaxHoleUs < unit.packet.time_us) {
    skip_hole(*stream);
  }
  PacketOutcome outcome;
  if (!segment.payload.empty() || segment.missing > 0) {
    const std::uint32_t begin = segment.sequence + (segment.is_syn ? 1 : 0);
    auto step = static_cast<std::int32_t>(begin - stream->next_sequence);
    if (step > std::int32_t{kMaxSequenceStep} || step < -std::int32_t{kMaxSequenceStep}) {
      while (!stream->ahead.empty()) skip_hole(*stream);
      drop_buffer(*stream, PacketOutcome::refused(kGapCode, kGapWhy, as_bytes(stream->buffer)));
      stream->first_sequence = stream->next_sequence = begin;
      lose_step(*stream);
      step = 0;
    }
    const auto known = static_cast<std::size_t>(std::max(-step, 0));
    if (known >= segment.payload.size() + segment.missing) {
      sink_.note("pcap.tcp_repeated", "segments whose bytes had been seen already");
    } else if (step > 0) {
      outcome = put_ahead(*stream, segment, unit);
    } else {
      const std::size_t seen = std::min(known, segment.payload.size());
      outcome = accept(*stream, segment.payload.subspan(seen),
                       segment.missing - static_cast<std::uint32_t>(known - seen), unit);
      drain_ahead(*stream);
    }
  }
  if (segment.is_closing && stream->buffer.empty() && stream->ahead.empty()) {
    remember_closed(*stream);
    close(index_.find(segment.ends)->second);
  }
  return outcome;
}

void TcpStreams::lose_step(Stream& stream) {
  stream.is_in_step = stream.is_sure = false;
  stream.rest = 0;
}

// A message that cannot be read leaves a stream in step when its length led to its end for sure.
PacketOutcome TcpStreams::hand_on(Stream& stream, Bytes message, const PacketRef& packet,
                                  bool is_cut) {
  MessageContext context;
  context.ends = stream.ends;
  context.packet = packet;
  context.use = stream.use;
  context.is_tcp = true;
  context.is_cut = is_cut;
  context.may_wait = false;
  const PacketOutcome outcome = rows_.message(context, message);
  if (outcome.fate == Fate::used) stream.is_sure = true;
  if (outcome.fate == Fate::rejected && !stream.is_sure) stream.is_in_step = false;
  return outcome;
}

// Takes whole messages off the front of `data`; stops out of step, or at an incomplete one.
PacketOutcome TcpStreams::read_messages(Stream& stream, Bytes& data, const PacketRef& packet) {
  PacketOutcome outcome;
  while (stream.is_in_step && data.size() >= kPrefixBytes) {
    const std::size_t length = be16(data.data());
    if (length < kSmallestMessage) {
      lose_step(stream);
      ledger_.merge(outcome,
                    PacketOutcome::refused("dns.tcp.length_too_small",
                                           "a length before a message is less than 12", data));
      break;
    }
    if (data.size() < kPrefixBytes + length) break;
    ledger_.merge(outcome, hand_on(stream, data.subspan(kPrefixBytes, length), packet));
    data = data.subspan(kPrefixBytes + length);
  }
  return outcome;
}

// Takes off the bytes of a message that was handed on without them. They fare as it did.
PacketOutcome TcpStreams::take_rest(Stream& stream, Bytes& data, std::uint32_t& missing) {
  if (stream.rest == 0) return PacketOutcome::blank();
  const Bytes taken = data.first(std::min<std::size_t>(stream.rest, data.size()));
  data = data.subspan(taken.size());
  stream.rest -= static_cast<std::uint32_t>(taken.size());
  const std::uint32_t lost = std::min(stream.rest, missing);
  stream.rest -= lost;
  missing -= lost;
  return stream.is_rest_used ? PacketOutcome::used()
                             : PacketOutcome::refused(kCutCode, kCutWhy, taken);
}

// `missing`: bytes that were sent behind `data` and not captured.
PacketOutcome TcpStreams::accept(Stream& stream, Bytes data, std::uint32_t missing, Unit& unit) {
  stream.next_sequence += static_cast<std::uint32_t>(data.size()) + missing;
  PacketOutcome outcome = take_rest(stream, data, missing);
  if (data.empty() && missing == 0) return outcome;
  if (!stream.is_in_step) {
    if (!may_begin_message(data)) {
      ledger_.merge(outcome, PacketOutcome::refused(kStepCode, kStepWhy, data));
      return outcome;
    }
    stream.is_in_step = true;
  }
  if (stream.buffer.empty()) {
    ledger_.merge(outcome, read_messages(stream, data, unit.packet));
    if (!stream.is_in_step || (data.empty() && missing == 0)) return outcome;
  }
  if (data.empty()) {
    ledger_.merge(outcome, PacketOutcome::refused(kCutCode, kCutWhy, data));
  } else {
    stream.buffer.append(reinterpret_cast<const char*>(data.data()), data.size());
    bytes_ += data.size() + kHeldSegmentBytes;
    stream.pieces.push_back({stream.buffer.size(), unit.packet, ledger_.hold(unit)});
    read_buffer(stream);
    ledger_.merge(outcome, PacketOutcome::later());
  }
  if (missing > 0) give_up_missing(stream, missing);
  return outcome;
}

// Behind the buffer's end stand bytes that were sent and not captured. Hands on the beginning of
// the message in the buffer; where it ends tells whether the stream is still in step.
void TcpStreams::give_up_missing(Stream& stream, std::uint32_t missing) {
  const Bytes data = as_bytes(stream.buffer);
  if (!stream.is_in_step || data.size() <= kPrefixBytes) {
    drop_buffer(stream, PacketOutcome::refused(kCutCode, kCutWhy, data));
    return lose_step(stream);
  }
  const Bytes head = data.subspan(kPrefixBytes);
  const auto rest = static_cast<std::uint32_t>(be16(data.data()) - head.size());  // above 0
  const PacketOutcome outcome = hand_on(stream, head, stream.pieces.front().packet, true);
  drop_buffer(stream, outcome);
  stream.is_rest_used = outcome.fate == Fate::used;
  if (!stream.is_in_step || rest < missing) return lose_step(stream);
  stream.rest = rest - missing;
}

void TcpStreams::read_buffer(Stream& stream) {
  while (stream.is_in_step && stream.buffer.size() >= kPrefixBytes) {
    const Bytes data = as_bytes(stream.buffer);
    const std::size_t whole = kPrefixBytes + be16(data.data());
    if (whole < kPrefixBytes + kSmallestMessage) {
      lose_step(stream);
      drop_buffer(stream,
                  PacketOutcome::refused("dns.tcp.length_too_small",
                                         "a length before a message is less than 12", data));
    } else if (data.size() < whole) {
      return;
    } else {
      const Bytes message = data.subspan(kPrefixBytes, whole - kPrefixBytes);
      drop_front(stream, whole, hand_on(stream, message, stream.pieces.front().packet));
    }
  }
  if (!stream.is_in_step) {
    drop_buffer(stream, PacketOutcome::refused(kStepCode, kStepWhy, as_bytes(stream.buffer)));
  }
}

// Records `outcome` with the packets that bear the first `bytes` of the buffer, and takes them off.
void TcpStreams::drop_front(Stream& stream, std::size_t bytes, const PacketOutcome& outcome) {
  std::size_t begin = 0;
  std::size_t gone = 0;
  for (Piece& piece : stream.pieces) {
    if (begin >= bytes) break;
    ledger_.record(piece.ticket, outcome);
    begin = piece.end;
    if (piece.end <= bytes) {
      ledger_.release(piece.ticket);
      bytes_ -= kHeldSegmentBytes;
      ++gone;
    }
  }
  stream.pieces.erase(stream.pieces.begin(), stream.pieces.begin() + static_cast<long>(gone));
  for (Piece& piece : stream.pieces) piece.end -= bytes;
  stream.buffer.erase(0, bytes);
  bytes_ -= bytes;
}

void TcpStreams::drop_buffer(Stream& stream, const PacketOutcome& outcome) {
  if (!stream.buffer.empty()) drop_front(stream, stream.buffer.size(), outcome);
}

PacketOutcome TcpStreams::put_ahead(Stream& stream, const TcpSegment& segment, Unit& unit) {
  for (const Ahead& ahead : stream.ahead) {
    if (ahead.sequence == segment.sequence &&
        ahead.bytes.size() + ahead.missing >= segment.payload.size() + segment.missing) {
      sink_.note("pcap.tcp_repeated", "segments whose bytes had been seen already");
      return PacketOutcome::blank();
    }
  }
  if (stream.ahead.empty()) stream.hole_since_us = unit.packet.time_us;
  ledger_.hold(unit);
  stream.ahead.push_back(
      {segment.sequence,
       {reinterpret_cast<const char*>(segment.payload.data()), segment.payload.size()},
       segment.missing,
       unit});
  stream.ahead_bytes += segment.payload.size();
  bytes_ += segment.payload.size() + kHeldSegmentBytes;
  if (stream.ahead.size() > kMaxAheadSegments || stream.ahead_bytes > kMaxAheadBytes) {
    skip_hole(stream);
  }
  return PacketOutcome::later();
}

// Takes in the segments that no hole parts from the stream any more.
void TcpStreams::drain_ahead(Stream& stream) {
  for (bool is_moving = true; is_moving;) {
    is_moving = false;
    for (std::size_t i = 0; i < stream.ahead.size(); ++i) {
      const auto step = static_cast<std::int32_t>(stream.ahead[i].sequence - stream.next_sequence);
      if (step > 0) continue;
      Ahead ahead = std::move(stream.ahead[i]);
      stream.ahead.erase(stream.ahead.begin() + static_cast<long>(i));
      stream.ahead_bytes -= ahead.bytes.size();
      bytes_ -= ahead.bytes.size() + kHeldSegmentBytes;
      const auto known = static_cast<std::size_t>(-step);
      PacketOutcome outcome;
      if (known < ahead.bytes.size() + ahead.missing) {
        const std::size_t seen = std::min(known, ahead.bytes.size());
        outcome = accept(stream, as_bytes(ahead.bytes).subspan(seen),
                         ahead.missing - static_cast<std::uint32_t>(known - seen), ahead.unit);
      }
      ledger_.record(ahead.unit.ticket, outcome);
      ledger_.release(ahead.unit.ticket);
      is_moving = true;
      break;
    }
  }
}

// Gives up the bytes that were never seen, and goes on behind them. Precondition: ahead not empty.
void TcpStreams::skip_hole(Stream& stream) {
  sink_.note("pcap.tcp_gap", "segments of some DNS connections were not captured");
  const auto next = std::min_element(
      stream.ahead.begin(), stream.ahead.end(), [&](const Ahead& a, const Ahead& b) {
        return a.sequence - stream.next_sequence < b.sequence - stream.next_sequence;
      });
  const std::uint32_t sequence = next->sequence;
  drop_buffer(stream, PacketOutcome::refused(kGapCode, kGapWhy, as_bytes(stream.buffer)));
  stream.next_sequence = sequence;
  lose_step(stream);
  stream.hole_since_us = stream.last_us;
  drain_ahead(stream);
}

void TcpStreams::close(Position position) {
  Stream& stream = *position;
  while (!stream.ahead.empty()) skip_hole(stream);
  drop_buffer(stream, PacketOutcome::refused("pcap.tcp.incomplete",
                                             "the end of this DNS message was not captured",
                                             as_bytes(stream.buffer)));
  index_.erase(stream.ends);
  streams_.erase(position);
}

void TcpStreams::expire(std::int64_t now_us) {
  while (!streams_.empty()) {
    const bool is_idle = streams_.front().last_us + kMaxStreamIdleUs < now_us;
    const bool is_full = streams_.size() >= kMaxTcpStreams || bytes_ > most_bytes_;
    if (!is_idle && !is_full) return;
    if (!is_idle) {
      sink_.note("pcap.tcp_table_full", "DNS connections were given up early, to keep to memory");
    }
    close(streams_.begin());
  }
}

void TcpStreams::finish() {
  while (!streams_.empty()) close(streams_.begin());
}

}  // namespace assay
