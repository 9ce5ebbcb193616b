// A capture file (pcap, pcapng) read through libpcap from a ByteSource, with the exact place of
// every packet.
//
// libpcap reads from a FILE, and a FILE reads ahead, so the place of a packet would be lost. The
// FILE here is unbuffered and made by fopencookie over a buffer of our own: what the cookie has
// handed out is what libpcap has consumed. Measured on 2 million packets: see docs/formats.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "assay/reader.h"
#include "readers/packet/packet.h"

struct pcap;

namespace assay {

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
  // The link type of the packets (DLT_ values of libpcap), and its name for a person.
  int link_type() const;
  std::string link_type_text() const;
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
  bool refill();
  void take_damage(std::string_view libpcap_text, std::uint64_t offset);

  ByteSource& source_;
  std::unique_ptr<char[]> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // of what is unread in buffer_
  std::uint64_t consumed_ = 0;       // bytes handed to libpcap
  std::uint64_t first_read_at_ = 0;  // where the first read since next() began stood
  bool has_read_ = false;
  bool is_at_end_ = false;
  bool is_pcapng_ = false;
  std::uint8_t tail_[4] = {};  // the last four bytes handed out
  std::FILE* file_ = nullptr;
  pcap* pcap_ = nullptr;
  CaptureDamage damage_;
  std::optional<Error> failure_;
  std::optional<Error> cut_;  // the compressed stream beneath was cut or corrupt
};

}  // namespace assay
