// How much was asked, day by day, and how long the pauses between bursts are.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "methods/features/features.h"
#include "methods/support/stats.h"

namespace assay::methods {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kFewGaps = 10;

double correlation(const std::vector<double>& values, std::size_t lag) {
  if (values.size() < lag + 8) return kNaN;
  const double mean = mean_of(values);
  double top = 0, bottom = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    bottom += (values[i] - mean) * (values[i] - mean);
    if (i >= lag) top += (values[i] - mean) * (values[i - lag] - mean);
  }
  return bottom > 0 ? top / bottom : kNaN;
}

std::vector<double> daily_counts(const FeatureInput& input) {
  std::vector<double> counts(static_cast<std::size_t>(std::clamp(input.days, 1.0, 20'000.0)));
  for (const double t : input.heads_s) {
    const auto day = static_cast<std::size_t>(std::max(0.0, (t - input.begin_s) / 86'400));
    if (day < counts.size()) ++counts[day];
  }
  return counts;
}

double share_between(const std::vector<double>& gaps, double low, double high) {
  const auto count =
      std::count_if(gaps.begin(), gaps.end(), [&](double gap) { return gap >= low && gap < high; });
  return static_cast<double>(count) / static_cast<double>(gaps.size());
}

// Burstiness for a finite number of gaps (Kim and Jo 2016) and memory on their logarithms.
void add_burstiness(const std::vector<double>& gaps, Features& out) {
  double burstiness = kNaN, memory = kNaN;
  const auto n = static_cast<double>(gaps.size());
  const double mean = gaps.empty() ? 0 : mean_of(gaps);
  if (gaps.size() >= kFewGaps && mean > 0) {
    const double r = std::sqrt(variance_of(gaps)) / mean;
    burstiness =
        (std::sqrt(n + 1) * r - std::sqrt(n - 1)) / ((std::sqrt(n + 1) - 2) * r + std::sqrt(n - 1));
    std::vector<double> logs;
    for (const double gap : gaps) logs.push_back(std::log(std::max(gap, 1.0)));
    memory = correlation(logs, 1);
  }
  out.add("burstiness", burstiness);
  out.add("memory", memory);
}

// Bowley's skewness and the relative spread about the median, as beacon detectors use them.
void add_beacon_shape(const std::vector<double>& sorted, Features& out) {
  double skew = kNaN, spread = kNaN;
  if (sorted.size() >= kFewGaps) {
    const double q1 = quantile_of_sorted(sorted, 0.25), q2 = quantile_of_sorted(sorted, 0.5),
                 q3 = quantile_of_sorted(sorted, 0.75);
    skew = q3 > q1 ? (q1 + q3 - 2 * q2) / (q3 - q1) : 0;
    std::vector<double> distances;
    for (const double gap : sorted) distances.push_back(std::abs(gap - q2));
    std::sort(distances.begin(), distances.end());
    spread = q2 > 0 ? quantile_of_sorted(distances, 0.5) / q2 : kNaN;
  }
  out.add("gap_bowley_skew", skew);
  out.add("gap_relative_spread", spread);
}

}  // namespace

void add_volume_features(const FeatureInput& input, Features& out) {
  const auto rows = static_cast<double>(input.group.rows.size());
  const auto heads = static_cast<double>(input.heads_s.size());
  out.add("log_rows", std::log10(std::max(rows, 1.0)));
  out.add("log_bursts", std::log10(std::max(heads, 1.0)));
  out.add("log_bursts_per_day", std::log10(std::max(heads, 0.5) / std::max(input.days, 0.1)));
  out.add("log_ttl", input.ttl_seconds > 0 ? std::log10(input.ttl_seconds) : kNaN);
  out.add("saturation", input.ttl_seconds > 0 && input.days > 0
                            ? heads * input.ttl_seconds / (86'400 * input.days)
                            : kNaN);
  const std::vector<double> counts = daily_counts(input);
  const double mean = mean_of(counts);
  const auto active = std::count_if(counts.begin(), counts.end(), [](double c) { return c > 0; });
  out.add("active_days_share", static_cast<double>(active) / static_cast<double>(counts.size()));
  out.add("daily_fano", mean > 0 ? variance_of(counts) / mean : kNaN);
  out.add("daily_max_over_mean",
          mean > 0 ? *std::max_element(counts.begin(), counts.end()) / mean : kNaN);
  out.add("daily_correlation_1", correlation(counts, 1));
  out.add("daily_correlation_7", correlation(counts, 7));
}

void add_gap_features(const FeatureInput& input, Features& out) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < input.heads_s.size(); ++i) {
    gaps.push_back(input.heads_s[i] - input.heads_s[i - 1]);
  }
  std::vector<double> sorted = gaps;
  std::sort(sorted.begin(), sorted.end());
  out.add_log_quantiles("log_gap", sorted, {0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98});
  const double ttl = input.ttl_seconds;
  std::vector<double> scaled;
  for (const double gap : sorted) {
    if (ttl > 0) scaled.push_back(gap / ttl);
  }
  out.add_log_quantiles("log_gap_in_ttl", scaled, {0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98});
  const bool has = ttl > 0 && gaps.size() >= kFewGaps;
  const auto share = [&](std::string_view name, double low, double high) {
    out.add(name, has ? share_between(gaps, low, high) : kNaN);
  };
  share("gap_share_below_ttl", 0, 0.88 * ttl);
  share("gap_share_before_expiry", 0.88 * ttl, ttl - 3);
  share("gap_share_at_expiry", ttl - 3, 1.03 * ttl + 120);
  share("gap_share_within_2_ttl", 1.03 * ttl + 120, 2 * ttl);
  share("gap_share_beyond_10_ttl", 10 * ttl, 1e300);
  out.add("gap_share_long_silence",
          gaps.size() >= kFewGaps && input.days > 0 ? sorted.back() / (86'400 * input.days) : kNaN);
  add_burstiness(gaps, out);
  add_beacon_shape(sorted, out);
}

}  // namespace assay::methods
