// A small seeded generator for nulls by resampling.
//
// Not <random>: its distributions give different numbers with different standard libraries, and a
// finding must be the same wherever it is computed. SplitMix64 (Steele, Lea, Flood 2014).
#pragma once

#include <cstdint>
#include <string_view>

namespace assay::methods {

class Random {
 public:
  // The same seed and label give the same stream, whatever else has run before.
  Random(std::uint64_t seed, std::string_view label) : state_(seed) {
    for (const char c : label) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  // In [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace assay::methods
