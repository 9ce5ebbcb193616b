#include "readers/zeek_time.h"

#include <cmath>
#include <utility>

#include "readers/storable_time.h"
#include "readers/text_numbers.h"

namespace assay {

Result<ZeekClock> ZeekClock::make(const Clock& clock) {
  Clock utc;
  utc.skew_us = clock.skew_us;
  auto stamps = LogClock::make(utc, {});
  if (!stamps.ok()) return stamps.error();
  return ZeekClock(std::move(*stamps), clock.skew_us);
}

ZeekClock::Reading ZeekClock::add_skew_to(std::int64_t us, std::uint32_t width_us) const {
  Reading reading;
  reading.width_us = width_us;
  reading.is_in_range = add_skew(us, skew_us_, reading.us);
  return reading;
}

std::optional<ZeekClock::Reading> ZeekClock::read(std::string_view text) {
  if (const auto seconds = parse_decimal_seconds(text)) {
    return add_skew_to(seconds->us, seconds->width_us);
  }
  LogStamp stamp;
  if (text.empty() || parse_log_stamp(text, stamp) != text.size() ||
      stamp.year == LogStamp::kNoYear) {
    return std::nullopt;
  }
  LogClock::Reading dated;
  if (clock_.read(stamp, dated)) return Reading{dated.us, dated.width_us, true};
  if (clock_.problem().code != kTimeOutOfRange) return std::nullopt;
  return Reading{0, 1, false};
}

std::optional<ZeekClock::Reading> ZeekClock::read(std::uint64_t count) const {
  const DecimalMicros time = epoch_of_count(count);
  return add_skew_to(time.us, time.width_us);
}

std::optional<ZeekClock::Reading> ZeekClock::read(double seconds) const {
  if (!(std::abs(seconds) < 1e11)) return std::nullopt;
  return add_skew_to(std::llround(seconds * 1e6), 1);
}

}  // namespace assay
