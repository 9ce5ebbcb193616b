#include "readers/packet/record_scanner.h"

#include <algorithm>
#include <cstring>

namespace assay {
namespace {

constexpr std::size_t kMagicBytes = 4, kFileHeaderBytes = 24;
constexpr std::size_t kTypeAndLength = 8;    // of a block
constexpr std::size_t kBlockFrame = 12;      // and its length again at its end
constexpr std::size_t kWithNextWord = 12;    // a section's byte order, a packet's interface
constexpr std::size_t kInterfaceBytes = 16;  // up to its options
constexpr std::size_t kInterfaceFields = 8;  // where its link type begins, then the snap length
constexpr std::size_t kOptionHeaderBytes = 4;
constexpr std::uint32_t kSectionBlock = 0x0a0d0d0a, kByteOrder = 0x1a2b3c4d;
constexpr std::uint32_t kInterfaceBlock = 1, kObsoletePacket = 2, kSimplePacket = 3,
                        kEnhancedPacket = 6;
constexpr std::uint16_t kTimeResolution = 9;  // option if_tsresol
constexpr std::uint32_t kNoInterface = 0xffffffff;

// What libpcap is shown. It takes packets of Ethernet up to this snap length, its largest.
constexpr std::uint16_t kShownLinkType = 1;
constexpr std::uint32_t kShownSnapLength = 262'144;

constexpr std::size_t kTakenToDrop = 4'096;

// From if_tsresol: the exponent of a tick's length, to the base 10, or 2 with the top bit set. A
// stamp is cut to microseconds, so a tick that is no whole number of them may end in one more.
std::uint32_t tick_us(std::uint8_t resolution) {
  const unsigned exponent = resolution & 0x7f;
  std::uint32_t width = 1'000'000;
  if ((resolution & 0x80) == 0) {
    for (unsigned i = 0; i < exponent && width > 1; ++i) width /= 10;
    return width;
  }
  if (exponent >= 20) return 1;
  const bool is_whole = width % (1u << exponent) == 0;
  return width / (1u << exponent) + (is_whole ? 0 : 2);
}

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

void RecordScanner::scan(char* bytes, std::size_t size) {
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
    if (is_interface_) overwrite_interface(bytes + at, held_, step);
    held_ += step;
    at += step;
    at_ += step;
    if (held_ == needed_) read_header();
  }
}

// `begin`: which byte of the block's header `bytes` begins with.
void RecordScanner::overwrite_interface(char* bytes, std::size_t begin, std::size_t size) const {
  std::uint8_t shown[kInterfaceBytes - kInterfaceFields] = {};
  const std::uint16_t type = is_swapped_ ? __builtin_bswap16(kShownLinkType) : kShownLinkType;
  const std::uint32_t length = is_swapped_ ? __builtin_bswap32(kShownSnapLength) : kShownSnapLength;
  std::memcpy(shown, &type, sizeof type);
  std::memcpy(shown + 4, &length, sizeof length);
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = begin + i;  // never below kInterfaceFields: the type was read by then
    bytes[i] = static_cast<char>(shown[at - kInterfaceFields]);
  }
}

void RecordScanner::read_header() {
  if (kind_ == Kind::pcapng) return is_option_ ? read_option() : read_block();
  held_ = 0;
  kind_ == Kind::unknown ? read_magic() : read_record();
}

