#include "methods/features/features.h"

#include <fmt/core.h>

#include <cmath>
#include <limits>

#include "methods/support/cache_shape.h"
#include "methods/support/dedup.h"
#include "methods/support/gap_series.h"
#include "methods/support/stats.h"

namespace assay::methods {
namespace {

double seconds(std::int64_t us) { return static_cast<double>(us) / kMicrosPerSecond; }

// Stated or answered, else what stands out of the gaps.
double ttl_of(const QuestionRecords& records, const MethodContext& context,
              const AskerGroup& group) {
  const Ttl known = known_ttl(records, context, group.rows);
  if (known.seconds > 0) return known.seconds;
  std::vector<GapSeries> series = split_series(records, group.rows);
  if (series.empty()) return 0;
  measure_gaps(records, false, kBurstSeconds, 0, series.front());
  std::vector<double> gaps;
  for (const Gap& gap : series.front().gaps) gaps.push_back(gap.seconds);
  std::sort(gaps.begin(), gaps.end());
  if (gaps.size() < 30) return 0;
  return estimate_ttl(gaps, series.front().tolerance_seconds, kBurstSeconds);
}

}  // namespace

void Features::add_log_quantiles(std::string_view prefix, const std::vector<double>& sorted,
                                 const std::vector<double>& shares) {
  for (const double share : shares) {
    const double value = sorted.empty() ? std::numeric_limits<double>::quiet_NaN()
                                        : quantile_of_sorted(sorted, share);
    add(fmt::format("{}_{:.0f}", prefix, 100 * share),
        sorted.empty() ? value : std::log10(std::max(value, 1e-3)));
  }
}

Features summary_features(const QuestionRecords& records, const MethodContext& context,
                          const AskerGroup& group) {
  FeatureInput input{records, group, 0, {}, {}, {}, 0, 0};
  input.ttl_seconds = ttl_of(records, context, group);
  input.begin_s = seconds(records.window.begin_us);
  input.days = seconds(records.window.end_us - records.window.begin_us) / 86'400;
  for (const Burst& burst : merge_bursts(records, group.rows, kBurstSeconds)) {
    input.heads_s.push_back(seconds(burst.begin_us));
    input.burst_rows.push_back(burst.size());
    input.burst_seconds.push_back(seconds(burst.end_us - burst.begin_us));
  }
  Features out;
  add_volume_features(input, out);
  add_gap_features(input, out);
  add_clock_features(input, out);
  add_burst_features(input, out);
  add_source_features(input, out);
  add_cluster_features(input, out);
  return out;
}

}  // namespace assay::methods
