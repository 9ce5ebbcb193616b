// Scenarios as files. docs/simulator.md has the keys; scenarios/ has examples.
#pragma once

#include <string>
#include <string_view>

#include "assay/result.h"
#include "sim/scenario.h"

namespace assay::sim {

// Errors: usage, with file, line and what would be right. Bounds are generous but there: days,
// parties and rates that no machine could hold are refused.
Result<Scenario> parse_scenario(std::string_view text, std::string_view file);

}  // namespace assay::sim
