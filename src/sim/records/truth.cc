#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "assay/instant.h"
#include "sim/cause.h"
#include "sim/records/records.h"
#include "sim/times.h"

namespace assay::sim {
namespace {

nlohmann::ordered_json roles_of(const Registrations& told) {
  if (!told.is_told()) return nullptr;
  return {{"registrant", told.registrant},
          {"administrator", told.administrator},
          {"technical", told.technical},
          {"registrar", told.registrar},
          {"name_servers", told.name_servers},
          {"address_holder", told.address_holder},
          {"ptr", told.ptr}};
}

}  // namespace

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
                      {"is_contact", truth.is_contact && each.passed_content()},
                      {"is_conversation", truth.is_conversation && each.passed_content()},
                      {"demands", each.demands},
                      {"direct_queries", each.direct_queries},
                      {"upstream_queries", each.upstream_queries},
                      {"rows", each.rows},
                      {"transfers", each.transfers},
                      {"refused_transfers", each.refused_transfers},
                      {"last_contact", each.last_contact_s > 0 ? nlohmann::ordered_json(format_utc(
                                                                     micros(each.last_contact_s)))
                                                               : nlohmann::ordered_json()}});
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
      {"transfers_of_strangers", run.stranger_transfers},
      {"flows", run.flows.size()},
      {"messages_before_or_unsent", run.messages.size()},
      {"registrations", roles_of(scenario.registrations)},
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
  for (RecordFile& file : registration_files(scenario)) files.push_back(std::move(file));
  files.push_back(truth_of(scenario, run, files));
  return files;
}

}  // namespace assay::sim
