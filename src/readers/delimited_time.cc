#include "readers/delimited_time.h"

#include <fmt/core.h>

#include <algorithm>

#include "readers/text_numbers.h"

namespace assay {

namespace {

// Forms that have one reading only; those of LogStamp and the counts since 1970 come before them.
constexpr std::string_view kPlainFormats[] = {
    "%Y-%m-%d %H:%M",    "%Y-%m-%dT%H:%M",     "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M",
    "%Y/%m/%dT%H:%M:%S", "%d.%m.%Y %H:%M:%S",  "%d.%m.%Y %H:%M",    "%d-%b-%Y %H:%M",
    "%d %b %Y %H:%M:%S", "%b %d, %Y %H:%M:%S", "%d/%b/%Y:%H:%M:%S", "%d/%b/%Y %H:%M:%S",
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string expanded(std::string_view format) {
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const bool is_directive = format[i] == '%' && i + 1 < format.size();
    if (is_directive && format[i + 1] == 'F') {
      out += "%Y-%m-%d";
    } else if (is_directive && format[i + 1] == 'T') {
      out += "%H:%M:%S";
    } else {
      out += format[i];
      if (is_directive) out += format[i + 1];
    }
    if (is_directive) ++i;
  }
  return out;
}

// At most `digits` digits at the start of `text`; negative when there is none.
int take_number(std::string_view& text, std::size_t digits) {
  int value = 0;
  std::size_t at = 0;
  while (at < digits && at < text.size() && is_digit(text[at])) {
    value = value * 10 + (text[at++] - '0');
  }
  text.remove_prefix(at);
  return at == 0 ? -1 : value;
}

// Reads one value by a format; the fields that the format does not name stay as they are.
class FormatRead {
 public:
  explicit FormatRead(std::string_view text) : text_(text) {}

  bool read(std::string_view format, LogStamp& stamp) {
    stamp = LogStamp{};
    stamp.width_us = 3'600'000'000;
    for (std::size_t i = 0; i < format.size(); ++i) {
      if (format[i] != '%') {
        if (text_.empty() || text_.front() != format[i]) return false;
        text_.remove_prefix(1);
      } else if (++i >= format.size() || !take(format[i], stamp)) {
        return false;
      }
    }
    if (hour_ > 23 || minute_ > 59 || second_ > 60) return false;
    if (half_day_ >= 0) {
      if (hour_ < 1 || hour_ > 12) return false;
      hour_ = hour_ % 12 + half_day_ * 12;
    }
    stamp.day_us += ((hour_ * 60 + minute_) * 60 + second_) * kMicrosPerSecond;
    return take_suffix(stamp);
  }

 private:
  bool set(int& value, std::size_t digits) { return (value = take_number(text_, digits)) >= 0; }

  bool take(char directive, LogStamp& stamp) {
    switch (directive) {
      case 'Y':
        return set(stamp.year, 4) && stamp.year >= 1000;
      case 'y':
        if (!set(stamp.year, 2)) return false;
        stamp.year += stamp.year < 69 ? 2000 : 1900;  // as POSIX has it
        return true;
      case 'm':
        return set(stamp.month, 2);
      case 'e':
        if (text_.starts_with(' ')) text_.remove_prefix(1);
        return set(stamp.day, 2);
      case 'd':
        return set(stamp.day, 2);
      case 'b':
        stamp.month = month_number(text_);
        if (stamp.month == 0) return false;
        text_.remove_prefix(3);
        return true;
      case 'H':
      case 'I':
        return set(hour_, 2);
      case 'M':
        stamp.width_us = 60'000'000;
        return set(minute_, 2);
      case 'S':
        return set(second_, 2) && take_fraction(stamp);
      case 'p':
        return take_half_day();
      case 'z': {
        const std::size_t taken = parse_utc_offset(text_, stamp);
        text_.remove_prefix(taken);
        return taken > 0;
      }
      default:
        if (directive != '%' || !text_.starts_with('%')) return false;
        text_.remove_prefix(1);
        return true;
    }
  }

