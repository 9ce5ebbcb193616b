#include "engine/indicator_sightings.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace assay {
namespace {

constexpr std::size_t kExamples = 3;
constexpr std::size_t kMostSighted = 1'000'000;  // different values that are told apart
// An answer may be used as long as its TTL, which is rarely more than a day.
constexpr std::int64_t kNearUs = kMicrosPerDay;

// "sender.example" of "a.b.sender.example".
std::string domain_of(std::string_view name) {
  const auto labels = labels_of(name);
  if (labels.size() <= 2) return std::string(name);
  return fmt::format("{}.{}", labels[labels.size() - 2], labels.back());
}

void widen(Interval& known, const Interval& seen) {
  if (seen.empty()) return;
  known = known.empty() ? seen
                        : Interval{std::min(known.begin_us, seen.begin_us),
                                   std::max(known.end_us, seen.end_us)};
}

// What a reader would look at first: the value itself, within its period, in many records.
bool goes_before(const IndicatorMatch& a, const IndicatorMatch& b) {
  const auto rank = [](const IndicatorMatch& match) {
    return std::tuple(match.is_below, match.use_within == 0, match.within == 0);
  };
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  if (a.records() != b.records()) return a.records() > b.records();
  return std::tie(a.assertion.value, a.assertion.evidence, a.assertion.offset) <
         std::tie(b.assertion.value, b.assertion.evidence, b.assertion.offset);
}

}  // namespace

IndicatorPlace place_of(RecordKind kind, PlaceInRow where) {
  return static_cast<IndicatorPlace>(kind) << 16 | static_cast<std::uint16_t>(where);
}
IndicatorPlace place_of(RecordKind kind, FieldId field) {
  return static_cast<IndicatorPlace>(kind) << 16 | field;
}

std::string place_text(IndicatorPlace place) {
  const auto kind = static_cast<RecordKind>(place >> 16);
  const auto where = static_cast<std::uint16_t>(place & 0xffff);
  const std::string_view what = kind == RecordKind::dns ? "look-up" : kind_word(kind);
  switch (static_cast<PlaceInRow>(where)) {
    case PlaceInRow::asked_name:
      return fmt::format("{}: asked name", what);
    case PlaceInRow::client:
      return fmt::format("{}: client", what);
    case PlaceInRow::server:
      return fmt::format("{}: server", what);
    case PlaceInRow::name:
      return fmt::format("{}: name", what);
    case PlaceInRow::answer:
      return fmt::format("{}: answer", what);
  }
  return fmt::format("{}: {}", what, field_word(where));
}

void IndicatorSightings::count(const IndicatorAssertion& entry, const Sighting& sighting,
                               Counts& counts) const {
  const bool has_period = entry.from_us || entry.until_us;
  if (!sighting.is_dated || !has_period) {
    ++counts.undated;
    return;
  }
  const std::int64_t from = entry.from_us.value_or(INT64_MIN);
  const std::int64_t until = entry.until_us.value_or(INT64_MAX);
  if (sighting.end_us < from) {
    ++counts.before;
  } else if (sighting.begin_us > until) {
    ++counts.after;
  } else if (sighting.begin_us < from || sighting.end_us > until) {
    ++counts.partly;
  } else {
    ++counts.within;
    counts.use_within += sighting.is_use ? 1 : 0;
  }
}

void IndicatorSightings::note_different(const SightedValue& value) {
  if (sighted_.size() >= kMostSighted || !sighted_.insert(value.text).second) return;
  for (const IndicatorHit& hit : value.hits) {
    Group& group = groups_[hit];
    ++group.different;
    group.examples.insert(value.text);
    if (group.examples.size() > kExamples) group.examples.erase(std::prev(group.examples.end()));
  }
}

void IndicatorSightings::keep_locus(const IndicatorLocus& locus) {
  loci_.push_back(locus);
  std::push_heap(loci_.begin(), loci_.end());
  if (loci_.size() <= limits_.loci) return;
  std::pop_heap(loci_.begin(), loci_.end());
  loci_.pop_back();
  ++loci_left_out_;
}

void IndicatorSightings::add(const Sighting& sighting, const std::vector<SightedAt>& at) {
  std::set<IndicatorHit> hits;  // a record counts once for a value, wherever in it that stands
  for (const SightedAt& each : at) {
    note_different(*each.value);
    for (const IndicatorHit& hit : each.value->hits) {
      ++groups_[hit].places[each.place];
      hits.insert(hit);
    }
  }
  for (const IndicatorHit& hit : hits) {
    Group& group = groups_[hit];
    const auto& entries = index_.values()[hit.value].entries;
    group.counts.resize(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      count(index_.entries()[entries[i]], sighting, group.counts[i]);
    }
    if (sighting.is_dated) {
      const Interval when{sighting.begin_us, sighting.end_us + 1};
      widen(group.seen, when);
      if (sighting.is_use) widen(group.used, when);
    }
    for (const int party : sighting.parties) ++group.by_party[party];
  }
  if (!hits.empty()) keep_locus(sighting.locus);
}

