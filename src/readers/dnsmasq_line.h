// A line of dnsmasq's log, taken apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "readers/daemon_line.h"

namespace assay {

struct DnsmasqLine {
  // upstream: what dnsmasq asked of others ("forwarded", "retried", "dnssec-query[DS]").
  enum class Kind { query, answer, upstream, other } kind = Kind::other;
  DaemonLine line;
  bool is_dnsmasq = false;  // dnsmasq-dhcp and its like are not

  // With log-queries=extra, before anything else: "12 192.0.2.7/4003 ".
  std::optional<std::uint64_t> serial;
  std::string_view serial_client;
  std::uint16_t client_port = 0;

  std::string_view qtype;   // of a query: "A", "type=65280"
  std::string_view qname;   // of query and answer, as printed
  std::string_view client;  // of a query
  std::string_view source;  // of an answer: "reply", "cached", "config", "/etc/hosts", ...
  std::string_view value;   // of an answer: "192.0.2.1", "<CNAME>", "NODATA-IPv4", "NXDOMAIN", text
};

// The views are into `text`.
void parse_dnsmasq_line(std::string_view text, DnsmasqLine& out);

inline constexpr std::string_view kUnprintableName = "<name unprintable>";

}  // namespace assay
