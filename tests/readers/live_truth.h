// What the clients of the live scene asked (live/truth.tsv of the shared records).
#pragma once

#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "assay/names.h"
#include "golden.h"

namespace assay::test {

struct LiveQuery {
  std::string client;
  int client_port = 0;
  int server_port = 0;  // 5301 BIND, 5302 Unbound, 5303 dnsmasq, 5304 PowerDNS
  std::string canonical;
  std::uint16_t qtype = 0;
  int rcode = 0;
};

inline std::string bytes_of_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

// The canonical text of an uncompressed wire name.
inline std::string canonical_of_wire(std::string_view wire) {
  std::string out;
  for (std::size_t at = 0; at < wire.size() && wire[at] != 0;) {
    const auto length = static_cast<unsigned char>(wire[at]);
    if (at > 0) out.push_back('.');
    append_canonical_label(wire.substr(at + 1, length), out);
    at += length + 1u;
  }
  return out;
}

inline std::vector<LiveQuery> live_queries(const std::filesystem::path& truth) {
  std::vector<LiveQuery> queries;
  std::istringstream lines(file_bytes(truth));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream words(line);
    std::string epoch, protocol, id, hex, name, type, rest;
    LiveQuery query;
    std::getline(words, epoch, '\t');
    std::getline(words, query.client, '\t');
    std::string port, server_port, rcode;
    for (std::string* word : {&port, &server_port, &protocol, &id, &hex, &name, &type, &rcode}) {
      std::getline(words, *word, '\t');
    }
    query.client_port = std::stoi(port);
    query.server_port = std::stoi(server_port);
    query.canonical = canonical_of_wire(bytes_of_hex(hex));
    query.qtype = parse_qtype(type).value_or(0);
    query.rcode = rcode.empty() ? -1 : std::stoi(rcode);
    queries.push_back(std::move(query));
  }
  return queries;
}

}  // namespace assay::test
