// Demand of people and programs in seconds since a case begins, and what a cache leaves of it.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "core/random.h"

namespace assay::drawn {

using Times = std::vector<double>;

inline constexpr double kDay = 86'400;
inline constexpr double kBegin = 1'462'320'000;    // 2016-05-04T00:00:00Z, a Wednesday
inline constexpr std::int64_t kFirstDay = 16'925;  // the same as a day number

Times even(Random& random, double per_day, double days);
Times merged(Times a, const Times& b);

// Hours are local. A rate of 1 is that of the middle of a working day.
struct Office {
  double start = 9;
  double length = 9;
  double lunch = 0.3;     // depth of the dip
  double edge = 0.25;     // hours; how softly the day begins and ends
  double evening = 0.08;  // of the rate, for five hours after the end
  double night = 0.01;
  double weekend = 0.05;
  double per_day = 60;     // demands, mean over all days
  double per_session = 1;  // mean number
  double session_seconds = 180;
  std::set<std::int64_t> holidays;  // local day numbers on which it is nearly closed

  double rate(double hour, int weekday) const;
};
// An office as offices are: start and length as the time-zone method's prior has them, the rest at
// random.
Office any_office(Random& random, double per_day, double start = 8.9, double sd = 0.6);
Times office(Random& random, double days, const Office& office, double utc_offset_hours = 0);

using Rate = std::function<double(double hour, int weekday, std::int64_t day)>;
// At most 1. `per_day` demands on average, in sessions of a geometric number.
Times demand_at(Random& random, double days, double per_day, double per_session,
                double session_seconds, double utc_offset_hours, const Rate& rate);
// Runs day and night on working days, and nearly rests at weekends.
Times machine_24x5(Random& random, double days, double per_day, double rest,
                   double utc_offset_hours);
// A job every `period` seconds of local working hours, each up to `jitter` seconds late.
Times office_job(Random& random, double days, double from, double to, double period, double jitter,
                 double utc_offset_hours);

// Every `period` seconds on the clock, each up to `jitter` seconds late.
Times timer(Random& random, double period, double jitter, double days);
// Each on its own mark, up to `share` of the period early or late; the marks do not move.
Times poll(Random& random, double period, double share, double days);
// Sleeps after each run: the next mark moves with the last.
Times drifting(Random& random, double period, double share, double days);

// One exact cache: the first demand after each expiry.
Times through_cache(const Times& demand, double ttl_seconds);

}  // namespace assay::drawn
