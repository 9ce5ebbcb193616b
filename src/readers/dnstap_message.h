// The payload of a dnstap frame (dnstap.proto of https://dnstap.info), decoded without a copy.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "assay/names.h"
#include "readers/dns_message.h"

namespace assay {

// Kinds of message; the odd ones are queries, the one behind each is its response.
inline constexpr std::uint64_t kDnstapKinds = 14;
inline constexpr std::uint64_t kDnstapAuthQuery = 1, kDnstapClientQuery = 5,
                               kDnstapUpdateQuery = 13;
std::string_view dnstap_kind_word(std::uint64_t kind);  // "client_query"; precondition: 1 to 14

struct DnstapTime {
  std::optional<std::uint64_t> seconds;
  std::optional<std::uint64_t> nanoseconds;
};

struct DnstapPolicy {
  Bytes type, rule, value;
  std::uint64_t action = 0, match = 0;
  bool is_told = false;
};

struct DnstapMessage {
  Bytes identity, version, extra;
  std::uint64_t type = 0;  // of the payload; 1 is a message, and there is no other yet
  std::uint64_t kind = 0;
  std::uint64_t transport = 0;
  std::uint64_t http_protocol = 0;
  Bytes query_address, response_address;
  std::uint64_t query_port = 0, response_port = 0;
  DnstapTime query_time, response_time;
  Bytes query_message, response_message;
  Bytes query_zone;
  bool has_query_zone = false;
  DnstapPolicy policy;
  bool has_unknown_field = false;

  bool is_response() const { return kind % 2 == 0; }
  // The recorder was asked; else it asked.
  bool is_server_side() const {
    return kind < 3 || kind == kDnstapClientQuery || kind == kDnstapClientQuery + 1 ||
           kind >= kDnstapUpdateQuery;
  }
};

// False when the bytes are no such payload. `into` is begun anew.
bool parse_dnstap(Bytes payload, DnstapMessage& into);

// Words for the numbers of the enumerations; empty for one that nobody has given a meaning.
std::string_view dnstap_transport_word(std::uint64_t transport);  // "dot", "doh", ...
bool is_dnstap_stream(std::uint64_t transport);                   // over TCP
std::string_view dnstap_http_word(std::uint64_t protocol);
std::string_view dnstap_policy_action_word(std::uint64_t action);
std::string_view dnstap_policy_match_word(std::uint64_t match);

}  // namespace assay
