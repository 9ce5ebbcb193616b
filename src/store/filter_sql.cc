#include "store/filter_sql.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <vector>

namespace assay {
namespace {

template <class T>
std::string in_list(std::string_view prefix, std::string_view column,
                    const std::vector<T>& values) {
  return fmt::format("{}{} IN ({})", prefix, column, fmt::join(values, ","));
}

std::string any_of(const std::vector<std::string>& terms) {
  return fmt::format("({})", fmt::join(terms, " OR "));
}

std::string floor_sql(std::int64_t unit_us) {
  return fmt::format("toUInt64(intDiv(time_us - positiveModulo(time_us, {0}), {0}))", unit_us);
}

}  // namespace

std::string filter_sql(const RowFilter& filter, std::string_view prefix,
                       const NameColumns& columns) {
  std::vector<std::string> client, terms;
  if (!filter.clients.empty()) client.push_back(in_list(prefix, "client", filter.clients));
  for (const auto& [first, last] : filter.client_ranges) {
    client.push_back(fmt::format("{}client BETWEEN {} AND {}", prefix, first, last));
  }
  if (filter.clients_or_qnames && !client.empty() && !filter.qnames.empty()) {
    client.push_back(in_list(prefix, columns.qname, filter.qnames));
  } else if (!filter.qnames.empty()) {
    terms.push_back(in_list(prefix, columns.qname, filter.qnames));
  }
  if (!client.empty()) terms.push_back(any_of(client));
  if (!filter.evidences.empty()) terms.push_back(in_list(prefix, "evidence", filter.evidences));
  if (!filter.servers.empty()) terms.push_back(in_list(prefix, "server", filter.servers));
  if (!filter.qtypes.empty()) terms.push_back(in_list(prefix, columns.qtype, filter.qtypes));
  if (filter.window) {
    terms.push_back(fmt::format("{0}time_us >= {1} AND {0}time_us < {2}", prefix,
                                filter.window->begin_us, filter.window->end_us));
  }
  if (filter.offset) terms.push_back(fmt::format("{}offset = {}", prefix, *filter.offset));
  return terms.empty() ? "1" : fmt::format("{}", fmt::join(terms, " AND "));
}

std::string group_sql(GroupKey key) {
  switch (key) {
    case GroupKey::evidence:
      return "toUInt64(evidence)";
    case GroupKey::client:
      return "client";
    case GroupKey::server:
      return "server";
    case GroupKey::qname:
      return "qname";
    case GroupKey::qtype:
      return "toUInt64(qtype)";
    case GroupKey::rcode:
      return "toUInt64(rcode)";
    case GroupKey::hour:
      return floor_sql(3'600 * kMicrosPerSecond);
    case GroupKey::day:
      return floor_sql(kMicrosPerDay);
  }
  return "0";
}

}  // namespace assay
