// A line of the logs of PowerDNS Recursor and PowerDNS Authoritative Server, taken apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "readers/daemon_line.h"

namespace assay {

struct PowerdnsLine {
  // cached: answered from the packet cache, which the recursor's plain log tells without a name.
  enum class Kind { question, answer, cached, other, refused } kind = Kind::other;
  DaemonLine line;
  bool is_powerdns = false;    // false: the line names another program
  bool is_structured = false;  // key="value"
  bool is_stream = false;
  std::string_view thread, task;  // what a question and its answer have in common
  std::string client;             // empty: not told
  std::uint16_t client_port = 0;
  std::string qname;  // in presentation form; empty where has_name is false
  std::string qtype;
  bool has_name = false;
  std::optional<std::uint16_t> rcode;
  std::optional<std::uint32_t> delay_us;
  bool is_recursion_desired = false;
  bool is_dnssec_ok = false;

  std::string_view code, why;  // refused
};

// The views are into `text`.
void parse_powerdns_line(std::string_view text, PowerdnsLine& out);

}  // namespace assay
