// Orders in which entries lie: sorted by their leading bits with a radix sort, and what these leave
// equal by comparison. 524,288 rows of 20,000 clients: 12 ms, where std::sort took 90.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "assay/store.h"
#include "store/huge_pages.h"

namespace assay {

class RowSorter {
 public:
  // Positions of the rows by client, qname, time, evidence and offset, or by time, evidence and
  // offset. `evidence`: of each row; may be null when all are of one. Valid until the next call.
  const std::vector<std::uint32_t>& sort(const RowBatch& rows,
                                         const std::vector<std::uint32_t>* evidence,
                                         RowOrder order);

  // Positions of `keys` in ascending order, equal ones as they stand.
  const std::vector<std::uint32_t>& sort(const std::vector<std::uint64_t>& keys);

 private:
  // Elements hold key bits above and the position in the lowest position_bits_: sorts them by the
  // bits from `low_bit` on.
  void radix_sort(unsigned low_bit);
  template <class Before>
  void settle_equal(unsigned low_bit, const Before& before);
  void make_room(std::size_t count);

  HugeVector<std::uint64_t> elements_, other_;
  std::vector<std::uint32_t> order_;
  unsigned position_bits_ = 1;
};

}  // namespace assay
