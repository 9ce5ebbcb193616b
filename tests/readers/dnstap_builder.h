// Makes dnstap messages and Frame Streams by hand, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "packet_builder.h"

namespace assay::test {

inline std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += u8(0x80 | (value & 0x7f));
  return out + u8(static_cast<unsigned>(value));
}
inline std::string pb_number(unsigned field, std::uint64_t value) {
  return varint(field << 3) + varint(value);
}
inline std::string pb_bytes(unsigned field, std::string_view bytes) {
  return varint(field << 3 | 2) + varint(bytes.size()) + std::string(bytes);
}
inline std::string pb_fixed32(unsigned field, std::uint32_t value) {
  return varint(field << 3 | 5) + reversed(u32(value));
}

// A Message of dnstap.proto between kClient and kServer, 2026-03-02 or so.
struct Tap {
  static constexpr std::uint64_t kSecond = 1'772'409'600;

  unsigned kind = 5;
  std::uint64_t transport = 1;
  std::string client = address_bytes(kClient), server = address_bytes(kServer);
  unsigned client_port = 40'000, server_port = 53;
  std::string query, response;
  std::string query_time, response_time;
  std::string rest;  // further fields of the message
  std::string identity = "ns1.bank.example", version = "Example 1.0", extra;

  // `field`: 8 for the query's time, 12 for the response's.
  static std::string time(unsigned field, std::uint64_t seconds, std::uint32_t nanoseconds) {
    return pb_number(field, seconds) + pb_fixed32(field + 1, nanoseconds);
  }
  Tap& asked(std::string message, std::uint32_t nanoseconds) {
    query = std::move(message);
    query_time = time(8, kSecond, nanoseconds);
    return *this;
  }
  Tap& answered(std::string message, std::uint32_t nanoseconds) {
    response = std::move(message);
    response_time = time(12, kSecond, nanoseconds);
    return *this;
  }
  std::string message() const {
    std::string out =
        pb_number(1, kind) + pb_number(2, client.size() == 16 ? 2 : 1) + pb_number(3, transport);
    if (!client.empty()) out += pb_bytes(4, client);
    if (!server.empty()) out += pb_bytes(5, server);
    out += pb_number(6, client_port) + pb_number(7, server_port) + query_time;
    if (!query.empty()) out += pb_bytes(10, query);
    out += response_time;
    if (!response.empty()) out += pb_bytes(14, response);
    return out + rest;
  }
  std::string payload() const {
    std::string out;
    if (!identity.empty()) out += pb_bytes(1, identity);
    if (!version.empty()) out += pb_bytes(2, version);
    if (!extra.empty()) out += pb_bytes(3, extra);
    return out + pb_bytes(14, message()) + pb_number(15, 1);
  }
};

inline Tap tap_query(unsigned kind, std::string message, std::uint32_t nanoseconds) {
  Tap tap;
  tap.kind = kind;
  return tap.asked(std::move(message), nanoseconds);
}
inline Tap tap_response(unsigned kind, std::string message, std::uint32_t nanoseconds) {
  Tap tap;
  tap.kind = kind;
  return tap.answered(std::move(message), nanoseconds);
}

enum Control : std::uint32_t { kAccept = 1, kStart = 2, kStop = 3, kReady = 4, kFinish = 5 };

class FrameStreamBuilder {
 public:
  static constexpr std::string_view kDnstap = "protobuf:dnstap.Dnstap";

  FrameStreamBuilder& control(std::uint32_t type, std::string_view content = "") {
    std::string body = u32(type);
    if (!content.empty()) {
      body += u32(1) + u32(static_cast<std::uint32_t>(content.size())) + std::string(content);
    }
    bytes_ += u32(0) + u32(static_cast<std::uint32_t>(body.size())) + body;
    return *this;
  }
  FrameStreamBuilder& start() { return control(kStart, kDnstap); }
  FrameStreamBuilder& stop() { return control(kStop); }
  // Returns the frame's offset.
  std::uint64_t add(const std::string& payload) {
    const std::uint64_t offset = bytes_.size();
    bytes_ += u32(static_cast<std::uint32_t>(payload.size())) + payload;
    return offset;
  }
  std::uint64_t add(const Tap& tap) { return add(tap.payload()); }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace assay::test
