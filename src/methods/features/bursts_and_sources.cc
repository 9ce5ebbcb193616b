// What a burst looks like, who asked whom for what, and who else asked.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "methods/features/features.h"
#include "methods/support/stats.h"

namespace assay::methods {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Shares of each value, largest first.
template <class Key>
std::vector<double> shares_of(const std::map<Key, double>& counts) {
  std::vector<double> shares;
  double total = 0;
  for (const auto& [key, count] : counts) total += count;
  for (const auto& [key, count] : counts) shares.push_back(count / total);
  std::sort(shares.rbegin(), shares.rend());
  return shares;
}

double concentration(const std::vector<double>& shares) {
  double sum = 0;
  for (const double share : shares) sum += share * share;
  return shares.empty() ? kNaN : sum;
}

// Whether the next row goes to the same server more often than shares alone would have it.
double server_stickiness(const FeatureInput& input, const std::vector<double>& shares) {
  const RowIndices& rows = input.group.rows;
  if (rows.size() < 20 || shares.size() < 2) return kNaN;
  double same = 0, pairs = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    same += input.records.rows[rows[i]].server == input.records.rows[rows[i - 1]].server;
    ++pairs;
  }
  return same / pairs - concentration(shares);
}

}  // namespace

void add_burst_features(const FeatureInput& input, Features& out) {
  const bool has = input.burst_rows.size() >= 10;
  std::vector<double> rows = input.burst_rows, widths = input.burst_seconds;
  std::sort(rows.begin(), rows.end());
  std::sort(widths.begin(), widths.end());
  const auto single = std::count(rows.begin(), rows.end(), 1.0);
  out.add("burst_rows_mean", has ? mean_of(rows) : kNaN);
  out.add("burst_rows_90", has ? quantile_of_sorted(rows, 0.9) : kNaN);
  out.add("burst_single_share",
          has ? static_cast<double>(single) / static_cast<double>(rows.size()) : kNaN);
  out.add("burst_seconds_50", has ? quantile_of_sorted(widths, 0.5) : kNaN);
  out.add("burst_seconds_90", has ? quantile_of_sorted(widths, 0.9) : kNaN);
}

void add_source_features(const FeatureInput& input, Features& out) {
  std::map<std::uint32_t, double> clients, servers;
  for (const std::uint32_t row : input.group.rows) {
    const LookupRow& each = input.records.rows[row];
    ++clients[each.client];
    ++servers[each.server];
  }
  const auto client_shares = shares_of(clients), server_shares = shares_of(servers);
  out.add("clients", static_cast<double>(clients.size()));
  out.add("client_concentration", concentration(client_shares));
  out.add("servers", static_cast<double>(servers.size()));
  out.add("server_top_share", server_shares.empty() ? kNaN : server_shares.front());
  out.add("server_stickiness", server_stickiness(input, server_shares));
}

}  // namespace assay::methods
