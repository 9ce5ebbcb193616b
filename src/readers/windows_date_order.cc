#include "readers/windows_date_order.h"

#include <fmt/core.h>

#include <cstdlib>

#include "assay/instant.h"

namespace assay {

namespace {

constexpr std::int64_t kNearDays = 2;
constexpr std::int64_t kFarDays = 20;

// Both orders read it.
bool fits_both(const WindowsDate& date) {
  return date.first >= 1 && date.first <= 12 && date.second >= 1 && date.second <= 12;
}

bool is_a_choice(const WindowsDate& date) {
  return date.order == WindowsDate::Order::either && fits_both(date) && date.first != date.second;
}

std::int64_t day_number(const WindowsDate& date, bool is_day_first) {
  const int month = is_day_first ? date.second : date.first;
  const int day = is_day_first ? date.first : date.second;
  return days_from_civil(date.year, month, day);
}

bool is_same_day(const WindowsDate& a, const WindowsDate& b) {
  return a.first == b.first && a.second == b.second && a.year == b.year;
}

}  // namespace

void WindowsDateOrder::learn(const WindowsDate& date) {
  if (date.order != WindowsDate::Order::either) return;
  days_above_12_first_ += date.first > 12 && date.second <= 12;
  days_above_12_second_ += date.second > 12 && date.first <= 12;
  choices_ += is_a_choice(date);
  if (last_ && is_same_day(*last_, date)) return;
  if (last_ && fits_both(*last_) && fits_both(date)) {
    const std::int64_t by_day = day_number(date, true) - day_number(*last_, true);
    const std::int64_t by_month = day_number(date, false) - day_number(*last_, false);
    steps_day_first_ += by_day >= 0 && by_day <= kNearDays && std::abs(by_month) >= kFarDays;
    steps_month_first_ += by_month >= 0 && by_month <= kNearDays && std::abs(by_day) >= kFarDays;
  }
  last_ = date;
}

bool WindowsDateOrder::read(const WindowsDate& date, LogStamp& stamp) {
  learn(date);
  bool is_day_first = date.order == WindowsDate::Order::day_first;
  if (date.order == WindowsDate::Order::either) {
    if (!used_) {
      // Half days are printed where months come first.
      used_ = date.first > 12 ? true : date.second > 12 ? false : !date.has_half_day;
    }
    is_day_first = *used_;
  }
  stamp = LogStamp{};
  stamp.year = date.year;
  stamp.month = is_day_first ? date.second : date.first;
  stamp.day = is_day_first ? date.first : date.second;
  stamp.day_us = date.day_us;
  stamp.width_us = 1'000'000;
  return stamp.month >= 1 && stamp.month <= 12 && stamp.day >= 1;
}

// Only one reading of the last stamp lies within a day of the file's last change.
std::optional<bool> WindowsDateOrder::shown_by_last_change() const {
  if (!last_change_us_ || !last_ || !is_a_choice(*last_)) return std::nullopt;
  const std::int64_t change_day = *last_change_us_ / kMicrosPerDay;
  const bool fits_day_first = std::abs(change_day - day_number(*last_, true)) <= 1;
  const bool fits_month_first = std::abs(change_day - day_number(*last_, false)) <= 1;
  if (fits_day_first == fits_month_first) return std::nullopt;
  return fits_day_first;
}

std::optional<bool> WindowsDateOrder::shown() const {
  if (days_above_12_first_ != days_above_12_second_) {
    return days_above_12_first_ > days_above_12_second_;
  }
  if (steps_day_first_ != steps_month_first_) return steps_day_first_ > steps_month_first_;
  return shown_by_last_change();
}

std::optional<bool> WindowsDateOrder::better() const {
  const auto order = shown();
  if (!order || !used_ || *order == *used_) return std::nullopt;
  return order;
}

std::string WindowsDateOrder::story() const {
  if (choices_ == 0 || !used_) return "";
  const std::string_view order = *used_ ? "day first" : "month first";
  if (days_above_12_first_ != days_above_12_second_) {
    return fmt::format("dates are read {}: others in this file have a day above 12", order);
  }
  if (steps_day_first_ != steps_month_first_) {
    return fmt::format("dates are read {}: so the log goes from one day to the next", order);
  }
  if (shown_by_last_change()) {
    return fmt::format("dates are read {}: so the last one is that of the file's last change",
                       order);
  }
  return fmt::format("dates are read {}, which nothing in this file shows: both orders fit", order);
}

}  // namespace assay
