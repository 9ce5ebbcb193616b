// Demand of people: a working day with soft edges, lunch and weekend, in sessions or one by one.
#pragma once

#include <algorithm>
#include <cmath>

#include "toy.h"

namespace assay::toy {

struct WorkDay {
  double start = 9;  // o'clock UTC
  double length = 9;
  double lunch = 0.3;
  double evening = 0.1;
  double night = 0.01;
  double weekend = 0.1;

  static WorkDay any(Random& random) {
    WorkDay day;
    day.start = 8 + 2 * random.uniform();
    day.length = 8 + 3 * random.uniform();
    day.lunch = 0.6 * random.uniform();
    day.evening = 0.3 * random.uniform();
    day.night = 0.03 * random.uniform();
    day.weekend = 0.02 + 0.28 * random.uniform();
    return day;
  }
  // Relative to the busiest hour.
  double at(double t) const {
    const double hour = std::fmod(t, kDay) / 3600;
    const int weekday = static_cast<int>(t / kDay + 2) % 7;
    const double up = 1 / (1 + std::exp(-(hour - start) * 4));
    const double down = 1 / (1 + std::exp((hour - start - length) * 4));
    double x = std::max(night, up * down);
    x *= 1 - lunch * std::exp(-0.5 * std::pow((hour - start - 0.45 * length) / 0.5, 2));
    if (hour >= start + length && hour < std::min(23.5, start + length + 5)) {
      x = std::max(x, evening);
    }
    return weekday < 5 ? x : std::max(weekend * x, night / 2);
  }
  double mean() const {
    double sum = 0;
    for (int i = 0; i < 7 * 96; ++i) sum += at(i * 900.0);
    return sum / (7 * 96);
  }
};

inline double normal(Random& random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
  return radius * std::cos(2 * 3.14159265358979 * random.uniform());
}

inline Times by_day(Random& random, const WorkDay& day, double per_day, double days) {
  Times times;
  for (const double t : poisson(random, per_day / day.mean(), days)) {
    if (random.uniform() < day.at(t)) times.push_back(t);
  }
  return times;
}

// Sessions by the hour of day, each of a geometric number of demands some minutes apart. `heads`
// takes where each session began.
inline Times sessions(Random& random, const WorkDay& day, double per_day, double days, double size,
                      double apart = 180, Times* heads = nullptr) {
  Times times;
  for (const double head : by_day(random, day, per_day / size, days)) {
    if (heads != nullptr) heads->push_back(head);
    for (double t = head;; t += exponential(random, apart)) {
      if (t < days * kDay) times.push_back(t);
      if (random.uniform() < 1 / size) break;
    }
  }
  std::sort(times.begin(), times.end());
  return times;
}

// Rows that follow a look-up within seconds: another server, or the same again.
inline Times with_repeats(Random& random, const Times& times, double p, double seconds) {
  Times all = times;
  for (const double t : times) {
    if (random.uniform() >= p) continue;
    do all.push_back(t + exponential(random, seconds));
    while (random.uniform() < 0.4);
  }
  std::sort(all.begin(), all.end());
  return all;
}

// K caches behind one address, a demand going to any of them.
inline Times through_caches(Random& random, const Times& demand, double ttl, int caches) {
  std::vector<Times> parts(static_cast<std::size_t>(caches));
  for (const double t : demand) {
    parts[static_cast<std::size_t>(random.uniform() * caches)].push_back(t);
  }
  Times all;
  for (const Times& part : parts) all = merged(std::move(all), through_cache(part, ttl));
  return all;
}

}  // namespace assay::toy
