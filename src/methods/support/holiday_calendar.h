// Public holidays by rule: fixed dates, days counted from Easter, n-th weekdays. Facts of law that
// were written down before any record was looked at; docs/methods/holidays.md says from where.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay::methods {

struct HolidayCountry {
  std::string code;  // ISO 3166-1
  std::string zone;  // of its largest city
};

// In the order of codes.
const std::vector<HolidayCountry>& holiday_countries();

// Local day numbers of the country's holidays in [first_day, last_day]; with days kept instead
// where the law moves a holiday off the weekend.
std::set<std::int64_t> holidays_of(std::string_view code, std::int64_t first_day,
                                   std::int64_t last_day);

// Easter Sunday as a day number, by the Gregorian and by the Julian reckoning.
std::int64_t western_easter(int year);
std::int64_t orthodox_easter(int year);

}  // namespace assay::methods
