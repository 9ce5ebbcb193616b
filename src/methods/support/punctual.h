// Whether people at appointed times could have left a kept period: lessons, meetings, shifts.
#pragma once

#include <vector>

namespace assay::methods {

// Of moments of true demand held against the marks of a period.
struct Punctuality {
  bool is_wall_clock = false;    // a few periods make a whole number of five minutes
  bool is_sharp = false;         // half of either keeps the marks to ten seconds
  double sharp_share = 0;        // of the moments, in the ten seconds that hold most of them
  double sharp_gap_share = 0;    // of the gaps, within five seconds of whole periods
  double quiet_hours_share = 0;  // of those near the marks: in the eight hours of day with fewest
  double quiet_days_share = 0;   // in the two days of the week, one after the other, with fewest
  bool is_round_the_clock = false;
  // People could have: the marks are those of a clock on the wall, no machine's sharpness shows,
  // and the period is not kept through all hours of day and week.
  bool could_be_appointed() const;
};

// `seconds`: the moments, since `origin_s` (UTC seconds of the epoch). `gaps`: seconds between
// bursts, which alone are sharp where each run starts its timer anew. `period_seconds` > 0.
Punctuality punctuality(const std::vector<double>& seconds, double origin_s,
                        const std::vector<double>& gaps, double period_seconds);

}  // namespace assay::methods
