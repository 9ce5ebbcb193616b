#include "methods/support/holiday_calendar.h"

#include <algorithm>

#include "assay/instant.h"

namespace assay::methods {
namespace {

enum class Rule : std::uint8_t { date, western, orthodox, weekday };
enum class Moved : std::uint8_t { never, to_monday, to_nearest };  // off Saturday and Sunday

struct Holiday {
  std::string_view countries;  // codes parted by spaces
  Rule rule;
  int month;     // of a date or weekday
  int day;       // of a date; days after Easter; n-th weekday, -1 = last
  int wday = 0;  // 0 = Monday
  Moved moved = Moved::never;
};

constexpr Moved kMonday = Moved::to_monday;
constexpr Moved kNearest = Moved::to_nearest;

// National holidays only; those by moon calendars other than Easter are not here.
constexpr Holiday kHolidays[] = {
    {"AT AU BE BR CA CH CZ DE DK ES FI FR IT MX NL NO PL PT RU SE UA", Rule::date, 1, 1},
    {"GB IE US ZA", Rule::date, 1, 1, 0, kMonday},
    {"AT ES FI IT PL SE", Rule::date, 1, 6},
    {"RU", Rule::date, 1, 2},
    {"RU", Rule::date, 1, 3},
    {"RU", Rule::date, 1, 4},
    {"RU", Rule::date, 1, 5},
    {"RU", Rule::date, 1, 6},
    {"RU UA", Rule::date, 1, 7},
    {"RU", Rule::date, 1, 8},
    {"US", Rule::weekday, 1, 3, 0},
    {"AU", Rule::date, 1, 26, 0, kMonday},
    {"IN", Rule::date, 1, 26},
    {"JP", Rule::date, 1, 1, 0, kMonday},
    {"MX", Rule::weekday, 2, 1, 0},
    {"JP", Rule::date, 2, 11, 0, kMonday},
    {"US", Rule::weekday, 2, 3, 0},
    {"RU", Rule::date, 2, 23},
    {"RU UA", Rule::date, 3, 8},
    {"IE", Rule::date, 3, 17, 0, kMonday},
    {"MX", Rule::weekday, 3, 3, 0},
    {"ZA", Rule::date, 3, 21, 0, kMonday},
    {"AU BR CA CZ CH DE DK ES FI GB NO PT SE ZA", Rule::western, 0, -2},
    {"DK NO", Rule::western, 0, -3},
    {"AT AU BE CH CZ DE DK FI FR GB IE IT NL NO PL SE ZA", Rule::western, 0, 1},
    {"AT BE CH DE DK FI FR NL NO SE", Rule::western, 0, 39},
    {"AT BE CH DE DK FR NL NO", Rule::western, 0, 50},
    {"AT BR PL PT", Rule::western, 0, 60},
    {"BR", Rule::western, 0, -47},
    {"UA", Rule::orthodox, 0, 1},
    {"UA", Rule::orthodox, 0, 50},
    {"AU", Rule::date, 4, 25},
    {"BR", Rule::date, 4, 21},
    {"IT PT", Rule::date, 4, 25},
    {"NL", Rule::date, 4, 27},
    {"ZA", Rule::date, 4, 27, 0, kMonday},
    {"JP", Rule::date, 4, 29, 0, kMonday},
    {"AT BE BR CZ DE ES FI FR IT MX NO PL PT RU SE UA", Rule::date, 5, 1},
    {"ZA", Rule::date, 5, 1, 0, kMonday},
    {"GB IE", Rule::weekday, 5, 1, 0},
    {"PL", Rule::date, 5, 3},
    {"JP", Rule::date, 5, 3},
    {"JP", Rule::date, 5, 4},
    {"JP", Rule::date, 5, 5},
    {"CZ FR", Rule::date, 5, 8},
    {"RU UA", Rule::date, 5, 9},
    {"NO", Rule::date, 5, 17},
    {"GB US", Rule::weekday, 5, -1, 0},
    {"IE", Rule::weekday, 6, 1, 0},
    {"IT", Rule::date, 6, 2},
    {"DK", Rule::date, 6, 5},
    {"SE", Rule::date, 6, 6},
    {"PT", Rule::date, 6, 10},
    {"RU", Rule::date, 6, 12},
    {"ZA", Rule::date, 6, 16, 0, kMonday},
    {"UA", Rule::date, 6, 28},
    {"CA", Rule::date, 7, 1, 0, kMonday},
    {"US", Rule::date, 7, 4, 0, kNearest},
    {"CZ", Rule::date, 7, 5},
    {"CZ", Rule::date, 7, 6},
    {"FR", Rule::date, 7, 14},
    {"BE", Rule::date, 7, 21},
    {"JP", Rule::weekday, 7, 3, 0},
    {"CH", Rule::date, 8, 1},
    {"IE", Rule::weekday, 8, 1, 0},
    {"ZA", Rule::date, 8, 9, 0, kMonday},
    {"AT BE ES FR IT PL PT", Rule::date, 8, 15},
    {"IN", Rule::date, 8, 15},
    {"UA", Rule::date, 8, 24},
    {"GB", Rule::weekday, 8, -1, 0},
    {"CA US", Rule::weekday, 9, 1, 0},
    {"BR", Rule::date, 9, 7},
    {"MX", Rule::date, 9, 16},
    {"JP", Rule::weekday, 9, 3, 0},
    {"ZA", Rule::date, 9, 24, 0, kMonday},
    {"CZ", Rule::date, 9, 28},
    {"IN", Rule::date, 10, 2},
    {"DE", Rule::date, 10, 3},
    {"CA US", Rule::weekday, 10, 2, 0},
    {"BR ES", Rule::date, 10, 12},
    {"AT", Rule::date, 10, 26},
    {"CZ", Rule::date, 10, 28},
    {"IE", Rule::weekday, 10, -1, 0},
    {"AT BE ES FR IT PL PT", Rule::date, 11, 1},
    {"BR", Rule::date, 11, 2},
    {"JP", Rule::date, 11, 3, 0, kMonday},
    {"RU", Rule::date, 11, 4},
    {"BE FR PL", Rule::date, 11, 11},
    {"US", Rule::date, 11, 11, 0, kNearest},
    {"BR", Rule::date, 11, 15},
    {"MX", Rule::weekday, 11, 3, 0},
    {"CZ", Rule::date, 11, 17},
    {"JP", Rule::date, 11, 23, 0, kMonday},
    {"US", Rule::weekday, 11, 4, 3},
    {"ES", Rule::date, 12, 6},
    {"FI", Rule::date, 12, 6},
    {"AT ES IT PT", Rule::date, 12, 8},
    {"ZA", Rule::date, 12, 16, 0, kMonday},
    {"CZ", Rule::date, 12, 24},
    {"AT AU BE BR CH CZ DE DK ES FI FR IN IT MX NL NO PL PT SE ZA", Rule::date, 12, 25},
    {"CA GB IE", Rule::date, 12, 25, 0, kMonday},
    {"US", Rule::date, 12, 25, 0, kNearest},
    {"AT AU CH CZ DE DK FI GB IE IT NL NO PL SE ZA", Rule::date, 12, 26},
};

std::int64_t moved(std::int64_t day, Moved how) {
  const int weekday = weekday_of(day);
  if (how == Moved::never || weekday < 5) return day;
  if (how == Moved::to_nearest && weekday == 5) return day - 1;
  return day + 7 - weekday;
}

std::int64_t nth_weekday(int year, int month, int n, int weekday) {
  const std::int64_t first = days_from_civil(year, month, 1);
  if (n > 0) return first + (weekday - weekday_of(first) + 7) % 7 + 7 * (n - 1);
  const std::int64_t last =
      (month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, month + 1, 1)) - 1;
  return last - (weekday_of(last) - weekday + 7) % 7;
}

std::int64_t day_in(const Holiday& holiday, int year) {
  switch (holiday.rule) {
    case Rule::western:
      return western_easter(year) + holiday.day;
    case Rule::orthodox:
      return orthodox_easter(year) + holiday.day;
    case Rule::weekday:
      return nth_weekday(year, holiday.month, holiday.day, holiday.wday);
    case Rule::date:
      break;
  }
  return moved(days_from_civil(year, holiday.month, holiday.day), holiday.moved);
}

}  // namespace

