// Reading look-ups from segments: filtered, in either order or in none.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "assay/store.h"
#include "store/row_block.h"
#include "store/row_match.h"
#include "store/segment_file.h"
#include "store/segment_limits.h"

namespace assay {

struct ScanInput {
  std::vector<const Segment*> segments;
  SegmentLimits limits;
  std::string directory;  // for what does not fit into memory
};

// A RowFilter as blocks are held against it. The filter outlives it.
class RowSelection {
 public:
  explicit RowSelection(const RowFilter& filter);
  bool wants_evidence(std::uint32_t evidence) const { return matcher_.wants_evidence(evidence); }
  bool takes_all() const { return takes_all_; }  // of the evidences wanted
  // False when no row of the block can be wanted.
  bool may_want(const BlockInfo& block) const;
  // Wanted rows of [from, to) of the block.
  const std::vector<std::uint32_t>& positions(const RowBlockView& view, std::size_t from,
                                              std::size_t to);
  const RowMatcher& matcher() const { return matcher_; }

 private:
  bool may_want_client(std::uint64_t first, std::uint64_t last) const;

  const RowFilter& filter_;
  const RowMatcher matcher_;
  std::vector<std::uint64_t> clients_;  // ascending
  bool takes_all_;
  RowWindow scratch_;
  std::vector<std::uint32_t> positions_;
};

using EachWindow = std::function<bool(const RowWindow&)>;  // false: enough

// Wanted rows in no order, some thousand at a time. Only the columns asked for are filled.
Status visit_rows(const ScanInput& input, const RowFilter& filter, RowColumns columns,
                  const EachWindow& each);
// Wanted rows by client, qname, time, evidence and offset.
Status scan_by_pair(const ScanInput& input, const RowFilter& filter, RowColumns columns,
                    const EachWindow& each);
// Wanted rows by time, evidence and offset. What does not fit into memory is sorted on disk.
Status scan_by_time(const ScanInput& input, const RowFilter& filter, RowColumns columns,
                    const EachWindow& each);
Result<std::uint64_t> count_wanted(const ScanInput& input, const RowFilter& filter);

}  // namespace assay
