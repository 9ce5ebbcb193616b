#include "methods/support/fan_out.h"

#include <algorithm>
#include <cmath>

namespace assay::methods {
namespace {

constexpr std::int64_t kMostWeeksMoved = 4;
constexpr double kLeastExpected = 0.25;  // so that three at once in an idle hour are no wonder
constexpr std::size_t kHoursBeside = 3;  // of a fan-out; the rest of the day tells how busy it is
constexpr double kDayWeight = 3;         // askers as expected that a day is thought to have beside

using Counts = std::vector<std::uint32_t>;

class Weeks {
 public:
  explicit Weeks(const std::vector<bool>& is_observed) : is_observed_(is_observed) {
    weeks_ = is_observed.size() / 7;
    hours_ = weeks_ * kHoursAWeek;
    reach_ = std::min<std::int64_t>(kMostWeeksMoved, (static_cast<std::int64_t>(weeks_) - 1) / 2);
  }

  // Askers in each hour; with `random`, after each asker was moved.
  void count(const std::vector<AskerHours>& askers, Random* random, Counts& counts) const {
    counts.assign(hours_, 0);
    for (const AskerHours& asker : askers) {
      std::int64_t weeks = 0;
      if (random != nullptr) {
        const double ways = static_cast<double>(2 * reach_ + 1);
        weeks = static_cast<std::int64_t>(random->uniform() * ways) - reach_;
      }
      const std::size_t move =
          static_cast<std::size_t>(weeks + static_cast<std::int64_t>(weeks_)) * kHoursAWeek;
      for (const std::uint32_t hour : asker) {
        if (hour >= hours_) continue;  // the days behind the last whole week
        const std::size_t to = (hour + move) % hours_;
        // What would fall into a time without records stays: fewer askings would look like chance.
        ++counts[is_observed_[to / 24] ? to : hour];
      }
    }
  }

  // Hours that stand out of the same hours of the weeks around, those of the hour itself left out,
  // and out of the rest of their day: days that are busy for all are no fan-out of an hour. Calls
  // `each` with hour, expectation and score where that is above `floor`, which `each` may raise.
  template <class Each>
  void score(const Counts& counts, const double& floor, const Each& each) const {
    for (std::size_t h = 0; h < hours_; ++h) {
      if (counts[h] < 2) continue;
      const double usual = expected_in(counts, h), own = counts[h];
      if (usual < 0 || own <= usual + 1 || loss(own, usual) <= floor) continue;
      const double expected = std::max(usual, kLeastExpected) * busyness(counts, h);
      if (own > expected + 1 && loss(own, expected) > floor) {
        each(h, expected, loss(own, expected));
      }
    }
  }

 private:
  // What a Poisson count with this mean loses against one with its own.
  static double loss(double own, double expected) {
    const double mean = std::max(expected, kLeastExpected);
    return own * std::log(own / mean) - (own - mean);
  }

  // By how much the rest of the day is busier than the weeks around have it; at least 1.
  double busyness(const Counts& counts, std::size_t hour) const {
    const std::size_t day = hour / 24 * 24;
    double askers = kDayWeight, expected = kDayWeight;
    for (std::size_t h = day; h < day + 24; ++h) {
      if (h + kHoursBeside >= hour && h <= hour + kHoursBeside) continue;
      askers += counts[h];
      expected += std::max(0.0, expected_in(counts, h));
    }
    return std::max(1.0, askers / expected);
  }

  // Mean of the hour and the two beside it, in up to four weeks on either side; -1 where none of
  // them was observed.
  double expected_in(const Counts& counts, std::size_t hour) const {
    std::uint32_t sum = 0, hours = 0;
    for (std::int64_t w = -reach_; w <= reach_; ++w) {
      if (w == 0) continue;
      const std::size_t at =
          (hour + static_cast<std::size_t>(w + static_cast<std::int64_t>(weeks_)) * kHoursAWeek) %
          hours_;
      if (!is_observed_[at / 24]) continue;
      sum += counts[at] + counts[at == 0 ? hours_ - 1 : at - 1] +
             counts[at + 1 == hours_ ? 0 : at + 1];
      hours += 3;
    }
    return hours == 0 ? -1 : static_cast<double>(sum) / hours;
  }

  const std::vector<bool>& is_observed_;
  std::size_t weeks_ = 0, hours_ = 0;
  std::int64_t reach_ = 0;
};

}  // namespace

FanOut fan_out(const std::vector<AskerHours>& askers, const std::vector<bool>& is_observed,
               Random random) {
  FanOut result;
  if (is_observed.size() < kFewestWeeks * 7) return result;
  const Weeks weeks(is_observed);
  Counts counts;
  std::vector<double> maxima;
  for (std::size_t s = 0; s < kFanOutSurrogates; ++s) {
    weeks.count(askers, &random, counts);
    double most = 0;
    weeks.score(counts, most, [&](std::size_t, double, double score) { most = score; });
    maxima.push_back(most);
  }
  std::sort(maxima.begin(), maxima.end());
  result.critical = maxima[static_cast<std::size_t>(
      std::ceil((1 - kFanOutLevel) * static_cast<double>(maxima.size())) - 1)];
  weeks.count(askers, nullptr, counts);
  weeks.score(counts, 0, [&](std::size_t hour, double expected, double score) {
    result.hours.push_back(
        {static_cast<std::uint32_t>(hour), static_cast<double>(counts[hour]), expected, score});
  });
  std::stable_sort(result.hours.begin(), result.hours.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  if (result.hours.empty()) return result;
  const FanOutHour& top = result.hours.front();
  const auto as_high = maxima.end() - std::lower_bound(maxima.begin(), maxima.end(), top.score);
  result.p = (1 + static_cast<double>(as_high)) / (1 + static_cast<double>(maxima.size()));
  std::size_t beyond = 0;
  while (beyond < result.hours.size() && result.hours[beyond].score > result.critical) {
    result.excess += result.hours[beyond].askers - result.hours[beyond].expected;
    ++beyond;
  }
  result.hours.resize(std::max<std::size_t>(1, beyond));
  result.is_found = result.p <= kFanOutLevel && top.askers - top.expected >= kFewestExcess;
  return result;
}

}  // namespace assay::methods
