// How numbers are written in a report: one place, one way, no locale.
#pragma once

#include <cstdint>
#include <string>

#include "assay/finding.h"

namespace assay {

std::string format_count(std::uint64_t count);  // 2,820
std::string format_percent(double share);       // 79.8 %
std::string format_number(double value);        // four significant digits, no exponent below 1e15
std::string format_seconds(double seconds);     // "3,600 s", "0.80 s"
// "79.8 % (95 %: 77.1 % to 82.3 %)"; a share (unit "", name with "share") is shown as a percentage.
std::string format_quantity(const Quantity& quantity);

}  // namespace assay
