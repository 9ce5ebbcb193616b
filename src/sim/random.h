// The simulator's randomness is the core's.
#pragma once

#include "core/random.h"

namespace assay::sim {

using assay::Random;

}  // namespace assay::sim
