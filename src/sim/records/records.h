// A run written as the files that somebody would hand over.
#pragma once

#include <string>
#include <vector>

#include "sim/run.h"

namespace assay::sim {

struct RecordFile {
  std::string name;  // "ns1.query.log"
  std::string bytes;
};

// BIND 9's query log, one a server; port and query id are made up.
std::vector<RecordFile> bind_query_logs(const Scenario& scenario, const SimulatedRun& run);
// What a passive sensor beside the servers keeps: counts by name and type.
RecordFile passive_dns_list(const Scenario& scenario, const SimulatedRun& run);
// Mail logs of the parties' hosts, one each, in Postfix's words.
std::vector<RecordFile> postfix_logs(const Scenario& scenario, const SimulatedRun& run);
// Flows at the borders of the parties, one a party, as SiLK's rwcut prints them.
std::vector<RecordFile> flow_lists(const Scenario& scenario, const SimulatedRun& run);
// The truth, as JSON: causes with their counts, and what none of the records shows.
RecordFile truth_of(const Scenario& scenario, const SimulatedRun& run);

std::vector<RecordFile> all_records(const Scenario& scenario, const SimulatedRun& run);

}  // namespace assay::sim
