#include "methods/support/path_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "methods/support/measure.h"

namespace assay::methods {
namespace {

HopSeen hop_seen(const LookupRow& row, std::uint8_t hop_limit) {
  return {{row.evidence, row.server}, hop_limit};
}

}  // namespace

void add_paths(const QuestionRecords& records, const RowIndices& rows, const RowIndices& heads,
               const QueryPaths& paths, PathHabits& habits) {
  std::vector<HopSeen> hops;
  std::vector<std::uint32_t> sizes;
  for (const std::uint32_t index : heads) {
    const LookupRow& row = records.rows[index];
    if ((row.flags & kTcp) != 0) continue;
    const PathOfQuery path = paths.of(records, row);
    if (path.hop_limit) {
      habits.hop_heads.push_back(index);
      hops.push_back(hop_seen(row, *path.hop_limit));
    }
    if (path.edns_size) {
      habits.size_heads.push_back(index);
      sizes.push_back(*path.edns_size);
    }
  }
  habits.hops = hop_habit(hops);
  habits.sizes = size_habit(sizes);
  for (const std::uint32_t index : rows) {
    const LookupRow& row = records.rows[index];
    if ((row.flags & kTcp) == 0) continue;
    habits.over_tcp += 1;
    const PathOfQuery path = paths.of(records, row);
    if (!path.hop_limit || !habits.hops.usual.contains({row.evidence, row.server})) continue;
    habits.tcp_hops += 1;
    habits.tcp_usual_hops += habits.hops.is_usual(hop_seen(row, *path.hop_limit));
  }
}

void add_agreement(const QuestionRecords& records, const QueryPaths& paths,
                   const PathHabits& habits, Finding& finding) {
  if (habits.hops.two == TwoHabits::none || habits.flags.kinds.size() < 2) return;
  double usual = 0, usual_apart = 0, other = 0, other_apart = 0;
  for (const std::uint32_t index : habits.heads) {
    const LookupRow& row = records.rows[index];
    const PathOfQuery path = paths.of(records, row);
    if (!path.hop_limit || !habits.hops.usual.contains({row.evidence, row.server})) continue;
    const bool is_usual = habits.hops.is_usual(hop_seen(row, *path.hop_limit));
    const bool is_apart = habit_flags(row.flags) != habits.flags.kinds[0].flags;
    (is_usual ? usual : other) += 1;
    (is_usual ? usual_apart : other_apart) += is_apart;
  }
  if (usual == 0 || other == 0) return;
  add(finding, "other_flags_share_at_usual_hops", usual_apart / usual);
  add(finding, "other_flags_share_at_other_hops", other_apart / other);
}

void add_path_numbers(const PathHabits& habits, Finding& finding) {
  const HopHabit& hops = habits.hops;
  add(finding, "queries_over_tcp", habits.over_tcp, "rows");
  add(finding, "hops_told", hops.told, "bursts");
  if (hops.is_enough()) {
    add(finding, "hop_limit_commonest", hops.commonest);
    add(finding, "hops_other_share", hops.other_share, "", hops.other_interval,
        "95 % Clopper-Pearson, as if bursts were independent");
    add(finding, "hops_from_another_start", hops.is_other_start ? 1 : 0);
    add(finding, "hops_are_two_habits", hops.is_reason() ? 1 : 0);
  }
  if (habits.tcp_hops > 0) {
    add(finding, "tcp_hops_told", habits.tcp_hops, "rows");
    add(finding, "tcp_hops_as_udp_share", habits.tcp_usual_hops / habits.tcp_hops);
  }
  const SizeHabit& sizes = habits.sizes;
  add(finding, "edns_sizes_told", sizes.told, "bursts");
  if (!sizes.is_enough()) return;
  add(finding, "edns_size_commonest", sizes.kinds[0].flags, "bytes");
  add(finding, "edns_second_size_share", sizes.second_share);
}

void add_path_tables(const QuestionRecords& records, const QueryPaths& paths,
                     const PathHabits& habits, Finding& finding) {
  std::map<std::pair<std::uint32_t, std::uint8_t>, double> counts;  // asked server, hop limit
  for (const std::uint32_t index : habits.hop_heads) {
    const LookupRow& row = records.rows[index];
    counts[{row.server, *paths.of(records, row).hop_limit}] += 1;
  }
  std::vector<std::pair<double, std::pair<std::uint32_t, std::uint8_t>>> ordered;
  for (const auto& [seen, count] : counts) ordered.emplace_back(count, seen);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  Table hops{"hop_limits", {"bursts", "share"}, {}, {}};
  for (const auto& [count, seen] : ordered) {
    if (hops.rows.size() == kListedHabits) break;
    const HostInfo& server = records.hosts[seen.first];
    hops.row_labels.push_back(seen.first == 0 ? hops_text(seen.second)
                                              : fmt::format("{} at {}", hops_text(seen.second),
                                                            server.address.to_string()));
    hops.rows.push_back({count, count / static_cast<double>(habits.hop_heads.size())});
  }
  if (!hops.rows.empty()) finding.tables.push_back(std::move(hops));
  Table sizes{"edns_sizes", {"bursts", "share"}, {}, {}};
  for (const FlagHabit::Kind& kind : habits.sizes.kinds) {
    if (sizes.rows.size() == kListedHabits) break;
    sizes.row_labels.push_back(std::to_string(kind.flags));
    sizes.rows.push_back({kind.count, kind.count / habits.sizes.told});
  }
  if (!sizes.rows.empty()) finding.tables.push_back(std::move(sizes));
}

void say_path_limits(const QueryPaths& paths, const PathHabits& habits, Finding& finding) {
  auto& says = finding.limitations;
  if (paths.is_cut()) {
    says.emplace_back(
        "The records of hop limits and EDNS sizes are more than are loaded; none is read.");
  }
  if (!habits.hops.is_enough()) {
    says.emplace_back(
        "No hop limit (IP TTL) is told of enough queries. A capture of the packets at the servers "
        "has it, and so has C-DNS where its recorder kept it; routers' flow records at the borders "
        "of the networks whose addresses were used tell whether such packets left there.");
  } else if (habits.hops.two == TwoHabits::none) {
    says.emplace_back(
        "One hop limit is one length of path and one start, not one sender: whoever knows how many "
        "routers lie between can choose the start so that it fits, and who sits in the same "
        "network has the same path.");
  } else if (habits.hops.is_like_route()) {
    says.emplace_back(
        "Another hop limit of the same start comes in stretches or from some moment on, as after a "
        "change of route; that is not taken for a second sender.");
  } else {
    says.emplace_back(
        "Load balancing over paths of unlike lengths, two machines behind one translated address "
        "and a server that one address stands for at several sites leave two hop limits too.");
  }
  if (habits.sizes.two != TwoHabits::none && habits.sizes.is_like_fallback) {
    says.emplace_back(
        "Of the two EDNS sizes the smaller is one that resolvers fall back to where large answers "
        "are lost (RFC 6891 section 6.2.5); that is not taken for a second sender.");
  }
  says.emplace_back("The cookie's value and which letters of the name were capitals are not kept.");
}

}  // namespace assay::methods
