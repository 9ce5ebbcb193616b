// Bytes in memory as a reader takes them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "assay/reader.h"

namespace assay {

// Hands out at most `piece` bytes at once; ends well, or with an error. The bytes outlive it.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes, std::size_t piece = SIZE_MAX)
      : rest_(bytes), piece_(piece) {}
  void end_with(Error error) { end_ = std::move(error); }

  Result<std::size_t> read(char* into, std::size_t capacity) override {
    const std::size_t count = rest_.copy(into, std::min(capacity, piece_));
    if (count == 0 && end_) return *end_;
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::size_t piece_;
  std::optional<Error> end_;
};

}  // namespace assay
