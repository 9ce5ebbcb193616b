// When the people of a party work: a relative rate over the time of a scenario, by the quarter of
// an hour, in the party's own zone with its daylight saving.
#pragma once

#include <vector>

#include "sim/random.h"
#include "sim/scenario.h"

namespace assay::sim {

class Rhythm {
 public:
  // Errors of the zone's name are found when the scenario is read: an unknown one is UTC here.
  Rhythm(const WorkingDay& hours, double begin_s, double end_s);

  // Times of a Poisson process, ascending, whose rate follows the working day: `per_weekday` of
  // them on an ordinary weekday. Where people keep appointments, a share of them is at those.
  std::vector<double> draw(double per_weekday, double begin_s, double end_s, Random& random) const;
  // 1 at work, less at lunch, at night and at weekends.
  double weight_at(double time_s) const;
  bool is_working_time(double time_s) const { return weight_at(time_s) > 0.4; }

 private:
  double appointed(double time_s, Random& random) const;

  static constexpr double kStep = 900;
  const WorkingDay hours_;
  double begin_s_;
  double weekday_weight_ = 0;  // of a whole ordinary weekday, in steps
  std::vector<float> weights_;
};

}  // namespace assay::sim
