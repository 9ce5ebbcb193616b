// A source whose first bytes can be looked at before they are read.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "assay/reader.h"

namespace assay {

class PeekedSource final : public ByteSource {
 public:
  explicit PeekedSource(ByteSource& source) : source_(source) {}

  // Up to `most` bytes from the start; fewer only at the end or at an error of the source, which
  // the next read() gives. Call before any read().
  std::string_view peek(std::size_t most) {
    while (head_.size() < most && !is_ended_) {
      const std::size_t had = head_.size();
      head_.resize(most);
      end_ = source_.read(head_.data() + had, most - had);
      const std::size_t got = end_.ok() ? *end_ : 0;
      head_.resize(had + got);
      is_ended_ = got == 0;
    }
    return head_;
  }

  Result<std::size_t> read(char* into, std::size_t capacity) override {
    if (taken_ < head_.size()) {
      const std::size_t count = std::min(capacity, head_.size() - taken_);
      head_.copy(into, count, taken_);
      taken_ += count;
      return count;
    }
    if (is_ended_) return end_;
    return source_.read(into, capacity);
  }

 private:
  ByteSource& source_;
  std::string head_;
  std::size_t taken_ = 0;
  bool is_ended_ = false;
  Result<std::size_t> end_ = std::size_t{0};
};

}  // namespace assay
