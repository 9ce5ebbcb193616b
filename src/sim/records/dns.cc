// Query logs, and the list of a passive sensor.
#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/records/records.h"

namespace assay::sim {
namespace {

std::string type_text(std::uint16_t qtype) {
  switch (qtype) {
    case kTypeA:
      return "A";
    case kTypePtr:
      return "PTR";
    case kTypeMx:
      return "MX";
    case kTypeTxt:
      return "TXT";
    case kTypeAaaa:
      return "AAAA";
    case 255:
      return "ANY";
    default:
      return fmt::format("TYPE{}", qtype);
  }
}

std::int64_t micros(double time_s) { return static_cast<std::int64_t>(std::llround(time_s * 1e6)); }

}  // namespace

std::vector<RecordFile> bind_query_logs(const Scenario& scenario, const SimulatedRun& run) {
  std::vector<RecordFile> files;
  const auto& servers = scenario.vantage.servers;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    files.push_back({fmt::format("ns{}.query.log", i + 1), ""});
  }
  std::uint32_t port = 0;
  for (const Row& row : run.rows) {
    port = (port * 7'919 + static_cast<std::uint32_t>(row.time_s)) % 64'000;
    const std::string& name = run.names.name(row.name);
    fmt::format_to(std::back_inserter(files[row.server].bytes),
                   "{} queries: info: client @0x7f3a2c0{:05x} {}#{} ({}): query: {} IN {} -E(0)D "
                   "({})\n",
                   format_utc(micros(row.time_s)), port, run.clients[row.client], 1'024 + port,
                   name, name, type_text(row.qtype), servers[row.server]);
  }
  return files;
}

RecordFile passive_dns_list(const Scenario& scenario, const SimulatedRun& run) {
  struct Seen {
    double first_s = 0, last_s = 0;
    std::uint64_t count = 0;
  };
  std::map<std::pair<std::string, std::string>, Seen> seen;
  for (const Row& row : run.rows) {
    Seen& each = seen[{run.names.name(row.name), type_text(row.qtype)}];
    if (each.count++ == 0) each.first_s = row.time_s;
    each.last_s = row.time_s;
  }
  RecordFile file{"passive_dns.jsonl", ""};
  const std::string& target = scenario.target.qname;
  for (const auto& [key, each] : seen) {
    if (key.second != "A") continue;  // only answers are kept, and only these have one
    const nlohmann::ordered_json entry = {{"rrname", key.first + "."},
                                          {"rrtype", key.second},
                                          {"rdata", scenario.target.address},
                                          {"time_first", static_cast<std::int64_t>(each.first_s)},
                                          {"time_last", static_cast<std::int64_t>(each.last_s)},
                                          {"count", each.count},
                                          {"bailiwick", target.substr(target.find('.') + 1) + "."}};
    file.bytes += entry.dump() + "\n";
  }
  return file;
}

}  // namespace assay::sim
