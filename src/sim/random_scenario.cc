#include "sim/random_scenario.h"

#include <algorithm>
#include <cmath>

namespace assay::sim {
namespace {

constexpr double kDay = 86'400;
constexpr double kEarliest = 1'577'836'800;  // 2020
constexpr int kMostDraws = 40;
constexpr const char* kZones[] = {"UTC",
                                  "Europe/Berlin",
                                  "Europe/London",
                                  "Europe/Madrid",
                                  "America/New_York",
                                  "America/Chicago",
                                  "America/Sao_Paulo",
                                  "Asia/Tokyo",
                                  "Asia/Kolkata",
                                  "Africa/Lagos",
                                  "Australia/Sydney",
                                  "America/Los_Angeles"};

double log_uniform(double low, double high, Random& random) {
  return low * std::pow(high / low, random.uniform());
}

double draw_parameter(const Parameter& parameter, Random& random) {
  if (parameter.low > 0 && parameter.high / parameter.low > 8) {
    return log_uniform(parameter.low, parameter.high, random);
  }
  return random.uniform(parameter.low, parameter.high);
}

void draw_party(Scenario& scenario, const CauseKind& cause, Random& random) {
  Party& party = scenario.parties.emplace_back();
  party.name = "Bank";
  const auto addresses = 1 + random.below(3);
  for (std::uint64_t i = 0; i < addresses; ++i) {
    party.addresses.push_back("192.0.2." + std::to_string(10 + i));
  }
  party.hours.zone = kZones[random.below(std::size(kZones))];
  party.hours.start_hour = std::clamp(random.normal(8.9, 0.6), 6.0, 12.0);
  party.hours.length_hours = std::clamp(random.normal(8.7, 0.7), 6.0, 12.0);
  party.hours.lunch_hour = party.hours.start_hour + 3.7;
  party.hours.weekend_share = random.uniform(0, 0.1);
  party.hours.night_share = random.uniform(0, 0.05);
  party.stub.asks_both_probability = random.uniform(0, 0.9);
  party.stub.retry_probability = random.uniform(0, 0.1);
  party.cache.shards = random.chance(0.6) ? 1 : 2 + static_cast<int>(random.below(3));
  if (random.chance(0.25)) party.cache.prefetch_share = 0.1;
  if (random.chance(0.2)) party.cache.prefetch_seconds = 2;
  if (random.chance(0.5)) party.cache.restarts_per_week = random.uniform(0, 3);
  party.iteration.choice = static_cast<ServerChoice>(random.below(3));
  party.iteration.loss_probability = random.uniform(0, 0.15);
  party.iteration.repeat_probability = random.chance(0.5) ? random.uniform(0, 0.6) : 0;
  CauseSpec& spec = party.causes.emplace_back();
  spec.kind = cause.name();
  for (const Parameter& parameter : cause.parameters()) {
    spec.parameters[std::string(parameter.name)] = draw_parameter(parameter, random);
  }
}

void draw_vantage(Scenario& scenario, Random& random) {
  Vantage& vantage = scenario.vantage;
  for (std::size_t i = 0; i < vantage.servers.size(); ++i) {
    vantage.latency_ms.push_back(log_uniform(5, 300, random));
    vantage.skew_seconds.push_back(random.chance(0.3) ? random.normal(0, 2) : 0);
  }
  if (random.chance(0.3)) vantage.seen_probability = random.uniform(0.3, 0.95);
  const auto outages = random.chance(0.4) ? 1 + random.below(2) : 0;
  for (std::uint64_t i = 0; i < outages; ++i) {
    const double begin = random.uniform(scenario.begin_s, scenario.end_s);
    vantage.outages.push_back(
        {begin, std::min(scenario.end_s, begin + kDay * random.uniform(0.2, 3))});
  }
  if (random.chance(0.8)) {
    vantage.other_names = {"www.sender.example", "mail2.sender.example"};
    vantage.other_rows_per_day = log_uniform(5, 300, random);
  } else {
    vantage.only_target = true;
  }
}

void draw_edit(Scenario& scenario, Random& random) {
  if (!random.chance(0.1)) return;
  switch (random.below(3)) {
    case 0:
      scenario.edit.deleted_share = random.uniform(0.02, 0.3);
      break;
    case 1:
      scenario.edit.invented_share = random.uniform(0.05, 0.5);
      break;
    default:
      scenario.edit.repeated_block_rows = std::floor(log_uniform(10, 500, random));
  }
}

}  // namespace

Result<ScenarioDraw> draw_scenario(const CauseKind& cause, std::uint64_t seed,
                                   const ScenarioRanges& ranges) {
  for (int tries = 0;; ++tries) {
    Random random(seed * 1'000 + static_cast<std::uint64_t>(tries));
    Scenario scenario;
    scenario.seed = random.bits() >> 12;
    scenario.title = cause.name();
    scenario.begin_s = kEarliest + kDay * std::floor(random.uniform(0, 1'500));
    scenario.end_s = scenario.begin_s +
                     kDay * std::round(log_uniform(ranges.least_days, ranges.most_days, random));
    scenario.target.ttl_seconds =
        std::round(log_uniform(ranges.least_ttl_s, ranges.most_ttl_s, random));
    draw_party(scenario, cause, random);
    draw_vantage(scenario, random);
    draw_edit(scenario, random);
    auto run = run_scenario(scenario);
    if (!run.ok()) return run.error();
    const auto rows = static_cast<std::size_t>(std::count_if(
        run->rows.begin(), run->rows.end(), [](const Row& row) { return row.party != kNobody; }));
    if ((rows >= ranges.fewest_rows && rows <= ranges.most_rows) || tries == kMostDraws) {
      return ScenarioDraw{std::move(scenario), std::move(*run)};
    }
  }
}

}  // namespace assay::sim
