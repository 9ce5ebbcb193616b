// What sources said of names, addresses and routes: who stands in which role, as of when. Roles are
// never merged: a registrant is no operator, and neither is the holder of the address.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "methods/support/other_findings.h"

namespace assay::methods {

enum class Role {
  registrant,     // of a domain
  administrator,  // its administrative contact
  technical,      // its technical contact
  registrar,
  name_server,     // the servers that answer for it, by their names
  mail_exchanger,  // who takes its mail
  address_holder,  // to whom a registry delegated the network
  ptr,             // the name that the holder of the address wrote for it
  origin,          // the AS that announced the prefix
};
inline constexpr std::size_t kRoles = 9;
std::string_view word_of(Role role);   // "name_server"
std::string_view words_of(Role role);  // "name servers"

struct Assertion {
  Role role = Role::registrant;
  std::string about;   // domain, prefix or address
  std::string value;   // as the source wrote it; of several servers all, sorted
  std::string key;     // what makes two values one: without case, punctuation and legal form
  std::string source;  // "whois.registry.example (file-1)"
  std::uint32_t evidence = 0;
  Interval when;           // empty: not told
  bool is_hidden = false;  // redacted, or a privacy service stands in for the registrant
  bool is_opaque =
      false;  // a handle that means something to its source alone, or an e-mail address
  bool is_person = false;  // the name beside an organisation that is not told: no organisation's
  std::string created;     // of the object, as the source wrote it
  std::vector<std::uint32_t> rows;
};

// Of every registration row that was loaded, in their order.
std::vector<Assertion> assertions_of(const MethodContext& context);
// The names and addresses that the question is about.
struct Asked {
  std::vector<std::string> names;
  std::vector<IpPrefix> addresses;

  // A name itself or a zone above it, a network that holds an address, an address of a network.
  bool is_about(const Assertion& assertion) const;
};
Asked asked_of(const MethodContext& context);
// "Sender Ltd." and "SENDER LIMITED" have one key; "Sender Ltd" and "Sender Bank Ltd" have not.
std::string holder_key(std::string_view text);
bool is_hidden_holder(std::string_view text);
// `name` without its first label when two or more are left, else itself.
std::string_view parent_of(std::string_view name);

}  // namespace assay::methods
