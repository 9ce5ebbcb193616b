#include "readers/byte_window.h"

#include <algorithm>
#include <cstring>

namespace assay {

void ByteWindow::fill(std::size_t count) {
  const std::size_t kept = end_ - position_;
  if (!buffer_ || capacity_ < count) {
    const std::size_t capacity = std::max({kBlockBytes, count, capacity_ * 2});
    auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
    if (kept > 0) std::memcpy(larger.get(), buffer_.get() + position_, kept);
    buffer_ = std::move(larger);
    capacity_ = capacity;
  } else if (kept > 0) {
    std::memmove(buffer_.get(), buffer_.get() + position_, kept);
  }
  base_ += position_;
  position_ = 0;
  end_ = kept;
  while (!is_at_end_ && end_ < count) {
    const auto got = source_.read(reinterpret_cast<char*>(buffer_.get()) + end_, capacity_ - end_);
    if (!got.ok()) {
      is_at_end_ = true;
      if (got.error().code == ErrorCode::malformed) {
        const std::string& why = got.error().message;
        damage_ = why.empty() ? "no reason given" : why;
      } else {
        failure_ = got.error();
      }
    } else if (*got == 0) {
      is_at_end_ = true;
    } else {
      end_ += *got;
    }
  }
}

std::uint64_t ByteWindow::drain() {
  while (need(1).size() > 0) position_ = end_;
  return offset();
}

}  // namespace assay
