// Zones of the world as records can tell them apart: by offset, and by when their clocks changed
// inside the window. Zones that agree in both are one cell.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "methods/support/open_exposure.h"

namespace assay::methods {

// What a zone's clock did in a window, relative to its beginning; by slot, in slots.
struct ClockPattern {
  std::vector<int> shift_slots;  // empty: no change
  std::string label;             // "none", "-1 h from 2016-11-06"
};

struct ZoneCell {
  double offset_hours = 0;  // at the beginning of the window
  std::size_t pattern = 0;  // index into patterns
  std::vector<std::string> zones;
};

struct ZoneCells {
  std::vector<ClockPattern> patterns;  // [0] has no change
  std::vector<ZoneCell> cells;         // by offset, then pattern

  bool has_change() const { return patterns.size() > 1; }
};

inline constexpr std::size_t kMaxPatterns = 40;  // further zones are left out

// Of the exposure's slots. Changes less than a day apart, with no event between, are one. Zones are
// those of a fixed list that holds every offset in use and every
// rule of summer time; the dates are the time-zone database's.
ZoneCells zone_cells(const OpenExposure& exposure);

// Index of the cell whose clock is this zone's, whether or not the cell names it; cells.size() when
// no cell's is.
std::size_t cell_of(const ZoneCells& all, const OpenExposure& exposure, const Zone& zone);

std::string offset_text(double hours);  // "UTC+05:45"
std::string clock_text(double hours);   // "08:54"

}  // namespace assay::methods
