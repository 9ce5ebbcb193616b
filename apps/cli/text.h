// Text for people: numbers with separators, and the attacker's text made safe for a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "assay/engine.h"

namespace assay::cli {

// Control characters, bytes that are no UTF-8 and characters that turn the direction of writing are
// written as \xNN.
std::string safe(std::string_view text);
// The same line by line, each behind four blanks.
std::string safe_lines(std::string_view text);
std::string number(std::uint64_t value);  // "3,534"
// "3 lines", "1 line"
std::string counted(std::uint64_t value, std::string_view noun);
std::string bytes_text(std::uint64_t value);  // "12.3 MB"
std::string span_text(const Interval& span);  // "2016-05-04T00:00:12Z to 2016-09-23T13:56:30Z"
// Left-aligned columns, two blanks between.
std::string columns(const std::vector<std::vector<std::string>>& rows);
// Broken at blanks so that no line is longer than `width`; every line begins with `indent`.
std::string wrapped(std::string_view text, std::string_view indent, std::size_t width = 96);

// Where the records lie beside the time that was declared; "" when they do not.
std::string coverage_warning(const Evidence& evidence);
// Its name as received, and the archive that it came out of.
std::string name_of(const Evidence& evidence);
// What was taken for granted because nobody stated it.
std::string assumptions(const Evidence& evidence);
// What is to be said of an evidence that was taken in: recognised how, balance, assumptions unless
// they are those `told_before`.
std::string describe(const Evidence& evidence, const std::vector<RejectSummary>& rejects,
                     std::string_view told_before = "");

}  // namespace assay::cli
