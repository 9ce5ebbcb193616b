#include "readers/mail/mail_bytes.h"

#include <algorithm>
#include <cstring>

namespace assay {

std::string_view MailLine::end() const {
  if (!text.ends_with('\n')) return {};
  return text.substr(text.size() - (text.ends_with("\r\n") ? 2 : 1));
}

bool MailBytes::next(MailLine& line) {
  reach(kMaxPieceBytes + kAheadBytes);
  if (sink_.failure()) status_ = *sink_.failure();
  if (!status_.ok() || position_ == end_) return false;
  const char* start = buffer_.get() + position_;
  const std::size_t most = std::min(end_ - position_, kMaxPieceBytes);
  const void* feed = std::memchr(start, '\n', most);
  // A piece does not end between CR and LF.
  std::size_t length = most;
  if (feed) {
    length = static_cast<std::size_t>(static_cast<const char*>(feed) - start) + 1;
  } else if (most == kMaxPieceBytes && start[most - 1] == '\r') {
    --length;
  }
  line = {{start, length}, base_ + position_, !is_in_line_, feed != nullptr};
  is_in_line_ = !feed;
  position_ += length;
  return true;
}

bool MailBytes::reach(std::size_t bytes) {
  while (end_ - position_ < bytes && fill(bytes)) {
  }
  return end_ - position_ >= bytes;
}

// Reads behind what is left, in room for `bytes` at least. Small reads do not move what is left
// each time, nor does a buffer that a long message made large stay so.
bool MailBytes::fill(std::size_t bytes) {
  if (is_at_end_) return false;
  const std::size_t left = end_ - position_;
  if (capacity_ - end_ < kBlockBytes / 2 || capacity_ - position_ < bytes) {
    const std::size_t needed = std::max(bytes, left) + kBlockBytes;
    if (capacity_ < needed || capacity_ > 4 * needed) {
      auto other = std::make_unique_for_overwrite<char[]>(needed);
      std::copy_n(buffer_.get() + position_, left, other.get());
      buffer_ = std::move(other);
      capacity_ = needed;
    } else {
      std::memmove(buffer_.get(), buffer_.get() + position_, left);
    }
    base_ += position_;
    position_ = 0;
    end_ = left;
  }
  const auto count = source_.read(buffer_.get() + end_, capacity_ - end_);
  is_at_end_ = !count.ok() || *count == 0;
  if (count.ok()) {
    end_ += *count;
  } else if (count.error().code == ErrorCode::malformed) {
    damage_ = count.error().message.empty() ? "no reason given" : count.error().message;
  } else {
    status_ = count.error();
  }
  return !is_at_end_;
}

}  // namespace assay
