// Rows as people read them: addresses, names, types and times spelled out. The view `lookups` and
// the Parquet export are this one statement.
#pragma once

#include <string>
#include <string_view>

namespace assay {

// A SELECT over dns with side tables joined. `where` is a condition on dns's columns (with the
// alias d), or "committed" for the rows of committed evidences.
std::string readable_rows_sql(std::string_view where);

}  // namespace assay
