// Where the packet records of a capture file lie, found while its bytes pass by to libpcap.
//
// libpcap tells no offsets, and the stream between it and us reads ahead. This walks the record
// and block headers only; a packet that libpcap hands out is the next place in the queue.
//
// Of a pcapng, libpcap reads only files whose interfaces all have the first one's link type and
// snap length, and it does not tell how fine their clocks are. So the scanner keeps what each
// interface says of itself, and shows libpcap Ethernet and one snap length in its stead: two fields
// of an Interface Description Block are overwritten as they pass. libpcap only hands the packets
// through, as they stand, and with their times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace assay {

inline constexpr std::size_t kMaxInterfaces = 65'536;

class RecordScanner {
 public:
  struct Place {
    std::uint64_t offset = 0;  // of the record or block, its header included
    std::uint32_t length = 0;
    std::uint32_t interface = 0;  // for interface_of()
  };
  struct Interface {
    std::uint32_t link_type = 0;  // LINKTYPE_ value
    std::uint32_t width_us = 1;   // of its clock's ticks
  };

  // The next bytes of the file, in order; see above for what is overwritten.
  void scan(char* bytes, std::size_t size);
  // The place of the next packet. False: its header has not passed by.
  bool take(Place& place);
  // The interface that a packet came from. nullptr: the file is no pcapng, or the interface
  // unknown.
  const Interface* interface_of(const Place& place) const;
  // Where the first packet that was not taken begins, or else the header that is awaited.
  std::uint64_t next_offset() const;
  // Whether a section of another byte order than the first's comes next; libpcap cannot read it.
  bool is_at_other_order() const { return is_other_order_ && taken_ == places_.size(); }
  // Places kept, taken ones included, for tests.
  std::size_t held_places() const { return places_.size(); }

 private:
  enum class Lengths : std::uint8_t { ordinary, swapped, smaller_first };
  enum class Kind : std::uint8_t { unknown, pcap, pcapng, lost };

  void read_header();
  void read_magic();
  void read_version();
  void read_record();
  void read_block();
  void read_block_body(std::uint32_t type, std::uint32_t length);
  void read_option();
  void next_option();
  void skip_to_next_block(std::uint64_t bytes);
  void overwrite_interface(char* bytes, std::size_t begin, std::size_t size) const;
  std::uint32_t word(std::size_t at) const;
  std::uint16_t half(std::size_t at) const;

  Kind kind_ = Kind::unknown;
  Lengths lengths_ = Lengths::ordinary;
  bool is_swapped_ = false;
  bool is_other_order_ = false;
  bool is_interface_ = false;  // header_ holds, or will, an Interface Description Block
  bool is_option_ = false;     // header_ holds, or will, an option of one
  std::uint64_t at_ = 0;       // file offset of the next byte
  std::uint64_t skip_ = 0;     // bytes until the next header
  std::uint8_t header_[24] = {};
  std::size_t needed_ = 4, held_ = 0;  // of header_
  std::size_t record_header_ = 16;
  std::uint32_t options_left_ = 0;  // bytes
  std::vector<Interface> interfaces_;
  std::size_t section_begin_ = 0;  // of interfaces_
  std::vector<Place> places_;
  std::size_t taken_ = 0;
};

}  // namespace assay
