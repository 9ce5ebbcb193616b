// Clocks and timers: alarms where there are none, and those that are found.
#include "engine/calibrate/method_rates/drawn_case.h"
#include "engine/calibrate/method_rates/method_rates.h"

namespace assay {
namespace {

constexpr double kDays = 63;

using Draw = std::function<drawn::Times(Random&)>;

drawn::Times people(Random& random, double per_day, double per_session) {
  drawn::Office office = drawn::any_office(random, per_day);
  office.per_session = per_session;
  return drawn::office(random, kDays, office);
}

void add(const char* words, bool is_automatic, double ttl, Draw draw,
         std::vector<MethodCell>& cells) {
  MethodCell cell{
      "automation",
      is_automatic ? "clock or timer found" : "clock or timer found where there is none", words};
  cell.of = is_automatic ? RateOf::all : RateOf::answered;
  cell.most = is_automatic ? 1 : 0.01;
  cell.run = [=, draw = std::move(draw)](std::uint64_t seed) -> Result<MethodTrial> {
    Random random(seed);
    drawn::DrawnCase record(seed, kDays, ttl);
    record.states_ttl = ttl > 0;
    const drawn::Times demand = draw(random);
    if (ttl > 0) {
      record.ask_through(demand, {.ttl_seconds = ttl, .losses = 0.05}, random);
    } else {
      record.ask_all(demand);
    }
    const auto findings = record.examine("automation");
    if (!findings.ok()) return findings.error();
    const Finding& found = drawn::about(*findings, "automation/Bank");
    return MethodTrial{found.value_or("is_testable", 0) > 0, found.outcome == Outcome::found, 0};
  };
  cells.push_back(std::move(cell));
}

}  // namespace

void add_automation_cells(std::vector<MethodCell>& cells) {
  const auto rates = [](double per_day) {
    return [=](Random& r) { return drawn::even(r, per_day, kDays); };
  };
  add("even, 1 an hour, TTL 3,600 s", false, 3600, rates(24), cells);
  add("even, 6 an hour, TTL 3,600 s", false, 3600, rates(144), cells);
  add("even, 60 an hour, TTL 3,600 s", false, 3600, rates(1440), cells);
  add(
      "office, 60 a day, no cache", false, 0, [](Random& r) { return people(r, 60, 1); }, cells);
  add(
      "office, 60 a day, TTL 300 s", false, 300, [](Random& r) { return people(r, 60, 1); }, cells);
  add(
      "sessions of 4, 60 a day, TTL 3,600 s", false, 3600,
      [](Random& r) { return people(r, 60, 4); }, cells);
  add(
      "cron every 900 s, TTL 3,600 s", true, 3600,
      [](Random& r) { return drawn::timer(r, 900, 10, kDays); }, cells);
  add(
      "cron every 900 s whose clock goes wrong by 0.07 %, TTL 300 s", true, 300,
      [](Random& r) { return drawn::timer(r, 900.6, 10, kDays); }, cells);
  add(
      "poll every 7,000 s, a tenth early or late, TTL 3,600 s", true, 3600,
      [](Random& r) { return drawn::poll(r, 7000, 0.1, kDays); }, cells);
  add(
      "poll every 1,000 s, a tenth early or late, TTL 3,600 s", true, 3600,
      [](Random& r) { return drawn::poll(r, 1000, 0.1, kDays); }, cells);
  add(
      "timer of 5,000 s that drifts, a tenth of jitter, TTL 3,600 s", true, 3600,
      [](Random& r) { return drawn::drifting(r, 5000, 0.1, kDays); }, cells);
  add(
      "poll every 7,000 s and an office of 10 a day, TTL 3,600 s", true, 3600,
      [](Random& r) { return drawn::merged(drawn::poll(r, 7000, 0.1, kDays), people(r, 10, 1)); },
      cells);
}

}  // namespace assay
