#include "explanations/signs.h"

#include <fmt/core.h>

#include <algorithm>

namespace assay {
namespace {

void bear(const Finding& finding, const Lean& lean, std::string_view what, Weighing& weighing) {
  if (lean.why.empty()) {
    weighing.bear(finding, Direction::neutral, std::string(what));
  } else {
    weighing.bear(finding, lean.direction, fmt::format("{}; {}", what, lean.why));
  }
}

// Whether a method says so of the same party at the same vantage.
template <typename Says>
bool is_said_of(const FindingSet& findings, std::string_view method, const Finding& same,
                const Says& says) {
  const auto all = findings.by_method(method, same.subject, same.vantage);
  return std::any_of(all.begin(), all.end(), [&](const Finding* each) { return says(*each); });
}

bool is_clock_or_timer(const Finding& gaps) {
  return is_set(gaps, "clock_shaped") || is_set(gaps, "timer_shaped");
}

// Meetings, lessons and shifts keep clocks too, so that a period which they could have kept is a
// lesser sign, for programs and against people.
Lean of_clock(const FindingSet& findings, const Finding& same, const Lean& lean) {
  constexpr std::string_view kPeopleToo = "people at appointed times keep one too";
  const bool could_be_people = is_said_of(findings, "automation", same, [](const Finding& each) {
    return is_set(each, "could_be_appointed");
  });
  if (!could_be_people || lean.why.empty()) return lean;
  switch (lean.direction) {
    case Direction::strongly_for:
      return {Direction::weakly_for, kPeopleToo};
    case Direction::strongly_against:
      return {Direction::weakly_against, kPeopleToo};
    default:
      return {Direction::neutral, kPeopleToo};
  }
}

bool is_tested(const Finding& finding) {
  return finding.outcome == Outcome::found || finding.outcome == Outcome::nothing_found;
}

bool is_found(const Finding& finding) { return finding.outcome == Outcome::found; }

}  // namespace

void read_gaps(const FindingSet& findings, const GapReading& reading, Weighing& weighing) {
  for (const Finding* gaps : about_parties(findings, "gap_law")) {
    const std::string& who = gaps->subject;
    if (is_set(*gaps, "clock_shaped")) {
      bear(*gaps, of_clock(findings, *gaps, reading.clock),
           fmt::format("{}'s look-ups keep the phase of a clock", who), weighing);
    } else if (is_set(*gaps, "timer_shaped")) {
      bear(*gaps, of_clock(findings, *gaps, reading.timer),
           fmt::format("{}'s gaps beyond the TTL are whole multiples of {:.0f} s", who,
                       gaps->value_or("timer_interval_seconds", 0)),
           weighing);
    } else if (is_set(*gaps, "excess_two_rates")) {
      weighing.bear(*gaps, Direction::neutral, demand_that_comes_and_goes(*gaps));
    } else if (is_set(*gaps, "near_constant_demand")) {
      bear(*gaps, reading.steady, fmt::format("{}'s demand is steady inside the TTL", who),
           weighing);
    } else if (is_set(*gaps, "sparse_demand")) {
      bear(*gaps, reading.sparse,
           fmt::format("{}'s demand leaves the cache open long enough for a clock or a timer to "
                       "show, and none shows",
                       who),
           weighing);
    } else if (gaps->outcome != Outcome::not_enough) {
      weighing.bear(*gaps, Direction::neutral,
                    "the gaps show the cache, not what stands behind it");
    }
  }
}

void read_automation(const FindingSet& findings, const Lean& found, Weighing& weighing) {
  for (const Finding* automation : about_parties(findings, "automation")) {
    if (automation->outcome == Outcome::nothing_found) {
      weighing.bear(*automation, Direction::neutral,
                    "no clock, period or timer shows; a program whose timer is shorter than the "
                    "TTL, that follows people or mail, or that waits at random, shows none");
    } else if (automation->outcome != Outcome::found) {
      continue;
    } else if (is_said_of(findings, "gap_law", *automation, is_clock_or_timer)) {
      weighing.bear(*automation, Direction::neutral,
                    "the clock or timer that the gaps show, counted there");
    } else {
      bear(*automation, of_clock(findings, *automation, found),
           fmt::format("{}'s look-ups keep a period of about {:.0f} s", automation->subject,
                       automation->value_or("period_seconds", 0)),
           weighing);
    }
  }
}

bool is_rhythm_tested_behind_cache(const FindingSet& findings, const Finding& same) {
  return is_said_of(findings, "circadian", same, is_tested);
}

void read_rhythm(const FindingSet& findings, const Lean& found, std::string_view why_none,
                 Weighing& weighing) {
  for (const Finding* demand : about_parties(findings, "circadian")) {
    if (demand->outcome == Outcome::found) {
      bear(*demand, found,
           fmt::format("the demand behind {}'s cache follows hours of the day or days of the week",
                       demand->subject),
           weighing);
    } else if (demand->outcome == Outcome::nothing_found) {
      weighing.bear(*demand, Direction::neutral, fmt::format("no hours show; {}", why_none));
    }
  }
  for (const Finding* hours : about_parties(findings, "day_hour")) {
    if (!is_tested(*hours)) continue;
    if (is_rhythm_tested_behind_cache(findings, *hours)) {
      weighing.bear(*hours, Direction::neutral,
                    "the hours as the cache lets them through; the demand behind it is tested by "
                    "circadian and counted there");
    } else if (hours->outcome == Outcome::found) {
      bear(*hours, found, fmt::format("{}'s look-ups follow the hours of a day", hours->subject),
           weighing);
    } else {
      weighing.bear(*hours, Direction::neutral, fmt::format("no hours show; {}", why_none));
    }
  }
}

void read_holidays(const FindingSet& findings, const Lean& found, Weighing& weighing) {
  for (const Finding* holidays : about_parties(findings, "holidays")) {
    if (holidays->outcome != Outcome::found) continue;
    const std::string_view rhythm =
        is_rhythm_tested_behind_cache(findings, *holidays) ? "circadian" : "day_hour";
    if (is_said_of(findings, rhythm, *holidays, is_found)) {
      weighing.bear(*holidays, Direction::neutral,
                    "days off work, one effect with the hours, counted there");
    } else {
      bear(*holidays, found,
           fmt::format("{}'s look-ups get rarer on a country's public holidays", holidays->subject),
           weighing);
    }
  }
}

void read_demand(const FindingSet& findings, const Lean& steady, Weighing& weighing) {
  const auto tells_demand = [](const Finding& gaps) {
    return is_clock_or_timer(gaps) || is_set(gaps, "excess_two_rates") ||
           is_set(gaps, "near_constant_demand") || is_set(gaps, "sparse_demand");
  };
  for (const Finding* demand : about_parties(findings, "cache_inversion")) {
    if (demand->outcome != Outcome::measured || !is_set(*demand, "identifiable")) continue;
    if (is_said_of(findings, "gap_law", *demand, tells_demand)) {
      weighing.bear(*demand, Direction::neutral,
                    "the demand behind the cache, as the gaps show it, counted there");
    } else if (is_set(*demand, "near_constant_demand")) {
      bear(*demand, steady,
           fmt::format("{}'s demand is steady behind {:.0f} caches", demand->subject,
                       demand->value_or("caches", 1)),
           weighing);
    } else {
      weighing.bear(*demand, Direction::neutral,
                    "so much demand reached the cache, whoever or whatever made it");
    }
  }
}

void read_turns(const FindingSet& findings, const Lean& found, const Lean& as_machine,
                Weighing& weighing) {
  constexpr double kMostly = 0.5;
  for (const Finding* turns : findings.by_method("turn_taking")) {
    if (turns->outcome != Outcome::found) continue;
    const double tie =
        turns->value_or("share_answered", 0) - turns->value_or("share_answered_null", 0);
    const bool is_quick = turns->value_or("share_answered_within_60_s", 0) > kMostly * tie;
    bear(*turns, is_quick ? as_machine : found,
         fmt::format("{} ask for each other's names within {} more often than their hours explain",
                     turns->subject, is_quick ? "a minute" : "half an hour"),
         weighing);
  }
}

bool has_check_chains(const FindingSet& findings) {
  const auto chains = about_parties(findings, "chains");
  return std::any_of(chains.begin(), chains.end(),
                     [](const Finding* each) { return is_set(*each, "check_shaped"); });
}

void note(const FindingSet& findings, std::string_view method, Outcome outcome,
          std::string_view why, Weighing& weighing) {
  for (const Finding* finding : about_parties(findings, method)) {
    if (finding->outcome == outcome) {
      weighing.bear(*finding, Direction::neutral, std::string(why));
    }
  }
}

}  // namespace assay
