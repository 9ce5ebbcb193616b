// Which evidences people's SQL sees.
//
// A store calls an evidence committed a moment before the custody chain calls it read; after a
// crash in between, its rows lie there and do not count.
#pragma once

#include <set>

#include "assay/store.h"

namespace assay {

// From now on the views of `store` show these evidences alone. Nothing to do where there is no SQL.
void show_only(RecordStore& store, std::set<std::uint32_t> evidences);

}  // namespace assay
