// What a vantage records of the queries that reach its servers, and what was done to it afterwards.
#pragma once

#include <vector>

#include "sim/random.h"
#include "sim/run.h"

namespace assay::sim {

// Rows in order of time as recorded: outages, sampling, filters, clocks, whole seconds. Names of
// other zones than the target's reach other servers and are not here.
std::vector<Row> record(std::vector<Row> queries, const Scenario& scenario, const Names& names,
                        Random& random);

// Deletes, invents, repeats and rounds as the scenario says; counts into `run`.
void edit_rows(SimulatedRun& run, const Scenario& scenario, Random& random);

}  // namespace assay::sim
