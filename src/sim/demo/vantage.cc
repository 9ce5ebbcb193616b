#include "sim/demo/vantage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/instant.h"

namespace assay::sim::demo {

std::vector<LoggedQuery> observe(std::vector<LoggedQuery> queries, const LogVantage& vantage,
                                 Random& random) {
  std::stable_sort(queries.begin(), queries.end(), [](const LoggedQuery& a, const LoggedQuery& b) {
    return a.query.time_s < b.query.time_s;
  });
  std::vector<LoggedQuery> seen;
  for (LoggedQuery& logged : queries) {
    const double t = logged.query.time_s;
    const bool is_out =
        std::any_of(vantage.outages.begin(), vantage.outages.end(),
                    [t](const Outage& outage) { return t >= outage.begin_s && t < outage.end_s; });
    if (!is_out && random.chance(vantage.seen_probability)) seen.push_back(std::move(logged));
  }
  return seen;
}

std::string bind_query_log(const std::vector<LoggedQuery>& queries, int server,
                           const LogVantage& vantage) {
  const std::string& address = vantage.server_addresses[static_cast<std::size_t>(server)];
  std::string log;
  unsigned port = 0;
  for (const LoggedQuery& logged : queries) {
    if (logged.query.server != server) continue;
    const auto second = static_cast<std::int64_t>(std::floor(logged.query.time_s));
    port = 1'024 + (port * 7'919 + static_cast<unsigned>(second)) % 64'000;
    log += fmt::format(
        "{} queries: info: client @0x7f3a2c0{:05x} {}#{} ({}): query: {} IN A -E(0)D ({})\n",
        format_utc(second * kMicrosPerSecond), port & 0xffffu, logged.client, port,
        logged.query.name, logged.query.name, address);
  }
  return log;
}

}  // namespace assay::sim::demo
