#include "methods/support/rhythm_null.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "methods/support/calendar.h"

namespace assay::methods {
namespace {

using Vector = std::complex<double>;

bool is_midweek(int utc_weekday) { return utc_weekday >= 1 && utc_weekday <= 3; }

}  // namespace

double rhythm_p(const Residuals& residuals, bool turns_about_too, Random random) {
  Vector sum = 0;
  for (const Vector& unit : residuals) sum += unit;
  const double observed = std::abs(sum) - 1e-9;
  double turned_at_least = 0;
  double flipped_at_least = 0;
  for (int turn = 0; turn < kRhythmTurns; ++turn) {
    Vector turned = 0;
    Vector flipped = 0;
    for (const Vector& unit : residuals) {
      const double draw = random.uniform();
      turned += std::abs(unit) * std::polar(1.0, 2 * std::numbers::pi * draw);
      flipped += draw < 0.5 ? unit : -unit;
    }
    turned_at_least += std::abs(turned) >= observed ? 1 : 0;
    flipped_at_least += std::abs(flipped) >= observed ? 1 : 0;
  }
  const double most =
      turns_about_too ? std::max(turned_at_least, flipped_at_least) : turned_at_least;
  return (1 + most) / (1 + kRhythmTurns);
}

Residuals residuals_by_day(const OpenExposure& exposure, bool only_midweek) {
  std::array<double, 7> events{};
  std::array<double, 7> open{};
  for (std::size_t i = 0; i < exposure.size(); ++i) {
    const auto weekday = static_cast<std::size_t>(exposure.weekday_of_slot(i));
    events[weekday] += exposure.events[i];
    open[weekday] += exposure.open_seconds[i];
  }
  Residuals days;
  std::int64_t last_day = -1;
  for (std::size_t i = 0; i < exposure.size(); ++i) {
    const int weekday = exposure.weekday_of_slot(i);
    if (only_midweek && !is_midweek(weekday)) continue;
    const std::int64_t slot = exposure.first_slot + static_cast<std::int64_t>(i);
    const std::int64_t day = day_number(slot * kSlotSeconds * kMicrosPerSecond);
    if (days.empty() || day != last_day) days.emplace_back(0);
    last_day = day;
    const auto w = static_cast<std::size_t>(weekday);
    const double rate = open[w] > 0 ? events[w] / open[w] : 0;
    const double excess = exposure.events[i] - rate * exposure.open_seconds[i];
    const double angle = 2 * std::numbers::pi * (exposure.slot_of_day(i) + 0.5) / kSlotsPerDay;
    days.back() += excess * std::polar(1.0, angle);
  }
  return days;
}

Residuals residuals_by_week(const OpenExposure& exposure) {
  const double rate = exposure.total_events() / std::max(exposure.total_open_seconds(), 1.0);
  Residuals weeks;
  for (std::size_t i = 0; i < exposure.size(); ++i) {
    if (i % kSlotsPerWeek == 0) weeks.emplace_back(0);
    const double excess = exposure.events[i] - rate * exposure.open_seconds[i];
    weeks.back() +=
        excess * std::polar(1.0, 2 * std::numbers::pi * static_cast<double>(i % kSlotsPerWeek) /
                                     kSlotsPerWeek);
  }
  return weeks;
}

}  // namespace assay::methods
