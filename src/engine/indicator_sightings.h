// What the case holds of each asserted value: records, times, parties, and the names of addresses.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "assay/record.h"
#include "engine/indicator_index.h"
#include "engine/indicator_matches.h"

namespace assay {

// Where in a record a value stands: its kind, and a field or one of these.
using IndicatorPlace = std::uint32_t;
enum class PlaceInRow : std::uint16_t { asked_name = 0xfff0, client, server, name, answer };
IndicatorPlace place_of(RecordKind kind, PlaceInRow where);
IndicatorPlace place_of(RecordKind kind, FieldId field);
std::string place_text(IndicatorPlace place);

// A name or address of the case with what is asserted of it.
struct SightedValue {
  std::string text;
  IndicatorHits hits;
};

struct SightedAt {
  const SightedValue* value = nullptr;
  IndicatorPlace place = 0;
};

// One record that holds asserted values.
struct Sighting {
  bool is_dated = true;
  bool is_use = true;                     // no registration and no passive DNS
  std::int64_t begin_us = 0, end_us = 0;  // its last microsecond
  IndicatorLocus locus;
  std::vector<int> parties;  // that are an end of it, each once
};

class IndicatorSightings {
 public:
  IndicatorSightings(const IndicatorIndex& index, const IndicatorLimits& limits)
      : index_(index), limits_(limits) {}

  void add(const Sighting& sighting, const std::vector<SightedAt>& at);
  // That the name had the address; an empty interval is undated.
  void add_owner(const IpAddress& address, std::uint64_t name, const Interval& seen);
  // Spells the names of addresses out and hands everything over.
  Status finish(RecordStore& store, IndicatorMatches& matches);

 private:
  struct Counts {
    std::uint64_t within = 0, partly = 0, before = 0, after = 0, undated = 0, use_within = 0;
  };
  struct Group {
    std::vector<Counts> counts;  // by entry of the value
    std::map<IndicatorPlace, std::uint64_t> places;
    std::map<int, std::uint64_t> by_party;
    Interval seen, used;  // of all; of those that are no registration and no passive DNS
    std::uint64_t different = 0;
    std::set<std::string> examples;
  };
  using Owners = std::unordered_map<std::uint64_t, Interval>;

  void count(const IndicatorAssertion& entry, const Sighting& sighting, Counts& counts) const;
  void note_different(const SightedValue& value);
  void keep_locus(const IndicatorLocus& locus);
  Status spell_owners(RecordStore& store);
  void count_owners(const IndicatorValue& value, Interval when, IndicatorMatch& match) const;
  IndicatorMatch match_of(const IndicatorHit& hit, const Group& group, std::size_t entry) const;

  const IndicatorIndex& index_;
  const IndicatorLimits& limits_;
  std::map<IndicatorHit, Group> groups_;
  std::unordered_set<std::string> sighted_;
  std::vector<IndicatorLocus> loci_;  // a heap, its largest first
  std::uint64_t loci_left_out_ = 0;
  std::map<IpAddress, Owners> owners_;
  std::size_t owners_kept_ = 0;
  std::set<IpAddress> cut_;  // of which more names are told than were kept
  std::unordered_map<std::uint64_t, std::string> owner_domains_;
};

}  // namespace assay
