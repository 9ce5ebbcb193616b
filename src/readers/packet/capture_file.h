// A capture file (pcap, pcapng) read through libpcap from a ByteSource, with the exact place of
// every packet.
//
// libpcap reads from a FILE, and a FILE reads ahead. The one here is made by fopencookie: what the
// cookie has handed out, less what glibc says still lies in the buffer, is what libpcap has
// consumed. An unbuffered FILE would tell it more simply, but glibc fetches a cookie's bytes one by
// one then: 4.7 CPU seconds more for 2 million packets.
#pragma once

#include <array>
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
  std::size_t fetch(char* into, std::size_t capacity);
  std::uint64_t consumed() const;  // by libpcap
  // The last bytes before `end`, of which those before `begin` are taken from tail_.
  using Tail = std::array<char, 4>;
  Tail tail_behind(const char* begin, const char* end) const;
  void take_damage(std::string_view libpcap_text, std::uint64_t offset);

  ByteSource& source_;
  std::unique_ptr<char[]> buffer_;  // the FILE's
  std::uint64_t supplied_ = 0;      // bytes handed to the FILE
  bool is_at_end_ = false;
  bool is_pcapng_ = false;
  std::size_t in_buffer_ = 0;  // bytes that the last refill brought
  Tail tail_{};                // the last bytes before the FILE's buffer
  std::FILE* file_ = nullptr;
  pcap* pcap_ = nullptr;
  CaptureDamage damage_;
  std::optional<Error> failure_;
  std::optional<Error> cut_;  // the compressed stream beneath was cut or corrupt
};

}  // namespace assay
