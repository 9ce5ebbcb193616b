#include "methods/support/one_cache.h"

#include <algorithm>

#include "methods/support/cache_shape.h"
#include "methods/support/synchrony.h"

namespace assay::methods {
namespace {

CacheRows measure(const QuestionRecords& records, const MethodContext& context,
                  const AskerGroup& group) {
  CacheRows found;
  found.subject = group.subject;
  std::vector<GapSeries> all = split_series(records, group.rows);
  if (all.empty()) return found;
  found.series = std::move(all.front());
  found.rows = found.series.rows;
  found.ttl = known_ttl(records, context, found.rows);
  found.burst_gap = burst_gap_for(found.ttl);
  measure_gaps(records, true, found.burst_gap, found.ttl.seconds, found.series);
  if (found.ttl.source != TtlSource::unknown) return found;
  std::vector<double> gaps;
  for (const Gap& gap : found.series.gaps) gaps.push_back(gap.seconds);
  std::sort(gaps.begin(), gaps.end());
  found.ttl.estimated = estimate_ttl(gaps, found.series.tolerance_seconds, found.burst_gap);
  if (found.ttl.estimated <= 0) return found;
  found.ttl.seconds = found.ttl.estimated;
  found.ttl.source = TtlSource::estimated;
  return found;
}

}  // namespace

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

std::vector<CacheRows> rows_by_cache(const QuestionRecords& records, const MethodContext& context,
                                     const AskerGroup& group, std::size_t limit) {
  if (group.rows.empty()) return {};
  const std::vector<AskerGroup> addresses = split_by_address(records, group, limit);
  if (group.clients.size() < 2 || act_as_one(records, context, group, addresses)) {
    return {measure(records, context, group)};
  }
  std::vector<CacheRows> all;
  for (const AskerGroup& address : addresses) all.push_back(measure(records, context, address));
  return all;
}

}  // namespace assay::methods
