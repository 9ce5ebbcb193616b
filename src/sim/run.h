// A simulated run: from the causes of a scenario to the rows that its vantage recorded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/result.h"
#include "sim/happenings.h"
#include "sim/scenario.h"

namespace assay::sim {

inline constexpr std::uint16_t kNobody = UINT16_MAX;  // no party of the scenario, or no cause

// A row of a query log.
struct Row {
  double time_s = 0;
  std::uint32_t client = 0;  // in SimulatedRun::clients
  std::uint32_t name = 0;    // in SimulatedRun::names
  std::uint16_t qtype = kTypeA;
  std::uint16_t party = kNobody;
  std::uint16_t cause = kNobody;  // of the party
  std::uint8_t server = 0;        // in Vantage::servers
  bool is_retry = false;
  bool is_invented = false;  // by an edit
};

struct PartyTransfer {
  std::uint16_t party = 0;
  std::uint16_t cause = 0;
  Transfer transfer;
};

struct PartyFlow {
  std::uint16_t party = 0;
  std::uint16_t cause = 0;
  Flow flow;
};

// What is true of one cause of one party.
struct CauseCount {
  std::uint16_t party = 0;
  std::string kind;
  std::uint64_t demands = 0;
  std::uint64_t upstream_queries = 0;
  std::uint64_t rows = 0;
};

struct SimulatedRun {
  explicit SimulatedRun(const Scenario& scenario) : names(scenario.target.qname) {}

  std::vector<std::string> clients;
  Names names;
  std::vector<Row> rows;  // in order of time
  std::vector<PartyTransfer> transfers;
  std::vector<PartyFlow> flows;
  std::vector<CauseCount> truth;
  std::uint64_t deleted_rows = 0, invented_rows = 0;
};

// The same scenario gives the same run on every machine. Errors: usage (a cause makes more than
// Happenings::kMostDemands demands).
Result<SimulatedRun> run_scenario(const Scenario& scenario);

}  // namespace assay::sim
