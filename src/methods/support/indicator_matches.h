// What lists of indicators have in common with the records of a case. The engine fills it once for
// all questions (engine/indicator_matches.h); the method `indicators` says what it means.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assay/instant.h"
#include "assay/names.h"

namespace assay {

// That somebody asserted a name or address, as one entry of a list says it.
struct IndicatorAssertion {
  std::uint32_t evidence = 0;  // the list, and where in it
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  std::string value;        // as written, without what keeps readers from clicking on it
  std::string type;         // STIX's word: "domain-name", "ipv4-addr", ...
  std::string asserted_by;  // "" = the list does not say
  std::string source;       // the event or list, by its title
  std::string confidence, marking, labels;
  std::string status;  // "", "revoked", "deleted", "not_for_detection"
  std::string part;    // why this alone is not all that was asserted; "" = it is
  std::optional<std::int64_t> from_us;
  std::optional<std::int64_t> until_us;  // its last microsecond
};

// The records of the case that hold an asserted value: itself, or what lies below it (a name below
// the name, an address in the network).
struct IndicatorMatch {
  IndicatorAssertion assertion;
  bool is_below = false;
  std::string name;                 // canonical; "" for an address
  std::optional<IpPrefix> network;  // of an address or network
  // Records by the asserted period: within, only partly (of a span), before, after; and those of
  // which the time is not known, or whose entry tells no start.
  std::uint64_t within = 0, partly = 0, before = 0, after = 0, undated = 0;
  std::uint64_t use_within = 0;  // of those within, what is no registration and no passive DNS
  Interval seen;                 // of those with a time
  std::map<std::string, std::uint64_t> places;  // "asked name" -> records
  std::map<int, std::uint64_t> by_party;        // index into CaseFile::parties -> records
  std::uint64_t different = 0;                  // names or addresses below; 1 otherwise
  std::vector<std::string> examples;            // the first of them, in order
  // Of an address or network: names that it had by answers, passive DNS and zones of the case.
  std::uint64_t names_then = 0;    // from a day before the first use to a day after the last
  std::uint64_t domains_then = 0;  // under how many domains (the last two labels)
  std::uint64_t names_undated = 0;
  std::uint64_t names_ever = 0;
  bool are_names_cut = false;  // there were more than are counted

  std::uint64_t records() const { return within + partly + before + after + undated; }
};

struct IndicatorLocus {
  std::int64_t time_us = 0;
  std::uint32_t evidence = 0;
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  friend auto operator<=>(const IndicatorLocus&, const IndicatorLocus&) = default;
};

struct IndicatorMatches {
  std::vector<std::uint32_t> lists;     // evidences that hold entries
  std::uint64_t entries = 0;            // assertions that were compared
  std::uint64_t entries_left_out = 0;   // beyond the limit
  std::uint64_t entries_matched = 0;    // by at least one record, itself or below
  std::uint64_t values = 0;             // different names, addresses and networks
  std::uint64_t looked_at = 0;          // look-ups and records
  std::vector<IndicatorMatch> matches;  // by value, list and place in it
  std::uint64_t matches_left_out = 0;
  std::vector<IndicatorLocus> loci;  // of records that match, ascending
  std::uint64_t loci_left_out = 0;
  bool are_answers_cut = false;  // not all answers could be held against their look-ups
};

}  // namespace assay
