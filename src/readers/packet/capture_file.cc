#include "readers/packet/capture_file.h"

#include <fmt/core.h>
#include <pcap/pcap.h>
#include <stdio_ext.h>

#include <vector>

namespace assay {
namespace {

constexpr std::int64_t kMinStampSeconds = kMinPacketTimeUs / kMicrosPerSecond,
                       kMaxStampSeconds = kMaxPacketTimeUs / kMicrosPerSecond;
constexpr std::size_t kBufferBytes = 1 << 18;

}  // namespace

std::string link_type_text(int link_type) {
  const char* name = pcap_datalink_val_to_name(link_type);
  return name == nullptr ? fmt::format("{}", link_type) : fmt::format("{} ({})", link_type, name);
}

CaptureFile::CaptureFile(ByteSource& source) : source_(source) {}

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

ssize_t CaptureFile::supply(char* into, std::size_t capacity) {
  if (!head_.empty()) {
    const std::size_t count = head_.copy(into, capacity);
    head_.erase(0, count);
    scanner_.scan(into, count);
    return static_cast<ssize_t>(count);
  }
  if (is_at_end_) return 0;
  auto got = source_.read(into, capacity);
  if (!got.ok()) {
    is_at_end_ = true;
    (got.error().code == ErrorCode::malformed ? cut_ : failure_) = got.error();
    return 0;
  }
  is_at_end_ = got.value() == 0;
  scanner_.scan(into, got.value());
  received_ += got.value();
  return static_cast<ssize_t>(got.value());
}

bool CaptureFile::open() {
  while (head_.size() < kPcapHeaderBytes && !is_at_end_) {
    char more[kPcapHeaderBytes];
    const auto got = source_.read(more, kPcapHeaderBytes - head_.size());
    if (!got.ok()) (got.error().code == ErrorCode::malformed ? cut_ : failure_) = got.error();
    is_at_end_ = !got.ok() || *got == 0;
    if (got.ok()) head_.append(more, *got);
  }
  received_ = head_.size();
  ordinary_ = PcapRecords::of(head_, source_);
  return ordinary_ != nullptr || open_with_libpcap();
}

bool CaptureFile::open_with_libpcap() {
  buffer_ = std::make_unique<char[]>(kBufferBytes);
  cookie_io_functions_t functions{};
  functions.read = &CaptureFile::read_cookie;
  file_ = fopencookie(this, "r", functions);
  if (file_ == nullptr) {
    damage_ = {"pcap.header.unreadable", "no memory for a stream", 0};
    return false;
  }
  // Without a buffer given, glibc ignores the size and takes 8 KiB.
  std::setvbuf(file_, buffer_.get(), _IOFBF, kBufferBytes);
  __fsetlocking(file_, FSETLOCKING_BYCALLER);
  char text[PCAP_ERRBUF_SIZE] = {};
  pcap_ = pcap_fopen_offline_with_tstamp_precision(file_, PCAP_TSTAMP_PRECISION_MICRO, text);
  if (pcap_ == nullptr) {
    take_damage(text);
    return false;
  }
  link_type_ = pcap_datalink(pcap_);
  return true;
}

bool CaptureFile::next_ordinary(CapturedPacket& packet) {
  switch (ordinary_->next(packet)) {
    case PcapRecords::Outcome::packet:
      return true;
    case PcapRecords::Outcome::end:
      return false;
    case PcapRecords::Outcome::failed:
      failure_ = ordinary_->error();
      return false;
    case PcapRecords::Outcome::truncated:
      damage_ = {"pcap.truncated", ordinary_->damage(), ordinary_->next_offset()};
      return false;
    case PcapRecords::Outcome::bad_length:
      damage_ = {"pcap.record.bad_length", ordinary_->damage(), ordinary_->next_offset()};
      return false;
  }
  return false;
}

bool CaptureFile::next(CapturedPacket& packet) {
  if (ordinary_ != nullptr) return next_ordinary(packet);
  pcap_pkthdr* header = nullptr;
  const std::uint8_t* bytes = nullptr;
  const int outcome = pcap_next_ex(pcap_, &header, &bytes);
  if (outcome == 1) {
    RecordScanner::Place place;
    if (!scanner_.take(place)) {
      damage_ = {"pcap.record.not_located", "libpcap reads a packet where no record was seen", 0};
      return false;
    }
    // pcapng stamps have 64 bits, and a damaged one would overflow.
    const std::int64_t second = header->ts.tv_sec;
    packet.has_time = second >= kMinStampSeconds && second <= kMaxStampSeconds;
    const RecordScanner::Interface* interface = scanner_.interface_of(place);
    packet.link_type = interface == nullptr ? link_type_ : static_cast<int>(interface->link_type);
    packet.ref = {place.offset, place.length, interface == nullptr ? 1 : interface->width_us,
                  packet.has_time ? second * kMicrosPerSecond + header->ts.tv_usec : 0};
    packet.bytes = {bytes, header->caplen};
    return true;
  }
  if (outcome == PCAP_ERROR) {
    take_damage(pcap_geterr(pcap_));
  } else if (cut_) {
    damage_ = {"pcap.truncated", cut_->message, 0};
  }
  return false;
}

void CaptureFile::take_damage(std::string_view libpcap_text) {
  damage_.why = cut_ ? cut_->message : std::string(libpcap_text);
  const bool is_cut = libpcap_text.find("truncated") != std::string_view::npos;
  if (pcap_ == nullptr) {
    damage_.code = is_cut ? "pcap.header.truncated" : "pcap.header.unreadable";
  } else if (is_cut || cut_) {
    damage_.code = "pcap.truncated";
  } else {
    damage_.code = "pcap.record.bad_length";
  }
}

// The scanner is ahead of libpcap by as much as a read happened to bring. Once it has seen all, the
// place hangs on the file alone.
void CaptureFile::locate_damage() {
  if (damage_.code.empty()) return;
  if (scanner_.is_at_other_order()) {
    damage_.code = "pcap.sections.differ";
    damage_.why = "a section in the other byte order than the first one's";
  }
  damage_.offset = pcap_ == nullptr ? 0 : scanner_.next_offset();
}

std::uint64_t CaptureFile::drain() {
  if (ordinary_ != nullptr) {
    const std::uint64_t size = ordinary_->drain();
    const auto& error = ordinary_->error();
    if (error && error->code != ErrorCode::malformed) failure_ = error;
    return size;
  }
  std::vector<char> rest(kBufferBytes);
  while (supply(rest.data(), rest.size()) > 0) {
  }
  locate_damage();
  return received_;
}

}  // namespace assay
