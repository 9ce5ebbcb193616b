#include "methods/support/claimed_zones.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "methods/support/hidden_office.h"
#include "methods/support/local_slots.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr double kOfficeFrom = 9, kOfficeTo = 18;
constexpr double kUsual = 1.96 * kWorkStartSd;  // of starts of work, either side
constexpr int kPairLengths[] = {32, 40};
constexpr double kLeavesNight = 9;  // hours apart
constexpr std::size_t kMaxListed = 20;

struct Quoted {
  std::string name;
  Zone zone;
  double offset_hours = 0;
};

std::vector<Quoted> quoted_zones(const Claim& claim, const OpenExposure& exposure) {
  std::vector<Quoted> zones;
  const auto list = claim.lists.find("zones");
  if (list == claim.lists.end()) return zones;
  for (const std::string& name : list->second) {
    const auto zone = Zone::find(name);
    if (!zone.ok()) continue;
    const auto offsets = offsets_by_slot(exposure.first_slot, 1, zone.value());
    zones.push_back({name, zone.value(), offsets.front() / 3600.0});
  }
  return zones;
}

// Bursts and observed time between 09:00 and 18:00 on working days of any of the zones.
void add_share(const OpenExposure& exposure, const std::vector<Quoted>& zones, Finding& finding) {
  std::vector<bool> inside(exposure.size(), false);
  for (const Quoted& zone : zones) {
    const LocalSlots local = local_slots(exposure, zone.zone);
    for (std::size_t i = 0; i < exposure.size(); ++i) {
      const bool is_office =
          local.weekday[i] < 5 && local.hour[i] >= kOfficeFrom && local.hour[i] < kOfficeTo;
      if (is_office) inside[i] = true;
    }
  }
  double events = 0, seconds = 0, all_seconds = 0;
  for (std::size_t i = 0; i < exposure.size(); ++i) {
    all_seconds += exposure.observed_seconds[i];
    if (!inside[i]) continue;
    events += exposure.events[i];
    seconds += exposure.observed_seconds[i];
  }
  add(finding, "share_in_hours", events / std::max(exposure.total_events(), 1.0));
  add(finding, "share_in_hours_if_uniform", seconds / std::max(all_seconds, 1.0));
}

// The best two offices of which both begin when offices do, by the clocks of these offsets.
double best_pair(const WeekDemand& demand, double first, double second) {
  const auto slot = [](double hours) { return static_cast<int>(std::lround(hours * 4)); };
  double best = -1e18;
  for (int a = slot(kWorkStartMean - kUsual - first); a <= slot(kWorkStartMean + kUsual - first);
       a += 2) {
    for (int b = slot(kWorkStartMean - kUsual - second);
         b <= slot(kWorkStartMean + kUsual - second); b += 2) {
      if (b <= a || b - a > 56) continue;
      for (const int one : kPairLengths) {
        for (const int two : kPairLengths) {
          best = std::max(best, two_offices_at(demand, a, one, b, two));
        }
      }
    }
  }
  return best;
}

std::vector<double> distinct_offsets(const WorkPlaces& places) {
  std::vector<double> offsets;
  for (const ZoneCell& cell : places.world.cells) offsets.push_back(cell.offset_hours);
  offsets.erase(std::unique(offsets.begin(), offsets.end()), offsets.end());
  return offsets;
}

struct Pair {
  double east = 0, west = 0;  // the eastern one begins first
  double bic = 0;
};

void add_pairs(const std::vector<Pair>& pairs, Finding& finding) {
  Table table{"pairs_that_fit", {"eastern_offset_hours", "western_offset_hours", "bic"}, {}, {}};
  for (std::size_t i = 0; i < std::min(pairs.size(), kMaxListed); ++i) {
    table.row_labels.push_back(
        fmt::format("{} and {}", offset_text(pairs[i].east), offset_text(pairs[i].west)));
    table.rows.push_back({pairs[i].east, pairs[i].west, pairs[i].bic});
  }
  finding.tables.push_back(std::move(table));
}

