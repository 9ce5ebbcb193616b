// M15: are independent series left alone, and answers among them found?
#include <algorithm>

#include "assay/record.h"
#include "engine/calibrate/method_rates/demand.h"
#include "engine/calibrate/method_rates/method_rates.h"
#include "methods/support/coincidence.h"

namespace assay {
namespace {

using drawn::Times;

constexpr double kDays = 140;

struct Pair {
  Times a, b;
};

drawn::Office people(Random& random, double per_day, double per_session = 3) {
  drawn::Office office = drawn::any_office(random, per_day);
  office.per_session = per_session;
  return office;
}

Pair independent(Random& random, double per_day, double per_session = 3) {
  const drawn::Office office = people(random, per_day, per_session);
  Times a = drawn::office(random, kDays, office);
  return {std::move(a), drawn::office(random, kDays, office)};
}

// One working day for both, and days that are busy or idle for both.
Pair busy_days(Random& random, double per_day) {
  Pair all = independent(random, 2.5 * per_day);
  std::vector<double> keep;
  for (int d = 0; d <= static_cast<int>(kDays); ++d) {
    keep.push_back(std::min(1.0, (random.exponential(0.5) + random.exponential(0.5)) / 2.5));
  }
  for (Times* side : {&all.a, &all.b}) {
    std::erase_if(*side, [&](double t) {
      return !random.chance(keep[static_cast<std::size_t>(t / drawn::kDay)]);
    });
  }
  return all;
}

// B answers a share of A's look-ups, after 20 minutes in the middle.
Pair answered(Random& random, double per_day, double share) {
  Pair pair{drawn::office(random, kDays, people(random, per_day)),
            drawn::office(random, kDays, people(random, per_day * (1 - share)))};
  for (const double t : Times(pair.a)) {
    const double reply = t + random.lognormal(1200, 0.8);
    if (random.chance(share) && reply < kDays * drawn::kDay) pair.b.push_back(reply);
  }
  std::sort(pair.b.begin(), pair.b.end());
  return pair;
}

Pair behind_caches(const Pair& pair) {
  return {drawn::through_cache(pair.a, 3600), drawn::through_cache(pair.b, 3600)};
}

// One mailing reaches both, B a quarter of an hour later.
Pair common_cause(Random& random) {
  Pair pair;
  for (const double t : drawn::office(random, kDays, people(random, 12, 1))) {
    if (random.chance(0.5)) pair.a.push_back(t + random.exponential(900));
    if (random.chance(0.5)) pair.b.push_back(t + 900 + random.exponential(900));
  }
  for (Times* side : {&pair.a, &pair.b}) std::sort(side->begin(), side->end());
  return pair;
}

methods::EventTimes heads(const Times& times) {
  methods::EventTimes found;
  double last = -1e9;
  for (const double t : times) {
    if (t - last > 60) {
      found.push_back(static_cast<std::int64_t>(drawn::kBegin + std::floor(t)) * kMicrosPerSecond);
    }
    last = t;
  }
  return found;
}

void add(const char* words, double least, double most, bool is_size,
         std::function<Pair(Random&)> make, std::vector<MethodCell>& cells) {
  MethodCell cell{"M15", is_size ? "coupling found where there is none, at 5 %" : "coupling found",
                  words};
  cell.of = is_size ? RateOf::answered : RateOf::all;
  cell.least = least;
  cell.most = most;
  cell.size_of = "bursts of A";
  cell.runs_share = is_size ? 1 : 0.5;
  cell.run = [make = std::move(make)](std::uint64_t seed) -> Result<MethodTrial> {
    Random random(seed);
    const Pair pair = make(random);
    const auto result =
        methods::turns(heads(pair.a), heads(pair.b), {}, methods::Random(seed, "turn_taking"));
    return MethodTrial{result.is_enough, result.is_enough && result.p <= 0.05,
                       static_cast<double>(result.events_a)};
  };
  cells.push_back(std::move(cell));
}

}  // namespace

void add_turn_cells(std::vector<MethodCell>& cells) {
  add(
      "independent, one working day for both", 0, 0.05, true,
      [](Random& r) { return independent(r, 12); }, cells);
  add(
      "the same, one by one", 0, 0.05, true, [](Random& r) { return independent(r, 12, 1); },
      cells);
  add(
      "the same, busy days of both", 0, 0.05, true, [](Random& r) { return busy_days(r, 12); },
      cells);
  add(
      "the same, both behind a cache of an hour", 0, 0.05, true,
      [](Random& r) { return behind_caches(independent(r, 30)); }, cells);
  add(
      "20 % answered", 0.95, 1, false, [](Random& r) { return answered(r, 15, 0.2); }, cells);
  add(
      "10 % answered", 0, 1, false, [](Random& r) { return answered(r, 15, 0.1); }, cells);
  add(
      "20 % answered, both behind a cache of an hour", 0.95, 1, false,
      [](Random& r) { return behind_caches(answered(r, 15, 0.2)); }, cells);
  add(
      "20 % answered, 1.5 a day", 0.95, 1, false, [](Random& r) { return answered(r, 1.5, 0.2); },
      cells);
  add(
      "20 % answered, 0.9 a day", 0, 1, false, [](Random& r) { return answered(r, 0.9, 0.2); },
      cells);
  add("a mailing that reaches both, B 15 min later", 0, 1, false, common_cause, cells);
}

}  // namespace assay
