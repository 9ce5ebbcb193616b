// The demo's 143-day list, run.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include "sim/records/records.h"
#include "sim/scenario_toml.h"

namespace assay::test {

inline sim::Scenario demo_list() {
  std::ifstream file("demo/list.toml");
  std::ostringstream text;
  text << file.rdbuf();
  return sim::parse_scenario(text.str(), "demo/list.toml").value();
}

// With another seed for everything.
inline sim::Scenario demo_list(std::uint64_t seed) {
  sim::Scenario scenario = demo_list();
  scenario.seed = seed;
  for (sim::Party& party : scenario.parties) party.seed = 0;
  return scenario;
}

// Of ns1, ns2 and ns3.
inline std::vector<std::string> logs_of(const sim::Scenario& scenario) {
  std::vector<std::string> logs;
  const sim::SimulatedRun run = sim::run_scenario(scenario).value();
  for (sim::RecordFile& file : sim::bind_query_logs(scenario, run)) {
    logs.push_back(std::move(file.bytes));
  }
  return logs;
}

}  // namespace assay::test
