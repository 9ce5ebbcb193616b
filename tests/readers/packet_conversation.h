// A capture built packet by packet, for tests of what goes on between two hosts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "packet_builder.h"
#include "pcap_read.h"

namespace assay::test {

inline std::string prefixed(const std::string& dns) {
  return u16(static_cast<unsigned>(dns.size())) + dns;
}
inline std::string to_server(std::uint32_t sequence, unsigned flags, std::string payload = "",
                             unsigned server_port = 53) {
  return ipv4(kClient, kServer, 6, tcp(40000, server_port, sequence, flags, std::move(payload)));
}
inline std::string to_client(std::uint32_t sequence, unsigned flags, std::string payload = "",
                             unsigned server_port = 53) {
  return ipv4(kServer, kClient, 6, tcp(server_port, 40000, sequence, flags, std::move(payload)));
}

// Captures packets on a raw link, a millisecond apart, and reads them.
class Conversation {
 public:
  // `keep`: how many bytes the capture holds of the packet.
  Conversation& add(const std::string& packet, std::int64_t later_us = 1'000,
                    std::size_t keep = SIZE_MAX) {
    at_us_ += later_us;
    offsets.push_back(capture_.add(at_us_, packet, keep));
    return *this;
  }
  void read() { read_capture(capture_.bytes(), sink); }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const DnsRow& row : sink.rows) names.push_back(sink.names.at(row.qname));
    return names;
  }

  CollectingSink sink;
  std::vector<std::uint64_t> offsets;

 private:
  CaptureBuilder capture_{101};
  std::int64_t at_us_ = 0;
};

}  // namespace assay::test
