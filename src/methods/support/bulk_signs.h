// What messages at rest bear that went to many: fields of lists and of mailings, and one text to
// several recipients. Counted for each sender.
#pragma once

#include <map>
#include <set>
#include <string>

#include "methods/support/other_findings.h"

namespace assay::methods {

// A text that a sender sent under so many Message-IDs to so many mailboxes went to many.
inline constexpr std::size_t kFewestOfOneText = 5;

struct BulkSigns {
  double messages = 0;
  double list_id = 0;              // RFC 2919
  double list_unsubscribe = 0;     // RFC 2369
  double one_click = 0;            // RFC 8058: with List-Unsubscribe-Post and an https URI
  double precedence = 0;           // bulk, junk or list
  double feedback_id = 0;          // a large provider's, of campaigns
  double with_any = 0;             // of the five above
  std::size_t most_of_a_text = 0;  // Message-IDs under which one text came
  std::size_t most_recipients_of_a_text = 0;
  std::size_t recipients = 0;  // mailboxes in To, Cc, Bcc and Delivered-To

  bool is_bulk() const {
    return with_any > 0 ||
           (most_of_a_text >= kFewestOfOneText && most_recipients_of_a_text >= kFewestOfOneText);
  }
};

struct BulkSenders {
  OtherIndices rows;                           // messages with a From
  std::map<std::string, BulkSigns> by_sender;  // the mailbox in From, in lower case
  double without_sender = 0;
  bool is_cut = false;  // more senders than kMostBulkSenders
};
inline constexpr std::size_t kMostBulkSenders = 100'000;

// Copies of a message (one Message-ID and one text) count once. O(messages log messages).
BulkSenders bulk_senders(const MethodContext& context);
// One finding on all of them; its method is `method`.
Finding bulk_finding(const Method& method, const MethodContext& context,
                     const BulkSenders& senders);

}  // namespace assay::methods
