// A text as the bytes of an evidence.
#pragma once

#include <algorithm>
#include <string>

#include "assay/reader.h"

namespace assay {

class TextSource final : public ByteSource {
 public:
  // Hands out at most `most` bytes at once.
  explicit TextSource(std::string text, std::size_t most = SIZE_MAX)
      : text_(std::move(text)), most_(most) {}
  Result<std::size_t> read(char* into, std::size_t capacity) override {
    const std::size_t count = text_.copy(into, std::min(capacity, most_), at_);
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  std::size_t most_;
  std::size_t at_ = 0;
};

}  // namespace assay
