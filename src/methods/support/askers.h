// Who asked: the rows of a question split by party, by address, and the rest.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/method.h"

namespace assay::methods {

// Indices into QuestionRecords::rows, ascending, so in (time, evidence, offset) order.
using RowIndices = std::vector<std::uint32_t>;

inline constexpr char kOther[] = "other";
inline constexpr char kNotTold[] = "not told";

// A party, the clients of no party, or one address, with its rows for the question's names.
struct AskerGroup {
  std::string subject;  // "Bank", "other", "not told", "192.0.2.53"
  int party = -1;
  std::vector<std::uint32_t> clients;  // indices into QuestionRecords::hosts, most rows first
  RowIndices rows;
};

struct Askers {
  RowIndices all;                   // rows for the question's names, run-on names left out
  std::vector<AskerGroup> parties;  // every party that holds addresses or asked, in case order
  AskerGroup other;                 // clients that are told, of no party
  AskerGroup not_told;              // the record does not tell the client

  // Parties and `other`; `other` only when it has rows.
  std::vector<const AskerGroup*> groups() const;
};

Askers split_by_asker(const QuestionRecords& records, const MethodContext& context);

// One group for each client of `group`, most rows first, at most `limit`. The subject of an address
// that has had several holders names the one: "192.0.2.1 (Bank)".
std::vector<AskerGroup> split_by_address(const QuestionRecords& records, const AskerGroup& group,
                                         std::size_t limit);

// The group's rows for the question's names and for run-on names.
RowIndices rows_with_run_on(const QuestionRecords& records, const AskerGroup& group);

std::string party_name(const MethodContext& context, int party);

// A number for each host, for grouping rows into bursts: clients of one party share one, every
// other client has its own. Index by LookupRow::client; values are below hosts.size() + parties.
struct BurstGroups {
  std::vector<std::uint32_t> group_of_host;
  std::uint32_t count = 0;
};
BurstGroups group_by_party(const QuestionRecords& records);
BurstGroups group_by_address(const QuestionRecords& records);

}  // namespace assay::methods
