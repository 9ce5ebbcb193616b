// Time: instants with a width, intervals, zones.
//
// All times are UTC, counted in microseconds since 1970-01-01T00:00:00Z. An instant is rarely a
// point: a log that prints whole seconds, or an hour that a clock ran through twice, only says that
// the event lies in [us, us + width_us). Whoever prints a time prints it with 'Z' or an offset.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/result.h"

namespace assay {

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

// The event happened in [us, us + width_us).
struct Instant {
  std::int64_t us = 0;
  std::uint32_t width_us = 1;

  friend bool operator==(const Instant&, const Instant&) = default;
};

// Half-open: [begin_us, end_us). Empty when end_us <= begin_us.
struct Interval {
  std::int64_t begin_us = 0;
  std::int64_t end_us = 0;

  bool empty() const { return end_us <= begin_us; }
  std::int64_t length_us() const { return empty() ? 0 : end_us - begin_us; }
  double length_days() const { return static_cast<double>(length_us()) / kMicrosPerDay; }
  bool contains(std::int64_t us) const { return us >= begin_us && us < end_us; }
  bool contains(const Interval& other) const {
    return other.empty() || (other.begin_us >= begin_us && other.end_us <= end_us);
  }
  friend bool operator==(const Interval&, const Interval&) = default;
};

Interval intersect(const Interval& a, const Interval& b);

// Sorted, disjoint, non-empty intervals.
std::vector<Interval> normalise(std::vector<Interval> intervals);
// The parts of `whole` that no member of `covered` covers; `covered` need not be normalised.
std::vector<Interval> uncovered(const Interval& whole, std::vector<Interval> covered);

struct CivilTime {
  int year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  int hour = 0;
  int minute = 0;
  int second = 0;       // 0..60; a leap second is folded into the next second
  int microsecond = 0;  // 0..999999
};

// Days since 1970-01-01 in the proleptic Gregorian calendar; month 1..12, day 1..31.
std::int64_t days_from_civil(int year, int month, int day);
bool is_valid_date(int year, int month, int day);
// Reads the fields as UTC.
std::int64_t utc_micros(const CivilTime& civil);
CivilTime civil_from_utc(std::int64_t us);
// 0 = Monday .. 6 = Sunday.
int weekday_of(std::int64_t utc_day_number);

// "2016-05-04T00:00:00Z"; `decimals` (0..6) digits of the second are printed.
std::string format_utc(std::int64_t us, int decimals = 0);
// As many decimals as the width justifies: whole seconds for width >= 1 s, and so on.
std::string format_instant(const Instant& instant);
// "2016-05-04T00:00:00Z/2016-09-23T13:56:30Z"
std::string format_interval(const Interval& interval);

// RFC 3339 date or date-time: "2016-05-04", "2016-05-04T00:00Z", "2016-05-04 00:00:00.5+02:00". A
// time without an offset is read as UTC. The width says how exactly the text tells the time: a bare
// date is a day wide (capped at the largest width), a time with milliseconds 1,000 us.
Result<Instant> parse_rfc3339(std::string_view text);
// "A/B" with RFC 3339 parts. A bare end date means through the end of that day; an end with a time
// is exclusive.
Result<Interval> parse_interval(std::string_view text);

struct UtcReading {
  std::int64_t us = 0;               // earliest reading
  std::uint32_t extra_width_us = 0;  // 3,600 s when the local hour happened twice
  bool is_ambiguous = false;
  bool is_nonexistent = false;  // the clock jumped over this local time; read as if it had not
};

// A time zone: an IANA name ("Europe/Berlin"), "UTC", or a fixed offset ("+03:00").
// Immutable and safe to share between threads; cheap to copy.
class Zone {
 public:
  Zone();  // UTC
  // Errors: usage, with the nearest known name.
  static Result<Zone> find(std::string_view name);

  const std::string& name() const;
  // Local clock reading -> UTC. `local_us` counts as if the local clock were UTC.
  UtcReading to_utc(std::int64_t local_us) const;
  // Seconds to add to UTC to get local time at that instant.
  std::int32_t offset_seconds_at(std::int64_t utc_us) const;
  std::int64_t to_local(std::int64_t utc_us) const;
  // "2016-05-04T03:00:00+03:00"
  std::string format(std::int64_t utc_us, int decimals = 0) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

// The version of the time-zone database that answers, e.g. "2025b".
std::string zone_database_version();

}  // namespace assay
