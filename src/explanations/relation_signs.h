// What findings about the relation say that are not about timing: who else asks and whether at
// once, whom a mail host lets in, when a host was last in use, who is registered.
#pragma once

#include <string_view>
#include <vector>

#include "explanations/signs.h"

namespace assay {

// Many unrelated askers in the same hours (campaign_fan_out).
void read_fan_out(const FindingSet& findings, const Lean& found, Weighing& weighing);
// A mail log of a party that shows mailings to many domains (campaign_fan_out).
void read_mailings(const FindingSet& findings, const Lean& found, Weighing& weighing);
// Fewer networks ask than for other names of the servers (rarity). Only at the names' own servers
// it leans: elsewhere few can be seen.
void read_rarity(const FindingSet& findings, const Lean& found, Weighing& weighing);

// What whom a mail host lets in means for one explanation (acceptance_policy).
struct AcceptanceReading {
  Lean named_side_takes_none;      // three networks and more were told so, on three days and more
  Lean parties_refused;            // whoever of the question's parties asked was refused each time
  std::string_view why_otherwise;  // of every other reading; empty: it is not listed
};
void read_acceptance(const FindingSet& findings, const AcceptanceReading& reading,
                     Weighing& weighing);

// The hosts of the side that did not ask were last in use 30 days and more before the look-ups, and
// somebody vouches for the time between (dormancy).
void read_dormancy(const FindingSet& findings, const Lean& silent, Weighing& weighing);
// The findings of the side that did not ask (dormancy) whose messages at rest, of which a Received
// field names its hosts, all have a date and are all from before the look-ups.
std::vector<const Finding*> messages_of_before(const FindingSet& findings);

// Neutral, for what is registered in a role ("registrant", "ptr", "neighbourhood").
void note_registrations(const FindingSet& findings, std::string_view role, std::string_view why,
                        Weighing& weighing);

}  // namespace assay
