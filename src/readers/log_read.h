// What the readers of DNS servers' logs share: stamps, repeated lines and years.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>

#include "assay/reader.h"
#include "readers/daemon_line.h"
#include "readers/line_reader.h"
#include "readers/text_keys.h"

namespace assay {

// The state that lives from the first line of one evidence to its last. `program` begins its codes.
class LogRead {
 public:
  LogRead(std::string_view program, LogClock clock, std::int64_t skew_us, RecordSink& sink)
      : program_(program), clock_(std::move(clock)), skew_us_(skew_us), sink_(sink), keys_(sink) {}

 protected:
  // Time and place of the line. False: rejected.
  bool read_time(const DaemonLine& parsed, const TextLine& line, DnsRow& row);
  // Rejects the line; false, to be passed on.
  bool refuse(const TextLine& line, std::string_view code, std::string_view why);
  void pass_over(const TextLine& line, std::string_view note);
  // True for a line with which syslog held others back. They were look-ups when the line before was
  // one, or where the line itself holds what it stands for, when it has `mark`.
  bool take_repeats(const TextLine& line, bool was_lookup, std::string_view mark);
  // For lines written when the answer was: the row's time becomes that of its query.
  static void step_back(DnsRow& row, std::uint32_t delay_us);
  void note_crowded_out(std::uint64_t count);
  // To be called at the end, for stamps without a year.
  Status finish_years();

  std::string_view program_;
  LogClock clock_;
  std::int64_t skew_us_;
  RecordSink& sink_;
  TextKeys keys_;
};

}  // namespace assay
