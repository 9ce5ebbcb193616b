// Where the packet records of a capture file lie, found while its bytes pass by.
//
// libpcap tells no offsets, and the stream between it and us reads ahead. This walks the record
// and block headers only; a packet that libpcap hands out is the next place in the queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace assay {

class RecordScanner {
 public:
  struct Place {
    std::uint64_t offset = 0;  // of the record or block, its header included
    std::uint32_t length = 0;
  };

  // The next bytes of the file, in order.
  void scan(const char* bytes, std::size_t size);
  // The place of the next packet. False: its header has not passed by.
  bool take(Place& place);
  // Where the first packet that was not taken begins, or else the header that is awaited.
  std::uint64_t next_offset() const;

 private:
  enum class Lengths : std::uint8_t { ordinary, swapped, smaller_first };
  enum class Kind : std::uint8_t { unknown, pcap, pcapng, lost };

  void read_header();
  void read_magic();
  void read_version();
  void read_record();
  void read_block();
  std::uint32_t word(std::size_t at) const;
  std::uint16_t half(std::size_t at) const;

  Kind kind_ = Kind::unknown;
  Lengths lengths_ = Lengths::ordinary;
  bool is_swapped_ = false;
  std::uint64_t at_ = 0;    // file offset of the next byte
  std::uint64_t skip_ = 0;  // bytes until the next header
  std::uint8_t header_[24] = {};
  std::size_t needed_ = 4, held_ = 0;  // of header_
  std::size_t record_header_ = 16;
  std::vector<Place> places_;
  std::size_t taken_ = 0;
};

}  // namespace assay
