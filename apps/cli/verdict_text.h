// A verdict in a dozen lines.
#pragma once

#include <string>

#include "session.h"

namespace assay::cli {

// Long: every sentence whole and every explanation by its title; else a line for each claim.
enum class Length { dozen_lines, everything };
std::string verdict_text(const Session& session, const QuestionResult& result, Length length);
Json verdict_json(const ExamineOutcome& outcome);

}  // namespace assay::cli
