// A window over a ByteSource for binary formats: so many bytes at once, and where they lie.
//
// Memory is one block, or the largest piece that was asked for; who asks names a limit first.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "assay/reader.h"

namespace assay {

class ByteWindow {
 public:
  explicit ByteWindow(ByteSource& source) : source_(source) {}

  // At least `count` bytes at the position, or all that are left when there are fewer. Valid until
  // the next call.
  std::span<const std::uint8_t> need(std::size_t count) {
    if (end_ - position_ < count) fill(count);
    return {buffer_.get() + position_, end_ - position_};
  }
  // Precondition: need() gave as many bytes.
  void skip(std::size_t count) { position_ += count; }
  std::uint64_t offset() const { return base_ + position_; }

  // Reads what is left, so that the seal beneath sees every byte, and returns the input's size.
  std::uint64_t drain();
  // The source refused a read.
  const std::optional<Error>& failure() const { return failure_; }
  // What the source said when its compressed stream broke off; else empty.
  const std::string& damage() const { return damage_; }

 private:
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 18;

  void fill(std::size_t count);

  ByteSource& source_;
  std::unique_ptr<std::uint8_t[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t position_ = 0;
  std::size_t end_ = 0;
  std::uint64_t base_ = 0;  // offset of the buffer's first byte
  bool is_at_end_ = false;
  std::string damage_;
  std::optional<Error> failure_;
};

}  // namespace assay
