#include "wire.h"

#include <string_view>

namespace assay::bench {
namespace {

constexpr std::uint16_t kQnamePointer = 0xc00c;  // the question's name, right after the header
constexpr std::uint16_t kCname = 5, kSoa = 6, kOpt = 41, kInternet = 1;

void put16(Bytes& out, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

void put32(Bytes& out, std::uint32_t value) {
  put16(out, value >> 16);
  put16(out, value);
}

void set16(Bytes& out, std::size_t at, std::uint32_t value) {
  out[at] = static_cast<std::uint8_t>(value >> 8);
  out[at + 1] = static_cast<std::uint8_t>(value);
}

void put_label(Bytes& out, std::string_view label) {
  out.push_back(static_cast<std::uint8_t>(label.size()));
  out.insert(out.end(), label.begin(), label.end());
}

void put_name(Bytes& out, std::string_view name) {
  while (!name.empty()) {
    const auto dot = name.find('.');
    put_label(out, name.substr(0, dot));
    name = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
  }
  out.push_back(0);
}

// Where the question's name goes on after its first label: the zone, for our two-level names.
std::uint16_t zone_pointer(const Lookup& l) {
  return static_cast<std::uint16_t>(kQnamePointer + 1 + l.qname.find('.'));
}

void put_record_head(Bytes& out, std::uint16_t name, std::uint16_t type, std::uint32_t ttl) {
  put16(out, name);
  put16(out, type);
  put16(out, kInternet);
  put32(out, ttl);
}

template <class Rdata>
void put_rdata(Bytes& out, Rdata&& write) {
  const auto at = out.size();
  put16(out, 0);
  write();
  set16(out, at, static_cast<std::uint32_t>(out.size() - at - 2));
}

void put_opt(Bytes& out, const Lookup& l, std::uint16_t payload) {
  out.push_back(0);
  put16(out, kOpt);
  put16(out, payload);
  put32(out, l.wants_dnssec ? 0x8000 : 0);
  put16(out, 0);
}

void put_header_and_question(Bytes& out, const Lookup& l, std::uint16_t flags, int answers,
                             int authorities) {
  put16(out, l.id);
  put16(out, flags | (l.is_recursion_desired ? 0x0100u : 0u));
  put16(out, 1);
  put16(out, static_cast<std::uint32_t>(answers));
  put16(out, static_cast<std::uint32_t>(authorities));
  put16(out, l.has_edns ? 1 : 0);
  put_name(out, l.qname);
  put16(out, l.qtype);
  put16(out, kInternet);
}

void put_soa(Bytes& out, const Lookup& l) {
  put_record_head(out, zone_pointer(l), kSoa, 900);
  put_rdata(out, [&] {
    put_label(out, "ns1");
    put16(out, zone_pointer(l));
    put_label(out, "hostmaster");
    put16(out, zone_pointer(l));
    for (std::uint32_t value : {2026030201u, 7200u, 900u, 1209600u, 900u}) put32(out, value);
  });
}

void put_answer(Bytes& out, const Lookup& l, std::uint16_t owner, std::uint32_t ttl) {
  const auto h = mix(l.name_rank ^ l.qtype);
  put_record_head(out, owner, l.qtype, ttl);
  put_rdata(out, [&] {
    switch (l.qtype) {
      case kA:
        put32(out, 0xcb007100u | (h & 255));  // 203.0.113.0/24
        break;
      case kAaaa:
        put32(out, 0x20010db8);
        put32(out, 0x00800000);
        put32(out, 0);
        put32(out, static_cast<std::uint32_t>(h & 0xffff));
        break;
      case kMx:
        put16(out, 10);
        put_label(out, "mx");
        put16(out, zone_pointer(l));
        break;
      case kTxt:
        put_label(out, "v=spf1 mx -all");
        break;
      case kPtr:
        put_label(out, "host");
        put_name(out, "bank.example");
        break;
      case kHttps:  // priority 1, the owner itself, alpn=h2
        put16(out, 1);
        out.push_back(0);
        put16(out, 1);
        put16(out, 3);
        put_label(out, "h2");
        break;
    }
  });
}

void finish_checksum(Bytes& frame, std::size_t at, std::uint64_t sum, std::size_t from) {
  for (std::size_t i = from; i + 1 < frame.size(); i += 2) sum += frame[i] << 8 | frame[i + 1];
  if ((frame.size() - from) % 2) sum += frame.back() << 8;
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  const auto folded = static_cast<std::uint16_t>(~sum);
  set16(frame, at, folded == 0 ? 0xffff : folded);
}

std::uint64_t sum_of(const Address& a) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < (a.is_v6 ? 16u : 4u); i += 2) sum += a.bytes[i] << 8 | a.bytes[i + 1];
  return sum;
}

void put_ipv4(Bytes& frame, const Address& from, const Address& to, std::uint16_t id) {
  put16(frame, 0x4500);
  put16(frame, 0);  // total length, set when the message is there
  put16(frame, id);
  put16(frame, 0x4000);  // do not fragment
  put16(frame, 64 << 8 | 17);
  put16(frame, 0);
  frame.insert(frame.end(), from.bytes.begin(), from.bytes.begin() + 4);
  frame.insert(frame.end(), to.bytes.begin(), to.bytes.begin() + 4);
}

void put_ipv6(Bytes& frame, const Address& from, const Address& to) {
  put32(frame, 0x60000000);
  put16(frame, 0);  // payload length
  put16(frame, 17 << 8 | 64);
  frame.insert(frame.end(), from.bytes.begin(), from.bytes.end());
  frame.insert(frame.end(), to.bytes.begin(), to.bytes.end());
}

template <class Message>
void write_frame(Bytes& frame, const Address& from, std::uint16_t from_port, const Address& to,
                 std::uint16_t to_port, std::uint16_t id, Message&& write_message) {
  frame.assign({2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2});
  put16(frame, from.is_v6 ? 0x86dd : 0x0800);
  const auto ip = frame.size();
  if (from.is_v6) {
    put_ipv6(frame, from, to);
  } else {
    put_ipv4(frame, from, to, id);
  }
  const auto udp = frame.size();
  put16(frame, from_port);
  put16(frame, to_port);
  put32(frame, 0);
  write_message();
  const auto length = frame.size() - udp;
  set16(frame, udp + 4, static_cast<std::uint32_t>(length));
  finish_checksum(frame, udp + 6, sum_of(from) + sum_of(to) + 17 + length, udp);
  if (from.is_v6) {
    set16(frame, ip + 4, static_cast<std::uint32_t>(length));
    return;
  }
  set16(frame, ip + 2, static_cast<std::uint32_t>(frame.size() - ip));
  std::uint32_t sum = 0;
  for (std::size_t i = ip; i < udp; i += 2) sum += frame[i] << 8 | frame[i + 1];
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  set16(frame, ip + 10, static_cast<std::uint16_t>(~sum));
}

// DNS messages are written apart from the frame, because compression pointers count from their
// start.
thread_local Bytes message;

void append_message(Bytes& frame) { frame.insert(frame.end(), message.begin(), message.end()); }

}  // namespace

