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

// One in ten at an end of its range: a model that seldom met the ends takes what lies there for
// another cause.
double draw_parameter(const Parameter& parameter, Random& random) {
  if (parameter.low == parameter.high) return parameter.low;
  if (random.chance(0.1)) return random.chance(0.5) ? parameter.low : parameter.high;
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

// Where nobody is after hours, at weekends, or where somebody always is at lunch: then a desk's day
// begins and ends as sharply as a schedule that somebody told to keep office hours.
void draw_shut_desk(WorkingDay& hours, double probability, Random& random) {
  if (random.chance(probability)) hours.night_share = hours.weekend_share = 0;
  if (random.chance(probability / 4)) hours.night_share = 0;
  if (random.chance(probability / 4)) hours.weekend_share = 0;
  if (random.chance(probability)) hours.lunch_share = random.chance(0.5) ? 1 : random.uniform();
}

// People who come together keep clocks as programs do: to meetings and lessons on the half hour,
// once a day, or when shifts change, round the clock.
void draw_appointments(WorkingDay& hours, double probability, Random& random) {
  if (!random.chance(probability)) return;
  constexpr double kEveryMinutes[] = {15, 30, 30, 45, 50, 60, 60, 480, 1'440};
  hours.appointed_every_minutes = kEveryMinutes[random.below(std::size(kEveryMinutes))];
  hours.appointed_spread_seconds = log_uniform(20, 600, random);
  hours.appointed_share = random.chance(0.5) ? 1 : random.uniform(0.3, 1);
  hours.start_hour = std::round(2 * hours.start_hour) / 2;
  if (hours.appointed_every_minutes <= 60 && random.chance(0.4)) {
    hours.appointed_break_minutes = 5 * static_cast<double>(1 + random.below(9));
  }
  if (hours.appointed_every_minutes != 480) return;
  hours.start_hour = 6;
  hours.length_hours = 24;
  hours.lunch_share = hours.night_share = 1;
  if (random.chance(0.5)) hours.weekend_share = 1;
}

// Where next to nothing gets lost or is asked twice, so that a burst is one row: much of what other
// causes have in common is missing then, and what is left must not look like the tidiest of them.
void draw_tidy_host(Party& party, double probability, Random& random) {
  if (!random.chance(probability)) return;
  if (random.chance(0.7)) party.stub.asks_both_probability = 0;
  if (random.chance(0.7)) party.stub.retry_probability = 0;
  if (random.chance(0.7)) party.iteration.loss_probability = 0;
  if (random.chance(0.7)) party.iteration.repeat_probability = 0;
  if (random.chance(0.7)) party.cache.restarts_per_week = 0;
  if (random.chance(0.5)) party.addresses.resize(1);
  if (random.chance(0.5)) party.cache.shards = 1;
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

void draw_own_share(Scenario& scenario, double probability, Random& random) {
  if (!random.chance(probability)) return;
  for (CauseSpec& spec : scenario.parties.front().causes) {
    const auto own = spec.parameters.find("own_share");
    if (own != spec.parameters.end()) own->second = random.uniform(0.1, 1);
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

void draw_other_cause(CauseSpec& spec, Random& random) {
  for (const Parameter& parameter : find_cause(spec.kind)->parameters()) {
    double& value = spec.parameters[std::string(parameter.name)];
    value *= log_uniform(0.5, 2, random);
    // Shares and probabilities, as their ranges show, remain such.
    if (parameter.high <= 1) value = std::min(value, 1.0);
  }
}

// The world of a textbook: everybody works from nine to five, sharply, nothing is lost, asked twice
// or thrown away, and every clock is right.
void make_textbook(Scenario& scenario, Random& random) {
  Party& party = scenario.parties.front();
  party.hours.start_hour = 8 + static_cast<double>(random.below(3));
  party.hours.length_hours = 8;
  party.hours.lunch_share = 1;
  party.hours.weekend_share = party.hours.night_share = 0;
  party.stub.asks_both_probability = party.stub.retry_probability = 0;
  party.cache = {};
  party.cache.ttl_clock = TtlClock::exact;
  party.iteration.loss_probability = party.iteration.repeat_probability = 0;
  if (random.chance(0.5)) party.addresses.resize(1);
  for (double& skew : scenario.vantage.skew_seconds) skew = 0;
}

void draw_other_customs(Scenario& scenario, Random& random) {
  Party& party = scenario.parties.front();
  party.hours.start_hour = random.uniform(6, 11);
  party.hours.length_hours = random.uniform(6, 12);
  party.hours.lunch_hour = party.hours.start_hour + random.uniform(2.5, 5.5);
  party.hours.weekend_share = random.uniform(0.03, 0.5);
  party.hours.night_share = random.uniform(0.01, 0.2);
  party.stub.asks_both_probability = random.uniform();
  party.stub.both_seconds = log_uniform(0.5, 15, random);
  party.stub.retry_probability = random.uniform(0, 0.3);
  party.cache.ttl_clock = static_cast<TtlClock>(random.below(3));
  party.cache.shards = 1 + static_cast<int>(random.below(6));
  party.cache.prefetch_share = random.chance(0.5) ? random.uniform(0.02, 0.25) : 0;
  party.cache.prefetch_seconds = random.chance(0.3) ? random.uniform(1, 10) : 0;
  party.cache.restarts_per_week = random.chance(0.7) ? random.uniform(0, 10) : 0;
  if (random.chance(0.3)) party.cache.min_ttl_seconds = log_uniform(30, 900, random);
  if (random.chance(0.3)) party.cache.max_ttl_seconds = log_uniform(3'600, 86'400, random);
  party.iteration.loss_probability = random.uniform(0, 0.3);
  party.iteration.repeat_probability = random.uniform();
  party.iteration.timeout_seconds = log_uniform(0.3, 5, random);
  draw_shut_desk(party.hours, 0.5, random);
  for (double& skew : scenario.vantage.skew_seconds) skew = random.normal(0, 5);
  for (CauseSpec& spec : party.causes) draw_other_cause(spec, random);
}

// The world of a school or a ward: all people come at appointed times, half of them sharply.
void make_appointed(Scenario& scenario, Random& random) {
  if (random.chance(0.5)) make_textbook(scenario, random);
  draw_appointments(scenario.parties.front().hours, 1, random);
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
    // Own shares and customs have one stream, since no study draws both.
    Random clocks(random.bits()), mixing(random.bits()), owning(random.bits()),
        desks(random.bits());
    draw_ttl_clock(scenario.parties.front(), clocks);
    draw_shut_desk(scenario.parties.front().hours, 0.4, desks);
    draw_tidy_host(scenario.parties.front(), 0.4, desks);
    draw_appointments(scenario.parties.front().hours, 0.1, desks);
    draw_mixture(scenario, ranges.mixture_share, mixing);
    if (ranges.customs == Customs::other) draw_other_customs(scenario, owning);
    if (ranges.customs == Customs::textbook) make_textbook(scenario, owning);
    if (ranges.customs == Customs::appointed) make_appointed(scenario, owning);
    draw_own_share(scenario, ranges.own_probability, owning);
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
