// Frame Streams (as libfstrm writes them): frames with a length before each, and control frames
// between them. One-way files hold START, data, STOP; what was kept of a two-way connection holds
// READY, ACCEPT and FINISH too, of either direction.
#pragma once

#include <string>
#include <string_view>

#include "readers/byte_window.h"

namespace assay {

// A dnstap frame bears at most two DNS messages of 64 KiB and what a server says of them.
inline constexpr std::size_t kMaxFrameBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxControlBytes = 4'096;  // libfstrm allows itself 512

enum class ControlType : std::uint32_t { data = 0, accept = 1, start, stop, ready, finish };

struct StreamFrame {
  ControlType control = ControlType::data;
  std::span<const std::uint8_t> payload;  // of a data frame; valid until the next frame
  std::string_view content_type;          // the first one that a control frame names, or empty
  std::uint64_t offset = 0;               // of its length field
  std::uint32_t length = 0;               // with it
  std::string_view problem;               // a control frame that cannot be read: why; else empty
};

class FrameStream {
 public:
  explicit FrameStream(ByteSource& source) : window_(source) {}

  // False at the end, at damage or when the source fails.
  bool next(StreamFrame& frame);

  // Why reading stopped before the end; an empty code: it did not. The rest of the input is
  // damaged.
  struct Damage {
    std::string_view code;
    std::string why;
    std::string text;  // the first bytes
  };
  const Damage& damage() const { return damage_; }
  std::uint64_t offset() const { return window_.offset(); }
  std::uint64_t drain() { return window_.drain(); }
  const std::optional<Error>& failure() const { return window_.failure(); }

 private:
  bool refuse(std::string_view code, std::string why);
  bool take_control(StreamFrame& frame);

  ByteWindow window_;
  Damage damage_;
};

}  // namespace assay
