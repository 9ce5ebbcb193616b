// Dates as people say them: a year, a month, a day, or an instant.
#pragma once

#include <optional>
#include <string_view>

#include "assay/instant.h"

namespace assay {

// "2010", "2010-03", "2010-03-04", "2010-03-04T05:06Z": from the first instant that it can mean to
// behind the last. nullopt: it cannot be read.
std::optional<Interval> parse_said_date(std::string_view text);

}  // namespace assay
