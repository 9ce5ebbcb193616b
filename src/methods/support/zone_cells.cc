#include "methods/support/zone_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "methods/support/calendar.h"
#include "methods/support/local_slots.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

// One or more of each offset and rule; the better known names come first within an offset.
constexpr const char* kZones[] = {"Etc/GMT+12",          "Pacific/Pago_Pago",
                                  "Pacific/Honolulu",    "Pacific/Marquesas",
                                  "America/Anchorage",   "Pacific/Gambier",
                                  "America/Los_Angeles", "America/Tijuana",
                                  "Pacific/Pitcairn",    "America/Denver",
                                  "America/Phoenix",     "America/Chicago",
                                  "America/Mexico_City", "America/Costa_Rica",
                                  "Pacific/Easter",      "America/New_York",
                                  "America/Toronto",     "America/Bogota",
                                  "America/Lima",        "America/Havana",
                                  "America/Halifax",     "America/Caracas",
                                  "America/La_Paz",      "America/Santiago",
                                  "America/Asuncion",    "America/St_Johns",
                                  "America/Sao_Paulo",   "America/Argentina/Buenos_Aires",
                                  "America/Montevideo",  "America/Nuuk",
                                  "America/Noronha",     "Atlantic/Azores",
                                  "Atlantic/Cape_Verde", "Europe/London",
                                  "Europe/Lisbon",       "Africa/Abidjan",
                                  "Africa/Casablanca",   "Europe/Berlin",
                                  "Europe/Paris",        "Europe/Rome",
                                  "Africa/Lagos",        "Europe/Athens",
                                  "Europe/Kyiv",         "Africa/Cairo",
                                  "Africa/Johannesburg", "Asia/Jerusalem",
                                  "Asia/Beirut",         "Europe/Istanbul",
                                  "Europe/Moscow",       "Europe/Minsk",
                                  "Africa/Nairobi",      "Asia/Riyadh",
                                  "Asia/Tehran",         "Asia/Dubai",
                                  "Europe/Samara",       "Asia/Kabul",
                                  "Asia/Karachi",        "Asia/Yekaterinburg",
                                  "Asia/Kolkata",        "Asia/Kathmandu",
                                  "Asia/Dhaka",          "Asia/Omsk",
                                  "Asia/Yangon",         "Asia/Bangkok",
                                  "Asia/Jakarta",        "Asia/Novosibirsk",
                                  "Asia/Shanghai",       "Asia/Singapore",
                                  "Asia/Irkutsk",        "Australia/Perth",
                                  "Australia/Eucla",     "Asia/Tokyo",
                                  "Asia/Seoul",          "Asia/Pyongyang",
                                  "Asia/Yakutsk",        "Australia/Darwin",
                                  "Australia/Adelaide",  "Australia/Brisbane",
                                  "Asia/Vladivostok",    "Australia/Sydney",
                                  "Australia/Lord_Howe", "Pacific/Noumea",
                                  "Asia/Magadan",        "Pacific/Norfolk",
                                  "Pacific/Auckland",    "Pacific/Fiji",
                                  "Asia/Kamchatka",      "Pacific/Chatham",
                                  "Pacific/Tongatapu",   "Pacific/Apia",
                                  "Pacific/Kiritimati"};

constexpr std::int64_t kMostSlotsApart = kSlotsPerDay;

ClockPattern pattern_of(const std::vector<std::int32_t>& offsets, std::int64_t first_slot) {
  ClockPattern pattern;
  pattern.label = "none";
  std::vector<std::string> words;
  for (std::size_t i = 1; i < offsets.size(); ++i) {
    if (offsets[i] == offsets[i - 1]) continue;
    const std::int64_t us =
        (first_slot + static_cast<std::int64_t>(i)) * kSlotSeconds * kMicrosPerSecond;
    words.push_back(fmt::format("{:+g} h from {}", (offsets[i] - offsets[i - 1]) / 3600.0,
                                date_text(day_number(us))));
  }
  if (words.empty()) return pattern;
  pattern.label = fmt::format("{}", fmt::join(words, ", "));
  for (const std::int32_t offset : offsets) {
    pattern.shift_slots.push_back((offset - offsets.front()) / static_cast<int>(kSlotSeconds));
  }
  return pattern;
}

int shift_at(const ClockPattern& pattern, std::size_t slot) {
  return pattern.shift_slots.empty() ? 0 : pattern.shift_slots[slot];
}

// Changes that differ in a few hours in which nobody asked are one change: those of the United
// States' zones, an hour after each other on one Sunday morning.
bool are_one_pattern(const ClockPattern& a, const ClockPattern& b, const OpenExposure& exposure) {
  if (a.shift_slots == b.shift_slots) return true;
  std::int64_t apart = 0;
  for (std::size_t i = 0; i < exposure.size(); ++i) {
    if (shift_at(a, i) == shift_at(b, i)) continue;
    apart += 1;
    if (apart > kMostSlotsApart || exposure.events[i] > 0) return false;
  }
  return true;
}

}  // namespace

ZoneCells zone_cells(const OpenExposure& exposure) {
  ZoneCells all;
  all.patterns.push_back({{}, "none"});
  if (exposure.size() == 0) return all;
  for (const char* name : kZones) {
    const auto zone = Zone::find(name);
    if (!zone.ok()) continue;  // an older database may lack it
    const auto offsets = offsets_by_slot(exposure.first_slot, exposure.size(), zone.value());
    ClockPattern pattern = pattern_of(offsets, exposure.first_slot);
    std::size_t p = 0;
    while (p < all.patterns.size() && !are_one_pattern(all.patterns[p], pattern, exposure)) ++p;
    if (p == kMaxPatterns) continue;
    if (p == all.patterns.size()) all.patterns.push_back(std::move(pattern));
    const double offset = offsets.front() / 3600.0;
    const auto same = std::find_if(all.cells.begin(), all.cells.end(), [&](const ZoneCell& cell) {
      return cell.offset_hours == offset && cell.pattern == p;
    });
    if (same == all.cells.end()) {
      all.cells.push_back({offset, p, {name}});
    } else {
      same->zones.emplace_back(name);
    }
  }
  std::stable_sort(all.cells.begin(), all.cells.end(), [](const ZoneCell& a, const ZoneCell& b) {
    return a.offset_hours != b.offset_hours ? a.offset_hours < b.offset_hours
                                            : a.pattern < b.pattern;
  });
  return all;
}

std::size_t cell_of(const ZoneCells& all, const OpenExposure& exposure, const Zone& zone) {
  if (exposure.size() == 0) return all.cells.size();
  const auto offsets = offsets_by_slot(exposure.first_slot, exposure.size(), zone);
  const ClockPattern pattern = pattern_of(offsets, exposure.first_slot);
  const auto same = std::find_if(all.cells.begin(), all.cells.end(), [&](const ZoneCell& cell) {
    return cell.offset_hours == offsets.front() / 3600.0 &&
           are_one_pattern(all.patterns[cell.pattern], pattern, exposure);
  });
  return static_cast<std::size_t>(same - all.cells.begin());
}

std::string offset_text(double hours) {
  const int minutes = static_cast<int>(std::lround(std::fabs(hours) * 60));
  return fmt::format("UTC{}{:02}:{:02}", hours < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::string clock_text(double hours) {
  const int minutes = static_cast<int>(std::lround(hours * 60));
  const int inside = ((minutes % 1440) + 1440) % 1440;
  return fmt::format("{:02}:{:02}", inside / 60, inside % 60);
}

}  // namespace assay::methods
