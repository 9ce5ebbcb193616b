#include "readers/packet/pcap_records.h"

#include <fmt/core.h>
#include <pcap/dlt.h>

#include <algorithm>
#include <cstring>

#include "core/short_bytes.h"
#include "readers/packet/link_layer.h"

namespace assay {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 18;
constexpr std::size_t kRecordHeaderBytes = 16;
constexpr std::size_t kBufferBytes = kBlockBytes + kRecordHeaderBytes + kMaxPacketBytes;
constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4, kNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kLinkTypeRaw = 101;  // DLT_RAW in files

}  // namespace

PcapRecords::PcapRecords(ByteSource& source)
    : source_(source), buffer_(new std::uint8_t[kBufferBytes]) {}

std::unique_ptr<PcapRecords> PcapRecords::of(std::string_view head, ByteSource& source) {
  if (head.size() < kPcapHeaderBytes) return nullptr;
  std::uint32_t words[6];
  std::memcpy(words, head.data(), sizeof words);
  const auto is_magic = [&words] { return words[0] == kMicroseconds || words[0] == kNanoseconds; };
  const bool is_swapped = !is_magic();
  if (is_swapped) {
    for (std::uint32_t& part : words) part = __builtin_bswap32(part);
  }
  if (!is_magic()) return nullptr;
  std::uint16_t major = 0, minor = 0;
  std::memcpy(&major, head.data() + 4, 2);
  std::memcpy(&minor, head.data() + 6, 2);
  if (is_swapped) major = __builtin_bswap16(major), minor = __builtin_bswap16(minor);
  const std::uint32_t snap_length = words[4], link_type = words[5];
  if (major != 2 || minor != 4 || link_type > 0xffff) return nullptr;
  if (!is_known_link_type(static_cast<int>(link_type))) return nullptr;
  std::unique_ptr<PcapRecords> records(new PcapRecords(source));
  records->is_swapped_ = is_swapped;
  records->ticks_a_microsecond_ = words[0] == kNanoseconds ? 1'000 : 1;
  if (snap_length != 0) records->snap_length_ = std::min(snap_length, kMaxPacketBytes);
  records->link_type_ = link_type == kLinkTypeRaw ? DLT_RAW : static_cast<int>(link_type);
  return records;
}

std::uint32_t PcapRecords::word(std::size_t at) const {
  const std::uint32_t value = load32(buffer_.get() + position_ + at);
  return is_swapped_ ? __builtin_bswap32(value) : value;
}

// Has `needed` bytes at position_. False: the input ends before.
bool PcapRecords::fill(std::size_t needed) {
  if (position_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + position_, end_ - position_);
    base_ += position_;
    end_ -= position_;
    position_ = 0;
  }
  while (end_ < needed && !is_at_end_) {
    const std::size_t room = std::min(kBufferBytes - end_, kBlockBytes);
    const auto count = source_.read(reinterpret_cast<char*>(buffer_.get()) + end_, room);
    if (!count.ok()) {
      error_ = count.error();
      is_at_end_ = true;
      break;
    }
    end_ += *count;
    is_at_end_ = *count == 0;
  }
  return end_ >= needed;
}

PcapRecords::Outcome PcapRecords::next(CapturedPacket& packet) {
  const auto cut = [this] {
    const bool is_refused = error_ && error_->code != ErrorCode::malformed;
    return is_refused ? Outcome::failed : Outcome::truncated;
  };
  if (end_ - position_ < kRecordHeaderBytes && !fill(kRecordHeaderBytes)) {
    return end_ == position_ && !error_ ? Outcome::end : cut();
  }
  const std::uint32_t captured = word(8);
  if (captured > kMaxPacketBytes) return Outcome::bad_length;
  const std::size_t length = kRecordHeaderBytes + captured;
  if (end_ - position_ < length && !fill(length)) return cut();
  // Seconds are signed, as in libpcap.
  const auto second = static_cast<std::int32_t>(word(0));
  const auto fraction = static_cast<std::int32_t>(word(4)) / ticks_a_microsecond_;
  packet.ref = {base_ + position_, static_cast<std::uint32_t>(length), 1,
                second * kMicrosPerSecond + fraction};
  packet.has_time = true;
  packet.link_type = link_type_;
  // A packet longer than the file's own limit is cut to it, as libpcap does.
  packet.bytes = {buffer_.get() + position_ + kRecordHeaderBytes, std::min(captured, snap_length_)};
  position_ += length;
  return Outcome::packet;
}

std::string PcapRecords::damage() const {
  if (error_) return error_->message;
  const std::size_t left = end_ - position_;
  if (left < kRecordHeaderBytes) {
    return fmt::format("the file ends within a packet's header: {} of its 16 bytes are there",
                       left);
  }
  const std::uint32_t captured = word(8);
  if (captured > kMaxPacketBytes) {
    return fmt::format("a packet of {} bytes, more than the {} that any capture holds", captured,
                       kMaxPacketBytes);
  }
  return fmt::format("the file ends within a packet: {} of its {} bytes are there",
                     left - kRecordHeaderBytes, captured);
}

std::uint64_t PcapRecords::drain() {
  do {
    base_ += end_;
    position_ = end_ = 0;
  } while (fill(1));
  return base_;
}

}  // namespace assay
