#include "readers/mail/mail_date.h"

#include <array>
#include <utility>

#include "assay/instant.h"
#include "readers/log_stamp.h"
#include "readers/mail/mail_text.h"
#include "readers/storable_time.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

// RFC 5322 section 4.3. One-letter zones were used with the wrong sign and tell nothing.
constexpr std::array<std::pair<std::string_view, int>, 19> kZones = {{{"ut", 0},
                                                                      {"utc", 0},
                                                                      {"gmt", 0},
                                                                      {"z", 0},
                                                                      {"wet", 0},
                                                                      {"est", -5},
                                                                      {"edt", -4},
                                                                      {"cst", -6},
                                                                      {"cdt", -5},
                                                                      {"mst", -7},
                                                                      {"mdt", -6},
                                                                      {"pst", -8},
                                                                      {"pdt", -7},
                                                                      {"bst", 1},
                                                                      {"cet", 1},
                                                                      {"cest", 2},
                                                                      {"eet", 2},
                                                                      {"eest", 3},
                                                                      {"jst", 9}}};

class DateWords {
 public:
  void take(std::string_view word) {
    if (word.find(':') != word.npos) return take_time(word);
    const char first = word.front();
    if (first == '+' || first == '-') return take_offset(word);
    if (is_digit(first)) return take_number(word);
    if (const int month = word.size() >= 3 ? month_number(word) : 0; month != 0 && month_ == 0) {
      month_ = month;
      return;
    }
    take_zone(word);
  }

  std::optional<MailDate> date() const {
    if (!has_time_ || month_ == 0 || day_ == 0 || year_ < 0 || is_wrong_) return std::nullopt;
    if (!is_valid_date(year_, month_, day_)) return std::nullopt;
    const CivilTime civil{year_, month_, day_, hour_, minute_, second_, 0};
    MailDate date{utc_micros(civil), width_us_, has_zone_};
    if (!add_skew(date.us, -offset_seconds_ * kMicrosPerSecond, date.us)) return std::nullopt;
    return date;
  }

 private:
  void take_time(std::string_view word) {
    if (has_time_) {
      LogStamp stamp;
      if (has_zone_ || parse_utc_offset(word, stamp) != word.size()) return;
      offset_seconds_ = stamp.offset_seconds;
      has_zone_ = true;
      return;
    }
    std::array<int, 3> parts{};
    std::size_t count = 0;
    if (const std::size_t point = word.find('.'); point != word.npos) word = word.substr(0, point);
    for (std::size_t at = 0; count < 3 && at <= word.size(); ++count) {
      const std::size_t end = std::min(word.find(':', at), word.size());
      const auto number = parse_number<unsigned>(word.substr(at, end - at));
      if (!number || end - at > 2) break;
      parts[count] = static_cast<int>(*number);
      at = end + 1;
    }
    if (count < 2) return;
    has_time_ = true;
    is_wrong_ = parts[0] > 23 || parts[1] > 59 || parts[2] > 60;
    hour_ = parts[0], minute_ = parts[1], second_ = parts[2];
    if (count == 2) width_us_ = 60'000'000;
  }

  // "+0200", "+02"; "+02:00" has a colon and comes through take_time().
  void take_offset(std::string_view word) {
    if (!has_time_) return;  // "15-Jun-2005" is cut elsewhere
    const auto number = parse_number<unsigned>(word.substr(1));
    if (!number || has_zone_ || *number > 2359 || *number % 100 > 59) return;
    const bool is_short = word.size() <= 3;
    const int minutes =
        static_cast<int>(is_short ? *number * 60 : *number / 100 * 60 + *number % 100);
    if (minutes > 24 * 60) return;
    offset_seconds_ = (word.front() == '-' ? -60 : 60) * minutes;
    has_zone_ = word != "-0000";
  }

  void take_number(std::string_view word) {
    const std::size_t digits = std::min(word.find_first_not_of("0123456789"), word.size());
    const auto number = parse_number<unsigned>(word.substr(0, digits));
    if (!number) return;
    if (digits <= 2 && day_ == 0 && *number >= 1 && *number <= 31) {
      day_ = static_cast<int>(*number);
    } else if (year_ < 0 && day_ != 0) {
      // Two and three digits: RFC 5322 section 4.3.
      if (digits == 4) year_ = static_cast<int>(*number);
      if (digits == 3) year_ = static_cast<int>(*number) + 1900;
      if (digits <= 2) year_ = static_cast<int>(*number) + (*number < 50 ? 2000 : 1900);
    } else if (year_ < 0 && digits == 4) {
      year_ = static_cast<int>(*number);
    }
  }

  void take_zone(std::string_view word) {
    if (!has_time_ || has_zone_) return;
    if (const bool is_pm = is_same_word(word, "pm"); is_pm || is_same_word(word, "am")) {
      is_wrong_ = is_wrong_ || hour_ > 12;
      hour_ = hour_ % 12 + (is_pm ? 12 : 0);
      return;
    }
    for (const auto& [name, hours] : kZones) {
      if (!is_same_word(word, name)) continue;
      offset_seconds_ = hours * 3'600;
      has_zone_ = true;
    }
    // "GMT+0200"
    if (word.size() > 4 && is_same_word(word.substr(0, 3), "gmt")) take_offset(word.substr(3));
  }

  int year_ = -1, month_ = 0, day_ = 0, hour_ = 0, minute_ = 0, second_ = 0;
  int offset_seconds_ = 0;
  std::uint32_t width_us_ = 1'000'000;
  bool has_time_ = false, has_zone_ = false, is_wrong_ = false;
};

// "2005-06-15 10:12:22 +0200", which some programs write.
std::optional<MailDate> date_of_stamp(const LogStamp& stamp) {
  if (stamp.year == LogStamp::kNoYear || !is_valid_date(stamp.year, stamp.month, stamp.day)) {
    return std::nullopt;
  }
  MailDate date{days_from_civil(stamp.year, stamp.month, stamp.day) * kMicrosPerDay + stamp.day_us,
                stamp.width_us, stamp.has_offset};
  if (!add_skew(date.us, -stamp.offset_seconds * kMicrosPerSecond, date.us)) return std::nullopt;
  return date;
}

}  // namespace

std::optional<MailDate> parse_mail_date(std::string_view text) {
  text = trimmed(text.substr(0, kMaxDateBytes));
  if (LogStamp stamp; text.size() > 5 && text[4] == '-') {
    const std::size_t taken = parse_log_stamp(text, stamp);
    if (taken > 0 && !stamp.has_offset) parse_utc_offset(trimmed(text.substr(taken)), stamp);
    if (taken > 0) return date_of_stamp(stamp);
  }
  DateWords words;
  int depth = 0;
  std::size_t begin = std::string_view::npos;
  const auto finish_word = [&](std::size_t end) {
    if (begin != std::string_view::npos) words.take(text.substr(begin, end - begin));
    begin = std::string_view::npos;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_gap = c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '\0';
    // "15-Jun-2005", but not "GMT-0700".
    const bool is_hyphen = c == '-' && begin != std::string_view::npos &&
                           (is_digit(text[begin]) || month_number(text.substr(begin)) != 0);
    if (c == '(' || c == ')') {
      if (depth == 0) finish_word(i);
      depth += c == '(' ? 1 : (depth > 0 ? -1 : 0);
    } else if (depth > 0) {
      continue;
    } else if (is_gap || is_hyphen) {
      finish_word(i);
    } else if (begin == std::string_view::npos) {
      begin = i;
    }
  }
  finish_word(text.size());
  return words.date();
}

}  // namespace assay
