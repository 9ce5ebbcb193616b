// What stands before the message in a line of a server's log: stamps, and who wrote it.
//
//   [1795290096] PROGRAM[PID:THREAD] ...       a count since 1970, as Unbound prints it
//   Nov 21 19:41:36 PROGRAM[PID]: ...          a file of the server's own
//   Nov 21 19:41:36 HOST PROGRAM[PID]: ...     syslog (RFC 3164), also behind <PRI>
//   <30>1 2026-11-21T19:41:36Z HOST PROGRAM PID MSGID - ...            syslog (RFC 5424)
//   2026-11-21T19:41:36.1Z stdout F ...        a container's runtime, before any of these
#pragma once

#include <cstdint>
#include <string_view>

#include "readers/log_stamp.h"

namespace assay {

struct DaemonLine {
  enum class Stamp { none, epoch, calendar } kind = Stamp::none;
  LogStamp stamp;              // calendar
  std::int64_t epoch_us = 0;   // epoch
  std::uint32_t width_us = 1;  // of epoch_us
  std::string_view program;    // "unbound"; empty when none is named
  std::string_view process;    // "123" or "123:0"
  std::string_view message;    // what is left
};

// Never fails: what is not recognised is left in the message. Of two stamps the inner one counts,
// which is the server's own.
void parse_daemon_line(std::string_view text, DaemonLine& out);

// When the line was written: UTC with width and flags. False when the line has no stamp, or one
// that cannot be dated; `problem` says why.
bool date_line(const DaemonLine& line, LogClock& clock, std::int64_t skew_us,
               LogClock::Reading& out, LogClock::Problem& problem);

// Syslog holds equal lines back: "last message repeated 3 times", and rsyslog's "message repeated
// 3 times: [ ... ]". Such a line stands for events whose times it does not tell.
struct RepeatedLines {
  std::uint32_t count = 0;   // 0: the line is none of these
  std::string_view message;  // in the brackets; empty: that of the line before
};
RepeatedLines parse_repeats(std::string_view text);

// The bytes before the next blank, which is dropped with them; all when there is none.
inline std::string_view take_word(std::string_view& text) {
  const std::size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

}  // namespace assay
