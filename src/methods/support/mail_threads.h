// Which message answers which, by the Message-IDs that messages at rest bear and name.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "methods/support/other_findings.h"

namespace assay::methods {

inline constexpr std::uint32_t kNoNode = 0xffffffff;
inline constexpr std::size_t kMostThreadIds = 2'000'000;  // borne or named
inline constexpr std::size_t kMostThreadDepth = 1'000;    // answers to answers; bounds the time

// One Message-ID that is borne or named, or one message without an id. Views are into the records.
struct ThreadNode {
  std::string_view id;  // without <>; "" = none
  OtherIndices rows;    // messages that bear it, copies of one another or not; empty: only named
  std::uint32_t parent = kNoNode;
  bool is_own_word = false;     // a message that bears the id names the parent, not a later one
  bool names_several = false;   // its copies, or its two fields, name different parents
  bool is_transferred = false;  // a mail log or a capture tells of a transfer with this id
  bool is_automatic = false;    // a program wrote it, or it went to many (says_automatic)
};

struct MailThreads {
  std::vector<ThreadNode> nodes;  // in the order in which they are first met
  double messages = 0, without_id = 0;
  double loops = 0;     // links that were not made since the other way around was said before
  bool is_cut = false;  // beyond one of the limits, so replies are missing

  std::uint32_t root_of(std::uint32_t node) const;
};

// The linking of J. Zawinski's algorithm in the form of RFC 5256 (THREAD=REFERENCES, steps 1 and
// 2): the last id in References is the parent, else the first in In-Reply-To; ids further up link
// each other where no message speaks for itself. Subjects join nothing (its step 5 is left out).
// O(ids x kMostThreadDepth) at worst.
MailThreads threads_of(const MethodContext& context);

}  // namespace assay::methods