void write_query_frame(const Lookup& l, Bytes& frame) {
  message.clear();
  put_header_and_question(message, l, 0, 0, 0);
  if (l.has_edns) put_opt(message, l, 1232);
  write_frame(frame, l.client, l.client_port, l.server, 53, l.id, [&] { append_message(frame); });
}

void write_answer_frame(const Lookup& l, Bytes& frame) {
  message.clear();
  const bool is_alias = l.qtype == kA && mix(l.name_rank ^ 0x636e) % 12 == 0;
  const bool is_empty = l.qtype != kA && l.qtype != kPtr && mix(l.name_rank ^ l.qtype) % 3 == 0;
  const std::uint32_t ttl = 60u << (mix(l.name_rank ^ 0x74746c) % 8);
  if (!l.does_exist || is_empty) {
    put_header_and_question(message, l, l.does_exist ? 0x8400 : 0x8403, 0, 1);
    put_soa(message, l);
  } else {
    put_header_and_question(message, l, 0x8400, is_alias ? 2 : 1, 0);
    std::uint16_t owner = kQnamePointer;
    if (is_alias) {
      put_record_head(message, owner, kCname, ttl);
      const auto target = message.size() + 2;
      put_rdata(message, [&] {
        put_label(message, "edge");
        put16(message, zone_pointer(l));
      });
      owner = static_cast<std::uint16_t>(0xc000 | target);
    }
    put_answer(message, l, owner, ttl);
  }
  if (l.has_edns) put_opt(message, l, 1232);
  write_frame(frame, l.server, 53, l.client, l.client_port, static_cast<std::uint16_t>(~l.id),
              [&] { append_message(frame); });
}

}  // namespace assay::bench
