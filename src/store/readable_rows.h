// Rows as people read them: addresses, names, types and times spelled out. The view `lookups` and
// the Parquet export are this one statement.
#pragma once

#include <string>
#include <string_view>

namespace assay {

// A SELECT over dns with side tables joined. `where`: a condition on dns's columns, which
// bear the prefix "d.".
std::string readable_rows_sql(std::string_view where);

// A host key spelled out; `joined_ip` is the address that a join with the hosts found.
std::string host_sql(std::string_view key, std::string_view joined_ip);

}  // namespace assay
