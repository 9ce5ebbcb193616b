// A line of CoreDNS's log plugin in its formats common and combined, taken apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "readers/daemon_line.h"

namespace assay {

struct CorednsLine {
  enum class Kind { lookup, other, refused } kind = Kind::other;
  DaemonLine line;
  bool is_coredns = false;
  std::string_view client;
  std::uint16_t client_port = 0;
  std::uint16_t id = 0;
  std::string_view qtype, qclass, qname;
  bool is_stream = false;
  bool is_dnssec_ok = false;
  std::string_view rcode;   // "-" when there was no answer
  std::uint32_t flags = 0;  // of the answer, and the opcode
  std::uint32_t delay_us = 0;

  std::string_view code, why;  // refused
  std::string unwrapped;       // the line inside JSON, which the views are into then
};

// The views are into `text`, or into out.unwrapped.
void parse_coredns_line(std::string_view text, CorednsLine& out);

// "0.037990251s", "37.99ms", "118.321us", "1m2.5s": microseconds, rounded down.
std::optional<std::uint32_t> parse_go_duration(std::string_view text);

}  // namespace assay
