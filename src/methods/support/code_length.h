// In how many bits records can be written down: lengths of codes that are fixed before looking, so
// that a bound made of the shortest is a bound (Kraft 1949; Rissanen 1983).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace assay::methods {

// log2 of C(n, k); 0 unless 0 < k < n. By lgamma in extended precision, good to a tenth of a bit up
// to n = 1e17.
double log2_choose(double n, double k);
// log2 of the ways to put `events` into `slots`, several in one allowed.
double log2_placings(double slots, double events);
// Rissanen's universal code of a whole number from 0.
double integer_bits(double value);

// A sequence written value by value: one that came before costs what its share so far makes it
// cost, a new one an escape and its length in binary digits, learned likewise, and then its digits.
// Timers become cheap, and no sequence costs much more than its digits. O(1) a value.
class AdaptiveCode {
 public:
  double bits_of(std::uint64_t value);

 private:
  std::unordered_map<std::uint64_t, double> counts_;
  double total_ = 0;
  double new_by_digits_[65] = {};
  double new_total_ = 0;
};

// Symbols of an agreed alphabet, each after its predecessor. O(log n) a symbol.
double adaptive_symbol_bits(const std::vector<std::uint32_t>& symbols, double alphabet);

// Events in ascending slots, written as the refreshes of so few caches as suffice, each silent for
// `closed_slots` after a refresh. That so many suffice is read off the events and written along, so
// the length holds whether there is a cache or not. Nothing when closed_slots < 1 or no event.
struct CachedPlacings {
  double caches = 0;
  double bits = 0;
};
std::optional<CachedPlacings> cached_placings(const std::vector<std::int64_t>& events, double slots,
                                              std::int64_t closed_slots);

}  // namespace assay::methods
