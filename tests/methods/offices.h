// Demand with a working day, for methods of human timing: a rate by local hour, thinned, with
// sessions and holidays, then through caches side by side. Machines that keep no office's hours
// stand beside it as controls.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <set>
#include <vector>

#include "assay/instant.h"
#include "toy.h"

namespace assay::toy {

inline double normal(Random& random, double mean, double sd) {
  return mean + sd * std::sqrt(-2 * std::log(1 - random.uniform())) *
                    std::cos(2 * std::numbers::pi * random.uniform());
}

// Hours are local. A rate of 1 is that of the middle of a working day.
struct Office {
  double start = 9;
  double length = 9;
  double lunch = 0.3;     // depth of the dip
  double edge = 0.25;     // hours; how softly the day begins and ends
  double evening = 0.08;  // of the rate, for five hours after the end
  double night = 0.01;
  double weekend = 0.05;
  double per_day = 60;     // demands, over all days
  double per_session = 1;  // mean number
  double session_seconds = 180;
  std::set<std::int64_t> holidays;  // local day numbers on which it is closed

  double rate(double hour, int weekday) const {
    const double up = 1 / (1 + std::exp(-(hour - start) / edge));
    const double down = 1 / (1 + std::exp((hour - start - length) / edge));
    const double middle = (hour - start - 0.45 * length) / 0.5;
    double x = std::max(night, up * down) * (1 - lunch * std::exp(-0.5 * middle * middle));
    if (hour >= start + length && hour < std::min(23.5, start + length + 5)) {
      x = std::max(x, evening);
    }
    return weekday < 5 ? x : std::max(weekend * x, 0.5 * night);
  }
};

// An office as offices are: start and length as stated in the method's prior, the rest at random.
inline Office any_office(Random& random, double per_day, double start = 8.9, double sd = 0.6) {
  Office office;
  office.start = normal(random, start, sd);
  office.length = normal(random, 9.3, 0.9);
  office.lunch = 0.6 * random.uniform();
  office.evening = 0.3 * random.uniform() * random.uniform();
  office.night = 0.003 + 0.03 * random.uniform() * random.uniform();
  office.weekend = 0.3 * random.uniform() * random.uniform();
  office.edge = 0.15 + 0.35 * random.uniform();
  office.per_session = 1 + 4 * random.uniform();
  office.per_day = per_day;
  return office;
}

using LocalClock = std::function<double(double)>;  // seconds since the start -> local seconds
inline LocalClock clock_of(double offset_hours) {
  return [=](double t) { return t + 3600 * offset_hours; };
}
inline LocalClock clock_of(const Zone& zone) {
  return [zone](double t) {
    return t + zone.offset_seconds_at(kStartUs + static_cast<std::int64_t>(t * 1e6));
  };
}

// 2016-05-04 is day 16,925, a Wednesday.
inline std::int64_t local_day(double local) {
  return 16'925 + static_cast<std::int64_t>(std::floor(local / kDay));
}

inline Times demand_at(Random& random, double days, double per_day, double per_session,
                       double session_seconds, const LocalClock& clock,
                       const std::function<double(double, int, std::int64_t)>& rate) {
  double mean = 0;
  for (int q = 0; q < 672; ++q) mean += rate((q % 96) * 0.25, q / 96, -1) / 672;
  Times times;
  for (const double t : poisson(random, per_day / per_session / mean, days)) {
    const double local = clock(t);
    const std::int64_t day = local_day(local);
    const double hour = (local / kDay - std::floor(local / kDay)) * 24;
    if (random.uniform() >= rate(hour, weekday_of(day), day)) continue;
    double at = t;
    do {
      if (at < days * kDay) times.push_back(at);
      at += exponential(random, session_seconds);
    } while (random.uniform() < 1 - 1 / per_session);
  }
  std::sort(times.begin(), times.end());
  return times;
}

inline Times office_at(Random& random, double days, const Office& office, const LocalClock& clock) {
  return demand_at(random, days, office.per_day, office.per_session, office.session_seconds, clock,
                   [&](double hour, int weekday, std::int64_t day) {
                     const double open = office.holidays.contains(day) ? 0.05 : 1;
                     return std::min(1.0, open * office.rate(hour, weekday));
                   });
}

// Runs day and night on working days, and nearly rests at weekends.
inline Times machine_24x5(Random& random, double days, double per_day, double rest,
                          const LocalClock& clock) {
  return demand_at(random, days, per_day, 1, 1, clock,
                   [&](double, int weekday, std::int64_t) { return weekday < 5 ? 1 : rest; });
}

// A job every `period` seconds of local working hours, each up to `jitter` seconds late.
inline Times office_job(Random& random, double days, double from, double to, double period,
                        double jitter, double offset_hours) {
  Times times;
  for (int day = -1; day <= static_cast<int>(days) + 1; ++day) {
    if (weekday_of(16'925 + day) >= 5) continue;
    for (double at = from * 3600; at < to * 3600; at += period) {
      const double t = day * kDay + at - offset_hours * 3600 + jitter * random.uniform();
      if (t >= 0 && t < days * kDay) times.push_back(t);
    }
  }
  std::sort(times.begin(), times.end());
  return times;
}

// What leaves `caches` caches, of which each demand asks one at random.
inline Times through_caches(Random& random, const Times& demand, double ttl, int caches) {
  std::vector<Times> shares(static_cast<std::size_t>(caches));
  for (const double t : demand) {
    shares[static_cast<std::size_t>(random.uniform() * caches)].push_back(t);
  }
  Times out;
  for (const Times& share : shares) out = merged(std::move(out), through_cache(share, ttl));
  return out;
}

}  // namespace assay::toy