// "", or why no two offices, or not these two, can have asked.
std::string objection_to_pair(const std::vector<Quoted>& zones, const FittedDay& day,
                              const WeekDemand& demand, double best_pair, Finding& finding) {
  // A machine has to be better than any two offices: that one pair fits ill is the template's. Two
  // offices far apart leave no night, as a machine on five days does.
  const bool leaves_night =
      std::fabs(zones[0].offset_hours - zones[1].offset_hours) <= kLeavesNight;
  const double machine = leaves_night ? day.models.best_machine() : day.models.constant;
  if (best_pair - machine >= kClearDifference) {
    return fmt::format("{} explains them better than any two offices",
                       leaves_night
                           ? "a constant rate, or one on five days of the week day and night,"
                           : "a constant rate");
  }
  const std::string& word = day.objection.word;
  if (word == "no_rhythm" || word == "machine" || word == "clock") return "";
  std::string objection;
  for (const Quoted& zone : zones) {
    const double most =
        most_of_an_office(demand, zone.offset_hours, day.places.told_rates, day.places.dispersion);
    add(finding, "most_of_" + zone.name, most);
    if (most >= kNoOffice || !objection.empty()) continue;
    objection = fmt::format(
        "whenever an office in {} began between {} and {}, two hours inside its day would hold at "
        "most {} of the rate of the busiest",
        zone.name, clock_text(kEarliestStart), clock_text(kLatestStart), share_text(most));
  }
  return objection;
}

// What else leaves the same as two offices do, or fits better.
std::string as_good_as_pair(const FittedDay& day, double claimed, double other_pairs) {
  std::vector<std::string> all;
  const auto add_if = [&](double bic, std::string words) {
    if (bic - claimed < kClearDifference) all.push_back(std::move(words));
  };
  add_if(day.models.batch,
         fmt::format("a program of {:g} h a day", day.models.batch_fit.length / 4.0));
  add_if(day.models.office, fmt::format("one day of {:.1f} h", day.places.day().length_mean));
  add_if(day.models.best_machine(), "one rate day and night");
  if (other_pairs > 0) all.push_back(plural(other_pairs, "other pair") + " of offsets");
  return fmt::format("{}", fmt::join(all, ", "));
}

std::string hold_pair(const std::vector<Quoted>& zones, const FittedDay& day, Finding& finding) {
  const WeekDemand demand(day.exposure, {});
  const auto score = [&](double east, double west) {
    return bic(best_pair(demand, east, west), kTwoOfficesParameters, day.places.dispersion,
               day.models.events);
  };
  const double claimed_east = std::max(zones[0].offset_hours, zones[1].offset_hours);
  const double claimed_west = std::min(zones[0].offset_hours, zones[1].offset_hours);
  const double claimed = score(claimed_east, claimed_west);
  const auto offsets = distinct_offsets(day.places);
  std::vector<Pair> pairs;
  for (const double west : offsets) {
    for (const double east : offsets) {
      if (east - west >= 3 && east - west <= 14) pairs.push_back({east, west, score(east, west)});
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.bic < b.bic; });
  double others = 0;
  for (const Pair& pair : pairs) {
    const bool is_claimed = pair.east == claimed_east && pair.west == claimed_west;
    others += !is_claimed && pair.bic < claimed + kClearDifference ? 1 : 0;
  }
  add_pairs(pairs, finding);
  const double best = pairs.empty() ? claimed : std::min(claimed, pairs.front().bic);
  const double machine = std::min(day.models.best_machine(), day.models.batch);
  add(finding, "pairs_tried", static_cast<double>(pairs.size()), "pairs");
  add(finding, "others_that_fit", others, "pairs");
  add(finding, "bic_over_best_pair", claimed - best);
  add(finding, "bic_over_one_office", claimed - day.models.office);
  add(finding, "bic_over_machine", claimed - machine);
  const std::string objection = objection_to_pair(zones, day, demand, best, finding);
  const bool is_among = claimed - best < kClearDifference;
  const bool is_better = claimed - std::min(machine, day.models.office) <= -kClearDifference;
  const bool fits = objection.empty() && is_among && is_better;
  finding.parameters["as_good"] =
      fmt::format("{} of {} of offsets", count_text(others),
                  plural(static_cast<double>(pairs.size()), "other pair"));
  add(finding, "fits", fits ? 1 : 0);
  add(finding, "is_excluded", objection.empty() ? 0 : 1);
  if (!objection.empty()) return objection;
  if (fits) return "they fit, as do " + finding.parameters["as_good"];
  return fmt::format(
      "whether these are the hours of two such offices cannot be told: {} fit as well or better",
      as_good_as_pair(day, claimed, others));
}

