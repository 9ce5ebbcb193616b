// M16: are missing refreshes found, and whole records left alone? And do caches that count whole
// seconds, or renew ahead of expiry, pass for edited records?
#include <fmt/core.h>

#include "engine/calibrate/method_rates/drawn_case.h"
#include "engine/calibrate/method_rates/method_rates.h"

namespace assay {
namespace {

constexpr double kDays = 140;

struct Demand {
  const char* words;
  double least, most;  // demands a day
  double per_session;  // 0: at a constant rate
};
constexpr Demand kEven{"even, 150 to 600 a day", 150, 600, 0};
constexpr Demand kOffice{"office hours, 100 to 400 a day", 100, 400, 1};
constexpr Demand kSessions{"sessions of 4, 100 to 400 a day", 100, 400, 4};
constexpr Demand kSparse{"office hours, 30 to 130 a day", 30, 130, 1};

drawn::Times draw(Random& random, const Demand& demand) {
  const double per_day = random.uniform(demand.least, demand.most);
  if (demand.per_session <= 0) return drawn::even(random, per_day, kDays);
  drawn::Office office = drawn::any_office(random, per_day);
  office.per_session = demand.per_session;
  return drawn::office(random, kDays, office);
}

Result<Finding> asked(const Demand& demand, const drawn::Resolver& resolver, double taken_out,
                      std::string_view method, std::uint64_t seed) {
  Random random(seed);
  drawn::DrawnCase record(seed, kDays, resolver.ttl_seconds);
  record.ask_through(draw(random, demand), resolver, random, taken_out);
  const auto findings = record.examine(method);
  if (!findings.ok()) return findings.error();
  return drawn::about(*findings, fmt::format("{}/Bank", method));
}

void add(const Demand& demand, const drawn::Resolver& resolver, double taken_out,
         const std::string& more, double least, double most, std::vector<MethodCell>& cells) {
  MethodCell cell{
      "M16", taken_out > 0 ? "refreshes that were taken out are found" : "alarm on a whole record",
      fmt::format("{} %; {}, {}", 100 * taken_out, demand.words, more)};
  cell.of = taken_out > 0 ? RateOf::all : RateOf::answered;
  cell.least = least;
  cell.most = most;
  cell.runs_share = taken_out > 0 ? 1 : 2;
  cell.run = [=](std::uint64_t seed) -> Result<MethodTrial> {
    const auto found = asked(demand, resolver, taken_out, "deletion", seed);
    if (!found.ok()) return found.error();
    return MethodTrial{found->quantity("p_deletion") != nullptr, found->outcome == Outcome::found,
                       found->value_or("p_deletion", 1)};
  };
  cells.push_back(std::move(cell));
}

void add_interval(const Demand& demand, std::vector<MethodCell>& cells) {
  MethodCell cell{"M16", "interval of the share that is missing holds it",
                  fmt::format("5 %; {}, one cache", demand.words)};
  cell.least = 0.92;
  cell.size_of = "half width, points";
  cell.run = [=](std::uint64_t seed) -> Result<MethodTrial> {
    const auto found = asked(demand, {.losses = 0.15}, 0.05, "deletion", seed);
    if (!found.ok()) return found.error();
    const Quantity* share = found->quantity("share_lost");
    if (share == nullptr || !share->interval) return MethodTrial{false, false, 0};
    return MethodTrial{true, drawn::holds(*share, 0.05),
                       50 * (share->interval->second - share->interval->first)};
  };
  cells.push_back(std::move(cell));
}

// One cache that real software keeps, with nothing edited: its floor must be seen, and few gaps
// may count as below it.
void add_floor(const drawn::Resolver& resolver, const char* words, bool is_alarm,
               std::vector<MethodCell>& cells) {
  MethodCell cell{"gaps",
                  is_alarm ? "more than 2 % of the gaps of one cache counted below its TTL"
                           : "one cache seen as one",
                  fmt::format("TTL {:g} s, {}", resolver.ttl_seconds, words)};
  cell.of = RateOf::all;
  cell.least = is_alarm ? 0 : 0.98;
  cell.most = is_alarm ? 0.02 : 1;
  cell.runs_share = 0.5;
  cell.run = [=](std::uint64_t seed) -> Result<MethodTrial> {
    // Five questions a TTL to two a second.
    Random rate(seed ^ 0x5eed);
    const double per_day =
        std::min(86'400 / resolver.ttl_seconds * rate.uniform(3, 600), 100'000.0);
    Random random(seed);
    const double days = std::max(2.0, std::min(kDays, 1500 * resolver.ttl_seconds / 86'400));
    drawn::DrawnCase record(seed, days, resolver.ttl_seconds);
    record.ask_through(drawn::even(random, per_day, days), resolver, random);
    const auto findings = record.examine("gap_law");
    if (!findings.ok()) return findings.error();
    const Finding& found = drawn::about(*findings, "gap_law/Bank");
    return MethodTrial{found.quantity("cache_shaped") != nullptr,
                       is_alarm ? found.value_or("share_below_ttl", 0) > 0.02
                                : found.value_or("cache_shaped", 0) > 0,
                       0};
  };
  cells.push_back(std::move(cell));
}

}  // namespace

void add_deletion_cells(std::vector<MethodCell>& cells) {
  const drawn::Resolver one{.losses = 0.15};
  const drawn::Resolver two{.caches = 2, .losses = 0.15};
  drawn::Resolver bind = one;
  bind.clock = sim::TtlClock::early;
  bind.prefetch_seconds = 2;
  for (const Demand& demand : {kEven, kOffice, kSessions, kSparse}) {
    add(demand, one, 0, "one cache", 0, 0.01, cells);
    add(demand, one, 0.05, "one cache", 0.85, 1, cells);
    add_interval(demand, cells);
  }
  add(kOffice, bind, 0, "one cache, whole seconds and prefetch of 2 s", 0, 0.01, cells);
  add(kOffice, bind, 0.05, "one cache, whole seconds and prefetch of 2 s", 0.85, 1, cells);
  add(kEven, two, 0, "two caches", 0, 0.01, cells);
  add(kEven, two, 0.05, "two caches", 0, 1, cells);
  add(kSessions, two, 0.05, "two caches", 0, 1, cells);
  for (const double ttl : {60.0, 300.0, 3600.0}) {
    drawn::Resolver real = one;
    real.losses = 0.01;
    real.ttl_seconds = ttl;
    real.clock = sim::TtlClock::early;
    add_floor(real, "whole seconds as BIND and PowerDNS count them", false, cells);
    add_floor(real, "whole seconds as BIND and PowerDNS count them", true, cells);
    real.prefetch_seconds = 2;
    add_floor(real, "whole seconds and BIND's prefetch", false, cells);
    add_floor(real, "whole seconds and BIND's prefetch", true, cells);
  }
}

}  // namespace assay
