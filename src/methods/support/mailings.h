// The mail that parties of a question sent, as mail logs and sensors tell it: who wrote to whose
// domains, and in which hours to many at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/method.h"

namespace assay::methods {

struct MailTransfer {
  std::int64_t time_us = 0;
  std::uint32_t evidence = 0;
  std::uint32_t from = 0;  // domain of the envelope's sender, index into Mailings::domains
  std::uint32_t to = 0;    // of the recipient
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
};

// An hour in which a sender wrote to many more domains than in its other hours.
struct Mailing {
  std::uint32_t sender = 0;
  std::int64_t hour = 0;  // since the epoch
  double domains = 0;     // of recipients, distinct
  double usual = 0;       // an hour, in the sender's other hours
};
inline constexpr double kFewestDomains = 20;
inline constexpr double kTimesUsual = 5;

struct Mailings {
  std::vector<std::string> domains;
  std::vector<MailTransfer> transfers;  // as the records are ordered: by time
  std::vector<Mailing> mailings;        // by hour
  std::uint64_t left_out = 0;           // records of mail that were not loaded
};
// Empty where no records but look-ups were loaded.
Mailings sent_by_parties(const MethodContext& context);

}  // namespace assay::methods
