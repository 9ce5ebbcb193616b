// A run written as the files that somebody would hand over.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/run.h"

namespace assay::sim {

struct RecordFile {
  std::string name;  // "ns1.query.log"
  std::string bytes;
  std::map<std::string, std::uint64_t> records;  // how many of each kind its reader is to find
};

// BIND 9's query logs, one a server; port and query id are made up.
std::vector<RecordFile> bind_query_logs(const Scenario& scenario, const SimulatedRun& run);
// The same of the servers of other zones, where mail hosts ask: the target's address backwards, and
// block lists.
std::vector<RecordFile> other_zones_logs(const Scenario& scenario, const SimulatedRun& run);
// The same of the parties' resolvers, one each, towards their hosts.
std::vector<RecordFile> resolver_logs(const Scenario& scenario, const SimulatedRun& run);
// The target's servers once more, as dnstap with answers.
std::vector<RecordFile> dnstap_files(const Scenario& scenario, const SimulatedRun& run);
// What a passive sensor beside the servers keeps: counts by name and type.
RecordFile passive_dns_list(const Scenario& scenario, const SimulatedRun& run);
// Mail logs of the parties' hosts, one each, in Postfix's words.
std::vector<RecordFile> postfix_logs(const Scenario& scenario, const SimulatedRun& run);
// Mail at rest, a mailbox each: what came, what was sent, drafts, and what was there before.
std::vector<RecordFile> mailboxes(const Scenario& scenario, const SimulatedRun& run);
// Flows at the borders of the parties, one a party, as SiLK's rwcut prints them.
std::vector<RecordFile> flow_lists(const Scenario& scenario, const SimulatedRun& run);
// Registries' words on the target's zone and network, and the network's reverse names; nothing
// where the scenario tells none.
std::vector<RecordFile> registration_files(const Scenario& scenario);
// The truth, as JSON: causes with their counts, what is in each of `files`, and what none shows.
RecordFile truth_of(const Scenario& scenario, const SimulatedRun& run,
                    const std::vector<RecordFile>& files);

// The truth last. Look-ups at the target's servers are there three times: as query logs, as dnstap
// and as a passive list.
std::vector<RecordFile> all_records(const Scenario& scenario, const SimulatedRun& run);

}  // namespace assay::sim
