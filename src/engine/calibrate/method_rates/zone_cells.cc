// M11 to M13: sets of zones with the belief about when work begins right and wrong, and claims of
// places where nobody works.
#include <fmt/core.h>

#include <cmath>
#include <iterator>

#include "engine/calibrate/method_rates/drawn_case.h"
#include "engine/calibrate/method_rates/method_rates.h"

namespace assay {
namespace {

// Every offset in use in May to September 2016, in hours.
constexpr double kOffsets[] = {-12, -11, -10,  -9.5, -9,  -8, -7,   -6, -5,  -4,    -3, -2.5, -2,
                               -1,  0,   1,    2,    3,   4,  4.5,  5,  5.5, 5.75,  6,  6.5,  7,
                               8,   8.5, 8.75, 9,    9.5, 10, 10.5, 11, 12,  12.75, 13, 14};

struct Setting {
  const char* words;
  double days = 140, per_day = 60, ttl = 3600;
  int caches = 1;
  double start = 8.9;
};

enum class Set { usual, honest };

// Zones whose clocks change on the given day of a record from 4 May 2016.
struct Changing {
  const char* zone;
  double offset, offset_after;
  double day;
};
constexpr double kChangingDays = 200;
constexpr Changing kChanging[] = {
    {"America/Los_Angeles", -7, -8, 186.4}, {"America/Chicago", -5, -6, 186.3},
    {"America/Sao_Paulo", -3, -2, 165.1},   {"Europe/Berlin", 2, 1, 179.0},
    {"Australia/Sydney", 10, 11, 150.7},
};

// Share of a table's rows that are in a set, and whether one of them is the truth's.
template <typename IsTruth>
MethodTrial set_of(const Result<std::vector<Finding>>& findings, Set set, const IsTruth& is_truth) {
  const Finding& found = drawn::about(*findings, "time_zone/Bank");
  const Table* table = found.table("working_day_by_zone");
  if (found.outcome != Outcome::found || table == nullptr) return {false, false, 0};
  const std::size_t column = set == Set::usual ? 5 : 4;
  MethodTrial trial;
  for (std::size_t i = 0; i < table->rows.size(); ++i) {
    trial.size += table->rows[i][column];
    trial.is_hit = trial.is_hit || (is_truth(table->row_labels[i], table->rows[i][0]) &&
                                    table->rows[i][column] > 0);
  }
  return trial;
}

// `in_the_middle`: of a window of 60 to 120 days, else late in one of 200.
Result<MethodTrial> changing_trial(Set set, bool in_the_middle, std::uint64_t seed) {
  Random random(seed);
  const Changing& place = kChanging[random.below(std::size(kChanging))];
  const drawn::Office office = drawn::any_office(random, 60);
  const double half = in_the_middle ? random.uniform(30, 60) : 0;
  const double end = in_the_middle ? std::floor(place.day + half) : kChangingDays;
  const double begin = in_the_middle ? std::floor(place.day - half) : 0;
  drawn::Times demand = drawn::office(random, end, office, place.offset);
  drawn::Times after = drawn::office(random, end, office, place.offset_after);
  std::erase_if(demand,
                [&](double t) { return t < begin * drawn::kDay || t >= place.day * drawn::kDay; });
  std::erase_if(after, [&](double t) { return t < place.day * drawn::kDay; });
  drawn::DrawnCase record(seed, end, 3600);
  record.begin_after(begin);
  record.ask_through(drawn::merged(std::move(demand), after), {}, random);
  const auto findings = record.examine("time_zone");
  if (!findings.ok()) return findings.error();
  return set_of(findings, set, [&](const std::string& label, double) {
    return label.find(place.zone) != std::string::npos;
  });
}

Result<MethodTrial> set_trial(const Setting& setting, Set set, std::uint64_t seed) {
  Random random(seed);
  const double offset = kOffsets[random.below(std::size(kOffsets))];
  const drawn::Office office = drawn::any_office(random, setting.per_day, setting.start);
  drawn::DrawnCase record(seed, setting.days, setting.ttl);
  record.ask_through(drawn::office(random, setting.days, office, offset),
                     {.caches = setting.caches, .ttl_seconds = setting.ttl}, random);
  const auto findings = record.examine("time_zone");
  if (!findings.ok()) return findings.error();
  return set_of(findings, set, [&](const std::string&, double of_row) { return of_row == offset; });
}

// Zones without a change of clocks between May and September.
struct Place {
  const char* zone;
  double offset;
};
constexpr Place kPlaces[] = {
    {"America/Bogota", -5}, {"America/Sao_Paulo", -3},  {"Africa/Lagos", 1}, {"Africa/Nairobi", 3},
    {"Asia/Dubai", 4},      {"Asia/Karachi", 5},        {"Asia/Dhaka", 6},   {"Asia/Jakarta", 7},
    {"Australia/Perth", 8}, {"Australia/Brisbane", 10},
};

enum class Truth {
  office_away,
  machine,
  job,
  constant,
  one_office_between,
  office_there,
  early_or_late
};

drawn::Times demand_of(Truth truth, const Place& claimed, Random& random, double days) {
  const double away = random.chance(0.5) ? 3 : -3;
  switch (truth) {
    case Truth::office_away:
      return drawn::office(random, days, drawn::any_office(random, 120), claimed.offset + away);
    case Truth::machine:
      return drawn::machine_24x5(random, days, random.uniform(20, 400), random.uniform(0, 0.3),
                                 claimed.offset);
    case Truth::job:
      return drawn::office_job(random, days, 8, 19, random.chance(0.5) ? 900 : 3600, 600,
                               claimed.offset);
    case Truth::constant:
      return drawn::even(random, random.uniform(20, 400), days);
    case Truth::one_office_between:
      return drawn::office(random, days, drawn::any_office(random, 120), claimed.offset - 3.5);
    case Truth::early_or_late:
      return drawn::office(random, days, drawn::any_office(random, 120, 8.9 + away),
                           claimed.offset + away);
    case Truth::office_there:
      return drawn::office(random, days, drawn::any_office(random, 120), claimed.offset);
  }
  return {};
}

Result<MethodTrial> claim_trial(Truth truth, bool is_pair, std::uint64_t seed) {
  constexpr double kDays = 140;
  Random random(seed);
  const Place& place = kPlaces[random.below(std::size(kPlaces))];
  drawn::DrawnCase record(seed, kDays, 3600);
  Claim claim;
  claim.id = "c1";
  claim.kind = "active_in_office_hours";
  claim.question = "q1";
  claim.fields["party"] = "Bank";
  claim.lists["zones"] = {place.zone};
  Place first = place;
  if (is_pair) {
    // Seven hours apart, as far as two working days that cover sixteen hours.
    first = {"Asia/Dubai", 4};
    claim.lists["zones"] = {"Asia/Dubai", "America/Sao_Paulo"};
  }
  record.stated().claims = {claim};
  record.ask_through(demand_of(truth, first, random, kDays), {}, random);
  const auto findings = record.examine("time_zone");
  if (!findings.ok()) return findings.error();
  const Finding& found = drawn::about(*findings, "time_zone/Bank/c1");
  return MethodTrial{found.outcome == Outcome::found || found.value_or("is_excluded", 0) > 0,
                     found.outcome == Outcome::found, 0};
}

// Two quoted zones, and how much each of them asks a day; neither where somebody else does.
struct TwoOffices {
  const char* words;
  double first, second;
  bool is_true = true;
};

Result<MethodTrial> pair_trial(const TwoOffices& setting, std::uint64_t seed) {
  constexpr double kDays = 84;
  Random random(seed);
  const std::size_t first = random.below(std::size(kPlaces));
  const std::size_t beside = 1 + random.below(std::size(kPlaces) - 1);
  const std::size_t second = (first + beside) % std::size(kPlaces);
  const auto office_in = [&](std::size_t place, double per_day) {
    return drawn::office(random, kDays, drawn::any_office(random, per_day), kPlaces[place].offset);
  };
  drawn::Times demand = office_in(first, setting.first);
  if (setting.second > 0)
    demand = drawn::merged(std::move(demand), office_in(second, setting.second));
  Claim claim;
  claim.id = "c1";
  claim.kind = "active_in_office_hours";
  claim.question = "q1";
  claim.fields["party"] = "Bank";
  claim.lists["zones"] = {kPlaces[first].zone, kPlaces[second].zone};
  drawn::DrawnCase record(seed, kDays, 3600);
  record.stated().claims = {claim};
  record.ask_through(demand, {}, random);
  const auto findings = record.examine("time_zone");
  if (!findings.ok()) return findings.error();
  const Finding& found = drawn::about(*findings, "time_zone/Bank/c1");
  return MethodTrial{true, found.value_or("is_excluded", 0) > 0, 0};
}

void add_pairs(std::vector<MethodCell>& cells) {
  for (const TwoOffices& setting : {
           TwoOffices{"an office in each, 60 a day", 60, 60},
           TwoOffices{"an office in each, 100 and 10 a day", 100, 10},
           TwoOffices{"an office in each, 6 a day", 6, 6},
           TwoOffices{"an office in one of them, 120 a day", 120, 0, false},
       }) {
    MethodCell cell{"M13",
                    setting.is_true ? "claim of two places contradicted, wrongly"
                                    : "claim of two places contradicted, rightly",
                    setting.words};
    cell.of = RateOf::all;
    cell.most = setting.is_true ? 0.05 : 1;
    cell.run = [=](std::uint64_t seed) { return pair_trial(setting, seed); };
    cells.push_back(std::move(cell));
  }
}

void add_sets(std::vector<MethodCell>& cells) {
  const Setting right[] = {
      {"60 a day, TTL 3,600 s"},
      {"6 a day", 140, 6},
      {"400 a day", 140, 400},
      {"120 a day, two caches", 140, 120, 3600, 2},
      {"120 a day, TTL 300 s, three caches", 140, 120, 300, 3},
      {"60 a day for 42 days", 42, 60},
  };
  const Setting wrong[] = {
      {"120 a day, work begins at noon", 140, 120, 3600, 1, 11.9},
      {"120 a day, work begins at six", 140, 120, 3600, 1, 5.9},
  };
  const auto add = [&](const Setting& setting, Set set, const char* metric, double least,
                       double most) {
    MethodCell cell{metric,
                    set == Set::usual
                        ? "zone among those where work would begin at 08:54 +- 36 min (95 % set)"
                        : "zone among those that the report and claims leave",
                    setting.words};
    cell.least = least;
    cell.most = most;
    cell.size_of = "zones";
    cell.runs_share = 0.5;
    cell.run = [=](std::uint64_t seed) { return set_trial(setting, set, seed); };
    cells.push_back(std::move(cell));
  };
  const auto add_changing = [&](Set set, double most) {
    for (const bool in_the_middle : {false, true}) {
      add({in_the_middle ? "60 a day, clocks change in the middle of 60 to 120 days"
                         : "60 a day, clocks change inside the window of 200 days"},
          set, "M11", 0.92, most);
      cells.back().run = [=](std::uint64_t seed) {
        return changing_trial(set, in_the_middle, seed);
      };
    }
  };
  for (const Setting& setting : right) add(setting, Set::usual, "M11", 0.92, 0.98);
  add_changing(Set::usual, 0.98);
  for (const Setting& setting : right) add(setting, Set::honest, "M11", 0.92, 1);
  add_changing(Set::honest, 1);
  for (const Setting& setting : wrong) add(setting, Set::usual, "M12", 0, 1);
  for (const Setting& setting : wrong) add(setting, Set::honest, "M12", 0.9, 1);
}

}  // namespace

void add_zone_cells(std::vector<MethodCell>& cells) {
  add_sets(cells);
  struct Claimed {
    Truth truth;
    bool is_pair;
    const char* words;
    double least, most;
  };
  for (const Claimed& claimed : {
           Claimed{Truth::office_away, false, "one zone; an office three hours away", 0, 0.02},
           Claimed{Truth::early_or_late, false,
                   "the same, where work begins three hours later or earlier to fit", 0, 1},
           Claimed{Truth::machine, false, "one zone; a machine on five days, day and night", 0,
                   0.02},
           Claimed{Truth::job, false, "one zone; a job in its working hours", 0, 0.02},
           Claimed{Truth::constant, false, "one zone; a constant rate", 0, 0.02},
           Claimed{Truth::office_there, false, "one zone; an office there", 0, 1},
           Claimed{Truth::one_office_between, true, "two zones; one office between them", 0, 0.02},
           Claimed{Truth::machine, true, "two zones; a machine on five days", 0, 0.02},
           Claimed{Truth::constant, true, "two zones; a constant rate", 0, 0.02},
       }) {
    MethodCell cell{"M13",
                    claimed.truth == Truth::office_there ? "claim of a place said to fit, rightly"
                                                         : "claim of a place said to fit, wrongly",
                    claimed.words};
    cell.of = RateOf::all;
    cell.least = claimed.least;
    cell.most = claimed.most;
    cell.run = [=](std::uint64_t seed) {
      return claim_trial(claimed.truth, claimed.is_pair, seed);
    };
    cells.push_back(std::move(cell));
  }
  add_pairs(cells);
}

}  // namespace assay
