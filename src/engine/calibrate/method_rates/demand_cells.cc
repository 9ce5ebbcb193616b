// M8: does the interval of the rate of demand hold the rate, or does the method decline? M9: are
// TTL and number of caches told right?
#include <fmt/core.h>

#include <cmath>

#include "engine/calibrate/method_rates/drawn_case.h"
#include "engine/calibrate/method_rates/method_rates.h"

namespace assay {
namespace {

constexpr double kDays = 140;

struct Demand {
  enum Kind { even, office, sessions, busy_days } kind;
  double per_day;
  double days = kDays;
};

drawn::Times draw(Random& random, const Demand& demand) {
  if (demand.kind == Demand::even) return drawn::even(random, demand.per_day, demand.days);
  drawn::Office office = drawn::any_office(random, demand.per_day);
  office.per_session = demand.kind == Demand::sessions ? 4 : 1;
  if (demand.kind != Demand::busy_days) return drawn::office(random, demand.days, office);
  // Days are busy or idle: the logarithm of their rate has sd .7 and correlation .6.
  constexpr double kSd = 0.7, kCorrelation = 0.6, kMost = 4;
  office.per_day = kMost * demand.per_day;
  std::vector<double> keep;
  double level = random.normal(0, kSd);
  for (double day = 0; day <= demand.days; ++day) {
    keep.push_back(std::min(1.0, std::exp(level - kSd * kSd / 2) / kMost));
    level =
        kCorrelation * level + random.normal(0, kSd * std::sqrt(1 - kCorrelation * kCorrelation));
  }
  drawn::Times times = drawn::office(random, demand.days, office);
  std::erase_if(times, [&](double t) {
    return !random.chance(keep[static_cast<std::size_t>(t / drawn::kDay)]);
  });
  return times;
}

const char* words_of(Demand::Kind kind) {
  switch (kind) {
    case Demand::even:
      return "even demand";
    case Demand::office:
      return "office hours";
    case Demand::sessions:
      return "sessions of 4 in office hours";
    case Demand::busy_days:
      return "office hours, busy and idle days";
  }
  return "";
}

Result<MethodTrial> rate_trial(const Demand& demand, const drawn::Resolver& resolver,
                               std::uint64_t seed) {
  Random random(seed);
  drawn::DrawnCase record(seed, demand.days, resolver.ttl_seconds);
  const drawn::Times times = draw(random, demand);
  record.ask_through(times, resolver, random);
  const auto findings = record.examine("cache_inversion");
  if (!findings.ok()) return findings.error();
  // What busy days come to is this record's own, not that of all records.
  const double truth = demand.kind == Demand::busy_days
                           ? static_cast<double>(times.size()) / demand.days
                           : demand.per_day;
  const Quantity* rate =
      drawn::about(*findings, "cache_inversion/Bank").quantity("demands_per_day");
  if (rate == nullptr || !rate->interval) return MethodTrial{false, true, 0};
  return MethodTrial{true, drawn::holds(*rate, truth),
                     50 * (rate->interval->second - rate->interval->first) / rate->value};
}

void add_rate_cell(const Demand& demand, const drawn::Resolver& resolver, const std::string& more,
                   std::vector<MethodCell>& cells) {
  MethodCell cell{
      "M8", "interval of the demand's rate holds it, or none is given because it cannot be told",
      fmt::format("{}, {:g} a day, TTL {:g} s, {} cache{}{}", words_of(demand.kind), demand.per_day,
                  resolver.ttl_seconds, resolver.caches, resolver.caches > 1 ? "s" : "", more)};
  cell.of = RateOf::all;
  cell.least = 0.92;
  cell.size_of = "half width, %";
  cell.runs_share = 0.5;
  cell.run = [demand, resolver](std::uint64_t seed) { return rate_trial(demand, resolver, seed); };
  cells.push_back(std::move(cell));
}

// Right: TTL and caches both told, and both true.
Result<MethodTrial> identity_trial(int caches, double ttl, bool is_stated, std::uint64_t seed) {
  Random random(seed);
  drawn::DrawnCase record(seed, kDays, ttl);
  record.states_ttl = is_stated;
  const double per_day = random.uniform(2, 6) * caches * 86'400 / ttl;
  drawn::Resolver resolver;
  resolver.caches = caches;
  resolver.ttl_seconds = ttl;
  resolver.losses = 0.15;
  record.ask_through(draw(random, {Demand::office, std::min(per_day, 500.0)}), resolver, random);
  const auto findings = record.examine("cache_inversion");
  if (!findings.ok()) return findings.error();
  const Finding& found = drawn::about(*findings, "cache_inversion/Bank");
  const bool is_told = found.quantity("caches") != nullptr;
  return MethodTrial{
      is_told,
      is_told && found.value_or("caches", 0) == caches && found.value_or("ttl_seconds", 0) == ttl,
      0};
}

}  // namespace

void add_demand_cells(std::vector<MethodCell>& cells) {
  for (const auto kind : {Demand::even, Demand::office, Demand::sessions}) {
    for (const int caches : {1, 2}) {
      for (const double per_day : {24.0, 120.0, 720.0}) {
        drawn::Resolver resolver;
        resolver.caches = caches;
        resolver.losses = 0.15;
        add_rate_cell({kind, per_day}, resolver, "", cells);
      }
    }
  }
  for (const double per_day : {24.0, 120.0}) {
    drawn::Resolver resolver;
    resolver.losses = 0.15;
    add_rate_cell({Demand::busy_days, per_day}, resolver, "", cells);
  }
  drawn::Resolver bind;
  bind.losses = 0.15;
  bind.clock = sim::TtlClock::early;
  add_rate_cell({Demand::office, 120}, bind, ", counts whole seconds as BIND does", cells);
  bind.prefetch_seconds = 2;
  add_rate_cell({Demand::even, 720}, bind, ", whole seconds and prefetch of 2 s", cells);
  bind.ttl_seconds = 300;
  add_rate_cell({Demand::even, 1440, 21}, bind, ", the same, 21 days", cells);
  for (const bool is_stated : {true, false}) {
    for (const int caches : {1, 2, 3}) {
      MethodCell cell{"M9", "TTL and number of caches both right, where both are told",
                      fmt::format("{} cache{}, TTL of 300 to 7,200 s {}", caches,
                                  caches > 1 ? "s" : "", is_stated ? "stated" : "not stated")};
      cell.least = 0.9;
      cell.runs_share = 0.5;
      cell.run = [=](std::uint64_t seed) {
        const double ttls[] = {300, 1800, 3600, 7200};
        return identity_trial(caches, ttls[seed % 4], is_stated, seed);
      };
      cells.push_back(std::move(cell));
    }
  }
}

}  // namespace assay
