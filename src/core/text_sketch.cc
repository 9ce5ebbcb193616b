#include "core/text_sketch.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>

#include "core/ascii.h"
#include "core/digest.h"

namespace assay {
namespace {

constexpr int kBinBits = std::countr_zero(kSketchBins);

bool is_of_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= '0' && byte <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || byte >= 0x80;
}

std::uint64_t mixed(std::uint64_t value, std::uint64_t seed) {
  return XXH3_64bits_withSeed(&value, sizeof value, seed);
}

// Of the last words one hash each, and of them the phrase's.
class Phrases {
 public:
  template <typename Take>
  void add(std::string_view word, Take take) {
    words_[count_++ % kPhraseWords] = XXH3_64bits(word.data(), word.size());
    if (count_ < kPhraseWords) return;
    std::array<std::uint64_t, kPhraseWords> phrase;
    for (std::size_t i = 0; i < kPhraseWords; ++i) phrase[i] = words_[(count_ + i) % kPhraseWords];
    take(XXH3_64bits(phrase.data(), sizeof phrase));
  }

 private:
  std::array<std::uint64_t, kPhraseWords> words_{};
  std::size_t count_ = 0;
};

enum class Lines { own, all };

template <typename Take>
void each_phrase(std::string_view text, Lines lines, Take take) {
  Phrases phrases;
  std::string word;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (lines == Lines::own) {
      if (line == "--" || line == "-- ") return;
      if (line.starts_with('>')) continue;
    }
    for (std::size_t i = 0; i <= line.size(); ++i) {
      if (i < line.size() && is_of_word(line[i])) {
        word += lower(line[i]);
      } else if (!word.empty()) {
        phrases.add(word, take);
        word.clear();
      }
    }
  }
}

std::vector<std::uint64_t> distinct_phrases(std::string_view text, Lines lines) {
  std::vector<std::uint64_t> phrases;
  each_phrase(text, lines, [&](std::uint64_t phrase) { phrases.push_back(phrase); });
  std::sort(phrases.begin(), phrases.end());
  phrases.erase(std::unique(phrases.begin(), phrases.end()), phrases.end());
  return phrases;
}

}  // namespace

std::vector<std::uint64_t> phrases_of(std::string_view text) {
  return distinct_phrases(text, Lines::own);
}

std::vector<std::uint64_t> all_phrases_of(std::string_view text) {
  return distinct_phrases(text, Lines::all);
}

std::string text_sketch(std::string_view text) {
  constexpr std::uint64_t kEmpty = ~std::uint64_t{0};
  std::array<std::uint64_t, kSketchBins> least;
  least.fill(kEmpty);
  std::array<std::uint64_t, kFewestPhrases> seen;  // the first of them, each once
  std::size_t phrases = 0;
  each_phrase(text, Lines::own, [&](std::uint64_t phrase) {
    std::uint64_t& own = least[phrase >> (64 - kBinBits)];
    own = std::min(own, phrase << kBinBits);
    if (phrases == seen.size()) return;
    const auto end = seen.begin() + phrases;
    if (std::find(seen.begin(), end, phrase) == end) seen[phrases++] = phrase;
  });
  if (phrases < kFewestPhrases) return {};
  std::string bytes(kSketchBins, '\0');
  for (std::uint64_t bin = 0; bin < kSketchBins; ++bin) {
    std::uint64_t from = bin;
    // An empty bin takes the least of another, which its number and the try alone decide.
    for (std::uint64_t attempt = 1; least[from] == kEmpty; ++attempt) {
      from = mixed(bin, attempt) % kSketchBins;
    }
    bytes[bin] = static_cast<char>(mixed(least[from], bin) >> 56);
  }
  return hex_digits(bytes);
}

std::optional<std::string> sketch_bytes(std::string_view hex) {
  if (hex.size() != 2 * kSketchBins) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    int byte = 0;
    for (const char c : hex.substr(i, 2)) {
      const bool is_digit = c >= '0' && c <= '9';
      if (!is_digit && (c < 'a' || c > 'f')) return std::nullopt;
      byte = byte * 16 + (is_digit ? c - '0' : c - 'a' + 10);
    }
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::size_t bins_in_common(std::string_view a, std::string_view b) {
  std::size_t same = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) same += a[i] == b[i];
  return same;
}

double jaccard_told_by(double bins_in_common) {
  constexpr double kByChance = 1.0 / 256;  // two bytes of different phrases
  const double share = bins_in_common / static_cast<double>(kSketchBins);
  return std::clamp((share - kByChance) / (1 - kByChance), 0.0, 1.0);
}

}  // namespace assay
