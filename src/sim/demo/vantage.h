// From upstream queries to a file: what each authoritative server's log shows of them.
#pragma once

#include <string>
#include <vector>

#include "sim/demo/resolver.h"

namespace assay::sim::demo {

struct Outage {
  double begin_s = 0;
  double end_s = 0;
};

struct LogVantage {
  std::vector<std::string> server_addresses;  // ns1, ns2, ...
  std::vector<Outage> outages;                // the collector wrote nothing
  double seen_probability = 1;                // sampling
};

struct LoggedQuery {
  UpstreamQuery query;
  std::string client;
};

// What reaches the logs, in order of time.
std::vector<LoggedQuery> observe(std::vector<LoggedQuery> queries, const LogVantage& vantage,
                                 Random& random);

// The log of one server in BIND 9's layout, UTC with whole seconds.
std::string bind_query_log(const std::vector<LoggedQuery>& queries, int server,
                           const LogVantage& vantage);

}  // namespace assay::sim::demo
