// The head of a line that went through a syslog daemon: when, which machine, which program.
//
//   Feb 25 11:09:43 mx1 postfix/smtpd[123]: MESSAGE                RFC 3164, journalctl, postlogd
//   2016-02-25T11:09:43.651+01:00 mx1 postfix/smtpd[123]: MESSAGE  rsyslog
//   <22>1 2016-02-25T11:09:43.651Z mx1 postfix/smtpd 123 - - MESSAGE  RFC 5424
#pragma once

#include <cstdint>
#include <string_view>

#include "assay/reader.h"
#include "readers/log_stamp.h"

namespace assay {

struct SyslogLine {
  LogStamp stamp;
  std::string_view host;
  std::string_view program;  // without the process number; empty when none is named
  std::string_view process;  // the number in brackets
  std::string_view message;
  std::uint32_t repeats = 0;  // "message repeated N times": the message, or nothing, stands in it
};

// False when the line does not begin with a readable stamp.
bool parse_syslog_line(std::string_view text, SyslogLine& out);

// What is to be said at the end of a log about stamps without a year (see log_stamp.h): a note
// under `note_code`, or the error that asks for a second read.
Status settle_years(const LogClock& clock, std::string_view note_code, RecordSink& sink);

}  // namespace assay
