#include "assay/instant.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace assay {

Interval intersect(const Interval& a, const Interval& b) {
  return {std::max(a.begin_us, b.begin_us), std::min(a.end_us, b.end_us)};
}

std::vector<Interval> normalise(std::vector<Interval> intervals) {
  std::erase_if(intervals, [](const Interval& interval) { return interval.empty(); });
  std::sort(intervals.begin(), intervals.end(),
            [](const Interval& a, const Interval& b) { return a.begin_us < b.begin_us; });
  std::vector<Interval> merged;
  for (const Interval& next : intervals) {
    if (!merged.empty() && next.begin_us <= merged.back().end_us) {
      merged.back().end_us = std::max(merged.back().end_us, next.end_us);
    } else {
      merged.push_back(next);
    }
  }
  return merged;
}

std::vector<Interval> uncovered(const Interval& whole, std::vector<Interval> covered) {
  std::vector<Interval> gaps;
  std::int64_t from = whole.begin_us;
  for (const Interval& part : normalise(std::move(covered))) {
    if (part.end_us <= from) continue;
    if (part.begin_us >= whole.end_us) break;
    if (part.begin_us > from) gaps.push_back({from, part.begin_us});
    from = part.end_us;
  }
  if (from < whole.end_us) gaps.push_back({from, whole.end_us});
  return gaps;
}

