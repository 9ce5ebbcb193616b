// Computes the findings of a case again, from the evidence and not from its store, and compares
// them with those that are kept.
#pragma once

#include <functional>
#include <string>

#include "engine/case_impl.h"

namespace assay {

// The number of findings that came out as they are kept. Everything else goes to `problem` (where,
// what). Only what the last `examined` line covered takes part: evidence that came later is no
// reason for a finding to change. Precondition: the chain has no problem and an `examined` line.
// Errors: interrupted; io, locked, unsupported when this machine cannot do it (which says nothing
// about the case).
Result<std::uint64_t> recompute_findings(
    Case::Impl& inside, const std::function<void(std::string, std::string)>& problem);

}  // namespace assay
