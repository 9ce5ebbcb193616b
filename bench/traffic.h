#pragma once
// The look-ups that both generators print: who asked which name, when, and how it was answered.
// Shape: 20,000 clients and 1.6 million possible names, both Zipf-like (in 5 million look-ups about
// 1.2 million names occur); one look-up in seven repeats a recent one of its client, as retries and
// short TTLs do; a daily rhythm; six types; one look-up in ten does not exist.
// Addresses come from the ranges set aside for benchmarks and documentation (RFC 2544, 3849, 5737).
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "random.h"

namespace assay::bench {

enum Type : std::uint16_t { kA = 1, kPtr = 12, kMx = 15, kTxt = 16, kAaaa = 28, kHttps = 65 };

const char* type_mnemonic(Type type);

struct Address {
  bool is_v6 = false;
  std::array<std::uint8_t, 16> bytes{};  // an IPv4 address uses the first four

  std::string text() const;  // RFC 5952
};

struct Lookup {
  std::int64_t time_us = 0;  // since 1970, UTC
  Address client;
  Address server;
  std::uint16_t client_port = 0;
  std::uint16_t id = 0;
  std::string qname;  // as sent: no trailing dot, sometimes in mixed case
  std::uint64_t name_rank = 0;
  Type qtype = kA;
  bool has_edns = false;
  bool wants_dnssec = false;
  bool is_recursion_desired = false;
  bool does_exist = true;
  std::uint32_t delay_us = 0;  // from the query to its answer
};

class Traffic {
 public:
  // Look-ups spread over `days` from 2026-03-02 (a Monday), in time order.
  Traffic(std::uint64_t seed, std::uint64_t lookups, int days);

  const Lookup& next();

 private:
  struct Question {
    std::uint64_t client_rank;
    std::uint64_t name_rank;
    Type type;
  };

  Question draw_question();

  Random random_;
  Zipf clients_;
  Zipf names_;
  double mean_gap_us_;
  double clock_us_;
  std::vector<Question> recent_;  // a ring
  std::uint64_t count_ = 0;
  Lookup lookup_;
};

}  // namespace assay::bench
