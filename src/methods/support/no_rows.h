// The finding of a method that had nothing to look at.
#pragma once

#include <string>
#include <string_view>

#include "assay/method.h"

namespace assay::methods {

// `of`: what numbers would be of ("gap", "row", "burst"); `so`: what follows ("there is no gap to
// measure"). Without a subject no party asked at all. Outcome not_enough.
Finding no_rows(const Method& method, const QuestionRecords& records, const MethodContext& context,
                std::string_view subject, std::string dedup_rule, std::string_view of,
                std::string_view so);

}  // namespace assay::methods
