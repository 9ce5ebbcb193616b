#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/cause.h"
#include "sim/records/records.h"

namespace assay::sim {

RecordFile truth_of(const Scenario& scenario, const SimulatedRun& run,
                    const std::vector<RecordFile>& files) {
  nlohmann::ordered_json written = nlohmann::ordered_json::object();
  for (const RecordFile& file : files) written[file.name] = file.records;
  nlohmann::ordered_json causes = nlohmann::ordered_json::array();
  for (const CauseCount& each : run.truth) {
    const CauseKind* kind = find_cause(each.kind);
    const CauseTruth truth = kind != nullptr ? kind->truth() : CauseTruth();
    causes.push_back({{"party", scenario.parties[each.party].name},
                      {"kind", each.kind},
                      {"code", kind != nullptr ? kind->code() : ""},
                      {"is_automatic", truth.is_automatic},
                      {"follows_people", truth.follows_people},
                      {"is_contact", truth.is_contact},
                      {"is_conversation", truth.is_conversation},
                      {"demands", each.demands},
                      {"direct_queries", each.direct_queries},
                      {"upstream_queries", each.upstream_queries},
                      {"rows", each.rows}});
  }
  const nlohmann::ordered_json truth = {
      {"title", scenario.title},
      {"seed", scenario.seed},
      {"target", scenario.target.qname},
      {"ttl_seconds", scenario.target.ttl_seconds},
      {"causes", causes},
      {"rows", run.rows.size()},
      {"rows_deleted", run.deleted_rows},
      {"rows_invented", run.invented_rows},
      {"queries_elsewhere", run.elsewhere.size()},
      {"queries_inside", run.inside.size()},
      {"transfers", run.transfers.size()},
      {"flows", run.flows.size()},
      {"messages_before_or_unsent", run.messages.size()},
      {"payments", 0},  // no cause makes any
      {"files", written},
  };
  return {"truth.json", truth.dump(2) + "\n", {}};
}

std::vector<RecordFile> all_records(const Scenario& scenario, const SimulatedRun& run) {
  std::vector<RecordFile> files = bind_query_logs(scenario, run);
  files.push_back(passive_dns_list(scenario, run));
  for (auto make :
       {dnstap_files, other_zones_logs, resolver_logs, postfix_logs, flow_lists, mailboxes}) {
    for (RecordFile& file : make(scenario, run)) files.push_back(std::move(file));
  }
  files.push_back(truth_of(scenario, run, files));
  return files;
}

}  // namespace assay::sim