// Meeus, Jones and Butcher.
std::int64_t western_easter(int year) {
  const int a = year % 19, b = year / 100, c = year % 100;
  const int g = (8 * b + 13) / 25;
  const int h = (19 * a + b - b / 4 - g + 15) % 30;
  const int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
  const int m = (a + 11 * h + 19 * l) / 433;
  const int month = (h + l - 7 * m + 90) / 25;
  const int day = (h + l - 7 * m + 33 * month + 19) % 32;
  return days_from_civil(year, month, day);
}

// Meeus, on the Julian calendar, 13 days behind from 1900 to 2099.
std::int64_t orthodox_easter(int year) {
  const int d = (19 * (year % 19) + 15) % 30;
  const int e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7;
  const int month = (d + e + 114) / 31;
  const int day = (d + e + 114) % 31 + 1;
  return days_from_civil(year, month, day) + 13;
}

const std::vector<HolidayCountry>& holiday_countries() {
  static const std::vector<HolidayCountry> kCountries = {
      {"AT", "Europe/Vienna"},     {"AU", "Australia/Sydney"}, {"BE", "Europe/Brussels"},
      {"BR", "America/Sao_Paulo"}, {"CA", "America/Toronto"},  {"CH", "Europe/Zurich"},
      {"CZ", "Europe/Prague"},     {"DE", "Europe/Berlin"},    {"DK", "Europe/Copenhagen"},
      {"ES", "Europe/Madrid"},     {"FI", "Europe/Helsinki"},  {"FR", "Europe/Paris"},
      {"GB", "Europe/London"},     {"IE", "Europe/Dublin"},    {"IN", "Asia/Kolkata"},
      {"IT", "Europe/Rome"},       {"JP", "Asia/Tokyo"},       {"MX", "America/Mexico_City"},
      {"NL", "Europe/Amsterdam"},  {"NO", "Europe/Oslo"},      {"PL", "Europe/Warsaw"},
      {"PT", "Europe/Lisbon"},     {"RU", "Europe/Moscow"},    {"SE", "Europe/Stockholm"},
      {"UA", "Europe/Kyiv"},       {"US", "America/New_York"}, {"ZA", "Africa/Johannesburg"},
  };
  return kCountries;
}

std::set<std::int64_t> holidays_of(std::string_view code, std::int64_t first_day,
                                   std::int64_t last_day) {
  std::set<std::int64_t> days;
  const int from = civil_from_utc(first_day * kMicrosPerDay).year;
  const int to = civil_from_utc(last_day * kMicrosPerDay).year;
  for (int year = from; year <= to + 1; ++year) {
    for (const Holiday& holiday : kHolidays) {
      if (holiday.countries.find(code) == std::string_view::npos) continue;
      const std::int64_t day = day_in(holiday, year);
      if (day >= first_day && day <= last_day) days.insert(day);
    }
  }
  return days;
}

}  // namespace assay::methods
