// Text that came from evidence is the attacker's text. Everything that goes into a page passes
// here.
#pragma once

#include <string>
#include <string_view>

namespace assay {

inline constexpr std::size_t kMostShownBytes = 400;

// For element content and for attributes in double quotes. Control characters, bidirectional
// overrides, other invisible characters and bytes that are not UTF-8 are shown as \x.. or \u{....}.
std::string escape_html(std::string_view text);
// The same, cut after kMostShownBytes with the full length stated.
std::string escape_html_cut(std::string_view text);
// An identifier for id= and href="#...": letters, digits, '-', '_', '.'; distinct inputs stay
// distinct.
std::string anchor_of(std::string_view text);

}  // namespace assay
