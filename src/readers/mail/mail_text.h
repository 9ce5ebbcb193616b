// Small things about the texts of mail, which know no encoding but ASCII.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "core/ascii.h"

namespace assay {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Without regard to the case of ASCII letters; `lower_word` is in lower case.
inline bool is_same_word(std::string_view text, std::string_view lower_word) {
  return text.size() == lower_word.size() &&
         std::equal(text.begin(), text.end(), lower_word.begin(),
                    [](char a, char b) { return lower(a) == b; });
}

inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kGaps = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kGaps);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kGaps) - begin + 1);
}

// Length of the field name at the start of a line, its colon not counted; 0 when there is none (RFC
// 5322 section 2.2; blanks before the colon are obsolete but allowed, section 4.5).
inline std::size_t field_name_length(std::string_view line) {
  std::size_t end = 0;
  while (end < line.size() && line[end] > ' ' && line[end] < 0x7f && line[end] != ':') ++end;
  std::size_t colon = end;
  while (colon < line.size() && (line[colon] == ' ' || line[colon] == '\t')) ++colon;
  return colon < line.size() && line[colon] == ':' ? end : 0;
}

// How sure a line that begins with "From " looks like a mailbox's own.
enum class FromLine {
  none,
  plain,  // no date
  dated,  // a date somewhere behind it, which a sentence may have
  exact,  // "From ADDRESS Mon Jun  6 10:00:05 2016"
};
FromLine judge_from_line(std::string_view line);
// A field that messages have, at the start of a line.
bool starts_with_known_field(std::string_view line);

}  // namespace assay
