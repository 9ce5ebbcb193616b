// From a parsed DNS message to its rows, for every format that keeps messages as they were.
#pragma once

#include <string>

#include "assay/reader.h"
#include "readers/dns_message.h"
#include "readers/packet/key_cache.h"

namespace assay {

// The DnsFlag bits that the message itself tells.
std::uint32_t flags_of(const DnsMessage& message);

// The smallest TTL in the answer section. RFC 2181 section 8: one with its top bit set is zero.
std::uint32_t smallest_ttl(const DnsMessage& message);

// Makes a query's row that of the exchange; `answer` is the row of the answer alone.
void merge_answer(DnsRow& query, const DnsRow& answer);

// One per read; used by one thread.
class MessageRows {
 public:
  explicit MessageRows(RecordSink& sink) : sink_(sink), keys_(sink) {}

  std::uint64_t host(const IpAddress& address) { return keys_.host(address); }
  // `row` with what the message's question says; without such a question its name is the root.
  DnsRow row_of_question(const DnsMessage& message, DnsRow row, std::size_t index);
  // Adds the rows of the second and later questions.
  void add_extra_questions(const DnsMessage& message, const DnsRow& row);
  // Adds the records of all sections as answers of `row`, without TSIG.
  void add_records(const DnsMessage& message, const DnsRow& row);

 private:
  RecordSink& sink_;
  KeyCache keys_;
  WireName name_;
  std::string rdata_;
};

}  // namespace assay
