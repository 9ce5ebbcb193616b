// Text that came from evidence is the attacker's text. Everything that goes into a page passes
// here.
#pragma once

#include <string>
#include <string_view>

namespace assay {

inline constexpr std::size_t kMostShownBytes = 400;
inline constexpr std::size_t kMostSentenceBytes = 2'000;
inline constexpr std::size_t kMostAnchorBytes = 200;

// For element content and for attributes in double quotes. Control characters, bidirectional
// overrides, other invisible characters and bytes that are not UTF-8 are shown as \x.. or \u{....}.
std::string escape_html(std::string_view text);
// The same, cut after so many bytes with the full length stated.
std::string escape_html_cut(std::string_view text, std::size_t most_bytes = kMostShownBytes);
// A sentence: cut later than a name; times and percentages do not break across lines.
std::string escape_sentence(std::string_view text, std::size_t most_bytes = kMostSentenceBytes);
// For a label beside a bar or over a column: so many bytes at most, then "…".
std::string escape_html_short(std::string_view text, std::size_t most_bytes);
// An identifier for id= and href="#...": letters, digits, '-', '_', '.'; distinct inputs stay
// distinct. Of a long text only the beginning and its SHA-256 are left.
std::string anchor_of(std::string_view text);

}  // namespace assay
