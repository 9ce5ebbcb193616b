// Makes packets, DNS messages and capture files by hand, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/names.h"

namespace assay::test {

inline std::string u8(unsigned value) { return std::string(1, static_cast<char>(value)); }
inline std::string u16(unsigned value) { return u8(value >> 8) + u8(value); }
inline std::string u32(std::uint32_t value) { return u16(value >> 16) + u16(value & 0xffff); }
inline std::string reversed(std::string text) { return {text.rbegin(), text.rend()}; }

// "mail.bank.example" -> wire form with the root's zero.
inline std::string wire_name(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const std::size_t dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    out += u8(static_cast<unsigned>(label.size())) + std::string(label);
    name.remove_prefix(dot == std::string_view::npos ? name.size() : dot + 1);
  }
  return out + '\0';
}

inline std::string question(std::string_view name, unsigned qtype = 1, unsigned qclass = 1) {
  return wire_name(name) + u16(qtype) + u16(qclass);
}
// `owner` is wire form; "\xc0\x0c" points at the first question.
inline std::string record(std::string owner, unsigned type, std::uint32_t ttl, std::string rdata,
                          unsigned rclass = 1) {
  const auto length = static_cast<unsigned>(rdata.size());
  return owner + u16(type) + u16(rclass) + u32(ttl) + u16(length) + rdata;
}
inline const std::string kFirstQuestion = "\xc0\x0c";

struct Counts {
  unsigned questions = 1, answers = 0, authority = 0, additional = 0;
};
inline std::string message(unsigned id, unsigned bits, Counts counts, std::string rest) {
  return u16(id) + u16(bits) + u16(counts.questions) + u16(counts.answers) + u16(counts.authority) +
         u16(counts.additional) + rest;
}
inline std::string query(unsigned id, std::string_view name, unsigned qtype = 1) {
  return message(id, 0x0100, {}, question(name, qtype));
}
inline std::string answer(unsigned id, std::string_view name, std::uint32_t ttl = 300) {
  return message(id, 0x8180, {1, 1},
                 question(name) + record(kFirstQuestion, 1, ttl, u32(0xc0000201)));
}
// OPT (RFC 6891): payload size, extended rcode, flags, options.
inline std::string opt(unsigned extended_rcode, unsigned flags, std::string options = "") {
  return record(std::string(1, '\0'), 41, extended_rcode << 24 | flags, options, 1232);
}

inline const char* const kClient = "192.0.2.10";
inline const char* const kServer = "198.51.100.53";

inline std::string address_bytes(std::string_view text) {
  const IpAddress address = IpAddress::parse(text).value();
  const std::string all(address.bytes.begin(), address.bytes.end());
  return address.is_v4() ? all.substr(12) : all;
}

inline std::string udp(unsigned source_port, unsigned destination_port, std::string payload) {
  return u16(source_port) + u16(destination_port) + u16(static_cast<unsigned>(payload.size()) + 8) +
         u16(0) + payload;
}
enum TcpFlag : unsigned { kFin = 1, kSyn = 2, kRst = 4, kAck = 16 };
inline std::string tcp(unsigned source_port, unsigned destination_port, std::uint32_t sequence,
                       unsigned flags, std::string payload = "") {
  return u16(source_port) + u16(destination_port) + u32(sequence) + u32(0) + u16(0x5000 | flags) +
         u16(0xffff) + u32(0) + payload;
}
// `fragment`: the header's flags and offset word (0x2000 more, offset in units of 8 bytes).
inline std::string ipv4(std::string_view source, std::string_view destination, unsigned protocol,
                        std::string payload, unsigned id = 0, unsigned fragment = 0) {
  return u16(0x4500) + u16(static_cast<unsigned>(payload.size()) + 20) + u16(id) + u16(fragment) +
         u16(64 << 8 | protocol) + u16(0) + address_bytes(source) + address_bytes(destination) +
         payload;
}
inline std::string ipv6(std::string_view source, std::string_view destination, unsigned next,
                        std::string payload) {
  return u32(0x60000000) + u16(static_cast<unsigned>(payload.size())) + u8(next) + u8(64) +
         address_bytes(source) + address_bytes(destination) + payload;
}
inline std::string ethernet(std::string network, unsigned type = 0x0800) {
  return std::string(12, '\x02') + u16(type) + network;
}
// A query or answer as an Ethernet frame, between kClient and kServer.
inline std::string query_frame(std::string dns, unsigned port = 40000) {
  return ethernet(ipv4(kClient, kServer, 17, udp(port, 53, dns)));
}
inline std::string answer_frame(std::string dns, unsigned port = 40000) {
  return ethernet(ipv4(kServer, kClient, 17, udp(53, port, dns)));
}

// A pcap file with microsecond stamps, big-endian unless `is_little`.
class CaptureBuilder {
 public:
  explicit CaptureBuilder(unsigned link_type = 1, std::uint32_t magic = 0xa1b2c3d4,
                          bool is_little = false)
      : is_little_(is_little), is_modified_(magic == 0xa1b2cd34) {
    bytes_ = word(magic) + half(2) + half(4) + word(0) + word(0) + word(262'144) + word(link_type);
  }
  // `at_us` counts from 2026-03-02T00:00:00Z; in a nanosecond file the fraction is scaled by the
  // caller's `fraction_factor`. Returns the record's offset.
  std::uint64_t add(std::int64_t at_us, const std::string& packet, std::size_t keep = SIZE_MAX,
                    unsigned fraction_factor = 1) {
    const std::uint64_t offset = bytes_.size();
    const std::string kept = packet.substr(0, keep);
    bytes_ += word(static_cast<std::uint32_t>(kEpochSeconds + at_us / 1'000'000)) +
              word(static_cast<std::uint32_t>(at_us % 1'000'000) * fraction_factor) +
              word(static_cast<std::uint32_t>(kept.size())) +
              word(static_cast<std::uint32_t>(packet.size()));
    if (is_modified_) bytes_ += word(0) + half(0) + std::string(2, '\0');
    bytes_ += kept;
    return offset;
  }
  const std::string& bytes() const { return bytes_; }

  static constexpr std::int64_t kEpochSeconds = 1'772'409'600;

 private:
  std::string word(std::uint32_t value) const {
    return is_little_ ? reversed(u32(value)) : u32(value);
  }
  std::string half(unsigned value) const { return is_little_ ? reversed(u16(value)) : u16(value); }

  bool is_little_;
  bool is_modified_;
  std::string bytes_;
};

}  // namespace assay::test
