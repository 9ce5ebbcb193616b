// Which party stands at which end of a record that is no look-up, and what says so.
#pragma once

#include <vector>

#include "assay/method.h"
#include "methods/support/mail_words.h"

namespace assay::methods {

enum class EndBasis {
  name,   // a name that whoever wrote the record took from the other side: anybody can write it
  place,  // an address or an account that the case states, or the keeper of the log itself
};

// The parties at both ends (indices into CaseFile::parties), each with the weaker basis of the two
// that lead to it. A message has several recipients; any other record at most one end each way.
struct DirectEnds {
  struct End {
    int party = -1;
    EndBasis basis = EndBasis::name;
  };
  std::vector<End> from, to;
  // Two signs name different parties: a shared relay, an envelope in another's name, an account
  // that two parties state. The ends then hold all that are named.
  bool is_ambiguous = false;
};

// `evidence` is the row's; O(parties).
DirectEnds ends_of(const OtherRow& row, const Evidence* evidence, const CaseFile& case_file);

// Whether content passed from the client (or back to it), by signs that no empty packet leaves.
bool has_content_sent(const OtherRow& flow);
bool has_content_received(const OtherRow& flow);
// A flow at a port of DNS, or DNS by its protocol: it may be a look-up, so it shows no contact.
bool is_lookup_flow(const OtherRow& flow);
// A look-up beyond doubt: a client's port is anybody's to choose, so a session to port 22 from port
// 53 is none. Only such flows are no trace of contact when its absence is vouched for.
bool is_surely_lookup_flow(const OtherRow& flow);
// Content both ways that is neither a greeting nor a handshake, by port and protocol.
bool is_shown_content(const OtherRow& flow);
// Something came back, be it a refusal.
bool is_answered(const OtherRow& flow);

}  // namespace assay::methods