// The era arithmetic of the proleptic Gregorian calendar: 400 years are 146,097 days.
std::int64_t days_from_civil(int year, int month, int day) {
  const std::int64_t y = year - (month <= 2 ? 1 : 0);
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

bool is_valid_date(int year, int month, int day) {
  static constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

std::int64_t utc_micros(const CivilTime& civil) {
  const std::int64_t days = days_from_civil(civil.year, civil.month, civil.day);
  const std::int64_t seconds =
      days * 86'400 + civil.hour * 3'600 + civil.minute * 60 + civil.second;
  return seconds * kMicrosPerSecond + civil.microsecond;
}

namespace {

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  const std::int64_t quotient = a / b;
  return (a % b != 0 && (a < 0) != (b < 0)) ? quotient - 1 : quotient;
}

}  // namespace

CivilTime civil_from_utc(std::int64_t us) {
  const std::int64_t days = floor_div(us, kMicrosPerDay);
  std::int64_t rest = us - days * kMicrosPerDay;
  const std::int64_t z = days + 719'468;
  const std::int64_t era = floor_div(z, 146'097);
  const std::int64_t doe = z - era * 146'097;
  const std::int64_t yoe = (doe - doe / 1'460 + doe / 36'524 - doe / 146'096) / 365;
  const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int64_t mp = (5 * doy + 2) / 153;
  CivilTime civil;
  civil.day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  civil.month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  civil.year = static_cast<int>(yoe + era * 400 + (civil.month <= 2 ? 1 : 0));
  civil.microsecond = static_cast<int>(rest % kMicrosPerSecond);
  rest /= kMicrosPerSecond;
  civil.second = static_cast<int>(rest % 60);
  civil.minute = static_cast<int>(rest / 60 % 60);
  civil.hour = static_cast<int>(rest / 3'600);
  return civil;
}

int weekday_of(std::int64_t utc_day_number) {
  // Day 0, 1 January 1970, was a Thursday.
  return static_cast<int>(((utc_day_number + 3) % 7 + 7) % 7);
}

std::string format_utc(std::int64_t us, int decimals) {
  const CivilTime c = civil_from_utc(us);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day,
                                 c.hour, c.minute, c.second);
  if (decimals > 0) {
    text += fmt::format(".{:06}", c.microsecond).substr(0, static_cast<std::size_t>(decimals) + 1);
  }
  return text + "Z";
}

std::string format_instant(const Instant& instant) {
  int decimals = 0;
  for (std::uint32_t width = 100'000; decimals < 6 && instant.width_us <= width; width /= 10) {
    ++decimals;
    if (width == 1) break;
  }
  // An instant that was reckoned from two (a delay taken off a stamp) is no multiple of its width,
  // and cut to it would name a time that it does not lie in.
  std::int64_t unit = 1;
  for (int i = decimals; i < 6; ++i) unit *= 10;
  for (; decimals < 6 && instant.us % unit != 0; unit /= 10) ++decimals;
  return format_utc(instant.us, decimals);
}

std::string format_interval(const Interval& interval) {
  return format_utc(interval.begin_us) + "/" + format_utc(interval.end_us);
}

namespace {

// Reads fixed digits; false when a byte is no digit.
bool take_digits(std::string_view& text, int count, int& out) {
  if (text.size() < static_cast<std::size_t>(count)) return false;
  out = 0;
  for (int i = 0; i < count; ++i) {
    const unsigned digit = static_cast<unsigned char>(text[i]) - '0';
    if (digit > 9) return false;
    out = out * 10 + static_cast<int>(digit);
  }
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

// "Z", "+02:00", "-0500" or nothing; false when it is something else.
bool take_offset(std::string_view& text, int& seconds_east) {
  seconds_east = 0;
  if (text.empty() || take(text, 'Z') || take(text, 'z')) return text.empty();
  const bool is_west = text.front() == '-';
  if (!is_west && text.front() != '+') return false;
  text.remove_prefix(1);
  int hours = 0, minutes = 0;
  if (!take_digits(text, 2, hours)) return false;
  take(text, ':');
  if (!text.empty() && !take_digits(text, 2, minutes)) return false;
  seconds_east = (hours * 3'600 + minutes * 60) * (is_west ? -1 : 1);
  return text.empty() && hours <= 23 && minutes <= 59;
}

// ".5", ".123456789": digits beyond the sixth are dropped.
bool take_fraction(std::string_view& text, CivilTime& civil, std::uint32_t& width_us) {
  if (!take(text, '.') && !take(text, ',')) return true;
  std::uint32_t scale = 1'000'000;
  bool any = false;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    any = true;
    if (scale > 1) {
      scale /= 10;
      civil.microsecond += static_cast<int>(scale) * (text.front() - '0');
    }
    text.remove_prefix(1);
  }
  width_us = scale;
  return any;
}

Error unreadable(std::string_view text) {
  return {ErrorCode::usage, fmt::format("'{}' is not a time", text),
          "write it like 2016-05-04, 2016-05-04T13:56:29Z or 2016-05-04T13:56:29.123+02:00"};
}

}  // namespace

Result<Instant> parse_rfc3339(std::string_view whole) {
  std::string_view text = whole;
  CivilTime civil;
  std::uint32_t width_us = 4'294'967'295u;  // a bare date: as wide as the type can say
  if (!take_digits(text, 4, civil.year) || !take(text, '-') || !take_digits(text, 2, civil.month) ||
      !take(text, '-') || !take_digits(text, 2, civil.day) ||
      !is_valid_date(civil.year, civil.month, civil.day)) {
    return unreadable(whole);
  }
  if (text.empty()) return Instant{utc_micros(civil), width_us};
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return unreadable(whole);
  if (!take_digits(text, 2, civil.hour) || !take(text, ':') ||
      !take_digits(text, 2, civil.minute)) {
    return unreadable(whole);
  }
  width_us = 60 * kMicrosPerSecond;
  if (take(text, ':')) {
    if (!take_digits(text, 2, civil.second)) return unreadable(whole);
    width_us = kMicrosPerSecond;
    if (!take_fraction(text, civil, width_us)) return unreadable(whole);
  }
  int seconds_east = 0;
  if (!take_offset(text, seconds_east) || civil.hour > 23 || civil.minute > 59 ||
      civil.second > 60) {
    return unreadable(whole);
  }
  return Instant{utc_micros(civil) - seconds_east * kMicrosPerSecond, width_us};
}

Result<Interval> parse_interval(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    return Error{ErrorCode::usage, fmt::format("'{}' is not an interval", text),
                 "write it as BEGIN/END, like 2016-05-04/2016-09-23"};
  }
  const std::string_view end_text = text.substr(slash + 1);
  const Result<Instant> begin = parse_rfc3339(text.substr(0, slash));
  if (!begin.ok()) return begin.error();
  const Result<Instant> end = parse_rfc3339(end_text);
  if (!end.ok()) return end.error();
  Interval interval{begin->us, end->us};
  if (end_text.size() == 10) interval.end_us += kMicrosPerDay;
  if (interval.empty()) {
    return Error{ErrorCode::usage, fmt::format("the interval '{}' ends before it begins", text),
                 "exchange the two times"};
  }
  return interval;
}

}  // namespace assay
