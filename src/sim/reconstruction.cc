#include "sim/reconstruction.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "assay/instant.h"
#include "sim/demo/vantage.h"

namespace assay::sim {
namespace {

using namespace demo;  // its causes, caches and logs

double seconds_of(const char* text) {
  return static_cast<double>(parse_rfc3339(text).value().us) / kMicrosPerSecond;
}

Phase stretch(const char* begin, const char* end) {
  Phase phase;
  phase.begin_s = seconds_of(begin);
  phase.end_s = seconds_of(end);
  return phase;
}

Phase rescanning(const char* begin, const char* end, double windows_per_day, double hours_mean) {
  Phase phase = stretch(begin, end);
  phase.rescan_windows_per_day = windows_per_day;
  phase.rescan_window_hours_mean = hours_mean;
  return phase;
}

Phase mailing(const char* begin, const char* end, double campaigns_per_week) {
  Phase phase = stretch(begin, end);
  phase.campaigns_per_week = campaigns_per_week;
  phase.campaign_spread_minutes = 90;
  return phase;
}

Phase polling(const char* begin, const char* end, double windows_per_day, double hours_mean) {
  Phase phase = stretch(begin, end);
  phase.poll_windows_per_day = windows_per_day;
  phase.poll_window_hours_mean = hours_mean;
  return phase;
}

// Bank: checks of live mail at first, then software that goes through its mail archive.
std::vector<Phase> bank_phases() {
  return {
      mailing("2021-05-04", "2021-06-23", 4.4),
      rescanning("2021-06-23", "2021-07-08", 2.3, 2.2),
      rescanning("2021-07-08", "2021-07-10", 7.0, 3.2),
      rescanning("2021-07-10", "2021-07-25", 2.3, 2.2),
      rescanning("2021-07-25", "2021-07-31", 6.1, 3.2),
      rescanning("2021-07-31", "2021-08-01", 9.0, 4.5),
      rescanning("2021-08-01", "2021-08-13", 6.1, 3.2),
      rescanning("2021-08-13", "2021-08-18", 0.4, 1.5),
      rescanning("2021-08-18", "2021-09-14", 6.1, 3.2),
      rescanning("2021-09-14", "2021-09-21", 0.4, 1.5),
      rescanning("2021-09-21", "2021-09-23T13:54:52Z", 6.1, 3.2),
  };
}

// Clinic: a misconfigured application that polls in stretches.
std::vector<Phase> clinic_phases() {
  return {
      polling("2021-05-04", "2021-06-23", 0.22, 2.5),
      polling("2021-06-23", "2021-07-25", 1.6, 3.0),
      polling("2021-07-25", "2021-08-13", 3.1, 4.4),
      polling("2021-08-13", "2021-08-18", 0.5, 2.0),
      polling("2021-08-18", "2021-09-14", 3.1, 4.4),
      polling("2021-09-14", "2021-09-21", 0.5, 2.0),
      polling("2021-09-21", "2021-09-23T13:54:52Z", 3.1, 4.4),
  };
}

void append(const std::vector<UpstreamQuery>& queries, const ResolverFarm& farm,
            std::vector<LoggedQuery>& out) {
  for (const UpstreamQuery& query : queries) {
    out.push_back({query, farm.addresses[static_cast<std::size_t>(query.address)]});
  }
}

// At the end the name is removed: the stub gets NXDOMAIN, asks name.suffix, and gives up by
// 13:56:29.
std::vector<UpstreamQuery> endgame(Random& random) {
  std::vector<UpstreamQuery> queries;
  double t = seconds_of("2021-09-23T13:54:55Z");
  const double last = seconds_of("2021-09-23T13:56:29Z");
  const std::string run_on = std::string(kReconstructionName) + "." + kReconstructionSuffix;
  queries.push_back({t, 0, 0, kReconstructionName, "name_removed"});
  for (const double at : {t + 1.2, t + 31.4, last}) {
    queries.push_back({at, 0, static_cast<int>(random.below(3)), run_on, "search_suffix"});
  }
  return queries;
}

std::string truth_table(const std::vector<LoggedQuery>& seen,
                        const std::map<std::string, std::string>& party_of,
                        const std::map<std::string, std::map<std::string, int>>& demands) {
  std::map<std::string, std::map<std::string, int>> rows;
  for (const LoggedQuery& logged : seen) ++rows[party_of.at(logged.client)][logged.query.cause];
  std::string text = "#party\tcause\tdemands\trows_in_logs\n";
  for (const auto& [party, causes] : rows) {
    for (const auto& [cause, count] : causes) {
      int asked = 0;
      if (const auto found = demands.find(party); found != demands.end()) {
        if (const auto n = found->second.find(cause); n != found->second.end()) asked = n->second;
      }
      text += fmt::format("{}\t{}\t{}\t{}\n", party, cause, asked, count);
    }
  }
  return text;
}

}  // namespace

ReconstructionSeeds demo_seeds() { return {146, 128, 1}; }

Reconstruction reconstruct(const ReconstructionSeeds& seeds) {
  const ResolverFarm bank{.addresses = {"192.0.2.10", "192.0.2.11"}};
  const ResolverFarm clinic{.addresses = {"198.51.100.53"}, .repeat_probability = 0.0};
  std::vector<LoggedQuery> all;
  std::map<std::string, std::string> party_of;
  std::map<std::string, std::map<std::string, int>> demand_counts;
  for (const std::string& address : bank.addresses) party_of[address] = "Bank";
  for (const std::string& address : clinic.addresses) party_of[address] = "Clinic";

  Random bank_random(seeds.bank), clinic_random(seeds.clinic), other_random(seeds.others);
  const auto run = [&](const char* party, const std::vector<Phase>& phases,
                       const ResolverFarm& farm, Random& random) {
    const std::vector<Demand> demands = draw_demands(phases, random);
    for (const Demand& demand : demands) ++demand_counts[party][demand.cause];
    append(resolve(demands, farm, kReconstructionName, random), farm, all);
  };
  run("Bank", bank_phases(), bank, bank_random);
  run("Clinic", clinic_phases(), clinic, clinic_random);
  append(endgame(bank_random), bank, all);

  // A handful of look-ups by others: one each, at any time.
  const double begin = seconds_of(kReconstructionBegin), end = seconds_of("2021-09-23");
  for (int i = 0; i < 18; ++i) {
    const std::string client = fmt::format("203.0.113.{}", 20 + i * 7);
    party_of[client] = "others";
    all.push_back({{other_random.uniform(begin, end), 0, static_cast<int>(other_random.below(3)),
                    kReconstructionName, "unrelated"},
                   client});
  }

  const LogVantage vantage{
      .server_addresses = {"203.0.113.1", "203.0.113.2", "203.0.113.3"},
      .outages = {{seconds_of("2021-07-23"), seconds_of("2021-07-25")}},
  };
  const std::vector<LoggedQuery> seen = observe(std::move(all), vantage, other_random);
  Reconstruction result;
  for (const LoggedQuery& logged : seen) {
    if (logged.query.name != kReconstructionName) {
      ++result.run_on_rows;
    } else if (party_of[logged.client] == "Bank") {
      ++result.bank_rows;
    } else if (party_of[logged.client] == "Clinic") {
      ++result.clinic_rows;
    } else {
      ++result.other_rows;
    }
  }
  for (int server = 0; server < 3; ++server) {
    result.logs.push_back(bind_query_log(seen, server, vantage));
  }
  result.truth = truth_table(seen, party_of, demand_counts);
  return result;
}

}  // namespace assay::sim
