// Times in the columns of lists that people hand around.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "readers/log_stamp.h"

namespace assay {

// What a cell says: a count since 1970, or a stamp for LogClock to date.
struct CellTime {
  bool is_absolute = false;
  std::int64_t us = 0;
  std::uint32_t width_us = 1;
  LogStamp stamp;
};

// A strptime-like format. %Y %y %m %d %e %b %H %I %p %M %S %z %F %T, "%%"; %S takes a fraction with
// it, numbers may lack a leading zero, and an offset or "UTC" may always follow.
class TimeFormat {
 public:
  // "": every form that cannot be misread is tried. Errors: usage, naming what is unknown in it.
  static Result<TimeFormat> parse(std::string_view format);

  bool read(std::string_view text, CellTime& out) const;
  // False for a time of day alone: without day and month every row would fall on 1 January.
  bool names_day() const;

 private:
  std::string format_;
};

// The formats in which numeric dates of a column can be read, "23/09/2016 13:56" and the like.
// Several when day, month and a year of two digits cannot be told apart, none when the texts are of
// another form or no reading fits all of them.
struct NumericDates {
  bool is_of_this_form = false;
  std::vector<std::string> formats;
  std::string readings;  // "day first or month first"
  std::string example;   // a text that shows the doubt
};
NumericDates look_at_dates(const std::vector<std::string>& texts);

}  // namespace assay
