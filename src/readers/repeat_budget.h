// How much of what stands once in the input the records of a read may repeat: a line may name
// 30,000 recipients, and each of its records repeats all its other cells.
#pragma once

#include <cstdint>

namespace assay {

class RepeatBudget {
 public:
  // So many times the bytes read so far, and some room for a short file. Real input stays below 3.
  static constexpr std::uint64_t kMaxRepeated = 64;
  static constexpr std::uint64_t kRoomToRepeat = std::uint64_t{16} << 20;

  // False, and nothing spent, when `bytes` more would be too much.
  bool allow(std::uint64_t bytes, std::uint64_t bytes_read) {
    if (repeated_ + bytes > kRoomToRepeat + kMaxRepeated * bytes_read) return false;
    repeated_ += bytes;
    return true;
  }

 private:
  std::uint64_t repeated_ = 0;
};

}  // namespace assay
