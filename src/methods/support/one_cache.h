// Which rows are of one cache, as far as addresses tell: those of one resolver address, or of
// addresses that act as one, for one name and type; with the TTL that their gaps are held against.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "assay/method.h"
#include "methods/support/askers.h"
#include "methods/support/gap_series.h"

namespace assay::methods {

inline constexpr double kShapeLevel = 0.001;  // of the tests for the shape of a cache

struct CacheSeries {
  std::string subject;  // a party, or one of its addresses
  GapSeries series;
  Ttl ttl;                 // 0 seconds = neither told nor to be read off the gaps
  double burst_gap = 0;    // seconds without a row that end a burst
  bool is_pooled = false;  // all addresses taken as one
};

std::vector<double> sorted_gaps(const GapSeries& series);

// Two addresses or more act as one cache when the two busiest do and bear nearly all rows.
bool act_as_one(const QuestionRecords& records, const MethodContext& context,
                const AskerGroup& group, const std::vector<AskerGroup>& addresses);

// Gaps and TTL of one series of `group` (split_series). Addresses that are to be pooled are taken
// apart where only then a cache shows.
CacheSeries settle_series(const QuestionRecords& records, const MethodContext& context,
                          const AskerGroup& group, GapSeries series, bool is_pooled);

// The most asked name and type: one series of a group with one address, or with addresses that act
// as one; else one of each of its busiest `limit` addresses.
std::vector<CacheSeries> series_by_cache(const QuestionRecords& records,
                                         const MethodContext& context, const AskerGroup& group,
                                         std::size_t limit);

}  // namespace assay::methods
