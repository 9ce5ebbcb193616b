// What records above the look-up say together with look-ups: whether these stand within seconds of
// mail and connections (timeline, direct_turns), and whether the messages are letters that answer
// each other or went to many by their own words (direct_records, message_threads and
// campaign_fan_out).
#pragma once

#include "explanations/signs.h"

namespace assay {

// What look-ups joined to other records mean for one explanation. Only joins beyond chance lean
// (docs/methods/timeline.md), and only from ten on; where chance explains them, nothing is said.
struct JoinReading {
  Lean checks;   // a connection or mail from the names' holder to the asker, then look-ups
  Lean letters;  // look-ups, then mail from the asker to the names' holder
  Lean visits;   // look-ups, then a connection from the asker to the names' holder
};
// A strong lean is a weak one where fewer than half of what was there to be joined is joined: then
// the tie is no rule.
void read_joins(const FindingSet& findings, const JoinReading& reading, Weighing& weighing);

// Whether `checks` would lean.
bool are_checks_joined(const FindingSet& findings);

// Mail from one side followed by look-ups of the other more often than their hours explain. Where
// timeline joins the same, it counts there.
void read_mail_turns(const FindingSet& findings, const Lean& found, Weighing& weighing);

// What the messages between the parties are, where a log or a capture bears them out: words of one
// side alone never lean.
struct MessageReading {
  Lean answered;  // a message that one the other way names, at least one of the two accepted
  Lean bulk;      // nine of ten and more, ten at least, say that they went to many, and mail passed
};
void read_messages(const FindingSet& findings, const MessageReading& reading, Weighing& weighing);

// Mail that came from the names' holder to a party that asked, ten rows and more, whatever became
// of it: told by logs and captures with both ends.
void read_mail_from_holder(const FindingSet& findings, const Lean& found, Weighing& weighing);

// Messages at rest of a party's senders that bear the signs of bulk mail (campaign_fan_out), ten at
// least. Words of the sender alone: they lean only where a record tells of accepted mail from it.
void read_bulk(const FindingSet& findings, const Lean& found, Weighing& weighing);

// Threads in which both sides wrote (message_threads). One effect with direct_records; headers
// alone, of which no log or capture bears out a transfer, never lean.
void read_threads(const FindingSet& findings, const Lean& found, Weighing& weighing);

}  // namespace assay
