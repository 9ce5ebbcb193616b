// What the columns of flow exports mean, by the names that exporters give them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace assay {

enum class FlowColumn : std::uint8_t {
  unknown,  // the table has no such name
  other,    // known, and not kept
  begin,
  end,
  duration_s,  // with decimals
  duration_ms,
  duration_us,
  duration_ns,
  client,  // the source of the packets
  server,
  client_port,
  server_port,
  protocol,
  packets_sent,
  packets_received,
  packets_total,  // of both ways
  bytes_sent,
  bytes_received,
  bytes_total,
  flags_sent,
  flags_received,
  flags,  // of both ways, or of the one that there is
  count,  // flows that the record stands for
  icmp_type,
  icmp_code,
  tos,
  vlan,
  input,
  output,
  next_hop,
  exporter,
  sampling,
  app,
  state,
  action,
  status,  // of the log, AWS: NODATA, SKIPDATA
  end_reason,
  direction,
  community_id,
  uid,
  sensor,
};

// Letters and digits of a column's name decide, in any case: "Src IP", "SRC_IP", "srcIp".
FlowColumn flow_column(std::string_view name);
std::string_view flow_column_word(FlowColumn column);  // "bytes_sent"

// "tcp", "UDP", "17"; nothing for a name that is not known.
std::optional<std::uint8_t> flow_protocol(std::string_view text);

}  // namespace assay
