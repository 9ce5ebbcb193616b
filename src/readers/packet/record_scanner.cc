#include "readers/packet/record_scanner.h"

#include <algorithm>
#include <cstring>

namespace assay {
namespace {

constexpr std::size_t kMagicBytes = 4, kFileHeaderBytes = 24;
constexpr std::size_t kBlockHeaderBytes = 12;  // type, length, and the next word
constexpr std::uint32_t kSectionBlock = 0x0a0d0d0a, kByteOrder = 0x1a2b3c4d;
constexpr std::uint32_t kObsoletePacket = 2, kSimplePacket = 3, kEnhancedPacket = 6;

}  // namespace

std::uint32_t RecordScanner::word(std::size_t at) const {
  std::uint32_t value = 0;
  std::memcpy(&value, header_ + at, sizeof value);
  return is_swapped_ ? __builtin_bswap32(value) : value;
}

std::uint16_t RecordScanner::half(std::size_t at) const {
  std::uint16_t value = 0;
  std::memcpy(&value, header_ + at, sizeof value);
  return is_swapped_ ? __builtin_bswap16(value) : value;
}

void RecordScanner::scan(const char* bytes, std::size_t size) {
  std::size_t at = 0;
  while (at < size && kind_ != Kind::lost) {
    if (skip_ > 0) {
      const std::size_t step = std::min<std::uint64_t>(skip_, size - at);
      skip_ -= step;
      at += step;
      at_ += step;
      continue;
    }
    const std::size_t step = std::min(needed_ - held_, size - at);
    std::memcpy(header_ + held_, bytes + at, step);
    held_ += step;
    at += step;
    at_ += step;
    if (held_ == needed_) read_header();
  }
}

void RecordScanner::read_header() {
  held_ = 0;
  if (kind_ == Kind::unknown) {
    read_magic();
  } else if (kind_ == Kind::pcap) {
    read_record();
  } else {
    read_block();
  }
}

void RecordScanner::read_magic() {
  for (const bool is_swapped : {false, true}) {
    is_swapped_ = is_swapped;
    const std::uint32_t magic = word(0);
    if (magic == kSectionBlock) {
      kind_ = Kind::pcapng;
      held_ = kMagicBytes;  // they are the first of the block
      needed_ = kBlockHeaderBytes;
      return;
    }
    if (magic == 0xa1b2c3d4 || magic == 0xa1b23c4d || magic == 0xa1b2cd34) {
      if (needed_ < kFileHeaderBytes) {
        held_ = kMagicBytes;
        needed_ = kFileHeaderBytes;  // come again with the version
        return;
      }
      kind_ = Kind::pcap;
      record_header_ = magic == 0xa1b2cd34 ? 24 : 16;
      needed_ = record_header_;
      read_version();
      return;
    }
  }
  kind_ = Kind::lost;
}

// Files before version 2.3, and those of DG/UX, tell the two lengths of a packet the other way
// round; in version 2.3 the smaller one is what was captured (as libpcap reads them).
void RecordScanner::read_version() {
  const std::uint16_t major = half(4), minor = half(6);
  if (major == 2 && minor < 3) lengths_ = Lengths::swapped;
  if (major == 2 && minor == 3) lengths_ = Lengths::smaller_first;
  if (major == 543) lengths_ = Lengths::swapped;
}

void RecordScanner::read_record() {
  std::uint32_t captured = word(8);
  const std::uint32_t original = word(12);
  const bool is_turned =
      lengths_ == Lengths::swapped || (lengths_ == Lengths::smaller_first && captured > original);
  if (is_turned) captured = original;
  skip_ = captured;
  places_.push_back({at_ - record_header_, captured + static_cast<std::uint32_t>(record_header_)});
}

void RecordScanner::read_block() {
  if (word(0) == kSectionBlock) {
    is_swapped_ = false;
    is_swapped_ = word(8) != kByteOrder;
  }
  const std::uint32_t type = word(0), length = word(4);
  if (length < kBlockHeaderBytes) {
    kind_ = Kind::lost;
    return;
  }
  skip_ = length - kBlockHeaderBytes;
  if (type == kEnhancedPacket || type == kSimplePacket || type == kObsoletePacket) {
    places_.push_back({at_ - kBlockHeaderBytes, length});
  }
}

bool RecordScanner::take(Place& place) {
  if (taken_ == places_.size()) return false;
  place = places_[taken_++];
  if (taken_ == places_.size()) {
    places_.clear();
    taken_ = 0;
  }
  return true;
}

std::uint64_t RecordScanner::next_offset() const {
  return taken_ < places_.size() ? places_[taken_].offset : at_ - held_;
}

}  // namespace assay
