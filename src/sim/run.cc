#include "sim/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "sim/cache.h"
#include "sim/cause.h"
#include "sim/vantage.h"

namespace assay::sim {
namespace {

// Clients of all parties and of nobody, as they come.
class Clients {
 public:
  explicit Clients(std::vector<std::string>& clients) : clients_(clients) {}
  std::uint32_t number(const std::string& address) {
    const auto [found, is_new] =
        numbers_.emplace(address, static_cast<std::uint32_t>(clients_.size()));
    if (is_new) clients_.push_back(address);
    return found->second;
  }

 private:
  std::vector<std::string>& clients_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

// Every party and every cause has randomness of its own: one more of them changes no other.
std::uint64_t seed_of(std::uint64_t seed, std::size_t party, std::size_t cause) {
  return seed * 0x9e3779b97f4a7c15ull + party * 0xd1342543de82ef95ull + cause + 1;
}

constexpr std::size_t kStreamOfCaches = 1'000, kStreamOfVantage = 1'001;

Status run_party(const Scenario& scenario, std::uint16_t number, SimulatedRun& run,
                 Clients& clients, std::vector<Row>& queries) {
  const Party& party = scenario.parties[number];
  const Rhythm rhythm(party.hours, scenario.begin_s, scenario.end_s);
  Random passing(seed_of(scenario.seed, number, kStreamOfCaches));
  std::vector<StubQuestion> questions;
  const std::size_t first_truth = run.truth.size();
  for (std::size_t i = 0; i < party.causes.size(); ++i) {
    const CauseSpec& spec = party.causes[i];
    const CauseKind* kind = find_cause(spec.kind);
    if (kind == nullptr) {  // refused where scenarios are read
      run.truth.push_back({number, spec.kind, 0, 0, 0});
      continue;
    }
    Random random(seed_of(scenario.seed, number, i));
    Happenings happened(run.names);
    CauseContext context(scenario, party, spec, kind->parameters(), rhythm, random);
    kind->draw(context, happened);
    if (happened.is_too_much) {
      return Error{ErrorCode::usage,
                   fmt::format("{}: {} would ask more than {} times", party.name, spec.kind,
                               Happenings::kMostDemands),
                   "lower its rate, or make the scenario shorter"};
    }
    const auto cause = static_cast<std::uint16_t>(i);
    run.truth.push_back({number, spec.kind, happened.demands.size(), 0, 0});
    ask_resolvers(happened.demands, cause, party, scenario.target, run.names, random, questions);
    for (const DirectQuery& query : happened.direct) {
      const auto server = static_cast<std::uint8_t>(random.below(scenario.vantage.servers.size()));
      queries.push_back({query.time_s, clients.number(query.client), query.name, query.qtype,
                         number, cause, server, false, false});
    }
    for (const Transfer& transfer : happened.transfers) {
      run.transfers.push_back({number, cause, transfer});
    }
    for (const Flow& flow : happened.flows) run.flows.push_back({number, cause, flow});
  }
  std::stable_sort(
      questions.begin(), questions.end(),
      [](const StubQuestion& a, const StubQuestion& b) { return a.time_s < b.time_s; });
  for (const UpstreamQuery& query : pass_caches(questions, scenario, party, passing)) {
    ++run.truth[first_truth + query.cause].upstream_queries;
    queries.push_back({query.time_s, clients.number(party.addresses[query.address]), query.name,
                       query.qtype, number, query.cause, query.server, query.is_retry, false});
  }
  return {};
}

// Look-ups of other names of the zone by anybody: what shows that a vantage was at work.
void add_other_rows(const Scenario& scenario, SimulatedRun& run, Clients& clients, Random& random,
                    std::vector<Row>& queries) {
  const Vantage& vantage = scenario.vantage;
  if (vantage.other_names.empty() || vantage.other_rows_per_day <= 0) return;
  const double mean = 86'400 / vantage.other_rows_per_day;
  for (double t = scenario.begin_s + random.exponential(mean); t < scenario.end_s;
       t += random.exponential(mean)) {
    const std::string& name = vantage.other_names[random.below(vantage.other_names.size())];
    const std::string client = "203.0.113." + std::to_string(20 + random.below(200));
    const auto server = static_cast<std::uint8_t>(random.below(vantage.servers.size()));
    queries.push_back({t, clients.number(client), run.names.number(name), kTypeA, kNobody, kNobody,
                       server, false, false});
  }
}

template <class Event>
void sort_events(std::vector<Event>& events, double (*time_of)(const Event&)) {
  std::stable_sort(events.begin(), events.end(),
                   [&](const Event& a, const Event& b) { return time_of(a) < time_of(b); });
}

}  // namespace

Result<SimulatedRun> run_scenario(const Scenario& scenario) {
  SimulatedRun run(scenario);
  Clients clients(run.clients);
  std::vector<Row> queries;
  std::vector<std::size_t> truth_of_party;
  for (std::size_t i = 0; i < scenario.parties.size(); ++i) {
    truth_of_party.push_back(run.truth.size());
    ASSAY_TRY(run_party(scenario, static_cast<std::uint16_t>(i), run, clients, queries));
  }
  Random random(seed_of(scenario.seed, kNobody, kStreamOfVantage));
  add_other_rows(scenario, run, clients, random, queries);
  run.rows = record(std::move(queries), scenario, run.names, random);
  edit_rows(run, scenario, random);
  for (const Row& row : run.rows) {
    if (row.party != kNobody) ++run.truth[truth_of_party[row.party] + row.cause].rows;
  }
  sort_events<PartyTransfer>(run.transfers,
                             [](const PartyTransfer& each) { return each.transfer.time_s; });
  sort_events<PartyFlow>(run.flows, [](const PartyFlow& each) { return each.flow.time_s; });
  return run;
}

}  // namespace assay::sim