void IndicatorSightings::add_owner(const IpAddress& address, std::uint64_t name,
                                   const Interval& seen) {
  Owners& owners = owners_[address];
  const auto known = owners.find(name);
  if (known != owners.end()) return widen(known->second, seen);
  if (owners.size() >= limits_.names_of_address || owners_kept_ >= limits_.names_of_all) {
    cut_.insert(address);
    return;
  }
  ++owners_kept_;
  owners.emplace(name, seen);
}

Status IndicatorSightings::spell_owners(RecordStore& store) {
  for (const auto& [address, owners] : owners_) {
    for (const auto& [name, seen] : owners) owner_domains_.emplace(name, "");
  }
  if (owner_domains_.empty()) return {};
  return store.names([&](std::uint64_t key, std::string_view name) {
    if (const auto found = owner_domains_.find(key); found != owner_domains_.end()) {
      found->second = domain_of(name);
    }
    return true;
  });
}

void IndicatorSightings::count_owners(const IndicatorValue& value, Interval when,
                                      IndicatorMatch& match) const {
  if (!value.network) return;
  const Interval near{when.begin_us - kNearUs, when.end_us + kNearUs};
  std::set<std::uint64_t> ever, then, undated;
  std::set<std::string_view> domains;
  for (auto at = owners_.lower_bound(value.network->base());
       at != owners_.end() && value.network->contains(at->first); ++at) {
    match.are_names_cut |= cut_.contains(at->first);
    for (const auto& [name, seen] : at->second) {
      ever.insert(name);
      if (seen.empty()) undated.insert(name);
      if (when.empty() || intersect(seen, near).empty()) continue;
      then.insert(name);
      domains.insert(owner_domains_.at(name));
    }
  }
  match.names_ever = ever.size();
  match.names_then = then.size();
  match.domains_then = domains.size();
  match.names_undated = undated.size();
}

IndicatorMatch IndicatorSightings::match_of(const IndicatorHit& hit, const Group& group,
                                            std::size_t entry) const {
  const IndicatorValue& value = index_.values()[hit.value];
  IndicatorMatch match;
  match.assertion = index_.entries()[value.entries[entry]];
  match.is_below = hit.is_below;
  match.name = value.name;
  match.network = value.network;
  const Counts& counts = group.counts[entry];
  match.within = counts.within;
  match.partly = counts.partly;
  match.before = counts.before;
  match.after = counts.after;
  match.undated = counts.undated;
  match.use_within = counts.use_within;
  match.seen = group.seen;
  for (const auto& [place, records] : group.places) match.places[place_text(place)] += records;
  match.by_party = group.by_party;
  match.different = group.different;
  match.examples.assign(group.examples.begin(), group.examples.end());
  // Passive DNS that names the address now and then makes no time of use longer.
  count_owners(value, group.used.empty() ? group.seen : group.used, match);
  return match;
}

Status IndicatorSightings::finish(RecordStore& store, IndicatorMatches& matches) {
  ASSAY_TRY(spell_owners(store));
  std::set<std::uint32_t> matched;
  for (const auto& [hit, group] : groups_) {
    for (std::size_t i = 0; i < group.counts.size(); ++i) {
      matched.insert(index_.values()[hit.value].entries[i]);
      matches.matches.push_back(match_of(hit, group, i));
      // So that a list of everything holds no more at once than it may hold in the end.
      if (matches.matches.size() < 2 * limits_.matches) continue;
      std::sort(matches.matches.begin(), matches.matches.end(), goes_before);
      matches.matches_left_out += matches.matches.size() - limits_.matches;
      matches.matches.resize(limits_.matches);
    }
  }
  std::sort(matches.matches.begin(), matches.matches.end(), goes_before);
  if (matches.matches.size() > limits_.matches) {
    matches.matches_left_out += matches.matches.size() - limits_.matches;
    matches.matches.resize(limits_.matches);
  }
  matches.entries_matched = matched.size();
  std::sort(loci_.begin(), loci_.end());
  matches.loci = std::move(loci_);
  matches.loci_left_out = loci_left_out_;
  return {};
}

}  // namespace assay
