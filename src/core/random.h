// Seeded randomness with the same numbers on every machine: xoshiro256** started by splitmix64
// (D. Blackman, S. Vigna, 2021), and distributions written out, since the standard library's differ
// between implementations.
#pragma once

#include <cmath>
#include <cstdint>

namespace assay {

class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15ull;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
      word = z ^ (z >> 31);
    }
  }

  std::uint64_t bits() {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }  // [0, 1)
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  bool chance(double probability) { return uniform() < probability; }
  double exponential(double mean) { return -mean * std::log1p(-uniform()); }
  double normal(double mean, double sd) {  // Box and Muller 1958, one of the two
    const double radius = std::sqrt(-2 * std::log1p(-uniform()));
    return mean + sd * radius * std::cos(2 * 3.14159265358979323846 * uniform());
  }
  double lognormal(double median, double sigma) { return median * std::exp(normal(0, sigma)); }
  std::uint64_t poisson(double mean) {  // in time of the mean
    std::uint64_t count = 0;
    for (double sum = exponential(1); sum < mean; sum += exponential(1)) ++count;
    return count;
  }
  // 1, 2, ... with this mean
  std::uint64_t geometric(double mean) {
    if (mean <= 1) return 1;
    return 1 + static_cast<std::uint64_t>(std::log1p(-uniform()) / std::log1p(-1 / mean));
  }
  // 0 .. n-1
  std::uint64_t below(std::uint64_t n) {
    return static_cast<std::uint64_t>(uniform() * static_cast<double>(n));
  }

 private:
  static std::uint64_t rotate(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  std::uint64_t state_[4];
};

}  // namespace assay
