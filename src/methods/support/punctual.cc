#include "methods/support/punctual.h"

#include <algorithm>
#include <cmath>

namespace assay::methods {
namespace {

constexpr double kDay = 86'400, kHour = 3'600;
constexpr double kFiveMinutes = 300;
constexpr int kMostPeriods = 6;           // that together make whole five minutes
constexpr double kClockTolerance = 2e-3;  // of a period, as a drifting clock is
constexpr double kSharpSeconds = 10;
constexpr double kSharpShare = 0.5;
constexpr double kNearShare = 0.1;  // of a period, either way, as near to a mark
constexpr int kQuietHours = 8, kQuietDays = 2;
constexpr double kRoundHoursShare = 0.2;     // a third, were all hours alike
constexpr double kRoundDaysShare = 0.15;     // two sevenths, were all days alike
constexpr double kLongestRound = 4 * kHour;  // shifts change every eight hours, day and night

bool is_of_wall_clock(double period) {
  for (int k = 1; k <= kMostPeriods; ++k) {
    const double marks = std::round(k * period / kFiveMinutes);
    if (marks >= 1 && std::fabs(k * period - marks * kFiveMinutes) <= kClockTolerance * period) {
      return true;
    }
  }
  return false;
}

// The widest share of phases (ascending, of `period`) in one window of that width, and its middle.
struct Peak {
  double share = 0;
  double middle = 0;
};

Peak peak_of(const std::vector<double>& phases, double period, double width) {
  Peak peak;
  const std::size_t n = phases.size();
  for (std::size_t first = 0, after = 0; first < n; ++first) {
    const auto at = [&](std::size_t i) { return i < n ? phases[i] : phases[i - n] + period; };
    after = std::max(after, first + 1);
    while (after < first + n && at(after) - phases[first] <= width) ++after;
    const double share = static_cast<double>(after - first) / static_cast<double>(n);
    if (share <= peak.share) continue;
    peak = {share, std::fmod((phases[first] + at(after - 1)) / 2, period)};
  }
  return peak;
}

// Of the times, the share in those cells of a cycle (hours of a day, days of a week), one after the
// other, that hold fewest.
double share_of_quietest(const std::vector<double>& times, double cell, int cells, int run) {
  if (times.empty()) return 0;
  std::vector<double> counts(static_cast<std::size_t>(cells));
  for (const double t : times) {
    counts[static_cast<std::size_t>(std::fmod(std::floor(t / cell), cells))] += 1;
  }
  double fewest = static_cast<double>(times.size());
  for (int first = 0; first < cells; ++first) {
    double sum = 0;
    for (int i = 0; i < run; ++i) sum += counts[static_cast<std::size_t>((first + i) % cells)];
    fewest = std::min(fewest, sum);
  }
  return fewest / static_cast<double>(times.size());
}

}  // namespace

bool Punctuality::could_be_appointed() const {
  return is_wall_clock && !is_sharp && !is_round_the_clock;
}

Punctuality punctuality(const std::vector<double>& seconds, double origin_s,
                        const std::vector<double>& gaps, double period) {
  Punctuality found;
  found.is_wall_clock = is_of_wall_clock(period);
  if (seconds.empty()) return found;
  std::vector<double> phases;
  for (const double t : seconds) phases.push_back(std::fmod(origin_s + t, period));
  std::sort(phases.begin(), phases.end());
  found.sharp_share = peak_of(phases, period, kSharpSeconds).share;
  const auto is_whole = [&](double gap) {
    return std::fabs(std::remainder(gap, period)) <= kSharpSeconds / 2;
  };
  if (!gaps.empty()) {
    found.sharp_gap_share = static_cast<double>(std::count_if(gaps.begin(), gaps.end(), is_whole)) /
                            static_cast<double>(gaps.size());
  }
  found.is_sharp = std::max(found.sharp_share, found.sharp_gap_share) >= kSharpShare;
  const double mark = peak_of(phases, period, 2 * kNearShare * period).middle;
  std::vector<double> near;
  for (const double t : seconds) {
    const double off = std::remainder(origin_s + t - mark, period);
    if (std::fabs(off) <= kNearShare * period) near.push_back(origin_s + t);
  }
  found.quiet_hours_share = share_of_quietest(near, kHour, 24, kQuietHours);
  found.quiet_days_share = share_of_quietest(near, kDay, 7, kQuietDays);
  found.is_round_the_clock = period <= kLongestRound &&
                             found.quiet_hours_share >= kRoundHoursShare &&
                             found.quiet_days_share >= kRoundDaysShare;
  return found;
}

}  // namespace assay::methods
