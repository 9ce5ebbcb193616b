// One transfer in the records of who handed it over and of who took it: counted once, and compared.
#pragma once

#include <vector>

#include "methods/support/smtp_tries.h"

namespace assay::methods {

// Transfers that two records tell of (joins_letters.h: queue ids, Message-IDs) stand once among the
// tries, as the server's own log or else the wire has them. A server known by its address is one
// with the log that tells its transfers, where all of those lead to one log of the same party. The
// host of a log is one asker with the address that its transfers came from, where that is one. A
// third record of a letter (its Message-ID, recipient and acceptance) is dropped.
void settle_both_sides(const MethodContext& context, std::vector<SmtpServer>& servers);

// What they tell of one transfer, as quantities, a table and a sentence behind the statement;
// nothing where no transfer is told twice.
void add_both_sides(const MethodContext& context, const SmtpServer& server, Finding& finding);

}  // namespace assay::methods
