// Could an office in a zone have asked too, beside whoever else did? Two offices are refuted by
// nothing but hours that one of them would have filled and in which nobody asked: what models fit
// best tells of the shape of days, which no two offices share.
#pragma once

#include "methods/support/work_places.h"

namespace assay::methods {

inline constexpr double kNoOffice = 0.03;  // of the busiest hours' rate: below it none was there

// The greatest rate, above the night's and as a share of the busiest hours', that an office of
// seven hours and more could have had there, beginning at any time between kEarliestStart and
// kLatestStart: the upper 97.5 % bound of the quietest two hours inside its day, from an hour after
// it begins to an hour before it ends. 1 where the cache was never open in those hours.
// `offset_hours`: the zone's, by the clock of `demand`.
double most_of_an_office(const WeekDemand& demand, double offset_hours, const OfficeRates& rates,
                         double dispersion);

}  // namespace assay::methods
