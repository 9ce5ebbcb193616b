#include "methods/support/repeats.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace assay::methods {
namespace {

constexpr std::uint64_t kBase = 0x9e3779b97f4a7c15ULL;  // odd, so powers never vanish
constexpr std::size_t kMostOccurrences = 4;

std::uint64_t scramble(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

// Polynomial hash of every window of `length` tokens, modulo 2^64 over scrambled tokens.
std::vector<std::uint64_t> window_hashes(const std::vector<std::uint64_t>& scrambled,
                                         std::size_t length) {
  std::uint64_t power = 1;
  for (std::size_t i = 0; i < length; ++i) power *= kBase;
  std::vector<std::uint64_t> hashes(scrambled.size() - length + 1);
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < scrambled.size(); ++i) {
    hash = hash * kBase + scrambled[i];
    if (i >= length) hash -= power * scrambled[i - length];
    if (i + 1 >= length) hashes[i + 1 - length] = hash;
  }
  return hashes;
}

// The first pair of equal windows that do not overlap.
std::optional<std::pair<std::size_t, std::size_t>> find_pair(
    const std::vector<std::uint64_t>& tokens, const std::vector<std::uint64_t>& scrambled,
    std::size_t length) {
  const auto hashes = window_hashes(scrambled, length);
  std::size_t slots = 16;
  while (slots < 2 * hashes.size()) slots *= 2;
  std::vector<std::uint32_t> table(slots, 0);  // position + 1
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    std::size_t slot = scramble(hashes[i]) & (slots - 1);
    while (table[slot] != 0 && hashes[table[slot] - 1] != hashes[i]) slot = (slot + 1) % slots;
    if (table[slot] == 0) {
      table[slot] = static_cast<std::uint32_t>(i + 1);
      continue;
    }
    const std::size_t first = table[slot] - 1;
    const auto from = tokens.begin() + static_cast<std::ptrdiff_t>(first);
    if (i - first >= length && std::equal(from, from + static_cast<std::ptrdiff_t>(length),
                                          tokens.begin() + static_cast<std::ptrdiff_t>(i))) {
      return std::pair(first, i);
    }
  }
  return std::nullopt;
}

double expected_longest(std::vector<std::uint64_t> tokens) {
  const double n = static_cast<double>(tokens.size());
  std::sort(tokens.begin(), tokens.end());
  double same = 0;  // probability that two tokens agree
  for (std::size_t i = 0; i < tokens.size();) {
    std::size_t end = i;
    while (end < tokens.size() && tokens[end] == tokens[i]) ++end;
    const double share = static_cast<double>(end - i) / n;
    same += share * share;
    i = end;
  }
  return same >= 1 ? n : std::min(n, 2 * std::log(n) / -std::log(same));
}

bool recurs(const std::vector<std::uint64_t>& scrambled, const Repeat& repeat) {
  const std::size_t quarter = std::max<std::size_t>(repeat.length / 4, 3);
  if (quarter > repeat.length) return false;
  const auto hashes = window_hashes(scrambled, quarter);
  return static_cast<std::size_t>(std::count(hashes.begin(), hashes.end(), hashes[repeat.first])) >
         kMostOccurrences;
}

}  // namespace

Repeat longest_repeat(const std::vector<std::uint64_t>& tokens) {
  Repeat repeat;
  if (tokens.size() < 4) return repeat;
  std::vector<std::uint64_t> scrambled(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) scrambled[i] = scramble(tokens[i] + kBase);
  repeat.expected = expected_longest(tokens);
  std::size_t low = 0;
  std::size_t high = tokens.size() / 2;
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    if (const auto pair = find_pair(tokens, scrambled, middle)) {
      repeat.first = pair->first;
      repeat.second = pair->second;
      repeat.length = middle;
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  if (repeat.length > 0) repeat.is_regular = recurs(scrambled, repeat);
  return repeat;
}

}  // namespace assay::methods
