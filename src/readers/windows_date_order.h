// Whether a log writes "6/5/2013" for the sixth of May or the fifth of June.
//
// Nothing in a stamp tells, so the whole file has to: a number above 12, or the log's own course,
// which goes from the last minutes of one day to the first of the next and not of the next month.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "readers/log_stamp.h"
#include "readers/windows_dns_line.h"

namespace assay {

class WindowsDateOrder {
 public:
  // `is_day_first`: what an earlier read of the same file found.
  WindowsDateOrder(std::optional<bool> is_day_first, std::optional<std::int64_t> last_change_us)
      : used_(is_day_first), last_change_us_(last_change_us) {}

  // The stamp in the order assumed so far. False: the date fits neither that order nor, above 12,
  // any.
  bool read(const WindowsDate& date, LogStamp& stamp);

  // After the last line. The order that the file shows when it is another than the one used.
  std::optional<bool> better() const;
  // How the order was found, in words; empty when no stamp left a choice.
  std::string story() const;
  bool is_assumed() const { return choices_ > 0 && !shown(); }
  std::uint64_t choices() const { return choices_; }

 private:
  void learn(const WindowsDate& date);
  std::optional<bool> shown() const;
  std::optional<bool> shown_by_last_change() const;

  std::optional<bool> used_;  // day first
  std::optional<std::int64_t> last_change_us_;
  std::uint64_t choices_ = 0;  // dates that both orders can read
  std::uint64_t days_above_12_first_ = 0, days_above_12_second_ = 0;
  std::uint64_t steps_day_first_ = 0, steps_month_first_ = 0;
  std::optional<WindowsDate> last_;
};

}  // namespace assay
