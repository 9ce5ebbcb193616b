// Dates as mail writes them: RFC 5322 section 3.3 with all that was ever allowed there, the form of
// asctime (the 'From ' line), and what programs wrote instead.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace assay {

struct MailDate {
  std::int64_t us = 0;  // UTC when has_zone, else the clock reading as if it were UTC
  std::uint32_t width_us = 1'000'000;
  bool has_zone = false;  // "-0000" is none: UTC by a machine that does not tell its zone
};

// Words may stand in any order; comments are passed over. Nothing when the text names no day,
// month, year and time, or one that does not exist. At most kMaxDateBytes are looked at.
std::optional<MailDate> parse_mail_date(std::string_view text);
inline constexpr std::size_t kMaxDateBytes = 256;

}  // namespace assay
