#include "methods/support/one_cache.h"

#include <algorithm>

#include "methods/support/cache_shape.h"
#include "methods/support/synchrony.h"

namespace assay::methods {
namespace {

// Gaps, TTL (estimated when nobody tells it), and gaps again where the TTL changes what is counted.
CacheSeries settle(const QuestionRecords& records, const MethodContext& context,
                   const AskerGroup& group, GapSeries series, bool is_pooled) {
  CacheSeries settled{group.subject, std::move(series), {}, 0, is_pooled};
  Ttl& ttl = settled.ttl;
  ttl = known_ttl(records, context, settled.series.rows);
  settled.burst_gap = burst_gap_for(ttl);
  measure_gaps(records, is_pooled, settled.burst_gap, ttl.seconds, settled.series);
  ttl.estimated = estimate_ttl(sorted_gaps(settled.series), settled.series.tolerance_seconds,
                               settled.burst_gap);
  if (ttl.source == TtlSource::unknown && ttl.estimated > 0) {
    ttl.seconds = ttl.estimated;
    ttl.source = TtlSource::estimated;
    measure_gaps(records, is_pooled, settled.burst_gap, ttl.seconds, settled.series);
  }
  return settled;
}

bool is_one_cache(const CacheSeries& settled) {
  return settled.ttl.seconds > 0 &&
         cache_shape(sorted_gaps(settled.series), settled.ttl.seconds,
                     settled.series.tolerance_seconds, settled.burst_gap, kShapeLevel)
             .is_cache;
}

CacheSeries most_asked(const QuestionRecords& records, const MethodContext& context,
                       const AskerGroup& group) {
  return settle_series(records, context, group,
                       std::move(split_series(records, group.rows).front()), true);
}

}  // namespace

std::vector<double> sorted_gaps(const GapSeries& series) {
  std::vector<double> gaps;
  for (const Gap& gap : series.gaps) gaps.push_back(gap.seconds);
  std::sort(gaps.begin(), gaps.end());
  return gaps;
}

bool act_as_one(const QuestionRecords& records, const MethodContext& context,
                const AskerGroup& group, const std::vector<AskerGroup>& addresses) {
  if (group.party < 0 || addresses.size() < 2) return false;
  const double both = static_cast<double>(addresses[0].rows.size() + addresses[1].rows.size());
  if (both < 0.9 * static_cast<double>(group.rows.size())) return false;
  const Ttl ttl = known_ttl(records, context, group.rows);
  return synchrony(head_times(records, addresses[0].rows), head_times(records, addresses[1].rows),
                   records.window, ttl.seconds)
      .acts_as_one;
}

// Addresses that act as one may share a cache, or be two caches that one client asks. Taken
// together the second has gaps below the TTL wherever one of them was asked alone; then each
// address by itself shows the law.
CacheSeries settle_series(const QuestionRecords& records, const MethodContext& context,
                          const AskerGroup& group, GapSeries series, bool is_pooled) {
  CacheSeries settled = settle(records, context, group, series, is_pooled);
  if (!is_pooled || group.clients.size() < 2 || is_one_cache(settled)) return settled;
  CacheSeries apart = settle(records, context, group, std::move(series), false);
  return is_one_cache(apart) ? apart : settled;
}

std::vector<CacheSeries> series_by_cache(const QuestionRecords& records,
                                         const MethodContext& context, const AskerGroup& group,
                                         std::size_t limit) {
  if (group.rows.empty()) return {};
  const std::vector<AskerGroup> addresses = split_by_address(records, group, limit);
  if (group.clients.size() < 2 || act_as_one(records, context, group, addresses)) {
    CacheSeries whole = most_asked(records, context, group);
    if (whole.is_pooled) return {std::move(whole)};
  }
  std::vector<CacheSeries> all;
  for (const AskerGroup& address : addresses) all.push_back(most_asked(records, context, address));
  return all;
}

}  // namespace assay::methods
