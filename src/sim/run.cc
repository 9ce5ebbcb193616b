#include "sim/run.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "sim/acceptance.h"
#include "sim/cache.h"
#include "sim/cause.h"
#include "sim/checks.h"
#include "sim/inside.h"
#include "sim/mail_queue.h"
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

constexpr std::size_t kStreamOfCaches = 1'000, kStreamOfVantage = 1'001, kStreamOfStrangers = 1'002;
constexpr std::uint16_t kMailPort = 25;

// One party of a run.
class PartyRun {
 public:
  PartyRun(const Scenario& scenario, std::uint16_t number, SimulatedRun& run, Clients& clients)
      : scenario_(scenario),
        party_(scenario.parties[number]),
        number_(number),
        rhythm_(party_.hours, scenario.begin_s, scenario.end_s),
        run_(run),
        clients_(clients) {}

  // Adds what leaves for the servers to `queries`, in any order.
  Status draw(const RunOptions& options, std::vector<Row>& queries) {
    const std::size_t first_truth = run_.truth.size();
    for (std::uint16_t i = 0; i < party_.causes.size(); ++i) ASSAY_TRY(draw_cause(i, queries));
    std::stable_sort(
        questions_.begin(), questions_.end(),
        [](const StubQuestion& a, const StubQuestion& b) { return a.time_s < b.time_s; });
    Random passing(stream(kStreamOfCaches));
    for (const UpstreamQuery& query :
         pass_caches(questions_, scenario_, party_, passing, &run_.names)) {
      ++run_.truth[first_truth + query.cause].upstream_queries;
      const Row row{query.time_s, clients_.number(party_.addresses[query.address]),
                    query.name,   query.qtype,
                    number_,      query.cause,
                    query.server, query.is_retry,
                    false};
      if (!query.is_elsewhere) {
        queries.push_back(row);
      } else if (row.time_s >= scenario_.begin_s && row.time_s < scenario_.end_s) {
        run_.elsewhere.push_back(row);
      }
    }
    if (options.keeps_inside) keep_inside();
    draw_strangers();
    return {};
  }

 private:
  std::uint64_t stream(std::size_t which) const {
    return seed_of(party_.seed != 0 ? party_.seed : scenario_.seed, number_, which);
  }

  Status draw_cause(std::uint16_t cause, std::vector<Row>& queries) {
    const CauseSpec& spec = party_.causes[cause];
    const CauseKind* kind = find_cause(spec.kind);
    if (kind == nullptr) {
      return Error{ErrorCode::usage,
                   fmt::format("{}: there is no kind of cause '{}'", party_.name, spec.kind),
                   "'assay causes' lists them"};
    }
    Random random(stream(cause));
    Happenings happened(run_.names, kind->asker());
    CauseContext context(scenario_, party_, spec, kind->parameters(), rhythm_, random);
    kind->draw(context, happened);
    put_off(party_, scenario_.target, context.end_s(), happened, random);
    add_checks(party_, scenario_.target, happened);
    if (happened.is_too_much) {
      return Error{ErrorCode::usage,
                   fmt::format("{}: {} would ask more than {} times", party_.name, spec.kind,
                               Happenings::kMostDemands),
                   "lower its rate, or make the scenario shorter"};
    }
    const std::uint64_t direct = happened.direct.size();
    CauseCount& truth = run_.truth.emplace_back();
    truth.party = number_;
    truth.kind = spec.kind;
    truth.demands = happened.demands.size() + direct;
    truth.direct_queries = truth.upstream_queries = direct;
    count_contact(happened, truth);
    ask_resolvers(happened.demands, cause, party_, scenario_.target, run_.names, random,
                  questions_);
    for (const DirectQuery& query : happened.direct) {
      const auto server = static_cast<std::uint8_t>(random.below(scenario_.vantage.servers.size()));
      queries.push_back({query.time_s, clients_.number(query.client), query.name, query.qtype,
                         number_, cause, server, false, false});
    }
    for (const Transfer& transfer : happened.transfers) {
      run_.transfers.push_back({number_, cause, transfer});
    }
    for (const Flow& flow : happened.flows) run_.flows.push_back({number_, cause, flow});
    for (const StoredMessage& message : happened.messages) {
      run_.messages.push_back({number_, cause, message});
    }
    return {};
  }

