// Records of other kinds than look-ups, counted for each ordered pair of parties.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "methods/support/direct_ends.h"
#include "methods/support/other_findings.h"

namespace assay::methods {

// Indices into OtherRecords::rows, ascending.

// The rows of one kind from one party to another. A row stands in one of the five lists.
struct DirectRows {
  OtherIndices placed;     // both ends are shown by what the case states: counted
  OtherIndices named;      // an end is known by a name alone
  OtherIndices ambiguous;  // could be of another party as well
  OtherIndices undated;
  OtherIndices at_edge;  // may have been outside the window

  std::size_t all() const {
    return placed.size() + named.size() + ambiguous.size() + undated.size() + at_edge.size();
  }
};

struct PartyPair {
  int from = -1, to = -1;  // indices into CaseFile::parties

  friend auto operator<=>(const PartyPair&, const PartyPair&) = default;
};

// Whether the rows show whose log an evidence is: each was written on a host of that party's, or
// nearly all of them have that party at an end, and the other ends differ
// (docs/methods/direct_records.md). Flows and mail are looked at, once.
enum class Keeper { theirs, not_theirs, unclear };
class Keepers {
 public:
  Keepers(const OtherRecords& others, const MethodContext& context);
  Keeper of(const Evidence& evidence, RecordKind kind, int party) const;
  // The hosts that wrote the rows of a mail log, in lower case; at most 1,000 over all logs.
  const std::set<std::string>& hosts_of(std::uint32_t evidence) const;

 private:
  struct Theirs {
    std::uint64_t rows = 0;
    std::uint64_t largest = 0;  // of the rows, with one far end
    std::map<std::string, std::uint64_t> far;
  };
  void note_writer(const OtherRow& row);
  std::optional<Keeper> by_writer(const Evidence& evidence, int party) const;

  const MethodContext& context_;
  // Rows of a mail log by the party whose host wrote them; -1 where that is nobody's or not told.
  std::map<std::uint32_t, std::map<int, std::uint64_t>> writers_;
  std::map<std::uint32_t, std::set<std::string>> hosts_;
  std::map<std::string, int, std::less<>> party_of_host_;
  std::map<std::pair<std::uint32_t, RecordKind>, std::uint64_t> rows_;
  std::map<std::tuple<std::uint32_t, RecordKind, int>, Theirs> theirs_;
};

// All rows of one kind between these parties, by ordered pair. O(rows x parties).
std::map<PartyPair, DirectRows> rows_between(const OtherRecords& others, RecordKind kind,
                                             const std::vector<int>& parties,
                                             const MethodContext& context, const Keepers& keepers);

// Flows of one way whose way back another row tells: an exporter of one-way flows writes two.
struct FlowTally {
  OtherIndices lookups;    // to a port of DNS, in none of the others
  OtherIndices ways_back;  // of flows the other way that began before, in none of the others
  OtherIndices one_way;    // no packet back in any row: whoever forges a source leaves the same
  // Packets both ways, but nothing shows that the client's address sent any; in none of the others.
  OtherIndices forgeable;
  OtherIndices answered;  // packets both ways, maybe a refusal
  OtherIndices replied;   // the server sent content: a service answered
  OtherIndices content;   // content both ways that is no greeting and no handshake
};
// `own` are evidences (numbers) that were recorded in the network of the party that began: what
// leaves it was sent there. Elsewhere only an open connection shows that.
FlowTally tally_flows(const OtherRecords& others, const DirectRows& there, const DirectRows& back,
                      const std::set<std::uint32_t>& own = {});

struct MailTally {
  // Of the placed rows, and of those known by a name alone.
  std::map<MailFate, OtherIndices> placed, named;
};
MailTally tally_mail(const OtherRecords& others, const DirectRows& rows);

// Messages and transfers from one party to another, by Message-ID.
struct Letters {
  std::map<std::string, OtherIndices> by_id;      // rows that have this id
  std::map<std::string, OtherIndices> answering;  // rows that name this id as what they answer
  // Ids of accepted transfers with both ends placed and a sender in the envelope.
  std::set<std::string> accepted;
  // Ids of what a program wrote, or went to many; in none of the others.
  std::set<std::string> automatic;
  std::uint64_t without_id = 0;
};
Letters letters_of(const OtherRecords& others, const DirectRows& messages, const DirectRows& mail);

// Ids of `there` that a row of `back` answers.
std::vector<std::string> answered_ids(const Letters& there, const Letters& back);

}  // namespace assay::methods
