// The inside of a case for functions of the engine that are no members of Case.
#pragma once

#include <memory>

#include "engine/case_impl.h"

namespace assay {

// As Case::open.
Result<std::unique_ptr<Case::Impl>> open_inside(const std::string& directory,
                                                const Surroundings& surroundings);

}  // namespace assay
