#include "methods/support/askers.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace assay::methods {
namespace {

// Most rows first; then by address, so that the order never depends on how hosts were numbered.
void order_clients(const QuestionRecords& records, const std::vector<std::uint64_t>& rows_of_host,
                   AskerGroup& group) {
  std::sort(group.clients.begin(), group.clients.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (rows_of_host[a] != rows_of_host[b]) return rows_of_host[a] > rows_of_host[b];
    return records.hosts[a].address < records.hosts[b].address;
  });
}

// Of these clients, those whose address has had another holder, too.
std::vector<bool> changes_hands(const QuestionRecords& records,
                                const std::vector<std::uint32_t>& clients) {
  std::map<IpAddress, int> holders;
  for (const std::uint32_t client : clients) holders[records.hosts[client].address] = 0;
  for (std::size_t h = 1; h < records.hosts.size(); ++h) {
    if (const auto at = holders.find(records.hosts[h].address); at != holders.end()) ++at->second;
  }
  std::vector<bool> changes;
  for (const std::uint32_t client : clients) {
    changes.push_back(holders[records.hosts[client].address] > 1);
  }
  return changes;
}

}  // namespace

std::string party_name(const MethodContext& context, int party) {
  return context.case_file->parties[static_cast<std::size_t>(party)].name;
}

std::vector<const AskerGroup*> Askers::groups() const {
  std::vector<const AskerGroup*> found;
  for (const AskerGroup& party : parties) found.push_back(&party);
  if (!other.rows.empty()) found.push_back(&other);
  return found;
}

Askers split_by_asker(const QuestionRecords& records, const MethodContext& context) {
  const auto& parties = context.case_file->parties;
  std::vector<AskerGroup> by_party(parties.size());
  Askers askers;
  askers.other.subject = kOther;
  askers.not_told.subject = kNotTold;
  std::vector<std::uint64_t> rows_of_host(records.hosts.size(), 0);
  for (std::uint32_t i = 0; i < records.rows.size(); ++i) {
    const LookupRow& row = records.rows[i];
    if (!records.is_target(row)) continue;
    const int party = records.party_of(row);
    AskerGroup& group = row.client == 0 ? askers.not_told
                        : party < 0     ? askers.other
                                        : by_party[static_cast<std::size_t>(party)];
    askers.all.push_back(i);
    group.rows.push_back(i);
    if (rows_of_host[row.client]++ == 0) group.clients.push_back(row.client);
  }
  for (std::size_t p = 0; p < parties.size(); ++p) {
    if (parties[p].addresses.empty() && by_party[p].rows.empty()) continue;
    by_party[p].subject = parties[p].name;
    by_party[p].party = static_cast<int>(p);
    order_clients(records, rows_of_host, by_party[p]);
    askers.parties.push_back(std::move(by_party[p]));
  }
  order_clients(records, rows_of_host, askers.other);
  return askers;
}

std::vector<AskerGroup> split_by_address(const QuestionRecords& records, const AskerGroup& group,
                                         std::size_t limit) {
  std::vector<AskerGroup> addresses(std::min(limit, group.clients.size()));
  const std::vector<bool> is_shared = changes_hands(
      records, {group.clients.begin(),
                group.clients.begin() + static_cast<std::ptrdiff_t>(addresses.size())});
  std::vector<std::int32_t> place(records.hosts.size(), -1);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const std::uint32_t client = group.clients[i];
    addresses[i].subject = records.hosts[client].address.to_string();
    if (is_shared[i]) addresses[i].subject += fmt::format(" ({})", group.subject);
    addresses[i].party = group.party;
    addresses[i].clients = {client};
    place[client] = static_cast<std::int32_t>(i);
  }
  for (const std::uint32_t index : group.rows) {
    const std::int32_t at = place[records.rows[index].client];
    if (at >= 0) addresses[static_cast<std::size_t>(at)].rows.push_back(index);
  }
  return addresses;
}

RowIndices rows_with_run_on(const QuestionRecords& records, const AskerGroup& group) {
  RowIndices rows;
  for (std::uint32_t i = 0; i < records.rows.size(); ++i) {
    const LookupRow& row = records.rows[i];
    if (row.client != 0 && records.party_of(row) == group.party) rows.push_back(i);
  }
  return rows;
}

BurstGroups group_by_address(const QuestionRecords& records) {
  BurstGroups groups;
  groups.count = static_cast<std::uint32_t>(records.hosts.size());
  groups.group_of_host.resize(records.hosts.size());
  for (std::uint32_t h = 0; h < groups.count; ++h) groups.group_of_host[h] = h;
  return groups;
}

BurstGroups group_by_party(const QuestionRecords& records) {
  BurstGroups groups = group_by_address(records);
  int most = -1;
  for (std::size_t h = 0; h < records.hosts.size(); ++h) {
    const int party = records.hosts[h].party;
    if (party < 0) continue;
    groups.group_of_host[h] =
        static_cast<std::uint32_t>(records.hosts.size()) + static_cast<std::uint32_t>(party);
    most = std::max(most, party);
  }
  groups.count += static_cast<std::uint32_t>(most + 1);
  return groups;
}

}  // namespace assay::methods