void RecordScanner::read_magic() {
  for (const bool is_swapped : {false, true}) {
    is_swapped_ = is_swapped;
    const std::uint32_t magic = word(0);
    if (magic == kSectionBlock) {
      kind_ = Kind::pcapng;
      held_ = kMagicBytes;  // they are the first of the block
      needed_ = kTypeAndLength;
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
  places_.push_back(
      {at_ - record_header_, captured + static_cast<std::uint32_t>(record_header_), kNoInterface});
}

// Comes with a block's type and length, and again when there is more to its header.
void RecordScanner::read_block() {
  const bool is_section = word(0) == kSectionBlock;  // the same in both byte orders
  if (held_ == kTypeAndLength) {
    const std::uint32_t type = word(0);
    is_interface_ = type == kInterfaceBlock;
    needed_ = is_interface_ ? kInterfaceBytes : kWithNextWord;
    const bool has_more =
        is_section || is_interface_ || type == kEnhancedPacket || type == kObsoletePacket;
    if (has_more) return;
  }
  if (is_section && held_ == kWithNextWord) {
    const bool is_first = at_ == kWithNextWord, was_swapped = is_swapped_;
    is_swapped_ = false;
    is_swapped_ = word(8) != kByteOrder;
    section_begin_ = interfaces_.size();
    if (!is_first && is_swapped_ != was_swapped) {
      is_other_order_ = true;
      kind_ = Kind::lost;
      return;
    }
  }
  const std::uint32_t length = word(4);
  if (length < held_ + kBlockFrame - kTypeAndLength || interfaces_.size() >= kMaxInterfaces) {
    kind_ = Kind::lost;
    return;
  }
  read_block_body(word(0), length);
}

void RecordScanner::read_block_body(std::uint32_t type, std::uint32_t length) {
  const std::uint64_t begin = at_ - held_;
  const auto rest = static_cast<std::uint32_t>(length - held_);
  if (type == kInterfaceBlock) {
    interfaces_.push_back({half(kInterfaceFields), 1});
    is_interface_ = false;
    options_left_ = rest - static_cast<std::uint32_t>(kBlockFrame - kTypeAndLength);
    return next_option();
  }
  if (type == kEnhancedPacket || type == kSimplePacket || type == kObsoletePacket) {
    std::uint64_t interface = section_begin_;
    if (type == kEnhancedPacket) interface += word(8);
    if (type == kObsoletePacket) interface += half(8);
    places_.push_back(
        {begin, length,
         interface < interfaces_.size() ? static_cast<std::uint32_t>(interface) : kNoInterface});
  }
  skip_to_next_block(rest);
}

void RecordScanner::skip_to_next_block(std::uint64_t bytes) {
  is_option_ = false;
  skip_ += bytes;  // behind an option that is passed over
  held_ = 0;
  needed_ = kTypeAndLength;
}

void RecordScanner::next_option() {
  held_ = 0;
  needed_ = kOptionHeaderBytes;
  is_option_ = options_left_ >= kOptionHeaderBytes;
  if (!is_option_) skip_to_next_block(options_left_ + (kBlockFrame - kTypeAndLength));
}

// Comes with an option's code and length, and again with the value of if_tsresol.
void RecordScanner::read_option() {
  const std::uint16_t code = half(0), length = half(2);
  const std::uint32_t padded = (length + 3u) / 4 * 4;
  if (held_ == kOptionHeaderBytes) {
    options_left_ -= kOptionHeaderBytes;
    if (code == 0 || padded > options_left_) {
      return skip_to_next_block(options_left_ + (kBlockFrame - kTypeAndLength));
    }
    options_left_ -= padded;
    if (code == kTimeResolution && length == 1) {
      needed_ += padded;
      return;
    }
    skip_ = padded;
  } else {
    interfaces_.back().width_us = tick_us(header_[kOptionHeaderBytes]);
  }
  next_option();
}

bool RecordScanner::take(Place& place) {
  if (taken_ == places_.size()) return false;
  place = places_[taken_++];
  // In a file whose records never end where a read does, one place is always left.
  if (taken_ == places_.size()) {
    places_.clear();
    taken_ = 0;
  } else if (taken_ >= kTakenToDrop && taken_ * 2 >= places_.size()) {
    places_.erase(places_.begin(), places_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }
  return true;
}

const RecordScanner::Interface* RecordScanner::interface_of(const Place& place) const {
  return place.interface < interfaces_.size() ? &interfaces_[place.interface] : nullptr;
}

std::uint64_t RecordScanner::next_offset() const {
  return taken_ < places_.size() ? places_[taken_].offset : at_ - held_;
}

}  // namespace assay
