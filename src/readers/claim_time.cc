#include "readers/claim_time.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "readers/delimited_time.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

constexpr std::size_t kMaxTimeText = 80;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "Sun, ", "Sunday " and "Sun " at the start.
std::string_view without_weekday(std::string_view text) {
  constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu",
                                                     "fri", "sat", "sun"};
  std::string start;
  for (const char c : text.substr(0, 3)) start.push_back(static_cast<char>(c | 0x20));
  if (std::find(kDays.begin(), kDays.end(), start) == kDays.end()) return text;
  std::size_t at = 0;
  while (at < text.size() && is_letter(text[at])) ++at;
  while (at < text.size() && (text[at] == ',' || text[at] == ' ' || text[at] == '.')) ++at;
  return text.substr(at);
}

// Takes "UTC", "CET", "(JST)" off the end; `zone` is what stood there.
std::string_view without_zone_word(std::string_view text, std::string_view& zone) {
  std::string_view body = text;
  if (body.ends_with(')')) {
    const std::size_t open = body.rfind('(');
    if (open == std::string_view::npos) return text;
    zone = body.substr(open + 1, body.size() - open - 2);
    body = body.substr(0, open);
  } else {
    std::size_t at = body.size();
    while (at > 0 && is_letter(body[at - 1])) --at;
    if (at == body.size() || at == 0 || body[at - 1] != ' ' || body.size() - at > 5) return text;
    zone = body.substr(at);
    body = body.substr(0, at);
  }
  while (body.ends_with(' ')) body.remove_suffix(1);
  if (zone == "AM" || zone == "PM") {
    zone = {};
    return text;
  }
  return body;
}

// "Nov 22 04:19:14 CET 2026" as "Nov 22 2026 04:19:14 CET".
std::string with_year_in_front(std::string_view text) {
  if (month_number(text) == 0 || text.size() < 20) return std::string(text);
  const std::string_view year = text.substr(text.size() - 4);
  const std::size_t clock = text.find(' ', text.find_first_not_of(' ', 4));
  if (text[text.size() - 5] != ' ' || !parse_number<std::uint16_t>(year) ||
      clock == std::string_view::npos || clock + 5 > text.size()) {
    return std::string(text);
  }
  return fmt::format("{} {}{}", text.substr(0, clock), year,
                     text.substr(clock, text.size() - 5 - clock));
}

bool read_moment(std::string_view text, CellTime& time) {
  static const TimeFormat any;
  return any.read(text, time) && (time.is_absolute || time.stamp.year != LogStamp::kNoYear);
}

}  // namespace

ClaimTime ClaimClock::moment(const LogStamp& stamp) {
  ClaimTime out;
  LogClock::Reading reading;
  if (!clock_.read(stamp, reading)) return out;
  out.is_known = true;
  out.us = out.until_us = reading.us;
  out.width_us = reading.width_us;
  out.flags = reading.flags;
  return out;
}

ClaimTime ClaimClock::day(int year, int month, int day, const LogStamp& zone) {
  LogStamp stamp = zone;
  stamp.year = year;
  stamp.month = month;
  stamp.day = day;
  ClaimTime out = moment(stamp);
  stamp.day_us = kMicrosPerDay;
  LogClock::Reading end;
  if (!out.is_known || !clock_.read(stamp, end) || end.us <= out.us) return ClaimTime{};
  out.until_us = end.us - 1;
  out.width_us = static_cast<std::uint32_t>(std::min<std::int64_t>(end.us - out.us, UINT32_MAX));
  return out;
}

ClaimTime ClaimClock::read(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.remove_suffix(1);
  if (text.empty() || text.size() > kMaxTimeText) return {};
  // "2026-11-22+01:00", "2026-11-22Z": a date of XML Schema may state its zone.
  LogStamp zoned;
  if (text.size() > 10 && text[4] == '-' && text[7] == '-' &&
      parse_utc_offset(text.substr(10), zoned) == text.size() - 10) {
    if (const std::string date = iso_date(text.substr(0, 10)); !date.empty()) {
      return day(std::stoi(date), two_digits(date.data() + 5), two_digits(date.data() + 8), zoned);
    }
  }
  // "04:19:14 22-Nov-2026"
  std::string turned;
  if (text.size() > 9 && text[2] == ':' && text[5] == ':' && text[8] == ' ') {
    turned = fmt::format("{} {}", text.substr(9), text.substr(0, 8));
    text = turned;
  }
  std::string plain = with_year_in_front(without_weekday(text));
  std::string_view zone;
  std::string body(without_zone_word(plain, zone));
  // "2026.11.22": no server writes the day last behind dots.
  if (body.size() >= 10 && body[4] == '.' && body[7] == '.') body[4] = body[7] = '-';
  if (body.size() >= 10 && body[4] == '/' && body[7] == '/') body[4] = body[7] = '-';
  const bool is_utc = zone == "UTC" || zone == "GMT" || zone == "Z";
  CellTime time;
  ClaimTime out;
  if (read_moment(body, time)) {
    if (time.is_absolute) return {};  // a count may be a serial number, or an id
    if (is_utc) time.stamp.has_offset = true;
    if (!time.stamp.has_offset) parse_utc_offset(zone.substr(zone.rfind(' ') + 1), time.stamp);
    out = moment(time.stamp);
  } else if (read_moment(body + " 00:00:00", time) && !time.is_absolute) {
    out = day(time.stamp.year, time.stamp.month, time.stamp.day);
  } else if (const std::string date = body.size() == 8 ? iso_date(body) : ""; !date.empty()) {
    out = day(std::stoi(date), two_digits(date.data() + 5), two_digits(date.data() + 8));
  }
  out.zone_is_doubtful = out.is_known && !zone.empty() && !is_utc && !time.stamp.has_offset;
  return out;
}

ClaimTime ClaimClock::find(std::string_view text) {
  for (std::size_t at = text.find("20"); at < text.size(); at = text.find("20", at + 2)) {
    const std::string_view rest = text.substr(at);
    if (rest.size() < 10 || (rest[4] != '-' && rest[4] != '/' && rest[4] != '.')) continue;
    // With its zone, without, to the minute, the day alone.
    for (const std::size_t length : {rest.size(), rest.find(' ', 11), std::size_t{20},
                                     std::size_t{19}, std::size_t{16}, std::size_t{10}}) {
      if (const ClaimTime time = read(rest.substr(0, length)); time.is_known) return time;
    }
  }
  return {};
}

std::string iso_date(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size() && digits.size() < 8; ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      digits.push_back(text[i]);
    } else if (text[i] != '-' || (i != 4 && i != 7)) {
      return "";
    }
  }
  if (digits.size() != 8) return "";
  const int year = two_digits(digits.data()) * 100 + two_digits(digits.data() + 2);
  const int month = two_digits(digits.data() + 4), day = two_digits(digits.data() + 6);
  if (year < 1 || !is_valid_date(year, month, day)) return "";
  return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}

}  // namespace assay
