// Error rates of the single methods: cells of simulated records whose truth is known, each run over
// many seeds. docs/calibration.md has the table.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "assay/result.h"
#include "assay/simulate.h"

namespace assay {

// What a method said of one simulated record.
struct MethodTrial {
  bool is_answered = true;  // else it declined
  bool is_hit = false;      // what the cell counts: truth covered, effect found, alarm raised
  double size = 0;          // of the set or interval, where the cell shows it
};

enum class RateOf { answered, all };  // runs; declining is no miss, or is one

struct MethodCell {
  std::string metric;   // "M8"
  std::string counted;  // "demand-rate interval holds the truth"
  std::string setting;  // "even demand, 24 a day, one cache"
  RateOf of = RateOf::answered;
  double least = 0, most = 1;  // the rate that is wanted
  std::string size_of;         // what MethodTrial::size is of, or ""
  double runs_share = 1;       // of the runs that are asked for
  std::function<Result<MethodTrial>(std::uint64_t seed)> run;
};

struct MethodRate {
  std::uint32_t runs = 0, answered = 0, hits = 0;
  double size_mean = 0;  // over answered runs
  std::uint32_t of(RateOf base) const { return base == RateOf::all ? runs : answered; }
};

// All cells, in the order of the table.
std::vector<MethodCell> method_cells();
void add_share_cells(std::vector<MethodCell>& cells);       // M7
void add_demand_cells(std::vector<MethodCell>& cells);      // M8, M9
void add_farm_cells(std::vector<MethodCell>& cells);        // M10
void add_zone_cells(std::vector<MethodCell>& cells);        // M11, M12, M13
void add_turn_cells(std::vector<MethodCell>& cells);        // M15
void add_deletion_cells(std::vector<MethodCell>& cells);    // M16
void add_capacity_cells(std::vector<MethodCell>& cells);    // M19
void add_copies_cells(std::vector<MethodCell>& cells);      // M20
void add_automation_cells(std::vector<MethodCell>& cells);  // clocks and timers
void add_rhythm_cells(std::vector<MethodCell>& cells);      // circadian, holidays, calendar events

// Every cell with seeds first_seed, first_seed + 1, ...; the same whatever the threads.
Result<std::vector<MethodRate>> run_cells(const std::vector<MethodCell>& cells,
                                          const CalibrateRequest& request);
Result<CalibrateOutcome> calibrate_methods(const CalibrateRequest& request);

}  // namespace assay
