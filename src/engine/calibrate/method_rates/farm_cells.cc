// M10: do two addresses act as one system?
#include "engine/calibrate/method_rates/drawn_case.h"
#include "engine/calibrate/method_rates/method_rates.h"

namespace assay {
namespace {

constexpr double kDays = 140;
constexpr char kSecond[] = "192.0.2.54";

enum class Farm {
  apart,
  one_cache,
  two_caches_at_random,
  the_same_with_retries,
  one_client,
  an_address_each
};

drawn::Times demand(Random& random, double start) {
  drawn::Office office = drawn::any_office(random, 60, start, 0.1);
  office.per_session = 1;
  return drawn::office(random, kDays, office);
}

void fill(Farm farm, Random& random, drawn::DrawnCase& record) {
  constexpr double kTtl = 3600;
  const double start = random.normal(8.9, 0.6);
  const drawn::Times first = drawn::through_cache(demand(random, start), kTtl);
  switch (farm) {
    case Farm::apart:
      record.ask_all(first);
      record.ask_all(drawn::through_cache(demand(random, start), kTtl), kSecond);
      break;
    case Farm::one_cache:
      for (const double t : first) record.ask(t, random.chance(0.5) ? drawn::kBank : kSecond);
      break;
    case Farm::one_client:
      for (const double t : first) {
        record.ask(t);
        if (random.chance(0.9)) record.ask(t + random.uniform(0, 3), kSecond);
      }
      break;
    case Farm::two_caches_at_random:
    case Farm::the_same_with_retries:
    case Farm::an_address_each: {
      drawn::Times parts[2];
      for (const double t : demand(random, start)) parts[random.below(2)].push_back(t);
      for (int cache = 0; cache < 2; ++cache) {
        for (const double t : drawn::through_cache(parts[cache], kTtl)) {
          const bool is_second = farm == Farm::an_address_each ? cache == 1 : random.chance(0.5);
          record.ask(t, is_second ? kSecond : drawn::kBank);
          if (farm == Farm::the_same_with_retries && random.chance(0.15)) {
            record.ask(t + random.uniform(0.8, 3), random.chance(0.5) ? kSecond : drawn::kBank);
          }
        }
      }
      break;
    }
  }
}

}  // namespace

void add_farm_cells(std::vector<MethodCell>& cells) {
  struct Setting {
    Farm farm;
    const char* words;
    double least, most;
  };
  for (const Setting& setting : {
           Setting{Farm::apart, "two caches, the same office hours", 0, 0.02},
           Setting{Farm::one_cache, "one cache behind two addresses", 0.95, 1},
           Setting{Farm::the_same_with_retries,
                   "two caches, an address at random for every question, 15 % asked again", 0.95,
                   1},
           Setting{Farm::two_caches_at_random, "the same, nothing asked again", 0, 1},
           Setting{Farm::one_client, "one client asks both", 0.95, 1},
           Setting{Farm::an_address_each, "two caches with an address each, demand shared out", 0,
                   1},
       }) {
    MethodCell cell{"M10",
                    setting.farm == Farm::apart ? "two addresses wrongly taken for one system"
                                                : "two addresses taken for one system",
                    setting.words};
    cell.of = setting.farm == Farm::apart ? RateOf::answered : RateOf::all;
    cell.least = setting.least;
    cell.most = setting.most;
    cell.run = [farm = setting.farm](std::uint64_t seed) -> Result<MethodTrial> {
      Random random(seed);
      drawn::DrawnCase record(seed, kDays, 3600);
      fill(farm, random, record);
      const auto findings = record.examine("source_sync");
      if (!findings.ok()) return findings.error();
      const Finding& found = drawn::about(*findings, "source_sync/Bank");
      return MethodTrial{found.outcome == Outcome::found || found.outcome == Outcome::nothing_found,
                         found.outcome == Outcome::found, 0};
    };
    cells.push_back(std::move(cell));
  }
}

}  // namespace assay
