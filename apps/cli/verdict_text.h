// A verdict in a dozen lines.
#pragma once

#include <string>

#include "session.h"

namespace assay::cli {

// In two lines: conclusion and rung alone. In a dozen: survivors by title, what would tell most,
// and a line for each claim with its word, number and caveat. Everything: every sentence whole.
enum class Length { two_lines, dozen_lines, everything };
std::string verdict_text(const Session& session, const QuestionResult& result, Length length);
Json verdict_json(const ExamineOutcome& outcome);
// "E1 Live mail and its anti-spam look-ups"
std::string code_and_title(const std::string& explanation);
// Appends `name` in a column of `width`, then the words, broken at blanks and never cut.
void field(std::string& text, std::string_view name, std::string_view words,
           std::size_t width = 14);

}  // namespace assay::cli
