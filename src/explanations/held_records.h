// What the case holds of a kind of record, so that nothing is called missing that is there, and
// what an explanation leaves open says what those records do tell.
#pragma once

#include <initializer_list>
#include <string_view>

#include "explanations/weigh.h"

namespace assay {

// Whether the case holds records of this kind ("mail", "flow", "message") that touch the question.
bool is_held(const FindingSet& findings, std::string_view kind);

// Whether a record of settling_records.h is in the case, so that it is not missing: by the rules of
// docs/ladder.md.
bool is_in_the_case(std::string_view record, const FindingSet& findings);

// Records of a kind that would have to lie beside look-ups ("deliveries just before the bursts").
struct OpenTie {
  std::string_view what;                     // they are of
  std::string_view kind;                     // of record
  std::string_view record;                   // that would show them: "mail log"
  std::initializer_list<const char*> joins;  // of timeline
};
// Opens `what` and says why: no such record is in the case, none could be joined, or chance joins
// as many. Not called where the joins are beyond chance.
void open_tie(const FindingSet& findings, const OpenTie& tie, Weighing& weighing);

// Opens what of letters both ways no record in the case shows: accepted mail, answers, look-ups.
void open_letters(const FindingSet& findings, Weighing& weighing);

}  // namespace assay
