// How far up the ladder records of other kinds than look-ups reach; docs/ladder.md has the rules.
#pragma once

#include <string>
#include <vector>

#include "assay/verdict.h"

namespace assay {

struct Reached {
  Rung rung = Rung::nothing;
  std::string statement;  // "Content passed: 3 accepted mail transfers (Bank to Sender)."
  std::vector<std::string> findings;
  std::string shown;  // what reaches the rung alone: "3 accepted mail transfers (Bank to Sender)"
  bool is_of_hosts = false;  // by flows and sessions alone: hosts at addresses, whoever used them
};
// Rung 2 or above, by the findings of direct_records between the question's parties.
Reached climb_by_direct_records(const Question& question, const FindingSet& findings);
// Flows with packets both ways whose source may be forged: a sentence and no rung. "" without any.
Reached forgeable_flows(const Question& question, const FindingSet& findings);
// Answered messages that no log knows: a sentence and no rung. "" when there are none.
Reached messages_at_rest(const Question& question, const FindingSet& findings);
// The financial link, which is no rung of the ladder: recorded, none or not testable. "" when the
// case holds no payment record.
Reached financial_link(const Question& question, const FindingSet& findings);

}  // namespace assay
