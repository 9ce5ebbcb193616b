#include "methods/support/silence.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "methods/support/stats.h"

namespace assay::methods {
namespace {

constexpr int kDaysAside = 7;
constexpr int kWeeksAside = 4;
constexpr std::size_t kMinControls = 2;

double count_in(const std::vector<std::int64_t>& events, std::int64_t from, std::int64_t to) {
  const auto low = std::lower_bound(events.begin(), events.end(), from);
  return static_cast<double>(std::lower_bound(low, events.end(), to) - low);
}

constexpr std::int64_t kFarthestUs = std::int64_t{10'000} * 366 * kMicrosPerDay;  // 10,000 years

// Counts of one control; controls of one kind share a dispersion, which few counts tell badly.
struct Control {
  double expected = 0;
  double squares = 0;  // of deviations from the control's own mean, over that mean
  double freedom = 0;
};

Control control_of(const std::vector<double>& counts, double scale) {
  const double mean = mean_of(counts);
  Control control{mean * scale, 0, 0};
  if (mean <= 0) return control;
  control.freedom = static_cast<double>(counts.size() - 1);
  control.squares = variance_of(counts) / mean * control.freedom;
  return control;
}

}  // namespace

std::vector<Interval> longest_silences(const std::vector<std::int64_t>& events,
                                       const ObservedTime& observed, std::size_t count) {
  std::vector<Interval> all;
  for (const Interval& part : observed.parts) {
    std::int64_t from = part.begin_us;
    for (auto event = std::lower_bound(events.begin(), events.end(), part.begin_us);
         event != events.end() && *event < part.end_us; ++event) {
      if (*event > from) all.push_back({from, *event});
      from = *event;
    }
    if (part.end_us > from) all.push_back({from, part.end_us});
  }
  const std::size_t kept = std::min(count, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(),
                    [](const Interval& a, const Interval& b) {
                      return a.length_us() != b.length_us() ? a.length_us() > b.length_us()
                                                            : a.begin_us < b.begin_us;
                    });
  all.resize(kept);
  return all;
}

Expectation expect_in(const std::vector<std::int64_t>& events, const Interval& silence,
                      const ObservedTime& observed) {
  // A silence that ends nowhere (coverage without an end) has no days beside it to compare with.
  if (silence.begin_us < -kFarthestUs || silence.end_us > kFarthestUs) return {};
  std::vector<Control> of_days;
  std::vector<Control> of_weeks;
  // Either side alone: where the level changes at the silence, both together would look uneven.
  for (const std::int64_t side : {-1, 1}) {
    std::vector<double> days;
    for (int day = 1; day <= kDaysAside; ++day) {
      const std::int64_t begin = side < 0 ? silence.begin_us - day * kMicrosPerDay
                                          : silence.end_us + (day - 1) * kMicrosPerDay;
      const Interval one{begin, begin + kMicrosPerDay};
      if (observed.contains(one)) days.push_back(count_in(events, one.begin_us, one.end_us));
    }
    std::vector<double> weeks;
    for (int week = 1; week <= kWeeksAside; ++week) {
      const std::int64_t shift = side * 7 * week * kMicrosPerDay;
      const Interval same{silence.begin_us + shift, silence.end_us + shift};
      if (!observed.contains(same) || !intersect(same, silence).empty()) continue;
      weeks.push_back(count_in(events, same.begin_us, same.end_us));
    }
    if (days.size() >= kMinControls) of_days.push_back(control_of(days, silence.length_days()));
    if (weeks.size() >= kMinControls) of_weeks.push_back(control_of(weeks, 1.0));
  }
  if (of_days.empty() && of_weeks.empty()) return {};
  Expectation expectation;
  expectation.events = std::numeric_limits<double>::infinity();
  for (const auto* kind : {&of_days, &of_weeks}) {
    double squares = 0;
    double freedom = 0;
    for (const Control& control : *kind) {
      expectation.events = std::min(expectation.events, control.expected);
      squares += control.squares;
      freedom += control.freedom;
    }
    if (freedom > 0) expectation.dispersion = std::max(expectation.dispersion, squares / freedom);
  }
  return expectation;
}

double chance_of(double log_p, const Interval& silence, const ObservedTime& observed) {
  const double chances =
      std::max(1.0, static_cast<double>(observed.length_us()) /
                        static_cast<double>(std::max<std::int64_t>(silence.length_us(), 1)));
  return std::min(1.0, chances * std::exp(log_p));
}

}  // namespace assay::methods
