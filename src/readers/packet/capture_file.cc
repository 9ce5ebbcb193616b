#include "readers/packet/capture_file.h"

#include <fmt/core.h>
#include <pcap/pcap.h>
#include <stdio_ext.h>

#include <algorithm>
#include <cstring>

namespace assay {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 18;
constexpr std::size_t kDrainBytes = std::size_t{1} << 16;

// The length of the pcapng block that ended with these four bytes: a block's total length stands at
// both of its ends, in the byte order of its section.
std::uint64_t block_length(const char* tail, bool is_swapped) {
  std::uint32_t value = 0;
  std::memcpy(&value, tail, sizeof value);
  return is_swapped ? __builtin_bswap32(value) : value;
}

}  // namespace

CaptureFile::CaptureFile(ByteSource& source)
    : source_(source), buffer_(std::make_unique<char[]>(kBufferBytes)) {}

CaptureFile::~CaptureFile() {
  if (pcap_ != nullptr) {
    pcap_close(pcap_);  // closes the FILE too
  } else if (file_ != nullptr) {
    std::fclose(file_);
  }
}

ssize_t CaptureFile::read_cookie(void* cookie, char* into, std::size_t capacity) {
  return static_cast<CaptureFile*>(cookie)->supply(into, capacity);
}

// glibc refills its buffer only when all of it has been read, always from its beginning.
ssize_t CaptureFile::supply(char* into, std::size_t capacity) {
  tail_ = tail_behind(into, into + in_buffer_);
  in_buffer_ = fetch(into, capacity);
  return static_cast<ssize_t>(in_buffer_);
}

std::size_t CaptureFile::fetch(char* into, std::size_t capacity) {
  if (is_at_end_) return 0;
  const auto got = source_.read(into, capacity);
  is_at_end_ = !got.ok() || *got == 0;
  if (!got.ok()) {
    (got.error().code == ErrorCode::malformed ? cut_ : failure_) = got.error();
    return 0;
  }
  supplied_ += *got;
  return *got;
}

std::uint64_t CaptureFile::consumed() const {
  return supplied_ - static_cast<std::uint64_t>(file_->_IO_read_end - file_->_IO_read_ptr);
}

CaptureFile::Tail CaptureFile::tail_behind(const char* begin, const char* end) const {
  Tail tail = tail_;
  const std::size_t count =
      std::min<std::size_t>(static_cast<std::size_t>(end - begin), tail.size());
  std::copy(tail_.begin() + count, tail_.end(), tail.begin());
  std::copy(end - count, end, tail.end() - count);
  return tail;
}

bool CaptureFile::open() {
  cookie_io_functions_t functions{};
  functions.read = &CaptureFile::read_cookie;
  file_ = fopencookie(this, "r", functions);
  if (file_ == nullptr) {
    damage_ = {"pcap.header.unreadable", "no memory for a stream", 0};
    return false;
  }
  std::setvbuf(file_, buffer_.get(), _IOFBF, kBufferBytes);
  __fsetlocking(file_, FSETLOCKING_BYCALLER);
  char text[PCAP_ERRBUF_SIZE] = {};
  pcap_ = pcap_fopen_offline_with_tstamp_precision(file_, PCAP_TSTAMP_PRECISION_MICRO, text);
  if (pcap_ == nullptr) {
    take_damage(text, 0);
    return false;
  }
  is_pcapng_ = pcap_major_version(pcap_) != 2;
  return true;
}

int CaptureFile::link_type() const { return pcap_datalink(pcap_); }

std::string CaptureFile::link_type_text() const {
  const char* name = pcap_datalink_val_to_name(link_type());
  return name == nullptr ? fmt::format("{}", link_type())
                         : fmt::format("{} ({})", link_type(), name);
}

bool CaptureFile::next(CapturedPacket& packet) {
  pcap_pkthdr* header = nullptr;
  const std::uint8_t* bytes = nullptr;
  const std::uint64_t before = consumed();
  const int outcome = pcap_next_ex(pcap_, &header, &bytes);
  if (outcome == 1) {
    const std::uint64_t after = consumed();
    std::uint64_t begin = before;
    if (is_pcapng_) {
      const Tail tail = tail_behind(file_->_IO_read_base, file_->_IO_read_ptr);
      begin = after - block_length(tail.data(), pcap_is_swapped(pcap_) != 0);
    }
    packet.ref = {begin, static_cast<std::uint32_t>(after - begin),
                  header->ts.tv_sec * kMicrosPerSecond + header->ts.tv_usec};
    packet.bytes = {bytes, header->caplen};
    packet.wire_size = header->len;
    return true;
  }
  if (outcome == PCAP_ERROR) {
    take_damage(pcap_geterr(pcap_), before);
  } else if (cut_) {
    damage_ = {"pcap.truncated", cut_->message, consumed()};
  }
  return false;
}

void CaptureFile::take_damage(std::string_view libpcap_text, std::uint64_t offset) {
  damage_.offset = offset;
  damage_.why = cut_ ? cut_->message : std::string(libpcap_text);
  const bool is_cut = libpcap_text.find("truncated") != std::string_view::npos;
  const bool is_other_link = libpcap_text.find("different from the") != std::string_view::npos;
  if (pcap_ == nullptr) {
    damage_.code = is_cut ? "pcap.header.truncated" : "pcap.header.unreadable";
  } else if (is_cut || cut_) {
    damage_.code = "pcap.truncated";
  } else {
    damage_.code = is_other_link ? "pcap.interfaces.differ" : "pcap.record.bad_length";
  }
}

std::uint64_t CaptureFile::drain() {
  const auto block = std::make_unique<char[]>(kDrainBytes);
  while (!is_at_end_) fetch(block.get(), kDrainBytes);
  return supplied_;
}

}  // namespace assay
