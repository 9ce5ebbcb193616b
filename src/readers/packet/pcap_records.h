// The records of an ordinary pcap file, cut out of large blocks.
//
// libpcap takes 16 + n bytes for each packet through three layers of calls, a fifth of the time
// that a capture of small packets costs. The layout that every program of the last twenty-five
// years writes (version 2.4, either byte order, micro- or nanoseconds) is one header of 24 bytes
// and one of 16 before each packet, so those are read here, by libpcap's rules; all else goes to
// libpcap.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "assay/reader.h"
#include "readers/packet/packet.h"

namespace assay {

inline constexpr std::size_t kPcapHeaderBytes = 24;
inline constexpr std::uint32_t kMaxPacketBytes = 262'144;

class PcapRecords {
 public:
  // `head`: the file's first kPcapHeaderBytes. Nothing when they are not those of such a file.
  static std::unique_ptr<PcapRecords> of(std::string_view head, ByteSource& source);

  enum class Outcome { packet, end, truncated, bad_length, failed };
  // failed: the source refused a read, see error().
  Outcome next(CapturedPacket& packet);
  const std::optional<Error>& error() const { return error_; }
  // Where the record that was not delivered begins, and what is wrong with it.
  std::uint64_t next_offset() const { return base_ + position_; }
  std::string damage() const;
  // Reads what is left; the input's size.
  std::uint64_t drain();

 private:
  explicit PcapRecords(ByteSource& source);

  bool fill(std::size_t needed);
  std::uint32_t word(std::size_t at) const;

  ByteSource& source_;
  std::unique_ptr<std::uint8_t[]> buffer_;
  std::size_t position_ = 0;               // of the next record in the buffer
  std::size_t end_ = 0;                    // of the bytes in the buffer
  std::uint64_t base_ = kPcapHeaderBytes;  // file offset of the buffer's first byte
  bool is_at_end_ = false;
  bool is_swapped_ = false;
  std::int32_t ticks_a_microsecond_ = 1;
  std::uint32_t snap_length_ = kMaxPacketBytes;
  int link_type_ = 0;
  std::optional<Error> error_;
};

}  // namespace assay
