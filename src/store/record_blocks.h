// Blocks of records that are no look-ups, with their fields, by time and number.
#pragma once

#include <functional>

#include "assay/store.h"
#include "store/row_scan.h"
#include "store/segment_file.h"

namespace assay {

Status write_records(SegmentWriter& writer, const RowBatch& batch, const SegmentLimits& limits);

// Wanted records by time, evidence and number, until `each` returns false.
Status each_record(const ScanInput& input, const RowFilter& filter,
                   const std::function<bool(const StoredRecord&)>& each);
Result<std::uint64_t> count_wanted_records(const ScanInput& input, const RowFilter& filter);

}  // namespace assay
