#include "methods/support/claimed_zones.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "methods/support/local_slots.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr double kOfficeFrom = 9, kOfficeTo = 18;
constexpr double kUsual = 1.96 * kWorkStartSd;  // of starts of work, either side
constexpr int kPairLengths[] = {32, 40};
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

void hold_pair(const std::vector<Quoted>& zones, const FittedDay& day, Finding& finding) {
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
  double as_good = 0;
  for (const Pair& pair : pairs) as_good += pair.bic < claimed + kClearDifference ? 1 : 0;
  Table table{"pairs_that_fit", {"eastern_offset_hours", "western_offset_hours", "bic"}, {}, {}};
  for (std::size_t i = 0; i < std::min(pairs.size(), kMaxListed); ++i) {
    table.row_labels.push_back(
        fmt::format("{} and {}", offset_text(pairs[i].east), offset_text(pairs[i].west)));
    table.rows.push_back({pairs[i].east, pairs[i].west, pairs[i].bic});
  }
  finding.tables.push_back(std::move(table));
  const double best = pairs.empty() ? claimed : std::min(claimed, pairs.front().bic);
  const double machine = std::min(day.models.best_machine(), day.models.batch);
  add(finding, "pairs_tried", static_cast<double>(pairs.size()), "pairs");
  add(finding, "pairs_as_good", as_good, "pairs");
  add(finding, "bic_over_best_pair", claimed - best);
  add(finding, "bic_over_one_office", claimed - day.models.office);
  add(finding, "bic_over_machine", claimed - machine);
  const bool is_among = claimed - best < kClearDifference;
  const bool beats_one = claimed - day.models.office <= -kClearDifference;
  const bool beats_machine = claimed - machine <= -kClearDifference;
  // A day of sixteen hours is no office's, so that one fits better speaks against no pair.
  const bool is_one_office = day.objection.word.empty();
  const bool is_beaten = claimed - machine >= kClearDifference ||
                         (is_one_office && claimed - day.models.office >= kClearDifference);
  add(finding, "fits", is_among && beats_one && beats_machine ? 1 : 0);
  add(finding, "is_excluded", is_beaten ? 1 : 0);
  finding.parameters["as_good"] = fmt::format("{} of {} pairs of offsets", count_text(as_good),
                                              count_text(static_cast<double>(pairs.size())));
}

void hold_one(const Quoted& zone, const FittedDay& day, Finding& finding) {
  bool is_in_set = false, is_usual = false;
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
    } else if (placed.is_in_set && others.size() < kMaxListed) {
      others.push_back(fmt::format("{} ({})", cell.zones.front(), offset_text(cell.offset_hours)));
    }
  }
  add(finding, "local_start_hour", day.places.start_mean + zone.offset_hours, "h");
  add(finding, "zones_as_good", static_cast<double>(others.size()), "zones");
  add(finding, "in_set", is_in_set ? 1 : 0);
  add(finding, "in_usual_set", is_usual ? 1 : 0);
  add(finding, "fits", is_in_set && is_usual && day.objection.word.empty() ? 1 : 0);
  // Another zone's office may fit where the day is one office's; a machine's day excludes none.
  add(finding, "is_excluded", day.objection.word.empty() && !is_in_set ? 1 : 0);
  finding.parameters["as_good"] = fmt::format("{}", fmt::join(others, ", "));
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
  if (zones.size() == 1) {
    hold_one(zones[0], day, finding);
  } else {
    hold_pair(zones, day, finding);
  }
  const bool fits = finding.value_or("fits", 0) > 0;
  finding.outcome = fits ? Outcome::found : Outcome::nothing_found;
  const std::string where =
      zones.size() == 1 ? zones[0].name : fmt::format("{} and {}", zones[0].name, zones[1].name);
  finding.statement = fmt::format(
      "{} of the bursts of {} lie in the office hours of {} (Monday to Friday, 09:00 to 18:00), "
      "where {} of the time lies: {}.",
      share_text(finding.value_or("share_in_hours", 0)), finding.selection.description, where,
      share_text(finding.value_or("share_in_hours_if_uniform", 0)),
      fits && zones.size() == 1
          ? fmt::format("they fit if work begins there at {} give or take {:.0f} minutes, which no "
                        "record here shows; with a beginning between {} and {} so do {}",
                        clock_text(kWorkStartMean), kWorkStartSd * 60, clock_text(kEarliestStart),
                        clock_text(kLatestStart), finding.parameters["as_good"])
      : fits ? fmt::format("they fit, and so do {}", finding.parameters["as_good"])
      : zones.size() == 1 && day.objection.word.empty() && finding.value_or("is_excluded", 0) == 0
          ? fmt::format("their day would begin there at {}, which is possible and not usual",
                        clock_text(finding.value_or("local_start_hour", 0)))
      : zones.size() == 2 && finding.value_or("is_excluded", 0) == 0
          ? fmt::format("one day of {:.1f} h, or another pair, fits as well as these two offices",
                        day.places.length_mean)
          : (day.objection.text.empty() ? "another zone, or one office, explains them better"
                                        : "they do not stand out, for " + day.objection.text));
}

}  // namespace assay::methods
