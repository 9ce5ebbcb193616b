// M7: does the interval of a party's share hold the share in the long run?
#include <fmt/core.h>

#include "engine/calibrate/method_rates/drawn_case.h"
#include "engine/calibrate/method_rates/method_rates.h"

namespace assay {
namespace {

using drawn::kDay;

constexpr double kDays = 140;
constexpr double kBankPerDay = 20, kClinicPerDay = 4, kOthersPerDay = 0.6;
constexpr double kShare = kBankPerDay / (kBankPerDay + kClinicPerDay + kOthersPerDay);

struct Regime {
  const char* words;
  double burst;        // mean rows
  double correlation;  // of the logarithm of the rate, from day to day
  double sd;           // of that logarithm
  double least, most;
};

// Bursts come as a Poisson process whose daily rate wanders, each party's by itself.
void ask_in_bursts(Random& random, const Regime& regime, double per_day, const char* address,
                   drawn::DrawnCase& record) {
  double level = random.normal(0, regime.sd);
  const double fresh = regime.sd * std::sqrt(1 - regime.correlation * regime.correlation);
  for (int day = 0; day < static_cast<int>(kDays); ++day) {
    if (day > 0) level = regime.correlation * level + random.normal(0, fresh);
    const double rate = std::exp(level - regime.sd * regime.sd / 2);
    for (auto left = random.poisson(per_day / regime.burst * rate); left > 0; --left) {
      double t = day * kDay + random.uniform(0, kDay - 60);
      for (auto rows = random.geometric(regime.burst); rows > 0;
           --rows, t += random.uniform(1, 4)) {
        record.ask(t, address);
      }
    }
  }
}

Result<MethodTrial> share_trial(const Regime& regime, std::uint64_t seed) {
  Random random(seed);
  drawn::DrawnCase record(seed, kDays, 0);
  record.states_ttl = false;
  ask_in_bursts(random, regime, kBankPerDay, "192.0.2.53", record);
  ask_in_bursts(random, regime, kClinicPerDay, "198.51.100.53", record);
  ask_in_bursts(random, regime, kOthersPerDay, "203.0.113.200", record);
  const auto findings = record.examine("volume");
  if (!findings.ok()) return findings.error();
  const Quantity* share = drawn::about(*findings, "volume/Bank/raw").quantity("share");
  if (share == nullptr || !share->interval) return MethodTrial{false, false, 0};
  return MethodTrial{true, drawn::holds(*share, kShare),
                     50 * (share->interval->second - share->interval->first)};
}

}  // namespace

void add_share_cells(std::vector<MethodCell>& cells) {
  for (const Regime& regime : {
           Regime{"every row by itself", 1, 0, 0, 0.94, 0.96},
           Regime{"bursts of 4 rows", 4, 0, 0, 0.94, 0.96},
           Regime{"bursts of 10 rows", 10, 0, 0, 0.94, 0.96},
           Regime{"bursts of 4, rate of days wanders (sd .7, correlation .6)", 4, 0.6, 0.7, 0.94,
                  0.96},
           Regime{"heavy: sd 1, correlation .85", 4, 0.85, 1, 0.93, 0.97},
       }) {
    MethodCell cell{"M7", "interval of a share holds the share", regime.words};
    cell.least = regime.least;
    cell.most = regime.most;
    cell.size_of = "half width, points";
    cell.runs_share = 5;  // one point either way takes many
    cell.run = [regime](std::uint64_t seed) { return share_trial(regime, seed); };
    cells.push_back(std::move(cell));
  }
}

}  // namespace assay
