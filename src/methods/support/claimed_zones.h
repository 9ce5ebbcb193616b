// "In the office hours of X", or "of X and Y": the quoted zones held against every other zone or
// pair, one office anywhere (which may have a program that runs all night), and machines.
#pragma once

#include "assay/case.h"
#include "methods/support/day_models.h"

namespace assay::methods {

struct FittedDay {
  const OpenExposure& exposure;
  const WorkPlaces& places;
  const DayModels& models;
  const Objection& objection;
};

// Fills in quantities, table and statement of `finding`. Clocks are those of the window's
// beginning.
void hold_zones(const Claim& claim, const FittedDay& day, Finding& finding);

}  // namespace assay::methods
