// SQL that people write.
#pragma once

#include <functional>
#include <string_view>

#include "assay/result.h"
#include "store/chdb_pool.h"

namespace assay {

// Checks the statement and streams its result. `format`: "csv", "tsv" (both with a header line) or
// "json" (one object a line). Errors: usage.
Status run_people_sql(chdb::Pool& pool, std::string_view statement, std::string_view format,
                      const std::function<bool(std::string_view)>& each);

}  // namespace assay
