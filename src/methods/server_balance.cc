// server_balance: which server was asked, and whether the next burst goes to the same one.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "methods/registry.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr double kMinHeads = 100;
constexpr double kFar = 4;  // standard deviations
constexpr std::size_t kListed = 20;

// A number for the server of each row: the address where told, else the evidence (one log a
// server).
enum class By { server, evidence };

std::map<std::uint32_t, double> count_servers(const QuestionRecords& records,
                                              const RowIndices& rows, By by) {
  std::map<std::uint32_t, double> counts;
  for (const std::uint32_t index : rows) {
    const LookupRow& row = records.rows[index];
    counts[by == By::server ? row.server : row.evidence] += 1;
  }
  return counts;
}

std::string server_text(const QuestionRecords& records, std::uint32_t key, By by) {
  if (by == By::evidence) {
    const Evidence* evidence = evidence_of(records, key);
    return evidence != nullptr ? evidence->id : std::to_string(key);
  }
  return key == 0 ? "not told" : records.hosts[key].address.to_string();
}

struct Serial {
  double pairs = 0, same = 0, expected = 0, z = 0;
};

// Neighbours in time of one asker; a chooser without memory repeats with sum c^2.
Serial serial_of(const QuestionRecords& records, const RowIndices& heads,
                 const std::map<std::uint32_t, double>& counts, By by) {
  Serial serial;
  const double n = static_cast<double>(heads.size());
  for (const auto& [key, count] : counts) serial.expected += count / n * (count / n);
  for (std::size_t i = 1; i < heads.size(); ++i) {
    const LookupRow& a = records.rows[heads[i - 1]];
    const LookupRow& b = records.rows[heads[i]];
    serial.pairs += 1;
    serial.same += by == By::server ? a.server == b.server : a.evidence == b.evidence;
  }
  const double variance = serial.expected * (1 - serial.expected) / serial.pairs;
  serial.z = (serial.same / serial.pairs - serial.expected) / std::sqrt(variance);
  return serial;
}

void add_table(const QuestionRecords& records, const std::map<std::uint32_t, double>& counts,
               double n, By by, Finding& finding) {
  std::vector<std::pair<double, std::string>> rows;
  for (const auto& [key, count] : counts) rows.emplace_back(count, server_text(records, key, by));
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  Table table{"servers", {"rows", "share"}, {}, {}};
  for (std::size_t i = 0; i < std::min(rows.size(), kListed); ++i) {
    table.row_labels.push_back(rows[i].second);
    table.rows.push_back({rows[i].first, rows[i].first / n});
  }
  add(finding, "servers", static_cast<double>(rows.size()), "servers");
  add(finding, "max_server_share", rows.front().first / n);
  finding.tables.push_back(std::move(table));
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                std::string_view subject, const RowIndices& rows, const BurstGroups& groups) {
  Finding finding = make_finding(server_balance_method(), records, context, subject);
  const std::string who = who_text(subject);
  const RowIndices heads = burst_heads(records, rows, groups, kBurstSeconds);
  const double n = static_cast<double>(rows.size());
  finding.dedup_rule =
      fmt::format("{} for shares, {} for the choice", kRawRows, bursts_rule(kBurstSeconds));
  finding.denominator = fmt::format("of {} of {}", plural(n, "row"), who);
  finding.selection =
      seal(records, rows, fmt::format("rows of {} for {}", who, target_text(records)));
  By by = By::server;
  auto counts = count_servers(records, rows, by);
  if (counts.size() < 2 && counts.contains(0)) {
    by = By::evidence;
    counts = count_servers(records, rows, by);
  }
  finding.parameters["server"] = by == By::server ? "address" : "evidence";
  if (rows.empty() || counts.size() < 2) {
    finding.outcome = rows.empty() ? Outcome::not_enough : Outcome::not_applicable;
    finding.statement =
        fmt::format("{} of {} for {} {}: fewer than two servers are told.", plural(n, "row"), who,
                    target_text(records), window_text(records.window));
    return finding;
  }
  add_table(records, counts, n, by, finding);
  const std::string shares =
      fmt::format("The {} of {} for {} {} went to {} servers, {} to the busiest", plural(n, "row"),
                  who, target_text(records), window_text(records.window), counts.size(),
                  share_text(finding.value_or("max_server_share", 0)));
  const auto head_counts = count_servers(records, heads, by);
  // Askers choose apart: only one asker's choices can depend on each other.
  if (subject.empty() || static_cast<double>(heads.size()) < kMinHeads || head_counts.size() < 2) {
    finding.outcome = subject.empty() ? Outcome::measured : Outcome::not_enough;
    finding.statement = shares + ".";
    return finding;
  }
  const Serial serial = serial_of(records, heads, head_counts, by);
  add(finding, "p_same_server", serial.same / serial.pairs);
  add(finding, "p_same_server_expected", serial.expected);
  add(finding, "serial_z", serial.z);
  const bool is_found = std::fabs(serial.z) > kFar;
  finding.outcome = is_found ? Outcome::found : Outcome::nothing_found;
  finding.statement = fmt::format(
      "{}; the next burst begins at the same server in {} of {} (expected {} without memory): {}.",
      shares, share_text(serial.same / serial.pairs), plural(serial.pairs, "pair"),
      share_text(serial.expected),
      is_found ? "the choice remembers the last one" : "no memory shows");
  finding.limitations.emplace_back(
      "Some resolvers prefer the fastest server and some choose evenly, so balance, with or "
      "without "
      "memory, does not tell a genuine log from an invented one.");
  return finding;
}

class ServerBalance : public Method {
 public:
  std::string_view name() const override { return "server_balance"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "shares of servers, and whether the choice of server has a memory";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const Askers askers = split_by_asker(records, context);
    const BurstGroups groups = group_by_address(records);
    std::vector<Finding> findings{measure(records, context, "", askers.all, groups)};
    for (const AskerGroup& party : askers.parties) {
      // The busiest address stands for its party: addresses choose apart.
      const auto busiest = split_by_address(records, party, 1);
      findings.push_back(measure(records, context, party.subject,
                                 busiest.empty() ? RowIndices{} : busiest.front().rows, groups));
      if (!busiest.empty()) findings.back().parameters["address"] = busiest.front().subject;
    }
    return findings;
  }
};

}  // namespace

const Method& server_balance_method() {
  static const ServerBalance kMethod;
  return kMethod;
}

}  // namespace assay::methods
