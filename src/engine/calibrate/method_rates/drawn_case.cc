#include "engine/calibrate/method_rates/drawn_case.h"

#include <algorithm>

#include "engine/calibrate/simulated_case.h"
#include "sim/cache.h"

namespace assay::drawn {
namespace {

sim::Scenario scenario_of(std::uint64_t seed, double days, double ttl_seconds) {
  sim::Scenario scenario;
  scenario.seed = seed;
  scenario.begin_s = kBegin;
  scenario.end_s = kBegin + days * kDay;
  scenario.target.qname = "mail1.sender.example";
  scenario.target.ttl_seconds = ttl_seconds;
  for (const auto& [name, prefix] :
       {std::pair{"Bank", "192.0.2.0/24"}, std::pair{"Clinic", "198.51.100.0/24"}}) {
    sim::Party& party = scenario.parties.emplace_back();
    party.name = name;
    party.addresses = {prefix};
  }
  return scenario;
}

}  // namespace

DrawnCase::DrawnCase(std::uint64_t seed, double days, double ttl_seconds)
    : days_(days), scenario_(scenario_of(seed, days, ttl_seconds)), run_(scenario_) {}

std::uint32_t DrawnCase::client(const std::string& address) {
  const auto found = std::find(run_.clients.begin(), run_.clients.end(), address);
  if (found == run_.clients.end()) {
    run_.clients.push_back(address);
    return static_cast<std::uint32_t>(run_.clients.size() - 1);
  }
  return static_cast<std::uint32_t>(found - run_.clients.begin());
}

void DrawnCase::ask(double t, const std::string& address, const std::string& name) {
  sim::Row row;
  row.time_s = kBegin + std::floor(t);
  row.client = client(address);
  row.name = name.empty() ? 0 : run_.names.number(name);
  row.party = address.starts_with("192.0.2.") ? 0 : 1;
  run_.rows.push_back(row);
}

void DrawnCase::ask_all(const Times& times, const std::string& address) {
  for (const double t : times) ask(t, address);
}

void DrawnCase::ask_through(const Times& demand, const Resolver& resolver, Random& random,
                            double taken_out) {
  sim::Party party = scenario_.parties.front();
  party.addresses = {kBank};
  party.cache.shards = resolver.caches;
  party.cache.ttl_clock = resolver.clock;
  party.cache.prefetch_seconds = resolver.prefetch_seconds;
  party.iteration.loss_probability = resolver.losses;
  std::vector<sim::StubQuestion> questions;
  questions.reserve(demand.size());
  for (const double t : demand) questions.push_back({.time_s = kBegin + t});
  bool is_left_out = false;
  for (const sim::UpstreamQuery& query : sim::pass_caches(questions, scenario_, party, random)) {
    if (!query.is_retry) is_left_out = random.chance(taken_out);
    if (is_left_out || query.time_s >= scenario_.end_s) continue;
    sim::Row row;
    row.time_s = std::floor(query.time_s);
    row.client = client(kBank);
    row.party = 0;
    row.server = query.server;
    row.is_retry = query.is_retry;
    run_.rows.push_back(row);
  }
}

Result<std::vector<Finding>> DrawnCase::examine(std::string_view method) {
  std::stable_sort(run_.rows.begin(), run_.rows.end(),
                   [](const sim::Row& a, const sim::Row& b) { return a.time_s < b.time_s; });
  std::vector<Finding> findings;
  const Status status =
      look_at_run(scenario_, run_, DeclaredCoverage::as_it_was,
                  [&](const QuestionRecords& records, const MethodContext& given) {
                    CaseFile file = *given.case_file;
                    file.calendar = stated_.calendar;
                    file.claims = stated_.claims;
                    if (states_ttl) {
                      file.ttl_seconds[scenario_.target.qname] =
                          static_cast<std::uint32_t>(scenario_.target.ttl_seconds);
                    }
                    MethodContext context = given;
                    context.case_file = &file;
                    context.question = &file.questions.front();
                    context.random_seed = scenario_.seed;
                    findings = find_method(method)->run(records, context);
                  });
  if (!status.ok()) return status.error();
  return findings;
}

const Finding& about(const std::vector<Finding>& findings, std::string_view id_end) {
  static const Finding kNone;
  const auto found = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.id.ends_with(id_end);
  });
  return found == findings.end() ? kNone : *found;
}

bool holds(const Quantity& quantity, double truth) {
  return quantity.interval && quantity.interval->first <= truth &&
         truth <= quantity.interval->second;
}

}  // namespace assay::drawn
