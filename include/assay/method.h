// Method: the door through which an analysis enters. Records in, findings out; deterministic.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assay/case.h"
#include "assay/evidence.h"
#include "assay/finding.h"
#include "assay/record.h"

namespace assay {

// One row as methods see it; names and hosts are indices into QuestionRecords' tables.
struct LookupRow {
  std::int64_t time_us = 0;
  std::uint32_t width_us = 1;
  std::uint32_t client = 0;    // index into hosts
  std::uint32_t server = 0;    // index into hosts; 0 is "not told"
  std::uint32_t name = 0;      // index into names
  std::uint32_t evidence = 0;  // evidence number
  std::uint32_t ttl = kNoTtl;
  std::uint32_t flags = 0;
  std::uint32_t delay_us = kNoDelay;
  std::uint16_t qtype = 0;
  std::uint16_t rcode = kNoRcode;
  std::uint16_t id = 0;
  std::uint16_t client_port = 0;
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
};

// An address that changes hands inside the record stands there once for each holder.
struct HostInfo {
  IpAddress address;
  int party = -1;  // index into CaseFile::parties, -1 = none
};
struct NameInfo {
  std::string canonical;
  int party = -1;          // who holds it
  bool is_target = false;  // one of the names that the question is about
  int run_on_of = -1;      // index of the target of which this is target + "." + suffix
};

// Hourly counts of everything else that the same evidences recorded: the control for coverage.
struct BackgroundHour {
  std::uint32_t evidence = 0;
  std::int64_t hour = 0;         // hours since the epoch, UTC
  std::uint64_t rows = 0;        // all rows
  std::uint64_t other_rows = 0;  // rows that are not about the question's names
};

// How a name that the question is not about was shared out among the networks that asked for it:
// what the question's names are held against (docs/methods/rarity.md). A network is an IPv4 /24, or
// one IPv6 address; a burst is a run of look-ups of one address without a pause of more than 60 s.
struct OtherName {
  std::uint32_t bursts = 0;       // of all networks
  std::uint32_t top_two = 0;      // of the two networks that have most
  std::uint32_t networks = 0;     // that asked
  bool is_for_addresses = false;  // at least half of its bursts begin with A or AAAA
};

// What a recorder says of itself: that it lost a share of what it should have recorded.
struct RecorderLoss {
  Interval when;
  double share = 0;               // lost of all; its own estimate
  std::vector<std::uint32_t> of;  // numbers of the evidences that it recorded meanwhile
  std::uint32_t evidence = 0;     // that says so, and where
  std::uint64_t offset = 0;
};

// A record that is no look-up: flow, service, mail, message, hop, registration, payment, aggregate.
struct OtherRow {
  RecordRow row;  // as stored, with its clock corrected
  std::uint32_t evidence = 0;
  IpAddress client, server;  // unspecified where the row tells none
  // Indices into CaseFile::parties of who held address or name then; -1 = none.
  int client_party = -1, server_party = -1, name_party = -1;
  std::string name;  // canonical; "" = none
  std::vector<std::pair<FieldId, std::string>> fields;

  std::string_view field(FieldId wanted) const;  // the first of them; "" = none
  bool is_dated() const { return (row.flags & kTimeUnknown) == 0; }
};

// That a name had an address, by an answer or a registration that says so.
struct NameAddress {
  std::string name;
  IpAddress address;
  Interval seen;  // from the first to the last that says so; empty: none is dated
  std::vector<std::uint32_t> evidences;
};

// The records of one question that are no look-ups, whatever evidence they lie in: what touches its
// parties or names, all of a mail server's log, all payments, and registrations of neighbours.
// Sorted by (time, evidence, number). In the question's window, save registrations, which speak of
// other times than they were made at.
struct OtherRecords {
  std::vector<OtherRow> rows;
  std::vector<NameAddress> addresses;            // of the question's names
  std::map<RecordKind, std::uint64_t> left_out;  // beyond the limits: nothing is the last then
};

// What one question rests on, at one vantage. Rows are sorted by (time, evidence, offset).
struct QuestionRecords {
  std::string vantage;
  std::vector<const Evidence*> evidences;
  std::vector<Recorder> recorders;    // of these, and of all that could belong to this vantage
  std::vector<NamePattern> patterns;  // the names that the question is about, as stated
  Interval window;                    // the question's, or the span of these evidences
  bool window_is_stated = false;
  std::vector<LookupRow> rows;  // look-ups of the question's names, by anyone, and run-on names
  // Rows about the same names that show no look-up: an answer whose query was not seen, an opcode
  // other than QUERY, multicast. Sorted alike.
  std::vector<LookupRow> no_lookups;
  // Look-ups whose lossy name (names.h) could be an asked-for one. They are in no other number.
  std::uint64_t could_be_rows = 0;
  std::vector<HostInfo> hosts;  // [0] = not told
  std::vector<NameInfo> names;
  std::vector<BackgroundHour> background;
  std::vector<OtherName> other_names;    // all, or those that a hash drew; ascending
  std::uint32_t other_names_one_in = 1;  // so many; 1 = all
  std::vector<RecorderLoss> losses;      // that touch the window, of evidences of any kind

  bool is_target(const LookupRow& row) const { return names[row.name].is_target; }
  int party_of(const LookupRow& row) const { return hosts[row.client].party; }
};

struct IndicatorMatches;  // methods/support/indicator_matches.h

struct MethodContext {
  const CaseFile* case_file = nullptr;
  const Question* question = nullptr;
  const std::vector<Evidence>* all_evidences = nullptr;  // of every record kind
  std::uint64_t random_seed = 1;                 // for nulls by resampling; stated in the finding
  const OtherRecords* others = nullptr;          // nullptr: none were loaded
  const IndicatorMatches* indicators = nullptr;  // of the whole case; nullptr: none were matched
};

class Method {
 public:
  virtual ~Method() = default;
  virtual std::string_view name() const = 0;
  virtual std::string_view version() const = 0;  // rises when numbers may change
  virtual std::string_view summary() const = 0;
  // At least one finding, also when there is nothing to find. Pure: same records, same findings.
  virtual std::vector<Finding> run(const QuestionRecords& records,
                                   const MethodContext& context) const = 0;
  // What only several recorders together show; called once a question, after run() for each.
  virtual std::vector<Finding> compare(const std::vector<QuestionRecords>& vantages,
                                       const MethodContext& context) const;
};

const std::vector<const Method*>& all_methods();
const Method* find_method(std::string_view name);

}  // namespace assay
