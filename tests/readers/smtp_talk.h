// SMTP between two hosts, packet by packet, with right sequence and acknowledgement numbers.
#pragma once

#include <string>
#include <vector>

#include "packet_conversation.h"

namespace assay::test {

class SmtpTalk {
 public:
  explicit SmtpTalk(unsigned server_port = 25, unsigned client_port = 40000)
      : server_port_(server_port), client_port_(client_port) {}

  SmtpTalk& open() {
    packets.push_back(packet(true, kSyn));
    ++client_;
    packets.push_back(packet(false, kSyn | kAck));
    ++server_;
    packets.push_back(packet(true, kAck));
    return *this;
  }
  // A line of the client, of the server; raw(): bytes as they are.
  SmtpTalk& c(const std::string& line) { return raw(true, line + "\r\n"); }
  SmtpTalk& s(const std::string& line) { return raw(false, line + "\r\n"); }
  SmtpTalk& raw(bool is_client, const std::string& bytes) {
    packets.push_back(packet(is_client, kAck, bytes));
    (is_client ? client_ : server_) += static_cast<std::uint32_t>(bytes.size());
    return *this;
  }
  // The same, sent and received, but not captured.
  SmtpTalk& lost_c(const std::string& line) { return lose(true, line + "\r\n"); }
  SmtpTalk& lost_s(const std::string& line) { return lose(false, line + "\r\n"); }
  // Of the last packet, the capture keeps so many bytes fewer.
  SmtpTalk& cut(std::size_t bytes) {
    packets.back().resize(packets.back().size() - bytes);
    return *this;
  }
  SmtpTalk& close() {
    packets.push_back(packet(true, kFin | kAck));
    ++client_;
    packets.push_back(packet(false, kFin | kAck));
    ++server_;
    packets.push_back(packet(true, kAck));
    return *this;
  }
  SmtpTalk& greet() {
    return open()
        .s("220 mx.clinic.example ESMTP")
        .c("EHLO mail.bank.example")
        .s("250-mx.clinic.example\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 CHUNKING");
  }

  std::vector<std::string> packets;  // of IP

 private:
  SmtpTalk& lose(bool is_client, const std::string& bytes) {
    raw(is_client, bytes);
    packets.pop_back();
    return *this;
  }
  std::string packet(bool is_client, unsigned flags, const std::string& bytes = "") const {
    std::string segment = is_client ? tcp(client_port_, server_port_, client_, flags, bytes)
                                    : tcp(server_port_, client_port_, server_, flags, bytes);
    if (flags & kAck) segment.replace(8, 4, u32(is_client ? server_ : client_));
    return is_client ? ipv4(kClient, kServer, 6, segment) : ipv4(kServer, kClient, 6, segment);
  }

  unsigned server_port_, client_port_;
  std::uint32_t client_ = 0xfffffff0, server_ = 5'000;  // the client's numbers soon wrap around
};

inline std::string capture_of(const std::vector<std::string>& packets,
                              std::int64_t step_us = 1'000) {
  CaptureBuilder capture(101);
  std::int64_t at_us = 0;
  for (const std::string& packet : packets) {
    const std::size_t length = be16(reinterpret_cast<const std::uint8_t*>(packet.data()) + 2);
    std::string whole = packet;
    whole.resize(length);
    capture.add(at_us += step_us, whole, packet.size());
  }
  return capture.bytes();
}

// What a reader of mail must never keep, in as many ways as a session may say it.
inline const std::string kUser = "Y2xlcms=", kPassword = "aHVudGVyMg==";

// A ClientHello that asks for mx.clinic.example, in a record of TLS.
inline std::string client_hello() {
  const std::string name = "mx.clinic.example";
  const auto counted = [](const std::string& text) {
    return u16(static_cast<unsigned>(text.size())) + text;
  };
  const std::string sni = u16(0) + counted(counted(u8(0) + counted(name)));
  const std::string other = u16(23) + u16(0);
  const std::string hello = u16(0x0303) + std::string(32, 'r') + u8(0) + counted(u16(0x1301)) +
                            u8(1) + u8(0) + counted(other + sni);
  const std::string message = u8(1) + u8(0) + counted(hello);
  return u8(22) + u16(0x0301) + counted(message);
}

}  // namespace assay::test
