// The words by which the columns of a delimited file are known.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "readers/delimited_plan.h"
#include "readers/text_numbers.h"

namespace assay {

std::string simplified_header(std::string_view header);
// How sure this simplified header means this cell: 0 is surest, -1 not at all.
int header_rank(Cell cell, std::string_view simplified);
// True when this simplified header tells that the list is one of questions: who asked, whom, what.
bool tells_of_questions(std::string_view simplified);

// "", or what databases print for it. "null" may be the name that somebody asked for.
inline bool is_unset(Cell cell, std::string_view text) {
  return text.empty() || text == "-" || text == "\\N" ||
         (cell != Cell::qname && (text == "NULL" || text == "null"));
}

// "1", "0x0001" or a mnemonic.
template <class Parse>
std::optional<std::uint16_t> code_of(std::string_view text, Parse parse) {
  if (text.starts_with("0x") && text.size() <= 6) {
    std::uint16_t value = 0;
    const auto [end, error] =
        std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
    if (error == std::errc() && end == text.data() + text.size()) return value;
    return std::nullopt;
  }
  if (const auto number = parse_number<std::uint16_t>(text)) return number;
  return parse(text);
}

}  // namespace assay
