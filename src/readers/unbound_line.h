// A line of Unbound's log, taken apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "readers/daemon_line.h"

namespace assay {

struct UnboundLine {
  enum class Kind { query, reply, action, other, refused } kind = Kind::other;
  DaemonLine line;
  bool is_unbound = false;
  std::string_view client;
  std::uint16_t client_port = 0;
  bool has_question = true;  // "- - -" stands where Unbound could read none
  std::string_view qname, qtype, qclass;

  // Of a reply:
  std::string_view rcode;
  std::optional<std::uint32_t> delay_us;
  bool is_cached = false;
  bool is_stream = false;   // TCP, TLS, HTTPS
  std::string_view server;  // "on udp 192.0.2.1 53"

  // Of an action: a local zone ("local-zone", name, "static") or a response policy.
  std::string_view policy_type, policy_name, policy_action;

  std::string_view code, why;  // refused
};

// The views are into `text`.
void parse_unbound_line(std::string_view text, UnboundLine& out);

// Canonical text of a name with '?', '&' or '#' in it (core's names.h). False when it is no name.
bool lossy_unbound_name(std::string_view printed, std::string& canonical, bool& had_capitals);

}  // namespace assay
