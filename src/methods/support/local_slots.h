// Quarter hours by a zone's clock.
#pragma once

#include <vector>

#include "assay/instant.h"
#include "methods/support/open_exposure.h"

namespace assay::methods {

struct LocalSlots {
  std::vector<int> weekday;       // 0 = Monday
  std::vector<double> hour;       // 0 to below 24
  std::vector<std::int64_t> day;  // local day number
};
LocalSlots local_slots(const OpenExposure& exposure, const Zone& zone);

// Seconds that the zone adds to UTC, for each slot. Asks the zone at the ends of days and, where
// they differ, inside. O(slots).
std::vector<std::int32_t> offsets_by_slot(std::int64_t first_slot, std::size_t count,
                                          const Zone& zone);

}  // namespace assay::methods
