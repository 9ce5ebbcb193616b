// What a record of mail says of itself, in words that all formats share.
#pragma once

#include <string>
#include <string_view>

#include "assay/method.h"

namespace assay::methods {

// The canonical domain of a mailbox (core/mail_address.h); "" when it has none that is a name.
std::string mail_domain(std::string_view mailbox);

// What became of a transfer.
enum class MailFate { accepted, deferred, rejected, bounced, other };
MailFate fate_of(const OtherRow& row);

// Whether a message, or the message of a transfer, says itself that a program wrote it or that it
// went to many: what a vacation notice, a ticket system, a bounce or a list leaves (RFC 3834).
bool says_automatic(const OtherRow& row);

// A message that a filter was given without a queue id: no mail server's line tells of it, and
// stored mail that is scanned again looks the same. No transfer.
bool is_scan_alone(const OtherRow& row);

bool is_loopback(const IpAddress& address);

}  // namespace assay::methods
