// Records of mail joined by what they name: queue ids, Message-IDs, the message that is answered.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "assay/method.h"

namespace assay::methods {

enum class LetterBasis : std::uint8_t {
  queue_and_message_id,  // the queue id that the other side told, and the Message-ID
  queue_id,              // the queue id alone, within an hour
  message_id_recipient,
  message_id,
};
std::string_view word_of(LetterBasis basis);

struct LetterJoin {
  std::uint32_t a = 0, b = 0;  // indices into OtherRecords::rows
  std::uint32_t others = 0;    // partners that as strong a basis would have allowed
  LetterBasis basis = LetterBasis::message_id;
};

struct LetterJoins {
  std::vector<std::uint32_t> as, bs;  // rows that could have been joined
  std::vector<LetterJoin> joins;
  std::uint64_t bs_joined = 0;
};

// A transfer in the log of who handed it over, and in the log of who took it: one to one.
LetterJoins join_transfers(const OtherRecords& others);
// A message at rest and the transfer of it. Copies of a message share its transfer.
LetterJoins join_messages(const OtherRecords& others);
// A message that names another and that one: at rest, else its transfer.
LetterJoins join_replies(const OtherRecords& others);

}  // namespace assay::methods
