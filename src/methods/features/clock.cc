// Where in the day, the week and the minute bursts begin.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "methods/features/features.h"
#include "methods/support/stats.h"

namespace assay::methods {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kDay = 86'400, kWeek = 7 * kDay;
constexpr double kMonday = 4 * kDay;  // the epoch was a Thursday
constexpr std::size_t kFewHeads = 20;

double resultant(const std::vector<double>& times, double period) {
  if (times.size() < kFewHeads) return kNaN;
  std::vector<double> cycles;
  for (const double t : times) cycles.push_back(t / period - std::floor(t / period));
  return resultant_of(cycles).length;
}

// The hours of the UTC day in a ring: shares of the fullest and the emptiest stretch, so that no
// zone is told from another.
double extreme_share(const std::array<double, 24>& hours, int length, bool is_most) {
  double total = 0, best = is_most ? 0 : 1e300;
  for (const double count : hours) total += count;
  for (int start = 0; start < 24; ++start) {
    double sum = 0;
    for (int k = 0; k < length; ++k) sum += hours[static_cast<std::size_t>((start + k) % 24)];
    best = is_most ? std::max(best, sum) : std::min(best, sum);
  }
  return total > 0 ? best / total : kNaN;
}

double entropy(const std::array<double, 24>& hours, double total) {
  double bits = 0;
  for (const double count : hours) {
    if (count > 0) bits -= count / total * std::log2(count / total);
  }
  return bits;
}

// Counts by day of the week, from the emptiest two neighbouring days on: whichever is the weekend.
double quiet_days_ratio(const std::vector<double>& times) {
  std::array<double, 7> days{};
  for (const double t : times) {
    const double from_monday = t - kMonday;
    const double since = from_monday - kWeek * std::floor(from_monday / kWeek);
    ++days[std::min<std::size_t>(6, static_cast<std::size_t>(since / kDay))];
  }
  double least = 1e300, total = 0;
  for (std::size_t i = 0; i < 7; ++i) {
    total += days[i];
    least = std::min(least, days[i] + days[(i + 1) % 7]);
  }
  return total > least ? (least / 2) / ((total - least) / 5) : kNaN;
}

}  // namespace

void add_clock_features(const FeatureInput& input, Features& out) {
  const std::vector<double>& heads = input.heads_s;
  const bool has = heads.size() >= kFewHeads;
  std::array<double, 24> hours{};
  for (const double t : heads) {
    ++hours[static_cast<std::size_t>((t - kDay * std::floor(t / kDay)) / 3'600) % 24];
  }
  out.add("day_resultant", resultant(heads, kDay));
  out.add("day_resultant_2", resultant(heads, kDay / 2));
  out.add("day_resultant_3", resultant(heads, kDay / 3));
  out.add("week_resultant", resultant(heads, kWeek));
  out.add("best_10_hours_share", has ? extreme_share(hours, 10, true) : kNaN);
  out.add("best_16_hours_share", has ? extreme_share(hours, 16, true) : kNaN);
  out.add("quiet_6_hours_share", has ? extreme_share(hours, 6, false) : kNaN);
  out.add("hour_entropy_bits", has ? entropy(hours, static_cast<double>(heads.size())) : kNaN);
  out.add("quiet_days_ratio", has && input.days >= 13 ? quiet_days_ratio(heads) : kNaN);
  // On all bursts, and on those that a cache does not shape: they end a gap well above the TTL.
  std::vector<double> free;
  for (std::size_t i = 1; i < heads.size(); ++i) {
    if (heads[i] - heads[i - 1] > 1.5 * input.ttl_seconds + 300) free.push_back(heads[i]);
  }
  out.add("free_share",
          has ? static_cast<double>(free.size()) / static_cast<double>(heads.size()) : kNaN);
  for (const int period : {60, 300, 600, 900, 1'800, 3'600}) {
    out.add("phase_" + std::to_string(period), resultant(heads, period));
    out.add("free_phase_" + std::to_string(period), resultant(free, period));
  }
  out.add("free_phase_86400", resultant(free, kDay));
}

}  // namespace assay::methods