std::string one_text(const FittedDay& day, bool is_in_set, Finding& finding) {
  const std::string begins = clock_text(finding.value_or("local_start_hour", 0));
  const std::string& others = finding.parameters["as_good"];
  if (!day.objection.word.empty()) {
    return "whether these are that place's office hours cannot be told: " + day.objection.text;
  }
  if (finding.value_or("fits", 0) > 0) {
    return fmt::format(
        "they fit if work begins there at {} give or take {:.0f} minutes, which no record here "
        "shows; with a beginning between {} and {} {}",
        clock_text(kWorkStartMean), kWorkStartSd * 60, clock_text(kEarliestStart),
        clock_text(kLatestStart), others.empty() ? "no other zone does" : "so do " + others);
  }
  if (is_in_set) {
    return fmt::format("their day would begin there at {}, which is possible and not usual",
                       begins);
  }
  return fmt::format("their day would begin there at {}, and other zones explain it better: {}",
                     begins, others);
}

std::string hold_one(const Quoted& zone, const FittedDay& day, Finding& finding) {
  bool is_in_set = false, is_usual = false;
  double starts_at = day.places.day().start_mean + zone.offset_hours;
  std::vector<std::string> others;
  const std::size_t own = cell_of(day.places.world, day.exposure, zone.zone);
  for (std::size_t i = 0; i < day.places.zones.size(); ++i) {
    const ZoneCell& cell = day.places.world.cells[i];
    const PlacedZone& placed = day.places.zones[i];
    // Only where no cell has the zone's clock must its offset do.
    const bool is_claimed =
        own < day.places.world.cells.size() ? i == own : cell.offset_hours == zone.offset_hours;
    if (is_claimed) {
      is_in_set = is_in_set || placed.is_in_set;
      is_usual = is_usual || placed.is_in_usual_set;
      starts_at = placed.start;
    } else if (placed.is_in_set) {
      others.push_back(fmt::format("{} ({})", cell.zones.front(), offset_text(cell.offset_hours)));
    }
  }
  const bool is_one_office = day.objection.word.empty();
  add(finding, "local_start_hour", starts_at, "h");
  add(finding, "others_that_fit", static_cast<double>(others.size()), "zones");
  add(finding, "in_set", is_in_set ? 1 : 0);
  add(finding, "in_usual_set", is_usual ? 1 : 0);
  add(finding, "fits", is_in_set && is_usual && is_one_office ? 1 : 0);
  // Another zone's office may fit where the day is one office's; a machine's day excludes none.
  add(finding, "is_excluded", is_one_office && !is_in_set ? 1 : 0);
  if (others.size() > kMaxListed) others.resize(kMaxListed);
  finding.parameters["as_good"] = fmt::format("{}", fmt::join(others, ", "));
  return one_text(day, is_in_set, finding);
}

}  // namespace

void hold_zones(const Claim& claim, const FittedDay& day, Finding& finding) {
  const auto zones = quoted_zones(claim, day.exposure);
  finding.parameters["declined"] = day.objection.word.empty() ? "no" : day.objection.word;
  if (zones.empty() || zones.size() > 2) {
    finding.outcome = Outcome::not_applicable;
    finding.statement = "The claim names no zone, or more than two.";
    return;
  }
  add_share(day.exposure, zones, finding);
  const std::string judged =
      zones.size() == 1 ? hold_one(zones[0], day, finding) : hold_pair(zones, day, finding);
  const bool fits = finding.value_or("fits", 0) > 0;
  finding.outcome = fits ? Outcome::found : Outcome::nothing_found;
  const std::string where =
      zones.size() == 1 ? zones[0].name : fmt::format("{} and {}", zones[0].name, zones[1].name);
  finding.statement = fmt::format(
      "{} of the bursts of {} lie in the office hours of {} (Monday to Friday, 09:00 to 18:00), "
      "where {} of the time lies: {}.",
      share_text(finding.value_or("share_in_hours", 0)), finding.selection.description, where,
      share_text(finding.value_or("share_in_hours_if_uniform", 0)), judged);
}

}  // namespace assay::methods
