// Small sketches of texts, from which the share of what two texts have in common can be told.
//
// One-permutation min-wise hashing of five-word phrases (P. Li, A. Owen, C.-H. Zhang, NIPS 2012),
// empty bins filled by optimal densification (A. Shrivastava, ICML 2017), a byte kept of each bin.
// A. Broder (1997) has why two sketches agree in a bin as often as their phrases do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

inline constexpr std::size_t kSketchBins = 128;
inline constexpr std::size_t kPhraseWords = 5;
inline constexpr std::size_t kFewestPhrases = 10;  // below, a text has no sketch

// The text's phrases as hashes, each once, ascending. Words are runs of letters, digits and bytes
// above ASCII, in lower case. Quoted lines (">"), and what stands behind a signature's mark ("--"),
// are left out.
std::vector<std::uint64_t> phrases_of(std::string_view text);
// The same with quoted lines and signatures.
std::vector<std::uint64_t> all_phrases_of(std::string_view text);

// kSketchBins bytes in hex, "" of a text with fewer than kFewestPhrases phrases, each counted once.
// One pass.
std::string text_sketch(std::string_view text);

// A sketch as bytes; nothing when it is none.
std::optional<std::string> sketch_bytes(std::string_view hex);
// Bins in which two sketches agree, and the Jaccard index that it tells of: phrases in both of
// phrases in either. Its standard deviation is sqrt(J (1 - J) / 128), at most 0.044.
std::size_t bins_in_common(std::string_view a, std::string_view b);
double jaccard_told_by(double bins_in_common);

}  // namespace assay
