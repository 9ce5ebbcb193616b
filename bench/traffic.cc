#include "traffic.h"

#include <algorithm>
#include <cstdio>

namespace assay::bench {
namespace {

constexpr std::uint64_t kClients = 20'000;
constexpr std::uint64_t kNames = 1'600'000;
constexpr double kClientExponent = 0.6;
constexpr double kNameExponent = 0.7;
constexpr std::uint64_t kRecent = 4096;  // some eight minutes at the usual rate
constexpr unsigned kRepeatPercent = 14;
constexpr std::int64_t kStart = 1772409600;  // 2026-03-02T00:00:00Z
constexpr std::int64_t kHourUs = 3'600'000'000;

// Share of the day's traffic by UTC hour, mean 1: people of one region by day, machines at night.
constexpr std::array<double, 24> kHourly = {0.5, 0.4, 0.4, 0.4, 0.5, 0.6, 0.8, 1.1,
                                            1.4, 1.5, 1.5, 1.4, 1.3, 1.4, 1.5, 1.5,
                                            1.4, 1.3, 1.2, 1.1, 0.9, 0.8, 0.6, 0.5};

constexpr std::array<const char*, 12> kHosts = {"www",   "api",    "cdn",    "mail",
                                                "img",   "static", "assets", "mx1",
                                                "login", "store",  "ns1",    "telemetry"};
constexpr std::array<const char*, 16> kSyllables = {"ba", "ri", "to", "ne", "lu", "ka", "mo", "se",
                                                    "vi", "da", "po", "ge", "fu", "ly", "xa", "co"};
constexpr std::array<const char*, 5> kSuffixes = {"example", "example.com", "test", "example.org",
                                                  "example"};

void append_base36(std::string& out, std::uint64_t value) {
  do {
    out += "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36];
    value /= 36;
  } while (value != 0);
}

bool is_reverse(std::uint64_t rank) { return mix(rank ^ 0x707472) % 14 == 0; }

// Every rank has its own name, because the rank itself is spelled in it.
void spell_name(std::uint64_t rank, std::string& out) {
  out.clear();
  const std::uint64_t h = mix(rank);
  if (is_reverse(rank)) {
    char text[40];
    std::snprintf(text, sizeof text, "%u.%u.%u.10.in-addr.arpa", unsigned(rank & 255),
                  unsigned(rank >> 8 & 255), unsigned(rank >> 16 & 255));
    out = text;
    return;
  }
  const char* suffix = kSuffixes[(h >> 56) % kSuffixes.size()];
  const auto syllables = [&](int count, int shift) {
    for (int i = 0; i < count; ++i) out += kSyllables[h >> (shift + 4 * i) & 15];
  };
  out += kHosts[h % kHosts.size()];
  if (h >> 60 < 6) {  // one of the zone's many hosts
    out += '-';
    append_base36(out, rank);
    out += '.';
    syllables(2, 20);
  } else {
    out += '.';
    syllables(2 + static_cast<int>(h >> 40 & 1), 20);
    append_base36(out, rank);
  }
  out += '.';
  out += suffix;
}

Type draw_type(std::uint64_t rank, Random& random) {
  if (is_reverse(rank)) return kPtr;
  const auto die = random.below(100);
  if (die < 56) return kA;
  if (die < 80) return kAaaa;
  if (die < 90) return kHttps;
  return die < 95 ? kMx : kTxt;
}

Address client_address(std::uint64_t rank) {
  Address address;
  // A fixed permutation of the pool, so that busy clients do not sit side by side.
  const auto host = (rank * 7919 + 13) % kClients;
  address.is_v6 = mix(rank ^ 0x7636) % 100 < 15;
  if (address.is_v6) {
    address.bytes = {0x20, 0x01, 0x0d, 0xb8, 0, 0x10, 0, static_cast<std::uint8_t>(host >> 8)};
    address.bytes[15] = static_cast<std::uint8_t>(host);
    address.bytes[14] = static_cast<std::uint8_t>(mix(host) & 255);
  } else {
    address.bytes = {198, 18, static_cast<std::uint8_t>(host >> 8),
                     static_cast<std::uint8_t>(host)};
  }
  return address;
}

Address server_address(bool is_v6, std::uint64_t which) {
  Address address;
  address.is_v6 = is_v6;
  if (is_v6) {
    address.bytes = {0x20, 0x01, 0x0d, 0xb8, 0, 0x53};
    address.bytes[15] = 0x53;
  } else if (which % 2 == 0) {
    address.bytes = {192, 0, 2, 53};
  } else {
    address.bytes = {198, 51, 100, 53};
  }
  return address;
}

}  // namespace

const char* type_mnemonic(Type type) {
  switch (type) {
    case kA:
      return "A";
    case kPtr:
      return "PTR";
    case kMx:
      return "MX";
    case kTxt:
      return "TXT";
    case kAaaa:
      return "AAAA";
    case kHttps:
      return "HTTPS";
  }
  return "?";
}

std::string Address::text() const {
  char out[64];
  if (!is_v6) {
    std::snprintf(out, sizeof out, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
    return out;
  }
  std::array<unsigned, 8> groups;
  for (int i = 0; i < 8; ++i) groups[i] = bytes[2 * i] << 8 | bytes[2 * i + 1];
  int best = -1, best_length = 1;  // the longest run of zeros, two groups at least
  for (int i = 0; i < 8; ++i) {
    int length = 0;
    while (i + length < 8 && groups[i + length] == 0) ++length;
    if (length > best_length) best = i, best_length = length;
  }
  std::string text;
  for (int i = 0; i < 8; ++i) {
    if (i == best) {
      text += "::";
      i += best_length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    std::snprintf(out, sizeof out, "%x", groups[i]);
    text += out;
  }
  return text;
}

Traffic::Traffic(std::uint64_t seed, std::uint64_t lookups, int days)
    : random_(seed),
      clients_(kClients, kClientExponent),
      names_(kNames, kNameExponent),
      mean_gap_us_(24.0 * kHourUs * days /
                   static_cast<double>(std::max<std::uint64_t>(lookups, 1))),
      clock_us_(static_cast<double>(kStart) * 1e6) {}

Traffic::Question Traffic::draw_question() {
  if (recent_.size() == kRecent && random_.percent(kRepeatPercent)) {
    return recent_[random_.below(kRecent)];
  }
  Question question{clients_.draw(random_), names_.draw(random_), kA};
  question.type = draw_type(question.name_rank, random_);
  if (recent_.size() < kRecent) {
    recent_.push_back(question);
  } else {
    recent_[count_ % kRecent] = question;
  }
  return question;
}

const Lookup& Traffic::next() {
  const auto hour = static_cast<std::int64_t>(clock_us_) / kHourUs % 24;
  clock_us_ += random_.exponential(mean_gap_us_) / kHourly[static_cast<std::size_t>(hour)];
  Lookup& l = lookup_;
  l.time_us = static_cast<std::int64_t>(clock_us_);
  const auto [client_rank, name_rank, type] = draw_question();
  ++count_;
  l.client = client_address(client_rank);
  l.server = server_address(l.client.is_v6, mix(client_rank));
  l.client_port = static_cast<std::uint16_t>(1024 + random_.below(64512));
  l.id = static_cast<std::uint16_t>(random_.next());
  l.name_rank = name_rank;
  l.qtype = type;
  spell_name(name_rank, l.qname);
  if (mix(client_rank ^ 0x3078) % 50 == 0) {  // this client mixes the case against spoofing
    std::uint64_t bits = random_.next();
    for (char& c : l.qname) {
      if (c >= 'a' && c <= 'z' && (bits & 1)) c = static_cast<char>(c - 'a' + 'A');
      bits = bits >> 1 | bits << 63;
    }
  }
  const auto habit = mix(client_rank ^ 0x65646e73);
  l.has_edns = habit % 10 < 7;
  l.wants_dnssec = l.has_edns && habit / 10 % 10 < 6;
  l.is_recursion_desired = habit / 100 % 10 < 3;
  l.does_exist = mix(l.name_rank ^ 0x6e78) % 100 >= 11;
  l.delay_us =
      static_cast<std::uint32_t>(150 + random_.exponential(random_.percent(70) ? 400 : 30'000));
  return l;
}

}  // namespace assay::bench
