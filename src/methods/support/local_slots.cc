#include "methods/support/local_slots.h"

#include <algorithm>

#include "methods/support/calendar.h"

namespace assay::methods {
namespace {

constexpr std::int64_t kSlotUs = kSlotSeconds * kMicrosPerSecond;

}  // namespace

std::vector<std::int32_t> offsets_by_slot(std::int64_t first_slot, std::size_t count,
                                          const Zone& zone) {
  std::vector<std::int32_t> offsets(count);
  const auto at = [&](std::size_t i) {
    return zone.offset_seconds_at((first_slot + static_cast<std::int64_t>(i)) * kSlotUs);
  };
  for (std::size_t from = 0; from < count; from += kSlotsPerDay) {
    const std::size_t to = std::min<std::size_t>(from + kSlotsPerDay, count);
    const std::int32_t first = at(from);
    const bool is_even = first == at(to - 1);
    for (std::size_t i = from; i < to; ++i) offsets[i] = is_even ? first : at(i);
  }
  return offsets;
}

LocalSlots local_slots(const OpenExposure& exposure, const Zone& zone) {
  LocalSlots local;
  const auto offsets = offsets_by_slot(exposure.first_slot, exposure.size(), zone);
  for (std::size_t i = 0; i < exposure.size(); ++i) {
    const std::int64_t us = (exposure.first_slot + static_cast<std::int64_t>(i)) * kSlotUs +
                            offsets[i] * kMicrosPerSecond;
    const std::int64_t day = day_number(us);
    local.day.push_back(day);
    local.weekday.push_back(weekday_of(day));
    local.hour.push_back(static_cast<double>(us - day * kMicrosPerDay) /
                         (3600.0 * kMicrosPerSecond));
  }
  return local;
}

}  // namespace assay::methods
