// When a source said what it says: the fetch time of a registration, the day of a payment.
//
// A date without a time of day is a day long in the clock's zone: the row's width is capped at its
// largest value, and until_us is the day's last microsecond. A source that tells no time gives a
// row of no known time (kTimeUnknown), never one of a day that somebody guessed.
#pragma once

#include <string>
#include <string_view>

#include "assay/reader.h"
#include "readers/log_stamp.h"

namespace assay {

struct ClaimTime {
  bool is_known = false;
  bool zone_is_doubtful = false;  // a zone was printed by letters that name none for certain
  std::int64_t us = 0;
  std::int64_t until_us = 0;
  std::uint32_t width_us = 1;
  std::uint32_t flags = kTimeUnknown;

  void set(RecordRow& row) const {
    row.time_us = us;
    row.until_us = until_us;
    row.width_us = width_us;
    row.flags |= flags;
  }
};

class ClaimClock {
 public:
  explicit ClaimClock(LogClock clock) : clock_(std::move(clock)) {}

  // A time or a date in any form that cannot be misread, as registries and their clients print
  // them: RFC 3339, "22-nov-2026", "Sun, 22 Nov 2026 04:19:14 UTC", "Sun Nov 22 04:19:14 CET 2026",
  // "2026/11/22 04:19:14 (JST)", "2026-11-22+01:00". Not known when it is none.
  ClaimTime read(std::string_view text);
  // The first time or date that stands somewhere in a comment, its year first.
  ClaimTime find(std::string_view text);
  // A whole day, in the zone whose offset `zone` has, else in that of the evidence.
  ClaimTime day(int year, int month, int day, const LogStamp& zone = {});
  ClaimTime moment(const LogStamp& stamp);

 private:
  LogClock clock_;
};

// "2026-11-22" of "20261122" and "2026-11-22[...]"; empty when it is no date.
std::string iso_date(std::string_view text);

}  // namespace assay
