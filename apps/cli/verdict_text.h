// A verdict in a dozen lines.
#pragma once

#include <string>

#include "session.h"

namespace assay::cli {

std::string verdict_text(const Session& session, const QuestionResult& result);
Json verdict_json(const ExamineOutcome& outcome);

}  // namespace assay::cli
