// The times in Zeek's logs: seconds since 1970, or ISO 8601 as JSON::TS_ISO8601 has it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "assay/evidence.h"
#include "assay/result.h"
#include "readers/log_stamp.h"

namespace assay {

class ZeekClock {
 public:
  // The skew alone counts: Zeek writes no local time, so that a stamp without an offset is UTC.
  static Result<ZeekClock> make(const Clock& clock);

  struct Reading {
    std::int64_t us = 0;
    std::uint32_t width_us = 1;
    bool is_in_range = true;  // false: no time that a record may have, and `us` is none
  };
  // Nothing when the value is no time.
  std::optional<Reading> read(std::string_view text);
  std::optional<Reading> read(std::uint64_t count) const;  // of s, ms or us, told from its size
  std::optional<Reading> read(double seconds) const;

 private:
  ZeekClock(LogClock clock, std::int64_t skew_us) : clock_(std::move(clock)), skew_us_(skew_us) {}
  Reading add_skew_to(std::int64_t us, std::uint32_t width_us) const;

  LogClock clock_;
  std::int64_t skew_us_;
};

}  // namespace assay
