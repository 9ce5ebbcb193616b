// Finds and loads libchdb, once a process.
#pragma once

#include <string>

#include "assay/result.h"
#include "store/chdb_abi.h"

namespace assay::chdb {

// `library_path` "" = where the build found it, else beside the installed program. Errors:
// unsupported (no AVX2, library missing or of another version).
Result<const Abi*> load_library(const std::string& library_path);

}  // namespace assay::chdb
