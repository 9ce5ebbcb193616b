#include "methods/support/calendar_shift.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "methods/support/calendar.h"
#include "methods/support/stats.h"

namespace assay::methods {
namespace {

std::size_t weekday_of(std::int64_t day) {
  return static_cast<std::size_t>((((day + 3) % 7) + 7) % 7);
}

// What a day holds beyond the mean of its weekday, in standard deviations of a Poisson count.
std::vector<double> beyond_weekday(const std::vector<double>& counts, const ObservedDays& days) {
  std::array<double, 7> sums{};
  std::array<double, 7> number{};
  for (std::size_t d = 0; d < counts.size(); ++d) {
    sums[weekday_of(days.day(d))] += counts[d];
    number[weekday_of(days.day(d))] += 1;
  }
  // Weekdays on which next to nothing happens would else weigh most.
  const double least = std::max(mean_of(counts) / 4, 1e-9);
  std::vector<double> beyond;
  for (std::size_t d = 0; d < counts.size(); ++d) {
    const std::size_t w = weekday_of(days.day(d));
    const double mean = sums[w] / number[w];
    beyond.push_back((counts[d] - mean) / std::sqrt(std::max(mean, least)));
  }
  return beyond;
}

double sum_at(const std::vector<double>& values, const std::vector<std::size_t>& places,
              std::size_t turn) {
  double sum = 0;
  for (const std::size_t place : places) {
    const std::size_t at = place + turn;
    sum += values[at < values.size() ? at : at - values.size()];
  }
  return sum;
}

std::vector<std::size_t> turns_of(std::size_t days) {
  std::vector<std::size_t> turns{0};  // as it was
  const std::size_t count = std::min(days - 1, kMaxTurns);
  for (std::size_t t = 1; t <= count; ++t) turns.push_back(t * (days - 1) / count);
  return turns;
}

}  // namespace

DayMask mask_of(const std::vector<Interval>& events, std::int64_t days_around,
                const ObservedDays& days) {
  DayMask mask;
  mask.days.assign(days.count(), false);
  for (const Interval& event : events) {
    const std::int64_t first = day_number(event.begin_us);
    const std::int64_t last = day_number(std::max(event.end_us - 1, event.begin_us));
    bool is_touched = false;
    for (std::size_t d = 0; d < days.count(); ++d) {
      const std::int64_t day = days.day(d);
      is_touched = is_touched || (day >= first && day <= last);
      if (day >= first - days_around && day <= last + days_around) mask.days[d] = true;
    }
    mask.events += is_touched ? 1 : 0;
  }
  const auto count = std::count(mask.days.begin(), mask.days.end(), true);
  mask.covered = static_cast<double>(count) / std::max(static_cast<double>(days.count()), 1.0);
  return mask;
}

std::vector<MaskTest> test_masks(const std::vector<std::vector<double>>& series,
                                 const std::vector<DayMask>& masks, const ObservedDays& days) {
  const std::vector<std::size_t> turns = turns_of(days.count());
  std::vector<double> best(turns.size(), -std::numeric_limits<double>::infinity());
  std::vector<MaskTest> tests;
  std::vector<std::vector<double>> scores;
  for (const std::vector<double>& counts : series) {
    const std::vector<double> beyond = beyond_weekday(counts, days);
    for (const DayMask& mask : masks) {
      std::vector<std::size_t> places;
      for (std::size_t d = 0; d < mask.days.size(); ++d) {
        if (mask.days[d]) places.push_back(d);
      }
      MaskTest test;
      std::vector<double> inside;
      std::vector<double> score;
      for (const std::size_t turn : turns) {
        inside.push_back(sum_at(counts, places, turn));
        score.push_back(sum_at(beyond, places, turn));
      }
      test.turns = turns.size() - 1;
      test.inside = inside.front();
      test.expected = mean_of(inside);
      std::sort(inside.begin(), inside.end());
      test.low = std::min(quantile_of_sorted(inside, 0.025), test.expected);
      test.high = std::max(quantile_of_sorted(inside, 0.975), test.expected);
      const double mean = mean_of(score);
      const double spread = std::sqrt(variance_of(score));
      for (std::size_t t = 0; t < turns.size(); ++t) {
        score[t] = spread > 0 ? (score[t] - mean) / spread : 0.0;
        best[t] = std::max(best[t], score[t]);
      }
      test.score = score.front();
      tests.push_back(test);
      scores.push_back(std::move(score));
    }
  }
  constexpr double kSame = 1e-9;  // sums of the same days in another order
  for (std::size_t i = 0; i < tests.size(); ++i) {
    double alone = 0;
    double any = 0;
    for (std::size_t t = 0; t < turns.size(); ++t) {
      alone += scores[i][t] >= tests[i].score - kSame ? 1 : 0;
      any += best[t] >= tests[i].score - kSame ? 1 : 0;
    }
    tests[i].p = alone / static_cast<double>(turns.size());
    tests[i].p_corrected = any / static_cast<double>(turns.size());
  }
  return tests;
}

}  // namespace assay::methods
