// What can be joined by time: look-ups in bursts, flows, sessions and transfers of a question, each
// between two sides.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "assay/method.h"
#include "methods/support/joins_time.h"
#include "methods/support/other_findings.h"

namespace assay::methods {

inline constexpr std::int64_t kLookupGapUs = 10 * kMicrosPerSecond;  // within one burst

// Look-ups of one asker's side for names of one holder, without a pause of more than kLookupGapUs.
struct LookupBurst {
  std::uint32_t vantage = 0, first = 0;  // its first row, in that vantage's rows
  std::uint32_t rows = 0;
};

// Numbers of who stands at an end: a party, the address of a name that no party holds, a network.
class JoinSides {
 public:
  explicit JoinSides(const MethodContext& context);
  int of_address(const IpAddress& address, int party);  // -1 = not told, or this host itself
  int of_name(const std::string& canonical, int party);
  int of_log(std::uint32_t evidence);  // whoever keeps it, where the row does not tell

 private:
  int number(const std::string& key);
  std::map<std::string, int> numbers_;
  std::map<IpAddress, int> named_;  // addresses of the question's names
  const MethodContext& context_;
};

// `source` of each event: an index into `bursts`, or into OtherRecords::rows.
struct JoinLists {
  std::vector<LookupBurst> bursts;
  JoinEvents lookups, flows, services, transfers;
  JoinEvents transfers_in_log, services_in_log;  // to the keeper of their log
  std::uint64_t wide = 0;       // stamps of more than a minute, which join nothing by time
  std::uint64_t unplaced = 0;   // an end is not told
  std::uint64_t ways_back = 0;  // rows of one-way exporters that tell a flow again
  std::uint64_t copies = 0;     // flows that another recorder tells with finer stamps, or as well
  std::uint64_t scans = 0;      // of messages, without a queue id
  std::uint64_t left_out = 0;   // beyond kMostEvents of a list
  std::string vantage;          // of the look-ups: the one with most bursts
};
inline constexpr std::size_t kMostEvents = 200'000;
inline constexpr std::int64_t kWidestJoinUs = 60 * kMicrosPerSecond;

JoinLists join_lists(const std::vector<QuestionRecords>& vantages, const MethodContext& context);

// The same with both ends changed: who was called joins what he asked.
JoinEvents turned(JoinEvents events);

}  // namespace assay::methods
