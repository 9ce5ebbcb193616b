// Rows that one resolver address, or addresses that act as one, sent for one name: what a law of a
// cache can be held against.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "assay/method.h"
#include "methods/support/askers.h"
#include "methods/support/gap_series.h"

namespace assay::methods {

// Two addresses or more act as one cache when the two busiest do and bear nearly all rows.
bool act_as_one(const QuestionRecords& records, const MethodContext& context,
                const AskerGroup& group, const std::vector<AskerGroup>& addresses);

struct CacheRows {
  std::string subject;  // a party, or one of its addresses
  RowIndices rows;      // of its most asked name and type
  GapSeries series;     // bursts taken as of one cache
  Ttl ttl;              // 0 seconds = neither told nor to be read off the gaps
  double burst_gap = 0;
};
// A party with one address, or with addresses that act as one, is one subject; else each of its
// busiest `limit` addresses is.
std::vector<CacheRows> rows_by_cache(const QuestionRecords& records, const MethodContext& context,
                                     const AskerGroup& group, std::size_t limit);

}  // namespace assay::methods
