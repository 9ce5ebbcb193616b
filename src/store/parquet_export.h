// Rows as a Parquet file with readable columns.
#pragma once

#include <string>

#include "assay/store.h"
#include "store/chdb_connection.h"

namespace assay {

// Writes beside `path` and renames at the end; never over a file that is there. Errors: io.
Status write_parquet(chdb::Session& session, const RowFilter& filter, const std::string& path);

}  // namespace assay
