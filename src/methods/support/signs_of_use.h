// Dated signs that a host or a party's addresses were in use, by kind of record.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "methods/support/other_findings.h"

namespace assay::methods {

enum class SignKind {
  lookup_of_name,    // somebody asked for the name: no sign that its host is in use
  registration,      // a source said something of it: no sign of use either
  unanswered_flow,   // packets to it that nothing came back for, as from any scan
  mail_in_its_name,  // its domain in an envelope or a header, which anybody can write
  lookup_made,       // its address asked; a source address of UDP can be forged
  one_way_flow,      // packets from it that nothing answered: their source can be forged
  message,  // a message at rest of which a Received field names its address, or a forger did
  flow,     // packets both ways; a session that it began
  service,  // it answered: a greeting, a handshake
  mail,     // it handed over or took a message
};
inline constexpr std::size_t kSignKinds = 10;
std::string_view word_of(SignKind kind);
bool is_use(SignKind kind);
// May be use, and may be another's doing: shows no use and lets no silence stand.
bool is_doubtful(SignKind kind);

// Whom or what the signs are of.
struct UseSubject {
  std::string label;  // "Bank", "mail1.sender.example", "192.0.2.7"
  int party = -1;     // with its holdings at each time; or
  std::vector<IpAddress> addresses;
  std::vector<std::string> names;  // canonical
};

struct Signs {
  std::optional<Interval> span;  // first to last
  std::uint64_t count = 0;
  std::uint64_t undated = 0;
  std::vector<Interval> times;  // of each, in order of arrival
  OtherIndices rows;            // of those that are no look-ups
};
using SignsByKind = std::map<SignKind, Signs>;

SignsByKind signs_of(const std::vector<QuestionRecords>& vantages, const MethodContext& context,
                     const UseSubject& subject);

}  // namespace assay::methods
