#include "readers/dnstap_message.h"

#include "readers/protobuf_fields.h"

namespace assay {
namespace {

template <std::size_t n>
std::string_view word_of(const std::array<std::string_view, n>& words, std::uint64_t number) {
  return number < n ? words[number] : std::string_view();
}

bool take_policy(Bytes bytes, DnstapPolicy& policy) {
  policy.is_told = true;
  ProtobufFields fields(bytes);
  for (ProtobufField field; fields.next(field);) {
    switch (field.number) {
      case 1:
        policy.type = field.bytes;
        break;
      case 2:
        policy.rule = field.bytes;
        break;
      case 3:
        policy.action = field.value;
        break;
      case 4:
        policy.match = field.value;
        break;
      case 5:
        policy.value = field.bytes;
        break;
      default:
        break;
    }
  }
  return !fields.is_damaged();
}

// The number of each field of a Message.
enum MessageField : std::uint32_t {
  kKind = 1,
  kSocketProtocol = 3,
  kQueryAddress,
  kResponseAddress,
  kQueryPort,
  kResponsePort,
  kQuerySeconds,
  kQueryNanoseconds,
  kQueryMessage,
  kQueryZone,
  kResponseSeconds,
  kResponseNanoseconds,
  kResponseMessage,
  kPolicy,
  kHttpProtocol,
};

// False for a field that is none of these numbers.
bool take_number(const ProtobufField& field, DnstapMessage& into) {
  switch (field.number) {
    case kKind:
      into.kind = field.value;
      return true;
    case 2:  // the family of the socket, which the addresses tell
      return true;
    case kSocketProtocol:
      into.transport = field.value;
      return true;
    case kQueryPort:
      into.query_port = field.value;
      return true;
    case kResponsePort:
      into.response_port = field.value;
      return true;
    case kQuerySeconds:
      into.query_time.seconds = field.value;
      return true;
    case kQueryNanoseconds:
      into.query_time.nanoseconds = field.value;
      return true;
    case kResponseSeconds:
      into.response_time.seconds = field.value;
      return true;
    case kResponseNanoseconds:
      into.response_time.nanoseconds = field.value;
      return true;
    case kHttpProtocol:
      into.http_protocol = field.value;
      return true;
    default:
      return false;
  }
}

bool take_bytes(const ProtobufField& field, DnstapMessage& into, bool& is_damaged) {
  switch (field.number) {
    case kQueryAddress:
      into.query_address = field.bytes;
      return true;
    case kResponseAddress:
      into.response_address = field.bytes;
      return true;
    case kQueryMessage:
      into.query_message = field.bytes;
      return true;
    case kQueryZone:
      into.query_zone = field.bytes;
      into.has_query_zone = true;
      return true;
    case kResponseMessage:
      into.response_message = field.bytes;
      return true;
    case kPolicy:
      is_damaged = !take_policy(field.bytes, into.policy);
      return true;
    default:
      return false;
  }
}

bool take_message(Bytes bytes, DnstapMessage& into) {
  ProtobufFields fields(bytes);
  bool is_damaged = false;
  for (ProtobufField field; !is_damaged && fields.next(field);) {
    const bool is_known =
        field.has_bytes ? take_bytes(field, into, is_damaged) : take_number(field, into);
    if (!is_known) into.has_unknown_field = true;
  }
  return !fields.is_damaged() && !is_damaged;
}

}  // namespace

bool parse_dnstap(Bytes payload, DnstapMessage& into) {
  into = DnstapMessage{};
  ProtobufFields fields(payload);
  for (ProtobufField field; fields.next(field);) {
    if (field.number == 15 && !field.has_bytes) {
      into.type = field.value;
    } else if (!field.has_bytes) {
      into.has_unknown_field = true;
    } else if (field.number == 1) {
      into.identity = field.bytes;
    } else if (field.number == 2) {
      into.version = field.bytes;
    } else if (field.number == 3) {
      into.extra = field.bytes;
    } else if (field.number == 14) {
      if (!take_message(field.bytes, into)) return false;
    } else {
      into.has_unknown_field = true;
    }
  }
  return !fields.is_damaged();
}

std::string_view dnstap_kind_word(std::uint64_t kind) {
  static constexpr std::array<std::string_view, kDnstapKinds + 1> kWords = {"",
                                                                            "auth_query",
                                                                            "auth_response",
                                                                            "resolver_query",
                                                                            "resolver_response",
                                                                            "client_query",
                                                                            "client_response",
                                                                            "forwarder_query",
                                                                            "forwarder_response",
                                                                            "stub_query",
                                                                            "stub_response",
                                                                            "tool_query",
                                                                            "tool_response",
                                                                            "update_query",
                                                                            "update_response"};
  return word_of(kWords, kind);
}

std::string_view dnstap_transport_word(std::uint64_t transport) {
  static constexpr std::array<std::string_view, 8> kWords = {
      "", "udp", "tcp", "dot", "doh", "dnscrypt_udp", "dnscrypt_tcp", "doq"};
  return word_of(kWords, transport);
}

bool is_dnstap_stream(std::uint64_t transport) {
  return (transport >= 2 && transport <= 4) || transport == 6;
}

std::string_view dnstap_http_word(std::uint64_t protocol) {
  static constexpr std::array<std::string_view, 4> kWords = {"", "http/1", "http/2", "http/3"};
  return word_of(kWords, protocol);
}

std::string_view dnstap_policy_action_word(std::uint64_t action) {
  static constexpr std::array<std::string_view, 7> kWords = {
      "", "nxdomain", "nodata", "pass", "drop", "truncate", "local_data"};
  return word_of(kWords, action);
}

std::string_view dnstap_policy_match_word(std::uint64_t match) {
  static constexpr std::array<std::string_view, 6> kWords = {
      "", "qname", "client_ip", "response_ip", "ns_name", "ns_ip"};
  return word_of(kWords, match);
}

}  // namespace assay
