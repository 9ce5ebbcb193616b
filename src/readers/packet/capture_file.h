// A capture file (pcap, pcapng) read from a ByteSource, with the exact place of every packet.
//
// Ordinary pcap files are cut into packets by PcapRecords; pcapng and all old variants are
// libpcap's. libpcap reads from a FILE, here one made by fopencookie, and tells no offsets. The
// FILE reads ahead (unbuffered, glibc fetches byte by byte: 4 s more for 2 million packets), so a
// RecordScanner watches the bytes go by and keeps the place of each packet.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "assay/reader.h"
#include "readers/packet/packet.h"
#include "readers/packet/pcap_records.h"
#include "readers/packet/record_scanner.h"

struct pcap;

namespace assay {

// A link type's number and name, for a person.
std::string link_type_text(int link_type);

// What ended the reading of a capture before its end, as a reject. Empty code: nothing did.
struct CaptureDamage {
  std::string code;
  std::string why;
  std::uint64_t offset = 0;
};

class CaptureFile {
 public:
  explicit CaptureFile(ByteSource& source);
  ~CaptureFile();
  CaptureFile(const CaptureFile&) = delete;
  CaptureFile& operator=(const CaptureFile&) = delete;

  // False: the file cannot be read as a capture, see damage().
  bool open();
  // False at the end, at damage(), or at failure().
  bool next(CapturedPacket& packet);

  const CaptureDamage& damage() const { return damage_; }
  // The source refused a read; what was read before stays.
  const std::optional<Error>& failure() const { return failure_; }
  // Reads what is left (so that the seal beneath sees every byte) and returns the input's size.
  std::uint64_t drain();

 private:
  static ssize_t read_cookie(void* cookie, char* into, std::size_t capacity);
  ssize_t supply(char* into, std::size_t capacity);
  bool open_with_libpcap();
  bool next_ordinary(CapturedPacket& packet);
  void take_damage(std::string_view libpcap_text);
  void locate_damage();

  ByteSource& source_;
  std::unique_ptr<PcapRecords> ordinary_;
  std::string head_;                // what was read to choose, and libpcap has yet to see
  std::unique_ptr<char[]> buffer_;  // the FILE's
  RecordScanner scanner_;
  std::uint64_t received_ = 0;  // bytes from the source
  bool is_at_end_ = false;
  std::FILE* file_ = nullptr;
  pcap* pcap_ = nullptr;
  int link_type_ = 0;  // of a pcap, which has but one
  CaptureDamage damage_;
  std::optional<Error> failure_;
  std::optional<Error> cut_;  // the compressed stream beneath was cut or corrupt
};

}  // namespace assay
