// The content of one mail transaction as it streams by: behind DATA (RFC 5321 section 4.1.1.4) or
// in chunks (RFC 3030). Measured and hashed; of its text only a few header fields are kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/digest.h"

namespace assay {

inline constexpr std::size_t kMaxHeaderBytesSeen = 16 << 10;  // that are looked at

class SmtpContent {
 public:
  // Takes bytes off the front of `bytes` until the line that holds but a dot. True: it was there.
  bool take_data(std::string_view& bytes);
  // Takes the bytes of a chunk.
  void take_chunk(std::string_view bytes) { put(bytes); }
  // Bytes were sent here and not captured.
  void lose() {
    is_whole_ = false;
    state_ = State::within;
  }
  bool is_whole() const { return is_whole_; }
  std::uint64_t size() const { return size_; }  // of what was captured, dots unstuffed
  std::string sha256() const { return digest_.hex_so_far(); }
  std::size_t held_bytes() const { return header_.size(); }
  // The body of the first header field of this name, unfolded; `name` in lower case. Empty: none.
  std::string header_field(std::string_view name) const;

 private:
  enum class State : std::uint8_t { line_start, dot, dot_return, within, carriage_return };
  void put(std::string_view bytes);

  Sha256 digest_;
  std::string header_;
  std::uint64_t size_ = 0;
  State state_ = State::line_start;
  bool is_whole_ = true, is_header_over_ = false;
};

}  // namespace assay
