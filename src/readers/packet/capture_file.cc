#include "readers/packet/capture_file.h"

#include <fmt/core.h>
#include <pcap/pcap.h>
#include <stdio_ext.h>

#include <algorithm>
#include <cstring>

namespace assay {
namespace {

constexpr std::size_t kBufferBytes = 1 << 18;

// The length of the pcapng block that ended with these four bytes: a block's total length stands at
// both of its ends, in the byte order of its section.
std::uint64_t block_length(const std::uint8_t* tail, bool is_swapped) {
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

bool CaptureFile::refill() {
  if (is_at_end_) return false;
  auto got = source_.read(buffer_.get(), kBufferBytes);
  begin_ = end_ = 0;
  if (!got.ok()) {
    is_at_end_ = true;
    (got.error().code == ErrorCode::malformed ? cut_ : failure_) = got.error();
    return false;
  }
  end_ = got.value();
  is_at_end_ = end_ == 0;
  return end_ != 0;
}

ssize_t CaptureFile::supply(char* into, std::size_t capacity) {
  if (!has_read_) first_read_at_ = consumed_;
  has_read_ = true;
  std::size_t done = 0;
  while (done < capacity && (begin_ < end_ || refill())) {
    const std::size_t n = std::min(capacity - done, end_ - begin_);
    std::memcpy(into + done, buffer_.get() + begin_, n);
    begin_ += n;
    done += n;
  }
  consumed_ += done;
  if (done >= sizeof tail_) std::memcpy(tail_, into + done - sizeof tail_, sizeof tail_);
  return static_cast<ssize_t>(done);
}

bool CaptureFile::open() {
  cookie_io_functions_t functions{};
  functions.read = &CaptureFile::read_cookie;
  file_ = fopencookie(this, "r", functions);
  if (file_ == nullptr) {
    damage_ = {"pcap.header.unreadable", "no memory for a stream", 0};
    return false;
  }
  std::setvbuf(file_, nullptr, _IONBF, 0);
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
  const std::uint64_t before = consumed_;
  has_read_ = false;
  const int outcome = pcap_next_ex(pcap_, &header, &bytes);
  if (outcome == 1) {
    const std::uint64_t begin =
        is_pcapng_ ? consumed_ - block_length(tail_, pcap_is_swapped(pcap_) != 0) : first_read_at_;
    packet.ref = {begin, static_cast<std::uint32_t>(consumed_ - begin),
                  header->ts.tv_sec * kMicrosPerSecond + header->ts.tv_usec};
    packet.bytes = {bytes, header->caplen};
    packet.wire_size = header->len;
    return true;
  }
  if (outcome == PCAP_ERROR) {
    take_damage(pcap_geterr(pcap_), before);
  } else if (cut_) {
    damage_ = {"pcap.truncated", cut_->message, consumed_};
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
  for (;;) {
    consumed_ += end_ - begin_;
    begin_ = end_;
    if (!refill()) return consumed_;
  }
}

}  // namespace assay
