// What several methods say of one effect, read in one place, so that it counts once: gap_law and
// automation see the same clock, circadian and day_hour the same hours.
#pragma once

#include <string_view>

#include "explanations/weigh.h"

namespace assay {

// Which way a sign leans for one explanation, and why. Without a reason the sign says nothing for
// or against it.
struct Lean {
  Direction direction = Direction::neutral;
  std::string_view why;
};

// What the shapes of gap_law mean for one explanation.
struct GapReading {
  Lean clock;   // the phase of a clock is kept
  Lean timer;   // gaps beyond the TTL are whole multiples of one interval
  Lean steady;  // several demands within each TTL
  Lean sparse;  // the cache is open for most of the time, and neither clock nor timer shows
};
void read_gaps(const FindingSet& findings, const GapReading& reading, Weighing& weighing);

// A clock, period or timer that automation found. What gap_law has found already counts there.
void read_automation(const FindingSet& findings, const Lean& found, Weighing& weighing);

// Hours and days of the week: circadian's, which takes the cache out, else day_hour's. `why_none`
// says why finding none tells nothing.
void read_rhythm(const FindingSet& findings, const Lean& found, std::string_view why_none,
                 Weighing& weighing);
// True when circadian could test the rhythm of the party that `same` is about, at its vantage.
bool is_rhythm_tested_behind_cache(const FindingSet& findings, const Finding& same);

// Rarer on a country's public holidays. Where hours or days of the week show, that is one effect.
void read_holidays(const FindingSet& findings, const Lean& found, Weighing& weighing);

// Demand as cache_inversion has it, where gap_law could not tell because of several caches.
void read_demand(const FindingSet& findings, const Lean& steady, Weighing& weighing);

// Two parties whose look-ups of each other's names are tied within minutes. `as_machine`: when most
// of the tie is within a minute.
void read_turns(const FindingSet& findings, const Lean& found, const Lean& as_machine,
                Weighing& weighing);

// True when somebody's look-ups come in the sets of sender checks.
bool has_check_chains(const FindingSet& findings);

// Neutral, for every finding of the method about a party with this outcome.
void note(const FindingSet& findings, std::string_view method, Outcome outcome,
          std::string_view why, Weighing& weighing);

}  // namespace assay
