#include "store/row_match.h"

#include <algorithm>

namespace assay {
namespace {

std::uint64_t floor_div(std::int64_t value, std::int64_t by) {
  std::int64_t quotient = value / by;
  if (value % by < 0) --quotient;
  return static_cast<std::uint64_t>(quotient);
}

}  // namespace

RowMatcher::RowMatcher(const RowFilter& filter)
    : filter_(filter),
      clients_(filter.clients.begin(), filter.clients.end()),
      servers_(filter.servers.begin(), filter.servers.end()),
      qnames_(filter.qnames.begin(), filter.qnames.end()) {}

bool RowMatcher::wants_evidence(std::uint32_t evidence) const {
  return filter_.evidences.empty() ||
         std::count(filter_.evidences.begin(), filter_.evidences.end(), evidence) > 0;
}

bool RowMatcher::has_client_condition() const {
  return !filter_.clients.empty() || !filter_.client_ranges.empty();
}

bool RowMatcher::client_matches(std::uint64_t client) const {
  if (clients_.contains(client)) return true;
  return std::any_of(
      filter_.client_ranges.begin(), filter_.client_ranges.end(),
      [client](const auto& range) { return range.first <= client && client <= range.second; });
}

bool RowMatcher::matches(const RowBatch& rows, std::size_t i) const {
  return matches(Common{rows.client[i], rows.server[i], rows.qname[i], rows.offset[i],
                        rows.qtype[i], rows.time_us[i]});
}

bool RowMatcher::matches(const RecordRow& record) const {
  if (!filter_.kinds.empty() &&
      std::count(filter_.kinds.begin(), filter_.kinds.end(), record.kind) == 0) {
    return false;
  }
  return matches(Common{record.client, record.server, record.name, record.offset, record.type,
                        record.time_us});
}

bool RowMatcher::matches(const Common& row) const {
  const bool asks_client = has_client_condition();
  const bool asks_name = !filter_.qnames.empty();
  const bool client_ok = asks_client && client_matches(row.client);
  const bool name_ok = asks_name && qnames_.contains(row.name);
  if (filter_.clients_or_qnames) {
    if ((asks_client || asks_name) && !client_ok && !name_ok) return false;
  } else {
    if ((asks_client && !client_ok) || (asks_name && !name_ok)) return false;
  }
  if (!filter_.servers.empty() && !servers_.contains(row.server)) return false;
  if (!filter_.qtypes.empty() &&
      std::count(filter_.qtypes.begin(), filter_.qtypes.end(), row.type) == 0) {
    return false;
  }
  if (filter_.window && !filter_.window->contains(row.time_us)) return false;
  return !filter_.offset || *filter_.offset == row.offset;
}

std::uint64_t group_value(GroupKey key, std::uint32_t evidence, const RowBatch& rows,
                          std::size_t i) {
  switch (key) {
    case GroupKey::evidence:
      return evidence;
    case GroupKey::client:
      return rows.client[i];
    case GroupKey::server:
      return rows.server[i];
    case GroupKey::qname:
      return rows.qname[i];
    case GroupKey::qtype:
      return rows.qtype[i];
    case GroupKey::rcode:
      return rows.rcode[i];
    case GroupKey::hour:
      return floor_div(rows.time_us[i], 3'600 * kMicrosPerSecond);
    case GroupKey::day:
      return floor_div(rows.time_us[i], kMicrosPerDay);
  }
  return 0;
}

}  // namespace assay
