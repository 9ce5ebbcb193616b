#include "engine/recorders.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

namespace assay {
namespace {

// One keeper of a log answers at a few addresses; a log that names more servers than this is about
// many (a resolver's upstream side), and which of them it was asked is no sign of who kept it.
constexpr std::size_t kMostServers = 64;

using Servers = std::set<std::uint64_t>;  // host keys; empty = not told

const Note* find_note(const Evidence& evidence, std::string_view code) {
  for (const Note& note : evidence.notes) {
    if (note.code == code) return &note;
  }
  return nullptr;
}

// What an archive lost could be anybody's log.
bool has_lost_members(const Evidence& archive) {
  return find_note(archive, "archive.damaged") != nullptr ||
         find_note(archive, "archive.member_encrypted") != nullptr;
}

bool is_candidate(const Evidence& evidence, Vantage vantage) {
  if (evidence.vantage != vantage && evidence.vantage != Vantage::unknown) return false;
  if (evidence.state == ReadState::container) return has_lost_members(evidence);
  const bool is_empty = evidence.size_bytes == 0 && !evidence.sha256.empty();
  if (is_empty) return false;  // no look-up can be in it
  return evidence.tells_of("dns") || evidence.tells_of("file");
}

// A compressed copy whose records are counted at this vantage already, as those of its original.
bool is_counted_elsewhere(const Evidence& evidence, Vantage vantage,
                          const std::vector<Evidence>& evidences) {
  const Note* note = find_note(evidence, "input.same_content");
  if (note == nullptr || evidence.state == ReadState::read) return false;
  return std::any_of(evidences.begin(), evidences.end(), [&](const Evidence& other) {
    return other.state == ReadState::read && is_candidate(other, vantage) &&
           note->text.find(fmt::format("those of {}:", other.id)) != std::string::npos;
  });
}

Result<std::map<std::uint32_t, Servers>> servers_of(RecordStore& store,
                                                    const std::vector<const Evidence*>& members) {
  RowFilter filter;
  for (const Evidence* evidence : members) {
    if (evidence->state == ReadState::read) filter.evidences.push_back(evidence->number);
  }
  std::map<std::uint32_t, Servers> servers;
  if (filter.evidences.empty()) return servers;
  std::set<std::uint32_t> untold;
  ASSAY_TRY(store.count(filter, {GroupKey::evidence, GroupKey::server}, [&](const auto& group) {
    const auto number = static_cast<std::uint32_t>(group.key[0]);
    Servers& named = servers[number];
    named.insert(group.key[1]);
    if (group.key[1] == 0 || named.size() > kMostServers) untold.insert(number);
    return true;
  }));
  for (const std::uint32_t number : untold) servers.erase(number);
  return servers;
}

Result<std::string> name_of(RecordStore& store, const Servers& servers) {
  std::string name;
  if (*servers.begin() <= 0xffffffffu) {
    name = IpAddress::from_v4(static_cast<std::uint32_t>(*servers.begin())).to_string();
  } else {
    auto address = store.host(*servers.begin());
    if (!address.ok()) return address.error();
    name = *address ? (*address)->to_string() : "a server";
  }
  if (servers.size() > 1) name += fmt::format(" and {} more", servers.size() - 1);
  return name;
}

// Two pieces that both claim a time and do not hold the same number of rows in it are not both
// complete, or not of one keeper (two sites behind one address).
Result<bool> contradict(RecordStore& store, const Evidence& a, const Evidence& b) {
  for (const Interval& of_a : a.coverage.intervals) {
    for (const Interval& of_b : b.coverage.intervals) {
      RowFilter filter;
      filter.window = intersect(of_a, of_b);
      if (filter.window->empty()) continue;
      filter.evidences = {a.number};
      const auto rows_a = store.count_rows(filter);
      filter.evidences = {b.number};
      const auto rows_b = store.count_rows(filter);
      if (!rows_a.ok()) return rows_a.error();
      if (!rows_b.ok()) return rows_b.error();
      if (*rows_a != *rows_b) return true;
    }
  }
  return false;
}

Result<std::string> objection_to(RecordStore& store, const std::vector<const Evidence*>& pieces) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    for (std::size_t k = i + 1; k < pieces.size(); ++k) {
      const auto are_at_odds = contradict(store, *pieces[i], *pieces[k]);
      if (!are_at_odds.ok()) return are_at_odds.error();
      if (*are_at_odds) {
        return fmt::format("{} and {} cover one time and hold different numbers of rows there",
                           pieces[i]->id, pieces[k]->id);
      }
    }
  }
  return std::string();
}

}  // namespace

Result<std::vector<Recorder>> recorders_of(RecordStore& store, Vantage vantage,
                                           const std::vector<Evidence>& evidences) {
  std::vector<const Evidence*> members;
  for (const Evidence& evidence : evidences) {
    if (!is_candidate(evidence, vantage)) continue;
    if (!is_counted_elsewhere(evidence, vantage, evidences)) members.push_back(&evidence);
  }
  auto servers = servers_of(store, members);
  if (!servers.ok()) return servers.error();
  std::vector<Recorder> recorders;
  std::map<Servers, std::size_t> place;
  for (const Evidence* evidence : members) {
    const auto named = servers->find(evidence->number);
    if (evidence->vantage != vantage) {
      recorders.push_back({evidence->id, {evidence}, "its vantage is not stated"});
    } else if (named == servers->end()) {
      recorders.push_back({evidence->id, {evidence}, ""});
    } else if (const auto known = place.find(named->second); known != place.end()) {
      recorders[known->second].pieces.push_back(evidence);
    } else {
      auto name = name_of(store, named->second);
      if (!name.ok()) return name.error();
      place.emplace(named->second, recorders.size());
      recorders.push_back({std::move(*name), {evidence}, ""});
    }
  }
  for (Recorder& recorder : recorders) {
    if (recorder.pieces.size() < 2) continue;
    auto objection = objection_to(store, recorder.pieces);
    if (!objection.ok()) return objection.error();
    recorder.objection = std::move(*objection);
  }
  return recorders;
}

}  // namespace assay
