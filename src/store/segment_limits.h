// What bounds the memory of the segment store, in one place so that tests can make everything
// small: many blocks, many windows, and much that does not fit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace assay {

struct SegmentLimits {
  std::size_t rows_per_block = 4'096;
  std::size_t answers_per_block = 4'096;
  std::size_t records_per_block = 256;
  std::size_t names_per_block = 1'024;
  // A block ends early when its texts are this long.
  std::size_t text_bytes_per_block = std::size_t{256} << 10;

  std::size_t rows_per_window = 262'144;  // 76 bytes each
  std::size_t names_per_window = 65'536;  // a few dozen bytes each
  std::size_t answers_per_window = 65'536;
  std::size_t records_per_window = 8'192;
  std::size_t rows_per_output = 65'536;

  std::size_t keys_in_memory = 500'000;    // of names and hosts, about 56 bytes each
  std::size_t rows_in_memory = 1'000'000;  // sorted by time; more go to disk
  std::size_t loci_in_memory = 4'000'000;  // offsets of rows whose answers are asked for
  std::size_t group_bytes_in_memory = std::size_t{150} << 20;

  static SegmentLimits within(std::uint64_t max_memory_bytes) {
    SegmentLimits limits;
    const auto memory = static_cast<std::size_t>(max_memory_bytes);
    limits.rows_in_memory = std::clamp<std::size_t>(memory / 512, 1'000, limits.rows_in_memory);
    limits.group_bytes_in_memory =
        std::clamp<std::size_t>(memory / 4, 1 << 16, limits.group_bytes_in_memory);
    return limits;
  }
};

}  // namespace assay