  bool take_fraction(LogStamp& stamp) {
    stamp.width_us = 1'000'000;
    if (text_.size() < 2 || (text_[0] != '.' && text_[0] != ',') || !is_digit(text_[1])) {
      return true;
    }
    std::size_t at = 1;
    for (; at < text_.size() && is_digit(text_[at]); ++at) {
      if (stamp.width_us == 1) continue;
      stamp.width_us /= 10;
      stamp.day_us += (text_[at] - '0') * static_cast<std::int64_t>(stamp.width_us);
    }
    text_.remove_prefix(at);
    return true;
  }

  bool take_half_day() {
    if (text_.size() < 2 || (text_[1] | 0x20) != 'm') return false;
    const char letter = static_cast<char>(text_[0] | 0x20);
    if (letter != 'a' && letter != 'p') return false;
    half_day_ = letter == 'p' ? 1 : 0;
    text_.remove_prefix(2);
    return true;
  }

  bool take_suffix(LogStamp& stamp) {
    if (text_.starts_with(' ')) text_.remove_prefix(1);
    if (text_ == "UTC" || text_ == "GMT") {
      stamp.has_offset = true;
      return true;
    }
    text_.remove_prefix(parse_utc_offset(text_, stamp));
    return text_.empty();
  }

  std::string_view text_;
  int hour_ = 0, minute_ = 0, second_ = 0;
  int half_day_ = -1;  // 1: afternoon
};

// Counts since 1970 between 1973 and 2100, in s, ms, us or ns; "20160923135629" is none of them.
bool read_count(std::string_view text, CellTime& out) {
  const std::size_t point = text.find('.');
  const auto count = parse_number<std::uint64_t>(text.substr(0, point));
  if (!count || !is_digit(text.front())) return false;
  const auto is_of_unit = [&](std::uint64_t per_second) {
    return *count >= 100'000'000 * per_second && *count < 4'102'444'800 * per_second;
  };
  out.is_absolute = true;
  if (is_of_unit(1)) {
    const auto seconds = parse_decimal_seconds(text);
    if (!seconds) return false;
    out.us = seconds->us;
    out.width_us = seconds->width_us;
    return true;
  }
  if (point != std::string_view::npos) return false;
  if (is_of_unit(1'000)) {
    out.us = static_cast<std::int64_t>(*count) * 1'000;
    out.width_us = 1'000;
    return true;
  }
  out.width_us = 1;
  out.us = static_cast<std::int64_t>(is_of_unit(1'000'000) ? *count : *count / 1'000);
  return is_of_unit(1'000'000) || is_of_unit(1'000'000'000);
}

bool read_any(std::string_view text, CellTime& out) {
  if (is_digit(text.front()) && read_count(text, out)) return true;
  out.is_absolute = false;
  if (const std::size_t taken = parse_log_stamp(text, out.stamp)) {
    std::string_view rest = text.substr(taken);
    if (rest.empty()) return true;
    if (rest.front() == ' ') rest.remove_prefix(1);
    if (rest == "UTC" || rest == "GMT") {
      out.stamp.has_offset = true;
      return true;
    }
    const std::size_t offset = parse_utc_offset(rest, out.stamp);
    return offset > 0 && offset == rest.size();
  }
  if (text.size() == 14 && (text.starts_with("19") || text.starts_with("20"))) {
    return FormatRead(text).read("%Y%m%d%H%M%S", out.stamp);
  }
  for (const std::string_view format : kPlainFormats) {
    if (FormatRead(text).read(format, out.stamp)) return true;
  }
  return false;
}

enum class First { day, month, year };

struct NumericDate {
  int first = 0, second = 0;
  bool is_padded = false;  // the first number has two digits
  char separator = '/';
  std::size_t year_digits = 4;
  std::string_view rest;  // the time of day
};

std::optional<NumericDate> numeric_date(std::string_view text) {
  NumericDate date;
  date.is_padded = text.size() > 1 && is_digit(text[1]);
  date.first = take_number(text, 2);
  if (date.first < 1 || text.empty() || (text[0] != '/' && text[0] != '-')) return std::nullopt;
  date.separator = text[0];
  text.remove_prefix(1);
  date.second = take_number(text, 2);
  if (date.second < 1 || date.first > 31 || date.second > 31) return std::nullopt;
  if (!text.starts_with(date.separator)) return std::nullopt;
  text.remove_prefix(1);
  const std::size_t before = text.size();
  if (take_number(text, 4) < 0) return std::nullopt;
  date.year_digits = before - text.size();
  if (date.year_digits != 2 && date.year_digits != 4) return std::nullopt;
  date.rest = text;
  return date;
}

std::string format_of(const NumericDate& date, First first) {
  const char year = date.year_digits == 2 ? 'y' : 'Y';
  const char parts[3] = {first == First::day     ? 'd'
                         : first == First::month ? 'm'
                                                 : year,
                         first == First::month ? 'd' : 'm', first == First::year ? 'd' : year};
  std::string out = fmt::format("%{1}{0}%{2}{0}%{3}", date.separator, parts[0], parts[1], parts[2]);
  if (date.rest.empty()) return out;
  out += date.rest.front() == ',' ? std::string(", ") : std::string(1, date.rest.front());
  const bool is_half_day = (date.rest.back() | 0x20) == 'm';
  out += is_half_day ? "%I:%M" : "%H:%M";
  if (std::count(date.rest.begin(), date.rest.end(), ':') > 1) out += ":%S";
  if (is_half_day) out += date.rest.find(' ', 2) == std::string_view::npos ? "%p" : " %p";
  return out;
}

}  // namespace

Result<TimeFormat> TimeFormat::parse(std::string_view format) {
  TimeFormat out;
  out.format_ = expanded(format);
  if (!format.empty() && out.format_.find("%H") == std::string::npos &&
      out.format_.find("%I") == std::string::npos) {
    return Error{ErrorCode::usage,
                 fmt::format("time_format '{}' names no hour: a date alone is no time", format),
                 "name the column of the time of day as 'time' and that of the date as 'date'"};
  }
  for (std::size_t i = 0; i < out.format_.size(); ++i) {
    if (out.format_[i] != '%') continue;
    constexpr std::string_view kKnown = "YymdebHIpMSz%";
    if (++i >= out.format_.size() || kKnown.find(out.format_[i]) == std::string_view::npos) {
      return Error{ErrorCode::usage,
                   fmt::format("time_format '{}': '%{}' is not known", format,
                               i < out.format_.size() ? out.format_.substr(i, 1) : ""),
                   "use %Y %y %m %d %e %b %H %I %p %M %S %z %F %T, for example \"%d/%m/%Y %T\""};
    }
  }
  return out;
}

bool TimeFormat::names_day() const {
  const auto names = [this](std::string_view directive) {
    return format_.find(directive) != std::string::npos;
  };
  return format_.empty() || ((names("%d") || names("%e")) && (names("%m") || names("%b")));
}

bool TimeFormat::read(std::string_view text, CellTime& out) const {
  if (text.empty()) return false;
  if (format_.empty()) return read_any(text, out);
  out.is_absolute = false;
  return FormatRead(text).read(format_, out.stamp);
}

NumericDates look_at_dates(const std::vector<std::string>& texts) {
  NumericDates out;
  bool can_be_day_first = true, can_be_month_first = true;
  bool can_be_year_first = true;  // "16/09/23": only of years with two digits
  std::optional<NumericDate> longest;
  for (const std::string& text : texts) {
    const auto date = numeric_date(text);
    if (!date) continue;
    if (!longest || date->rest.size() > longest->rest.size()) longest = date;
    can_be_day_first &= date->second <= 12;
    can_be_month_first &= date->first <= 12;
    can_be_year_first &= date->year_digits == 2 && date->is_padded && date->second <= 12;
    if (out.example.empty()) out.example = text;
  }
  if (!longest) return out;
  out.is_of_this_form = true;
  const auto offer = [&](First first, std::string_view word) {
    out.formats.push_back(format_of(*longest, first));
    out.readings += (out.readings.empty() ? "" : " or ") + std::string(word);
  };
  if (can_be_day_first) offer(First::day, "day first");
  if (can_be_month_first) offer(First::month, "month first");
  if (can_be_year_first) offer(First::year, "year first");
  return out;
}

}  // namespace assay
