#include "sim/rhythm.h"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

namespace assay::sim {
namespace {

constexpr double kDay = 86'400;

using std::chrono::seconds;

const date::time_zone* zone_named(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return date::locate_zone("UTC");
  }
}

double weight_of_hour(const WorkingDay& hours, double hour) {
  const double since_start = std::fmod(hour - hours.start_hour + 24, 24);
  if (since_start >= hours.length_hours) return hours.night_share;
  return std::abs(hour - hours.lunch_hour) < 0.5 ? hours.lunch_share : 1;
}

}  // namespace

Rhythm::Rhythm(const WorkingDay& hours, double begin_s, double end_s)
    : hours_(hours), begin_s_(begin_s) {
  const date::time_zone* zone = zone_named(hours.zone);
  const std::set<std::string> holidays(hours.holidays.begin(), hours.holidays.end());
  for (double hour = 0; hour < 24; hour += kStep / 3'600) {
    weekday_weight_ += weight_of_hour(hours, hour + kStep / 7'200);
  }
  date::sys_info info{};
  for (double t = begin_s + kStep / 2; t < end_s + kStep; t += kStep) {
    const date::sys_seconds at{seconds(static_cast<std::int64_t>(t))};
    if (at < info.begin || at >= info.end) info = zone->get_info(at);
    const date::local_seconds local{at.time_since_epoch() + info.offset};
    const auto day = date::floor<date::days>(local);
    const date::weekday weekday(day);
    const double hour = static_cast<double>((local - day).count()) / 3'600;
    const bool is_off = weekday == date::Saturday || weekday == date::Sunday ||
                        (!holidays.empty() && holidays.count(date::format("%F", day)) > 0);
    weights_.push_back(
        static_cast<float>(weight_of_hour(hours, hour) * (is_off ? hours.weekend_share : 1)));
  }
}

double Rhythm::weight_at(double time_s) const {
  const auto step = static_cast<std::size_t>(std::max(0.0, (time_s - begin_s_) / kStep));
  return step < weights_.size() ? static_cast<double>(weights_[step]) : 0;
}

std::vector<double> Rhythm::draw(double per_weekday, double begin_s, double end_s,
                                 Random& random) const {
  std::vector<double> times;
  if (per_weekday <= 0 || weekday_weight_ <= 0) return times;
  // In the time in which the rate is one: a step is as long as its weight says.
  const double rate = per_weekday / weekday_weight_;
  double left = random.exponential(1);
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const double start = begin_s_ + static_cast<double>(i) * kStep;
    const double mass = rate * static_cast<double>(weights_[i]);
    double used = 0;
    while (mass - used > left) {
      used += left;
      const double time = start + kStep * used / mass;
      if (time >= begin_s && time < end_s) times.push_back(time);
      left = random.exponential(1);
    }
    left -= mass - used;
  }
  if (hours_.appointed_share <= 0) return times;
  for (double& time : times) {
    if (random.chance(hours_.appointed_share)) time = appointed(time, random);
  }
  times.erase(std::remove_if(times.begin(), times.end(),
                             [&](double time) { return time < begin_s || time >= end_s; }),
              times.end());
  std::sort(times.begin(), times.end());
  return times;
}

// The nearest mark of the local day, as punctual as people are.
double Rhythm::appointed(double time_s, Random& random) const {
  const date::sys_seconds at{seconds(static_cast<std::int64_t>(time_s))};
  const auto offset = zone_named(hours_.zone)->get_info(at).offset;
  const double first = 3'600 * hours_.start_hour - static_cast<double>(offset.count());
  const double of_day = std::fmod(time_s - first, kDay);
  const double every = 60 * hours_.appointed_every_minutes;
  const double two = 2 * every + 60 * hours_.appointed_break_minutes;
  double nearest = 0;
  for (double pair = 0; pair < kDay + two; pair += two) {
    for (const double mark : {pair, pair + every}) {
      if (std::abs(mark - of_day) < std::abs(nearest - of_day)) nearest = mark;
    }
  }
  return time_s - of_day + nearest + random.normal(0, hours_.appointed_spread_seconds);
}

}  // namespace assay::sim
