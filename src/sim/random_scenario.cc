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
  if (parameter.low == parameter.high) return parameter.low;
  if (parameter.low > 0 && parameter.high / parameter.low > 8) {
    return log_uniform(parameter.low, parameter.high, random);
  }
  return random.uniform(parameter.low, parameter.high);
}

CauseSpec draw_cause(const CauseKind& cause, Random& random) {
  CauseSpec spec;
  spec.kind = cause.name();
  for (const Parameter& parameter : cause.parameters()) {
    spec.parameters[std::string(parameter.name)] = draw_parameter(parameter, random);
  }
  return spec;
}

void draw_party(Scenario& scenario, const CauseKind& cause, Random& random) {
  Party& party = scenario.parties.emplace_back();
  party.name = "Bank";
  const auto addresses = random.chance(0.8) ? 1 + random.below(3) : 4 + random.below(9);
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
  party.causes.push_back(draw_cause(cause, random));
}

// Real resolvers count TTLs in whole seconds: BIND and PowerDNS, which keep to the nearest server,
// are early, Unbound and Knot late.
void draw_ttl_clock(Party& party, Random& random) {
  const ServerChoice choice = party.iteration.choice;
  const bool is_early =
      choice == ServerChoice::sticky || (choice == ServerChoice::uniform && random.chance(0.5));
  party.cache.ttl_clock = is_early ? TtlClock::early : TtlClock::late;
}

// The cause begins late, ends early, or both.
void shorten(CauseSpec& spec, const Scenario& scenario, Random& random) {
  const double whole_s = scenario.end_s - scenario.begin_s;
  const double a = random.uniform(0, 0.6), b = random.uniform(0.4, 1);
  const auto which = random.below(3);
  if (which != 0) spec.begin_s = scenario.begin_s + std::floor(std::min(a, b - 0.1) * whole_s);
  if (which != 1) spec.end_s = scenario.begin_s + std::floor(b * whole_s);
}

void draw_mixture(Scenario& scenario, double share, Random& random) {
  if (!random.chance(share)) return;
  std::vector<CauseSpec>& causes = scenario.parties.front().causes;
  const auto more = 1 + random.below(2);
  while (causes.size() < 1 + more) {
    const CauseKind& kind = *all_causes()[random.below(all_causes().size())];
    const bool is_there = std::any_of(causes.begin(), causes.end(), [&](const CauseSpec& each) {
      return each.kind == kind.name();
    });
    if (!is_there) causes.push_back(draw_cause(kind, random));
  }
  if (!random.chance(0.5)) return;
  for (CauseSpec& spec : causes) {
    if (random.chance(0.6)) shorten(spec, scenario, random);
  }
}

void draw_vantage(Scenario& scenario, Random& random) {
  Vantage& vantage = scenario.vantage;
  if (random.chance(0.5)) {
    const auto servers = 1 + random.below(6);
    vantage.servers.clear();
    for (std::uint64_t i = 1; i <= servers; ++i) {
      vantage.servers.push_back("203.0.113." + std::to_string(i));
    }
  }
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
    // Of randomness apart, so that other options draw the same scenarios otherwise.
    Random clocks(random.bits()), mixing(random.bits());
    draw_ttl_clock(scenario.parties.front(), clocks);
    draw_mixture(scenario, ranges.mixture_share, mixing);
    auto run = run_scenario(scenario, {.keeps_inside = ranges.keeps_inside});
    if (!run.ok()) return run.error();
    const auto rows = static_cast<std::size_t>(std::count_if(
        run->rows.begin(), run->rows.end(), [](const Row& row) { return row.party != kNobody; }));
    if ((rows >= ranges.fewest_rows && rows <= ranges.most_rows) || tries == kMostDraws) {
      return ScenarioDraw{std::move(scenario), std::move(*run)};
    }
  }
}

}  // namespace assay::sim
