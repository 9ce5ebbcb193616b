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

// A question that a resolver of a party got from inside.
struct InsideQuery {
  double time_s = 0;
  std::uint32_t client = 0, name = 0;
  std::uint16_t qtype = kTypeA;
  std::uint16_t party = 0;
  std::uint16_t cause = 0;
  std::uint16_t address = 0;  // of the party's resolvers
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

struct PartyMessage {
  std::uint16_t party = 0;
  std::uint16_t cause = 0;
  StoredMessage message;
};

// What is true of one cause of one party.
struct CauseCount {
  std::uint16_t party = 0;
  std::string kind;
  std::uint64_t demands = 0;           // of hosts, inside or elsewhere
  std::uint64_t direct_queries = 0;    // which reached the servers by no resolver of the party
  std::uint64_t upstream_queries = 0;  // which left for any server: these and the resolvers'
  std::uint64_t rows = 0;              // in the logs of the target's servers
  std::uint64_t transfers = 0, refused_transfers = 0;
  std::uint64_t other_flows = 0;  // to other ports than that of mail
  double last_contact_s = 0;      // of a flow or a transfer that was not refused; 0: none

  // Content passed, if this kind of cause makes any pass.
  bool passed_content() const { return transfers > refused_transfers || other_flows > 0; }
};

struct SimulatedRun {
  explicit SimulatedRun(const Scenario& scenario) : names(scenario.target.qname) {}

  std::vector<std::string> clients;
  Names names;
  std::vector<Row> rows;            // in order of time, as the other lists
  std::vector<Row> elsewhere;       // queries that reached servers of other zones, all of them
  std::vector<InsideQuery> inside;  // if RunOptions ask for it
  std::vector<PartyTransfer> transfers;
  std::vector<PartyFlow> flows;
  std::vector<PartyMessage> messages;
  std::vector<CauseCount> truth;
  std::uint64_t deleted_rows = 0, invented_rows = 0;
  std::uint64_t stranger_transfers = 0;
};

struct RunOptions {
  bool keeps_inside = false;  // which takes the room of every question
};

// The same scenario gives the same run on every machine, whatever the options. Errors: usage (a
// cause makes more than Happenings::kMostDemands demands, or is of no kind that there is).
Result<SimulatedRun> run_scenario(const Scenario& scenario, const RunOptions& options = {});

}  // namespace assay::sim
