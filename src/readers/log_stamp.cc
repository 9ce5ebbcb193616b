#include "readers/log_stamp.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/short_bytes.h"
#include "readers/storable_time.h"

namespace assay {

namespace {

constexpr std::int64_t kMinuteUs = 60 * kMicrosPerSecond;
constexpr std::size_t kMinStampBytes = 15, kClockBytes = 8;

constexpr std::uint32_t packed(char a, char b, char c) {
  return static_cast<std::uint32_t>(static_cast<unsigned char>(a)) << 16 |
         static_cast<std::uint32_t>(static_cast<unsigned char>(b)) << 8 |
         static_cast<std::uint32_t>(static_cast<unsigned char>(c));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "11:09:43": microseconds since midnight, or negative when it is no time of day.
std::int64_t parse_clock(const char* text) {
  // Digits become their values and colons zero; what is none of them shows in a byte's top bit.
  const std::uint64_t bytes = load64_low_first(text) ^ 0x3030'3a30'303a'3030u;
  const std::uint64_t raised = bytes + 0x7676'7f76'767f'7676u;
  if (((bytes | raised) & 0x8080'8080'8080'8080u) != 0) return -1;
  const auto pair = [bytes](int at) {
    return static_cast<int>((bytes >> (8 * at) & 0xff) * 10 + (bytes >> (8 * at + 8) & 0xff));
  };
  const int hour = pair(0), minute = pair(3), second = pair(6);
  if (hour > 23 || minute > 59 || second > 60) return -1;
  return ((hour * 60 + minute) * 60 + second) * kMicrosPerSecond;
}

// "11:09:43" and an optional fraction; the bytes taken, 0 when it is no time of day.
std::size_t parse_time_of_day(std::string_view text, LogStamp& stamp) {
  static constexpr std::uint32_t kWidths[] = {1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
  if (text.size() < 8) return 0;
  stamp.day_us = parse_clock(text.data());
  if (stamp.day_us < 0) return 0;
  std::size_t at = 8;
  std::uint32_t fraction = 0, digits = 0;
  if (at + 1 < text.size() && (text[at] == '.' || text[at] == ',') && is_digit(text[at + 1])) {
    for (++at; at < text.size() && is_digit(text[at]); ++at) {
      if (digits == 6) continue;
      fraction = fraction * 10 + static_cast<std::uint32_t>(text[at] - '0');
      ++digits;
    }
  }
  stamp.width_us = kWidths[digits];
  stamp.day_us += std::int64_t{fraction} * stamp.width_us;
  return at;
}

std::size_t parse_named_stamp(std::string_view text, LogStamp& stamp) {
  const int century = two_digits(text.data() + 7);
  const int year = two_digits(text.data() + 9);
  stamp.day = two_digits(text.data());
  stamp.month = month_number(text.substr(3));
  if (stamp.day < 0 || stamp.month == 0 || century < 0 || year < 0) return 0;
  stamp.year = century * 100 + year;
  const std::size_t taken = parse_time_of_day(text.substr(12), stamp);
  return taken == 0 ? 0 : 12 + taken;
}

std::size_t parse_iso_stamp(std::string_view text, LogStamp& stamp) {
  const int century = two_digits(text.data());
  const int year = two_digits(text.data() + 2);
  stamp.month = two_digits(text.data() + 5);
  stamp.day = two_digits(text.data() + 8);
  if (century < 0 || year < 0 || stamp.month < 1 || stamp.month > 12 || stamp.day < 1) return 0;
  stamp.year = century * 100 + year;
  std::size_t taken = parse_time_of_day(text.substr(11), stamp);
  if (taken == 0) return 0;
  taken += 11;
  return taken + parse_utc_offset(text.substr(taken), stamp);
}

// "Feb 25 11:09:43", "Feb  5 11:09:43", and what some syslogs add: "Feb 25 2016 11:09:43".
std::size_t parse_syslog_stamp(std::string_view text, LogStamp& stamp) {
  stamp.month = month_number(text);
  if (stamp.month == 0) return 0;
  std::size_t at = 4;
  if (text[at] == ' ') ++at;
  if (!is_digit(text[at])) return 0;
  stamp.day = text[at++] - '0';
  if (is_digit(text[at])) stamp.day = stamp.day * 10 + (text[at++] - '0');
  if (text[at++] != ' ') return 0;
  if (text.size() >= at + 5 && text[at + 4] == ' ') {
    const int century = two_digits(text.data() + at);
    const int year = two_digits(text.data() + at + 2);
    if (century < 0 || year < 0) return 0;
    stamp.year = century * 100 + year;
    at += 5;
  }
  const std::size_t taken = parse_time_of_day(text.substr(at), stamp);
  return taken == 0 ? 0 : at + taken;
}

}  // namespace

std::size_t parse_utc_offset(std::string_view text, LogStamp& stamp) {
  if (text.empty()) return 0;
  if (text[0] == 'Z' || text[0] == 'z') {
    stamp.has_offset = true;
    return 1;
  }
  if ((text[0] != '+' && text[0] != '-') || text.size() < 3) return 0;
  const int hours = two_digits(text.data() + 1);
  if (hours < 0 || hours > 23) return 0;
  std::size_t at = 3;
  int minutes = 0;
  const std::size_t colon = text.size() > at && text[at] == ':' ? 1 : 0;
  if (text.size() >= at + colon + 2) {
    const int told = two_digits(text.data() + at + colon);
    if (told >= 0 && told <= 59) {
      minutes = told;
      at += colon + 2;
    }
  }
  stamp.has_offset = true;
  stamp.offset_seconds = (hours * 60 + minutes) * 60 * (text[0] == '-' ? -1 : 1);
  return at;
}

int month_number(std::string_view text) {
  if (text.size() < 3) return 0;
  switch (packed(text[0], text[1], text[2]) | 0x202020) {
    case packed('j', 'a', 'n'):
      return 1;
    case packed('f', 'e', 'b'):
      return 2;
    case packed('m', 'a', 'r'):
      return 3;
    case packed('a', 'p', 'r'):
      return 4;
    case packed('m', 'a', 'y'):
      return 5;
    case packed('j', 'u', 'n'):
      return 6;
    case packed('j', 'u', 'l'):
      return 7;
    case packed('a', 'u', 'g'):
      return 8;
    case packed('s', 'e', 'p'):
      return 9;
    case packed('o', 'c', 't'):
      return 10;
    case packed('n', 'o', 'v'):
      return 11;
    case packed('d', 'e', 'c'):
      return 12;
    default:
      return 0;
  }
}

std::size_t parse_log_stamp(std::string_view text, LogStamp& stamp) {
  if (text.size() < kMinStampBytes) return 0;
  stamp = LogStamp{};
  if (text[2] == '-' && text[6] == '-' && text[11] == ' ') return parse_named_stamp(text, stamp);
  if (text[3] == ' ') return parse_syslog_stamp(text, stamp);
  if (text[4] == '-' && text[7] == '-' && (text[10] == 'T' || text[10] == ' ')) {
    return parse_iso_stamp(text, stamp);
  }
  return 0;
}

std::size_t StampMemo::parse(std::string_view text, LogStamp& stamp) {
  if (date_size_ != 0 && text.size() >= date_size_ + kClockBytes && text.size() >= kMinStampBytes &&
      equal_short(text.data(), date_, date_size_)) {
    stamp = date_stamp_;
    const std::size_t taken = parse_time_of_day(text.substr(date_size_), stamp);
    if (taken != 0) {
      const std::size_t at = date_size_ + taken;
      return is_iso_ ? at + parse_utc_offset(text.substr(at), stamp) : at;
    }
  }
  const std::size_t taken = parse_log_stamp(text, stamp);
  if (taken != 0) learn(text.substr(0, taken), stamp);
  return taken;
}

void StampMemo::learn(std::string_view text, const LogStamp& stamp) {
  const std::size_t colon = text.find(':');
  date_size_ = 0;
  if (colon == std::string_view::npos || colon < 2 || colon - 2 > sizeof date_) return;
  date_size_ = colon - 2;
  copy_short(date_, text.data(), date_size_);
  is_iso_ = text[4] == '-';
  date_stamp_ = LogStamp{};
  date_stamp_.year = stamp.year;
  date_stamp_.month = stamp.month;
  date_stamp_.day = stamp.day;
}

Result<LogClock> LogClock::make(const Clock& clock, std::optional<int> first_year) {
  LogClock out;
  auto zone = Zone::find(clock.zone);
  if (!zone.ok()) return zone.error();
  out.zone_ = *zone;
  out.is_utc_ = out.zone_.name() == "UTC";
  out.skew_us_ = clock.skew_us;
  out.stated_year_ = clock.year;
  out.last_year_ = clock.last_year;
  out.last_change_us_ = clock.last_change_us;
  if (out.last_change_us_) out.last_year_ = civil_from_utc(*out.last_change_us_).year;
  out.first_year_ = clock.year ? clock.year : first_year ? first_year : out.last_year_;
  return out;
}

bool LogClock::refuse_range() {
  problem_ = {kTimeOutOfRange, kTimeOutOfRangeWhy};
  return false;
}

bool LogClock::date_without_year(const LogStamp& stamp, int& year) {
  if (!first_year_) {
    problem_ = {"time.year_unknown", "the stamp has no year; state that of the first line: --year"};
    return false;
  }
  if (yearless_count_ == 0) {
    year_ = *first_year_;
  } else if (month_ - stamp.month > 6) {
    ++year_;
    longest_hole_days_ =
        std::max(longest_hole_days_, days_from_civil(2001, stamp.month, stamp.day) -
                                         days_from_civil(2000, month_, day_));
  } else if (month_ == 1 && day_ <= 2 && stamp.month == 12 && stamp.day >= 30) {
    --year_;  // threads write out of order: the old year's last line came after the new one's first
  }
  month_ = stamp.month;
  day_ = stamp.day;
  ++yearless_count_;
  year = year_;
  return true;
}

bool LogClock::set_day(int year, int month, int day) {
  if (year < 1) return refuse_range();
  if (!is_valid_date(year, month, day)) {
    problem_ = {"time.no_such_day", "this day does not exist in this year"};
    return false;
  }
  cached_year_ = year;
  cached_month_ = month;
  cached_day_ = day;
  cached_day_us_ = days_from_civil(year, month, day) * kMicrosPerDay;
  return true;
}

// A zone's rules change at whole minutes in all but the earliest years; where both ends of a minute
// do not agree, every stamp in it is looked up by itself.
void LogClock::set_minute(std::int64_t minute) {
  cached_minute_ = minute;
  minute_start_ = zone_.to_utc(minute * kMinuteUs);
  const UtcReading end = zone_.to_utc((minute + 1) * kMinuteUs - 1);
  is_minute_uniform_ = end.us - minute_start_.us == kMinuteUs - 1 &&
                       end.extra_width_us == minute_start_.extra_width_us &&
                       end.is_ambiguous == minute_start_.is_ambiguous &&
                       end.is_nonexistent == minute_start_.is_nonexistent;
}

bool LogClock::read(const LogStamp& stamp, Reading& out) {
  int year = stamp.year;
  out.flags = 0;
  if (year == LogStamp::kNoYear) {
    if (!date_without_year(stamp, year)) return false;
    out.flags = kYearInferred;
  }
  if ((stamp.day != cached_day_ || stamp.month != cached_month_ || year != cached_year_) &&
      !set_day(year, stamp.month, stamp.day)) {
    return false;
  }
  const std::int64_t local = cached_day_us_ + stamp.day_us;
  out.width_us = stamp.width_us;
  if (stamp.has_offset || is_utc_) {
    return add_skew(local - stamp.offset_seconds * kMicrosPerSecond, skew_us_, out.us) ||
           refuse_range();
  }
  const std::int64_t minute = local >= 0 ? local / kMinuteUs : (local + 1) / kMinuteUs - 1;
  if (minute != cached_minute_) set_minute(minute);
  const UtcReading reading = is_minute_uniform_ ? minute_start_ : zone_.to_utc(local);
  const std::int64_t utc = reading.us + (is_minute_uniform_ ? local - minute * kMinuteUs : 0);
  out.width_us += reading.extra_width_us;
  if (reading.is_ambiguous) out.flags |= kLocalTimeAmbiguous;
  if (reading.is_nonexistent) out.flags |= kLocalTimeNonexistent;
  return add_skew(utc, skew_us_, out.us) || refuse_range();
}

std::string LogClock::year_story() const {
  constexpr std::int64_t kNotableHoleDays = 31;
  std::string years = *first_year_ == year_
                          ? fmt::format("all lines lie in {}", year_)
                          : fmt::format("the lines run from {} to {}", *first_year_, year_);
  if (longest_hole_days_ > kNotableHoleDays) {
    years += fmt::format(" with a hole of {} days at a new year, as logs put together have",
                         longest_hole_days_);
  }
  if (stated_year_) return fmt::format("stamps without a year; {}, as --year states", years);
  const std::string change = last_change_us_ ? format_utc(*last_change_us_).substr(0, 10)
                                             : std::to_string(last_year_.value_or(year_));
  return fmt::format("stamps without a year; {}, inferred from the file's last change in {}", years,
                     change);
}

// The last stamp is no later than the file's last change; a day is allowed for zones and clocks.
int LogClock::year_of_last_stamp() const {
  if (!last_change_us_) return *last_year_;
  const CivilTime limit = civil_from_utc(*last_change_us_ + kMicrosPerDay);
  const bool is_later_in_year = month_ > limit.month || (month_ == limit.month && day_ > limit.day);
  return limit.year - (is_later_in_year ? 1 : 0);
}

std::optional<Error> LogClock::contradiction() const {
  if (yearless_count_ == 0 || !stated_year_ || !last_year_ || year_ <= *first_year_) return {};
  const int latest = year_of_last_stamp();
  // A last change before the stated year is no witness: that clock was wrong.
  if (year_ <= latest || *first_year_ > latest) return {};
  return Error{
      ErrorCode::usage,
      fmt::format("counted on from {}, the stamps without a year reach {}, but the file's last "
                  "change allows no later year than {}",
                  *first_year_, year_, latest),
      "are these several logs, put together? add each as a file of its own, with --year"};
}

std::optional<int> LogClock::better_first_year() const {
  if (yearless_count_ == 0 || stated_year_ || !last_year_) return {};
  const int right = year_of_last_stamp();
  if (year_ == right) return {};
  return *first_year_ - (year_ - right);
}

}  // namespace assay
