#include <algorithm>
#include <cmath>
#include <iterator>

#include "engine/calibrate/in_threads.h"
#include "engine/calibrate/method_rates/method_rates.h"

namespace assay {
namespace {

struct Task {
  std::size_t cell = 0;
  std::uint32_t run = 0;
};

std::uint32_t runs_of(const MethodCell& cell, std::uint32_t runs) {
  return std::max(1u, static_cast<std::uint32_t>(std::lround(cell.runs_share * runs)));
}

}  // namespace

std::vector<MethodCell> method_cells() {
  std::vector<MethodCell> cells;
  add_share_cells(cells);
  add_demand_cells(cells);
  add_farm_cells(cells);
  add_zone_cells(cells);
  add_turn_cells(cells);
  add_deletion_cells(cells);
  add_capacity_cells(cells);
  add_copies_cells(cells);
  add_automation_cells(cells);
  add_rhythm_cells(cells);
  // Lines that count the same stand in one table, in the order in which the first of them came.
  std::vector<MethodCell> ordered;
  for (const MethodCell& first : cells) {
    const auto is_same = [&](const MethodCell& cell) {
      return cell.metric == first.metric && cell.counted == first.counted;
    };
    if (std::any_of(ordered.begin(), ordered.end(), is_same)) continue;
    std::copy_if(cells.begin(), cells.end(), std::back_inserter(ordered), is_same);
  }
  return ordered;
}

Result<std::vector<MethodRate>> run_cells(const std::vector<MethodCell>& cells,
                                          const CalibrateRequest& request) {
  std::vector<Task> tasks;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    for (std::uint32_t run = 0; run < runs_of(cells[cell], request.runs); ++run) {
      tasks.push_back({cell, run});
    }
  }
  std::vector<MethodTrial> trials(tasks.size());
  const auto run = [&](std::size_t i, unsigned thread) -> Status {
    auto trial = cells[tasks[i].cell].run(request.first_seed + tasks[i].run);
    if (!trial.ok()) return trial.error();
    trials[i] = *trial;
    if (thread == 0 && request.progress) {
      request.progress(static_cast<std::uint32_t>(i * 100 / tasks.size()));
    }
    return {};
  };
  ASSAY_TRY(in_threads(request.threads, tasks.size(), run));
  std::vector<MethodRate> rates(cells.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    MethodRate& rate = rates[tasks[i].cell];
    rate.runs += 1;
    rate.hits += trials[i].is_hit ? 1 : 0;
    rate.answered += trials[i].is_answered ? 1 : 0;
    if (trials[i].is_answered) rate.size_mean += trials[i].size;
  }
  for (MethodRate& rate : rates) rate.size_mean /= std::max(1u, rate.answered);
  return rates;
}

}  // namespace assay
