// People's SQL over segments: an embedded store beside them, filled when it is first asked.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "assay/store.h"
#include "store/segment_file.h"
#include "store/segment_limits.h"
#include "store/store_schema.h"

namespace assay {

// Segments by evidence and number of the batch.
using SegmentTable = std::map<std::uint32_t, std::map<std::uint64_t, Segment>>;

// Which evidences the embedded store holds as they are in the segments stands in a list of its own:
// an evidence leaves it before its segments change, and enters it when all of it is over there.
class SqlMirror {
 public:
  // `options`: of the segment store.
  explicit SqlMirror(const StoreOptions& options);
  // Errors: malformed (says how to rebuild), io.
  Status load() { return mirrored_.load(); }

  // What the mirror holds of this evidence will no longer be true. Errors: io.
  Status forget(std::uint32_t evidence) { return mirrored_.remove(evidence); }
  // The embedded store with all `committed` evidences and no others. Errors: unsupported (says what
  // is missing, and that everything else works), io, usage (opened for reading only).
  Result<RecordStore*> fill(const SegmentTable& segments, const std::set<std::uint32_t>& committed,
                            const SegmentLimits& limits);

 private:
  Status open();
  Status bring(std::uint32_t evidence, const std::map<std::uint64_t, Segment>& batches,
               const SegmentLimits& limits);

  StoreOptions options_;
  CommittedList mirrored_;
  std::unique_ptr<RecordStore> store_;
};

}  // namespace assay
