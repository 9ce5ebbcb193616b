#pragma once
// Seeded randomness that gives the same numbers with every standard library: the distributions of
// <random> are not specified to the bit, and a benchmark's input must be the same file everywhere.
#include <cmath>
#include <cstdint>

namespace assay::bench {

// The finalizer of SplitMix64; also used to derive fixed properties from a rank.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(mix(seed)) {}

  std::uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15u); }

  // In [0, n); the bias of the multiplication is below 2^-40 for the n used here.
  std::uint64_t below(std::uint64_t n) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * n) >> 64);
  }

  // In (0, 1].
  double unit() { return static_cast<double>((next() >> 11) + 1) * 0x1p-53; }

  bool percent(unsigned p) { return below(100) < p; }

  double exponential(double mean) { return -mean * std::log(unit()); }

 private:
  std::uint64_t state_;
};

// Ranks 0..n-1 with P(rank) close to (rank+1)^-s, 0 < s < 1, by inverting the continuous law.
class Zipf {
 public:
  Zipf(std::uint64_t n, double s) : n_(n), power_(1.0 / (1.0 - s)) {}

  std::uint64_t draw(Random& random) const {
    const auto rank =
        static_cast<std::uint64_t>(static_cast<double>(n_) * std::pow(random.unit(), power_));
    return rank < n_ ? rank : n_ - 1;
  }

 private:
  std::uint64_t n_;
  double power_;
};

}  // namespace assay::bench
