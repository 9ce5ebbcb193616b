// Time stamps as servers print them, and the clock that turns them into UTC.
//
// Three layouts, each with or without a fraction of the second:
//   25-Feb-2016 11:09:43.651          named's own
//   Feb 25 11:09:43.651               syslog (RFC 3164) and old named: no year
//   2016-02-25T11:09:43.651+01:00     ISO 8601, with T or a space, offset optional
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "assay/evidence.h"
#include "assay/instant.h"
#include "assay/record.h"
#include "assay/result.h"

namespace assay {

struct LogStamp {
  static constexpr int kNoYear = -1;

  int year = kNoYear;  // kNoYear: not printed
  int month = 1;
  int day = 1;
  std::int64_t day_us = 0;     // since midnight; second 60 folds into the next minute
  std::uint32_t width_us = 1;  // 1 s without a fraction, 1,000 us with milliseconds, ...
  bool has_offset = false;     // "Z" or "+hh:mm" was printed
  std::int32_t offset_seconds = 0;
};

// Reads a stamp at the start of `text`; the bytes that it takes, 0 when there is none. Whether the
// day exists in its month is for LogClock to say.
std::size_t parse_log_stamp(std::string_view text, LogStamp& stamp);

// parse_log_stamp() for line after line: the date of the last stamp is compared and not read again.
class StampMemo {
 public:
  std::size_t parse(std::string_view text, LogStamp& stamp);

 private:
  void learn(std::string_view text, const LogStamp& stamp);

  char date_[16] = {};         // up to the hour
  std::size_t date_size_ = 0;  // 0: nothing is known yet
  LogStamp date_stamp_;        // of that date, at midnight
  bool is_iso_ = false;        // an offset may follow
};

// "Z", "+01:00", "+0100" or "+01" at the start of `text`; the bytes that it takes, 0 when there is
// none.
std::size_t parse_utc_offset(std::string_view text, LogStamp& stamp);

// English month name, three letters, any case, at the start of `text`: 1..12, 0 when it is none.
int month_number(std::string_view text);

// Two digits at `text`: 0..99, negative when they are none.
inline int two_digits(const char* text) {
  const unsigned tens = static_cast<unsigned char>(text[0]) - unsigned{'0'};
  const unsigned ones = static_cast<unsigned char>(text[1]) - unsigned{'0'};
  return tens <= 9 && ones <= 9 ? static_cast<int>(tens * 10 + ones) : -1;
}

// Dates the stamps of one evidence, line after line: zone, skew, and the year that many do not
// print. A year is counted on from that of the first line, at each step from a late month to an
// early one; a last year known from the file's context can only be compared at the end.
class LogClock {
 public:
  // `first_year`: what a first read found (ReadContext::first_year). Errors: usage, unknown zone.
  static Result<LogClock> make(const Clock& clock, std::optional<int> first_year);

  struct Reading {
    std::int64_t us = 0;
    std::uint32_t width_us = 1;
    std::uint32_t flags = 0;  // of DnsFlag: year inferred, local time ambiguous or nonexistent
  };
  // Nothing when the stamp cannot be dated: `problem` says why.
  bool read(const LogStamp& stamp, Reading& out);
  struct Problem {
    std::string_view code;
    std::string_view why;
  };
  const Problem& problem() const { return problem_; }

  // How many stamps had no year, and how their years were found, in words.
  std::uint64_t yearless_count() const { return yearless_count_; }
  std::string year_story() const;
  // After the last line: why the years found cannot be right, when the stated year of the first
  // line leads past the file's last change. Logs put together, one behind the other, look like new
  // years.
  std::optional<Error> contradiction() const;
  // After the last line: the year in which the first one must lie for the last one to be the latest
  // that the file's last change allows, when this read assumed another. Nothing when it is right.
  std::optional<int> better_first_year() const;

 private:
  int year_of_last_stamp() const;
  bool date_without_year(const LogStamp& stamp, int& year);
  bool set_day(int year, int month, int day);
  bool refuse_range();
  void set_minute(std::int64_t minute);

  Zone zone_;
  bool is_utc_ = true;
  std::int64_t skew_us_ = 0;
  std::optional<int> stated_year_;
  std::optional<int> last_year_;
  std::optional<std::int64_t> last_change_us_;

  std::optional<int> first_year_;  // of the first stamp without a year
  int year_ = 0;                   // of the latest such stamp
  int month_ = 0;
  int day_ = 0;
  std::uint64_t yearless_count_ = 0;
  std::int64_t longest_hole_days_ =
      0;  // between the last stamp of a year and the next year's first

  // The day and the local minute last seen: stamps come in runs.
  int cached_year_ = 0, cached_month_ = 0, cached_day_ = 0;
  std::int64_t cached_day_us_ = 0;
  std::int64_t cached_minute_ = INT64_MIN;
  bool is_minute_uniform_ = false;
  UtcReading minute_start_;
  Problem problem_;
};

}  // namespace assay
