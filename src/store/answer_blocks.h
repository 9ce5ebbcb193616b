// Blocks of answers within a segment, by offset.
#pragma once

#include <functional>
#include <string>

#include "assay/store.h"
#include "store/row_scan.h"
#include "store/row_sort.h"
#include "store/segment_file.h"

namespace assay {

// The answers of a batch, those of one offset as they came.
Status write_answers(SegmentWriter& writer, const RowBatch& batch, const SegmentLimits& limits,
                     RowSorter& sorter);

// The answers of the filter's rows by evidence and offset, until `each` returns false.
Status each_answer(const ScanInput& input, const RowFilter& filter,
                   const std::function<bool(const StoredAnswer&)>& each);

}  // namespace assay
