#include "recorded_resolvers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "sim/cache.h"

namespace assay::sim {
namespace {

const std::string kFolder = ASSAY_TEST_DATA "/lab/simulator/";
const std::map<std::string, double> kTtl = {{"dense", 10}, {"sparse", 10},  {"short", 4},
                                            {"poll", 6},   {"session", 10}, {"gone", 5}};

std::ifstream open(const std::string& name) {
  std::ifstream in(kFolder + name);
  EXPECT_TRUE(in.is_open()) << name;
  return in;
}

double start_of_recording() {
  std::ifstream in = open("truth.toml");
  std::string word, equals;
  double start_ms = 0;
  for (std::string line; in >> word;) {
    if (word == "start_epoch_ms") {
      in >> equals >> start_ms;
      break;
    }
  }
  EXPECT_GT(start_ms, 1e12);
  return start_ms / 1'000;
}

}  // namespace

Recording read_recording() {
  Recording recording;
  recording.start_s = start_of_recording();
  std::string heading, resolver;
  Upstream row;
  std::ifstream demands = open("truth.tsv");
  std::getline(demands, heading);
  while (demands >> row.time_s >> row.name) {
    row.time_s /= 1'000;
    recording.demands.push_back(row);
  }
  std::ifstream upstream = open("records/upstream.tsv");
  std::getline(upstream, heading);
  while (upstream >> resolver >> row.time_s >> row.name >> row.server) {
    row.time_s /= 1'000;
    row.server -= 1;
    recording.upstream[resolver].push_back(row);
  }
  return recording;
}

std::string kind_of(const std::string& name) {
  return name.substr(0, name.find_last_not_of("0123456789") + 1);
}

double ttl_of(const std::string& kind) { return kTtl.at(kind); }

std::vector<Upstream> simulate(const Recording& recording, const Cache& cache,
                               const Iteration& iteration, std::uint64_t seed) {
  Party party;
  party.addresses = {"192.0.2.10"};
  party.cache = cache;
  party.iteration = iteration;
  std::vector<Upstream> out;
  for (const auto& [kind, ttl] : kTtl) {
    Scenario scenario;
    scenario.begin_s = recording.start_s;
    scenario.target.ttl_seconds = ttl;
    scenario.target.negative_ttl_seconds = ttl;
    scenario.vantage.latency_ms = {5, 20, 60};
    std::vector<std::string> names = {"target"};
    std::vector<StubQuestion> questions;
    for (const Upstream& demand : of_kind(recording.demands, kind)) {
      auto found = std::find(names.begin(), names.end(), demand.name);
      if (found == names.end()) found = names.insert(names.end(), demand.name);
      questions.push_back({recording.start_s + demand.time_s,
                           static_cast<std::uint32_t>(found - names.begin()), kTypeA, 0, 0,
                           Asker::server, kind != "gone"});
    }
    Random random(seed);
    for (const UpstreamQuery& query : pass_caches(questions, scenario, party, random)) {
      out.push_back({query.time_s - recording.start_s, names[query.name], query.server});
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Upstream& a, const Upstream& b) { return a.time_s < b.time_s; });
  return out;
}

std::vector<Upstream> between(const std::vector<Upstream>& rows, double begin_s, double end_s) {
  std::vector<Upstream> out;
  for (const Upstream& row : rows) {
    if (row.time_s >= begin_s && row.time_s < end_s) out.push_back(row);
  }
  return out;
}

std::vector<Upstream> of_kind(const std::vector<Upstream>& rows, const std::string& kind) {
  std::vector<Upstream> out;
  for (const Upstream& row : rows) {
    if (kind_of(row.name) == kind) out.push_back(row);
  }
  return out;
}

std::vector<double> gaps(const std::vector<Upstream>& rows) {
  std::map<std::string, double> last;
  std::vector<double> out;
  for (const Upstream& row : rows) {
    const auto [found, is_first] = last.emplace(row.name, row.time_s);
    if (!is_first) out.push_back(row.time_s - found->second);
    found->second = row.time_s;
  }
  return out;
}

double distance(std::vector<double> a, std::vector<double> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  double most = 0;
  for (const std::vector<double>* each : {&a, &b}) {
    for (const double x : *each) {
      const auto share = [x](const std::vector<double>& of) {
        return static_cast<double>(std::upper_bound(of.begin(), of.end(), x) - of.begin()) /
               static_cast<double>(of.size());
      };
      most = std::max(most, std::abs(share(a) - share(b)));
    }
  }
  return most;
}

double distance_by_chance(std::size_t a, std::size_t b) {
  const auto n = static_cast<double>(a), m = static_cast<double>(b);
  return 1.949 * std::sqrt((n + m) / (n * m));
}

std::size_t paired(const std::vector<Upstream>& a, const std::vector<Upstream>& b,
                   double within_s) {
  std::map<std::string, std::vector<double>> free;
  for (const Upstream& row : b) free[row.name].push_back(row.time_s);
  std::size_t count = 0;
  for (const Upstream& row : a) {
    std::vector<double>& times = free[row.name];
    const auto found = std::find_if(times.begin(), times.end(), [&](double time_s) {
      return std::abs(time_s - row.time_s) <= within_s;
    });
    if (found == times.end()) continue;
    times.erase(found);
    ++count;
  }
  return count;
}

}  // namespace assay::sim
