#include "engine/calibrate/method_rates/demand.h"

#include <algorithm>
#include <cmath>

#include "assay/instant.h"

namespace assay::drawn {

Times even(Random& random, double per_day, double days) {
  Times times;
  for (double t = random.exponential(kDay / per_day); t < days * kDay;
       t += random.exponential(kDay / per_day)) {
    times.push_back(t);
  }
  return times;
}

Times merged(Times a, const Times& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  return a;
}

double Office::rate(double hour, int weekday) const {
  const double up = 1 / (1 + std::exp(-(hour - start) / edge));
  const double down = 1 / (1 + std::exp((hour - start - length) / edge));
  const double middle = (hour - start - 0.45 * length) / 0.5;
  double x = std::max(night, up * down) * (1 - lunch * std::exp(-0.5 * middle * middle));
  if (hour >= start + length && hour < std::min(23.5, start + length + 5)) x = std::max(x, evening);
  return weekday < 5 ? x : std::max(weekend * x, 0.5 * night);
}

Office any_office(Random& random, double per_day, double start, double sd) {
  Office office;
  office.start = random.normal(start, sd);
  office.length = random.normal(9.3, 0.9);
  office.lunch = 0.6 * random.uniform();
  office.evening = 0.3 * random.uniform() * random.uniform();
  office.night = 0.003 + 0.03 * random.uniform() * random.uniform();
  office.weekend = 0.3 * random.uniform() * random.uniform();
  office.edge = 0.15 + 0.35 * random.uniform();
  office.per_session = 1 + 4 * random.uniform();
  office.per_day = per_day;
  return office;
}

Times demand_at(Random& random, double days, double per_day, double per_session,
                double session_seconds, double utc_offset_hours, const Rate& rate) {
  double mean = 0;
  for (int q = 0; q < 672; ++q) mean += rate((q % 96) * 0.25, q / 96, -1) / 672;
  Times times;
  for (const double t : even(random, per_day / per_session / mean, days)) {
    const double local = t / kDay + utc_offset_hours / 24;
    const std::int64_t day = kFirstDay + static_cast<std::int64_t>(std::floor(local));
    if (!random.chance(rate((local - std::floor(local)) * 24, weekday_of(day), day))) continue;
    double at = t;
    do {
      if (at < days * kDay) times.push_back(at);
      at += random.exponential(session_seconds);
    } while (random.chance(1 - 1 / per_session));
  }
  std::sort(times.begin(), times.end());
  return times;
}

Times office(Random& random, double days, const Office& office, double utc_offset_hours) {
  return demand_at(random, days, office.per_day, office.per_session, office.session_seconds,
                   utc_offset_hours, [&](double hour, int weekday, std::int64_t day) {
                     const double open = office.holidays.contains(day) ? 0.05 : 1;
                     return std::min(1.0, open * office.rate(hour, weekday));
                   });
}

Times machine_24x5(Random& random, double days, double per_day, double rest,
                   double utc_offset_hours) {
  return demand_at(random, days, per_day, 1, 1, utc_offset_hours,
                   [&](double, int weekday, std::int64_t) { return weekday < 5 ? 1 : rest; });
}

Times office_job(Random& random, double days, double from, double to, double period, double jitter,
                 double utc_offset_hours) {
  Times times;
  for (int day = -1; day <= static_cast<int>(days) + 1; ++day) {
    if (weekday_of(kFirstDay + day) >= 5) continue;
    for (double at = from * 3600; at < to * 3600; at += period) {
      const double t = day * kDay + at - utc_offset_hours * 3600 + jitter * random.uniform();
      if (t >= 0 && t < days * kDay) times.push_back(t);
    }
  }
  std::sort(times.begin(), times.end());
  return times;
}

Times timer(Random& random, double period, double jitter, double days) {
  Times times;
  for (double t = 5; t < days * kDay; t += period) times.push_back(t + jitter * random.uniform());
  std::sort(times.begin(), times.end());
  return times;
}

Times poll(Random& random, double period, double share, double days) {
  Times times;
  for (double t = period; t < days * kDay; t += period) {
    times.push_back(t + random.uniform(-1, 1) * share * period);
  }
  std::sort(times.begin(), times.end());
  return times;
}

Times drifting(Random& random, double period, double share, double days) {
  Times times;
  for (double t = 100; t < days * kDay; t += period * (1 + random.uniform(-1, 1) * share)) {
    times.push_back(t);
  }
  return times;
}

Times through_cache(const Times& demand, double ttl_seconds) {
  Times misses;
  double expires = -1;
  for (const double t : demand) {
    if (t < expires) continue;
    misses.push_back(t);
    expires = t + ttl_seconds;
  }
  return misses;
}

}  // namespace assay::drawn
