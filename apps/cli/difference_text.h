// What changed between two examinations, as text.
#pragma once

#include <string>

#include "session.h"
#include "verdict_text.h"

namespace assay::cli {

// In a dozen lines a question: what moved, and by which findings. Everything: every finding,
// sign and answer that changed.
std::string difference_text(const Session& session, const Difference& difference, Length length);

}  // namespace assay::cli
