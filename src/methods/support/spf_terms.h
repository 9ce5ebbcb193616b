// The terms of an SPF record (RFC 7208 sections 4.6.1 and 12), and its macros (section 7).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/names.h"

namespace assay::methods {

struct SpfTerm {
  char qualifier = '+';
  std::string name;    // "a", "include", "redirect", in lower case
  std::string domain;  // domain-spec as written; "" = none
  IpAddress network;   // of ip4 and ip6
  int bits4 = 32, bits6 = 128;
  bool is_modifier = false;
  std::string text;  // as written
};

struct SpfTerms {
  std::vector<SpfTerm> mechanisms;
  std::string redirect;
  bool has_redirect = false;
  std::string problem;  // of its syntax; "" = none
};
// `record` with "v=spf1" at its start.
SpfTerms parse_spf(std::string_view record);
bool is_spf_record(std::string_view text);

struct SpfMacros {
  std::string sender, local, sender_domain, domain, helo;
  IpAddress client;
  std::function<std::string()> validated_name;  // of %{p}, only asked where it stands
};
// A domain-spec without its macros: lower case, no last dot, cut from the left to 253 bytes;
// nothing when its syntax is wrong.
std::optional<std::string> expand_spf(std::string_view spec, const SpfMacros& macros);
bool has_macro(std::string_view spec);
// "192.0.2.1" and "2.0.0.1.0.d.b.8..." as %{i} has them.
std::string dotted_address(const IpAddress& address);
// "1.2.0.192.in-addr.arpa"
std::string pointer_name(const IpAddress& address);

}  // namespace assay::methods
