// The longest stretch of a sequence that occurs twice: a copied block of a log.
#pragma once

#include <cstdint>
#include <vector>

namespace assay::methods {

struct Repeat {
  std::size_t first = 0;   // where the first occurrence begins
  std::size_t second = 0;  // where the second does; they do not overlap
  std::size_t length = 0;
  double expected = 0;      // about the longest that chance gives, were tokens independent
  bool is_regular = false;  // its quarter recurs elsewhere: a rhythm, not a copy
};

// Tokens are any numbers. O(n log n): binary search over lengths, a hash table for each.
Repeat longest_repeat(const std::vector<std::uint64_t>& tokens);

}  // namespace assay::methods
