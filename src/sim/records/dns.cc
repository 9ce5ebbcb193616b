// Query logs, and the list of a passive sensor.
#include <fmt/core.h>

#include <map>
#include <nlohmann/json.hpp>

#include "assay/names.h"
#include "sim/checks.h"
#include "sim/records/mail.h"
#include "sim/records/records.h"
#include "sim/times.h"

namespace assay::sim {
namespace {

// BIND 9's words, with a stamp of its choice of three.
class QueryLog {
 public:
  QueryLog(std::string name, std::string server, std::string_view flags, int decimals)
      : file_{std::move(name), "", {}},
        server_(std::move(server)),
        flags_(flags),
        decimals_(decimals) {}

  void add(double time_s, const std::string& client, const std::string& name, std::uint16_t qtype) {
    port_ = (port_ * 7'919 + static_cast<std::uint32_t>(time_s)) % 64'000;
    fmt::format_to(std::back_inserter(file_.bytes),
                   "{} queries: info: client @0x7f3a2c0{:05x} {}#{} ({}): query: {} IN {} {} "
                   "({})\n",
                   format_utc(micros(time_s), decimals_), port_, client, 1'024 + port_, name, name,
                   qtype_text(qtype), flags_, server_);
    ++file_.records["dns"];
  }
  bool empty() const { return file_.bytes.empty(); }
  RecordFile take() { return std::move(file_); }

 private:
  RecordFile file_;
  std::string server_;
  std::string_view flags_;
  int decimals_;
  std::uint32_t port_ = 0;
};

constexpr std::string_view kFromResolver = "-E(0)D", kFromStub = "+E(0)";
// Servers of zones that are nobody's here: of the target's address backwards, and of block lists.
constexpr const char* kReverseServer = "198.51.100.201";
constexpr const char* kListServer = "198.51.100.202";

}  // namespace

std::vector<RecordFile> bind_query_logs(const Scenario& scenario, const SimulatedRun& run) {
  std::vector<QueryLog> logs;
  const auto& servers = scenario.vantage.servers;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    logs.emplace_back(fmt::format("ns{}.query.log", i + 1), servers[i], kFromResolver, 0);
  }
  for (const Row& row : run.rows) {
    logs[row.server].add(row.time_s, run.clients[row.client], run.names.name(row.name), row.qtype);
  }
  std::vector<RecordFile> files;
  for (QueryLog& log : logs) files.push_back(log.take());
  return files;
}

std::vector<RecordFile> other_zones_logs(const Scenario& scenario, const SimulatedRun& run) {
  const std::string reverse = reverse_name(scenario.target.address);
  QueryLog pointers("reverse_zone.query.log", kReverseServer, kFromResolver, 0);
  QueryLog lists("blocklists.query.log", kListServer, kFromResolver, 0);
  for (const Row& row : run.elsewhere) {
    const std::string& name = run.names.name(row.name);
    (name == reverse ? pointers : lists).add(row.time_s, run.clients[row.client], name, row.qtype);
  }
  std::vector<RecordFile> files;
  for (QueryLog* log : {&pointers, &lists}) {
    if (!log->empty()) files.push_back(log->take());
  }
  return files;
}

std::vector<RecordFile> resolver_logs(const Scenario& scenario, const SimulatedRun& run) {
  std::vector<std::vector<QueryLog>> logs(scenario.parties.size());
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const auto& addresses = scenario.parties[i].addresses;
    for (std::size_t k = 0; k < addresses.size(); ++k) {
      logs[i].emplace_back(fmt::format("{}.resolver{}.query.log", file_stem(scenario, i), k + 1),
                           addresses[k], kFromStub, 3);
    }
  }
  for (const InsideQuery& query : run.inside) {
    logs[query.party][query.address].add(query.time_s, run.clients[query.client],
                                         run.names.name(query.name), query.qtype);
  }
  std::vector<RecordFile> files;
  for (auto& of_party : logs) {
    for (QueryLog& log : of_party) {
      if (!log.empty()) files.push_back(log.take());
    }
  }
  return files;
}

RecordFile passive_dns_list(const Scenario& scenario, const SimulatedRun& run) {
  struct Seen {
    double first_s = 0, last_s = 0;
    std::uint64_t count = 0;
  };
  std::map<std::uint32_t, Seen> seen;  // only answers are kept, and only names of hosts have one
  for (const Row& row : run.rows) {
    if (row.qtype != kTypeA) continue;
    Seen& each = seen[row.name];
    if (each.count++ == 0) each.first_s = row.time_s;
    each.last_s = row.time_s;
  }
  RecordFile file{"passive_dns.jsonl", "", {}};
  for (const auto& [name, each] : seen) {
    const nlohmann::ordered_json entry = {{"rrname", run.names.name(name) + "."},
                                          {"rrtype", "A"},
                                          {"rdata", scenario.target.address},
                                          {"time_first", static_cast<std::int64_t>(each.first_s)},
                                          {"time_last", static_cast<std::int64_t>(each.last_s)},
                                          {"count", each.count},
                                          {"bailiwick", sender_domain(scenario) + "."}};
    file.bytes += entry.dump() + "\n";
    ++file.records["dns_aggregate"];
  }
  return file;
}

}  // namespace assay::sim