  static void count_contact(const Happenings& happened, CauseCount& truth) {
    for (const Transfer& transfer : happened.transfers) {
      ++truth.transfers;
      if (transfer.code >= 400) {
        ++truth.refused_transfers;
      } else {
        truth.last_contact_s = std::max(truth.last_contact_s, transfer.time_s);
      }
    }
    for (const Flow& flow : happened.flows) {
      if (flow.port == kMailPort) continue;
      ++truth.other_flows;
      truth.last_contact_s = std::max(truth.last_contact_s, flow.time_s + flow.duration_s);
    }
  }

  // Mail for people of the party from hosts that no cause knows.
  void draw_strangers() {
    const MailHost& host = party_.mail;
    if (host.strangers_per_day <= 0) return;
    Random random(seed_of(scenario_.seed, number_, kStreamOfStrangers));
    const double mean = 86'400 / host.strangers_per_day;
    for (double t = scenario_.begin_s + random.exponential(mean); t < scenario_.end_s;
         t += random.exponential(mean)) {
      Transfer transfer;
      transfer.time_s = t;
      transfer.stranger = 1 + static_cast<std::uint32_t>(random.below(kStrangers));
      transfer.code = policy_reply(host, stranger_address(transfer.stranger));
      transfer.is_refused_for_who_asks = transfer.code >= 400;
      transfer.size_bytes = static_cast<std::uint32_t>(random.lognormal(12'000, 1));
      run_.transfers.push_back({number_, kNobody, transfer});
      ++run_.stranger_transfers;
    }
  }

  void keep_inside() {
    for (const StubQuestion& each : questions_) {
      if (each.time_s < scenario_.begin_s || each.time_s >= scenario_.end_s) continue;
      const std::string client =
          inside_address(party_, number_, each.asker, each.cause, each.time_s);
      run_.inside.push_back({each.time_s, clients_.number(client), each.name, each.qtype, number_,
                             each.cause, each.address});
    }
  }

  const Scenario& scenario_;
  const Party& party_;
  std::uint16_t number_;
  Rhythm rhythm_;
  SimulatedRun& run_;
  Clients& clients_;
  std::vector<StubQuestion> questions_;
};

// Look-ups of other names of the zone by anybody: what shows that a vantage was at work.
void add_other_rows(const Scenario& scenario, SimulatedRun& run, Clients& clients, Random& random,
                    std::vector<Row>& queries) {
  const Vantage& vantage = scenario.vantage;
  if (vantage.other_names.empty() || vantage.other_rows_per_day <= 0) return;
  const double mean = 86'400 / vantage.other_rows_per_day;
  for (double t = scenario.begin_s + random.exponential(mean); t < scenario.end_s;
       t += random.exponential(mean)) {
    const std::string& name = vantage.other_names[random.below(vantage.other_names.size())];
    const std::string client = outside_address(scenario.target, random.below(200));
    const auto server = static_cast<std::uint8_t>(random.below(vantage.servers.size()));
    queries.push_back({t, clients.number(client), run.names.number(name), kTypeA, kNobody, kNobody,
                       server, false, false});
  }
}

template <class Event, class TimeOf>
void sort_events(std::vector<Event>& events, TimeOf time_of) {
  std::stable_sort(events.begin(), events.end(),
                   [&](const Event& a, const Event& b) { return time_of(a) < time_of(b); });
}

}  // namespace

Result<SimulatedRun> run_scenario(const Scenario& scenario, const RunOptions& options) {
  SimulatedRun run(scenario);
  Clients clients(run.clients);
  std::vector<Row> queries;
  std::vector<std::size_t> truth_of_party;
  for (std::size_t i = 0; i < scenario.parties.size(); ++i) {
    truth_of_party.push_back(run.truth.size());
    PartyRun party(scenario, static_cast<std::uint16_t>(i), run, clients);
    ASSAY_TRY(party.draw(options, queries));
  }
  Random random(seed_of(scenario.seed, kNobody, kStreamOfVantage));
  add_other_rows(scenario, run, clients, random, queries);
  run.rows = record(std::move(queries), scenario, run.names, random);
  edit_rows(run, scenario, random);
  for (const Row& row : run.rows) {
    if (row.party != kNobody) ++run.truth[truth_of_party[row.party] + row.cause].rows;
  }
  sort_events(run.elsewhere, [](const Row& each) { return each.time_s; });
  sort_events(run.inside, [](const InsideQuery& each) { return each.time_s; });
  sort_events(run.transfers, [](const PartyTransfer& each) { return each.transfer.time_s; });
  sort_events(run.flows, [](const PartyFlow& each) { return each.flow.time_s; });
  return run;
}

}  // namespace assay::sim
