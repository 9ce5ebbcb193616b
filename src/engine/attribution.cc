#include "engine/attribution.h"

#include <algorithm>
#include <map>
#include <utility>

namespace assay {
namespace {

struct Holding {
  int length = 0;  // of the prefix
  int party = -1;
  std::optional<Interval> when;
};

// All who hold the address at some time, the longest prefix first. case.toml has no two that are
// alike at one time.
std::vector<Holding> holdings_of(const CaseFile& case_file, const IpAddress& address) {
  std::vector<Holding> found;
  for (std::size_t p = 0; p < case_file.parties.size(); ++p) {
    const Party& party = case_file.parties[p];
    for (const IpPrefix& prefix : party.addresses) {
      if (!prefix.contains(address)) continue;
      found.push_back({prefix.length(), static_cast<int>(p), party.holds});
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Holding& a, const Holding& b) { return a.length > b.length; });
  return found;
}

int holder_at(const std::vector<Holding>& holdings, std::int64_t us) {
  for (const Holding& holding : holdings) {
    if (!holding.when || holding.when->contains(us)) return holding.party;
  }
  return -1;
}

}  // namespace

void attribute_clients(const CaseFile& case_file, QuestionRecords& records) {
  std::vector<std::vector<Holding>> changing(records.hosts.size());
  bool any_changes = false;
  for (std::size_t h = 1; h < records.hosts.size(); ++h) {
    auto holdings = holdings_of(case_file, records.hosts[h].address);
    if (holdings.empty()) continue;
    if (!holdings.front().when) {
      records.hosts[h].party = holdings.front().party;
      continue;
    }
    changing[h] = std::move(holdings);
    any_changes = true;
  }
  if (!any_changes) return;
  // The first holder keeps the index; each further one gets an entry of its own.
  std::vector<bool> is_taken(records.hosts.size(), false);
  std::map<std::pair<std::uint32_t, int>, std::uint32_t> place;
  const auto attribute = [&](LookupRow& row) {
    const std::uint32_t client = row.client;
    if (changing[client].empty()) return;
    const int party = holder_at(changing[client], row.time_us);
    const auto [known, is_new] = place.emplace(std::pair(client, party), client);
    if (is_new && is_taken[client]) {
      known->second = static_cast<std::uint32_t>(records.hosts.size());
      records.hosts.push_back({records.hosts[client].address, party});
    } else if (is_new) {
      is_taken[client] = true;
      records.hosts[client].party = party;
    }
    row.client = known->second;
  };
  for (LookupRow& row : records.rows) attribute(row);
  for (LookupRow& row : records.no_lookups) attribute(row);
}

void attribute_others(const CaseFile& case_file, std::vector<OtherRow>& rows) {
  std::map<IpAddress, std::vector<Holding>> known;
  std::map<std::string, int, std::less<>> names;
  const auto party_of = [&](const IpAddress& address, const OtherRow& row) {
    if (address.is_unspecified()) return -1;
    auto found = known.find(address);
    if (found == known.end()) {
      found = known.emplace(address, holdings_of(case_file, address)).first;
    }
    if (found->second.empty()) return -1;
    return row.is_dated() ? holder_at(found->second, row.row.time_us) : found->second.front().party;
  };
  for (OtherRow& row : rows) {
    row.client_party = party_of(row.client, row);
    row.server_party = party_of(row.server, row);
    if (row.name.empty()) continue;
    auto found = names.find(row.name);
    if (found == names.end()) {
      const auto holder =
          std::find_if(case_file.parties.begin(), case_file.parties.end(),
                       [&](const Party& party) { return party.holds_name(row.name); });
      const bool is_held = holder != case_file.parties.end();
      const auto index = is_held ? static_cast<int>(holder - case_file.parties.begin()) : -1;
      found = names.emplace(row.name, index).first;
    }
    row.name_party = found->second;
  }
}

}  // namespace assay
