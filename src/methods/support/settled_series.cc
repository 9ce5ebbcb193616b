#include "methods/support/settled_series.h"

#include <algorithm>

#include "methods/support/cache_shape.h"

namespace assay::methods {
namespace {

// Gaps, TTL (estimated when nobody tells it), and gaps again where the TTL changes what is counted.
SettledSeries settle(const QuestionRecords& records, const MethodContext& context, GapSeries series,
                     bool is_pooled) {
  SettledSeries settled{std::move(series), {}, 0, is_pooled};
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

bool is_one_cache(const SettledSeries& settled) {
  return settled.ttl.seconds > 0 &&
         cache_shape(sorted_gaps(settled.series), settled.ttl.seconds,
                     settled.series.tolerance_seconds, settled.burst_gap, kShapeLevel)
             .is_cache;
}

}  // namespace

std::vector<double> sorted_gaps(const GapSeries& series) {
  std::vector<double> gaps;
  for (const Gap& gap : series.gaps) gaps.push_back(gap.seconds);
  std::sort(gaps.begin(), gaps.end());
  return gaps;
}

// Addresses that act as one may share a cache, or be two caches that one client asks. Taken
// together the second has gaps below the TTL wherever one of them was asked alone; then each
// address by itself shows the law.
SettledSeries settle_series(const QuestionRecords& records, const MethodContext& context,
                            const AskerGroup& group, GapSeries series, bool is_pooled) {
  SettledSeries settled = settle(records, context, series, is_pooled);
  if (!is_pooled || group.clients.size() < 2 || is_one_cache(settled)) return settled;
  SettledSeries apart = settle(records, context, std::move(series), false);
  return is_one_cache(apart) ? apart : settled;
}

}  // namespace assay::methods
