#include "methods/support/neighbours.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/ascii.h"
#include "methods/registry.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostTold = 10;

Finding start(const MethodContext& context, std::string_view variant,
              const std::set<std::uint32_t>& rows, std::string description) {
  Finding finding = make_other_finding(registrations_method(), context, "neighbourhood", variant);
  finding.dedup_rule = "each address, name or domain counts once";
  finding.selection = seal_others(context, {rows.begin(), rows.end()}, std::move(description));
  finding.limitations.emplace_back(
      "Neighbours share a provider, a registrar's default or a hosting tariff as often as an "
      "owner. "
      "How many others would look alike is what counts, and these files hold only those that "
      "somebody listed.");
  return finding;
}

std::string some_of(const std::set<std::string>& names) {
  std::vector<std::string> told;
  for (const std::string& name : names) {
    if (told.size() == kMostTold) break;
    told.push_back(name);
  }
  return fmt::format(
      "{}{}", fmt::join(told, ", "),
      names.size() > told.size() ? fmt::format(" and {} more", names.size() - told.size()) : "");
}

// The /24 (/64) of each of the question's addresses, or its own larger network.
std::vector<IpPrefix> networks_of(const Asked& asked) {
  std::vector<IpPrefix> networks;
  std::set<std::string> known;
  for (const IpPrefix& ours : asked.addresses) {
    const bool is_v4 = ours.base().is_v4();
    const bool is_narrow = ours.length() > (is_v4 ? 24 : 64);
    IpAddress base = ours.base();
    if (is_narrow) {
      for (std::size_t byte = is_v4 ? 15 : 8; byte < 16; ++byte) base.bytes[byte] = 0;
    }
    const int length = is_narrow ? (is_v4 ? 24 : 64) : ours.length();
    const auto prefix = IpPrefix::parse(fmt::format("{}/{}", base.to_string(), length));
    if (prefix.ok() && known.insert(prefix->to_string()).second) networks.push_back(*prefix);
  }
  return networks;
}

const IpPrefix* network_holding(const std::vector<IpPrefix>& networks, const Assertion& one) {
  const auto address = one.role == Role::ptr ? IpAddress::parse(one.about) : std::nullopt;
  if (!address) return nullptr;
  const auto found = std::find_if(networks.begin(), networks.end(),
                                  [&](const IpPrefix& each) { return each.contains(*address); });
  return found == networks.end() ? nullptr : &*found;
}

// Reverse names on the networks of the question's addresses.
void add_network(const MethodContext& context, const std::vector<Assertion>& all,
                 const Asked& asked, std::vector<Finding>& findings) {
  const std::vector<IpPrefix> prefixes = networks_of(asked);
  std::set<std::string> networks;
  double space = 0;
  for (const IpPrefix& prefix : prefixes) {
    networks.insert(prefix.to_string());
    space += std::pow(2.0, (prefix.base().is_v4() ? 32 : 128) - prefix.length());
  }
  std::vector<std::string> parents;  // of the question's names
  for (const std::string& ours : asked.names) {
    if (labels_of(ours).size() > 2) parents.emplace_back(parent_of(ours));
  }
  std::set<std::string> addresses, names, domains, siblings;
  std::set<std::uint32_t> rows;
  double of_parties = 0;
  for (const Assertion& one : all) {
    if (network_holding(prefixes, one) == nullptr) continue;
    rows.insert(one.rows.begin(), one.rows.end());
    addresses.insert(one.about);
    const std::string name = lower_text(one.value);
    if (!names.insert(name).second) continue;
    const std::string_view domain = parent_of(name);
    domains.emplace(domain);
    of_parties += std::any_of(context.case_file->parties.begin(), context.case_file->parties.end(),
                              [&](const Party& party) { return party.holds_name(name); });
    const bool is_sibling =
        !std::binary_search(asked.names.begin(), asked.names.end(), name) &&
        std::any_of(parents.begin(), parents.end(),
                    [&](const std::string& parent) { return is_within(name, parent); });
    if (is_sibling) siblings.insert(name);
  }
  if (addresses.empty()) return;
  Finding finding = start(context, "network", rows, "reverse names on the same networks");
  finding.outcome = Outcome::measured;
  finding.denominator =
      fmt::format("of {} addresses of {}", number_text(space), fmt::join(networks, ", "));
  add(finding, "addresses_named", static_cast<double>(addresses.size()), "addresses");
  add(finding, "addresses_of_the_networks", space, "addresses");
  add(finding, "names", static_cast<double>(names.size()), "names");
  add(finding, "names_of_parties", of_parties, "names");
  add(finding, "domains", static_cast<double>(domains.size()), "domains");
  add(finding, "siblings_by_name", static_cast<double>(siblings.size()), "names");
  finding.statement = fmt::format(
      "Of {} addresses on {}, {} have a reverse name in these files: {} under {}, {} of them held "
      "by a party of the case; {} lie in the same domain as a name of the question{}.",
      number_text(space), fmt::join(networks, ", "),
      count_text(static_cast<double>(addresses.size())),
      plural(static_cast<double>(names.size()), "name"),
      plural(static_cast<double>(domains.size()), "domain"), count_text(of_parties),
      count_text(static_cast<double>(siblings.size())),
      siblings.empty() ? std::string() : fmt::format(" ({})", some_of(siblings)));
  findings.push_back(std::move(finding));
}

// Other domains with the value that the question's domain has in a role.
void add_shared(const MethodContext& context, const std::vector<Assertion>& all, const Asked& asked,
                Role role, std::string_view variant, std::vector<Finding>& findings) {
  std::set<std::string> keys, ours, others, domains;
  for (const Assertion& one : all) {
    if (one.role != role || one.is_hidden || one.is_opaque || one.key.empty()) continue;
    domains.insert(one.about);
    if (!asked.is_about(one)) continue;
    keys.insert(one.key);
    ours.insert(one.about);
  }
  if (keys.empty()) return;
  std::set<std::uint32_t> rows;
  for (const Assertion& one : all) {
    if (one.role != role || !keys.contains(one.key)) continue;
    rows.insert(one.rows.begin(), one.rows.end());
    if (!ours.contains(one.about)) others.insert(one.about);
  }
  Finding finding =
      start(context, variant, rows, fmt::format("registrations with the same {}", words_of(role)));
  finding.outcome = others.empty() ? Outcome::nothing_found : Outcome::measured;
  finding.denominator =
      fmt::format("of {} whose {} these files tell",
                  plural(static_cast<double>(domains.size()), "domain"), words_of(role));
  add(finding, "domains_with_the_same", static_cast<double>(others.size()), "domains");
  add(finding, "domains", static_cast<double>(domains.size()), "domains");
  finding.statement = fmt::format(
      "{} of the other {} whose {} these files tell have the same as {}{}.",
      count_text(static_cast<double>(others.size())),
      plural(static_cast<double>(domains.size() - ours.size()), "domain"), words_of(role),
      some_of(ours), others.empty() ? std::string() : fmt::format(": {}", some_of(others)));
  findings.push_back(std::move(finding));
}

// "mail1" and "mail23" are of one pattern, "mail#".
std::string pattern_of(std::string_view name) {
  std::string pattern;
  for (const char c : name) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit) pattern += c;
    if (is_digit && !pattern.ends_with('#')) pattern += '#';
  }
  return pattern;
}

void list_shared(const std::vector<Assertion>& all, const Asked& asked, Role role,
                 std::string_view why, std::vector<Neighbour>& found) {
  std::map<std::string_view, std::string_view> ours;  // key -> value
  std::set<std::string_view> our_domains;
  const auto is_open = [&](const Assertion& one) {
    return one.role == role && !one.is_hidden && !one.is_opaque && !one.key.empty();
  };
  for (const Assertion& one : all) {
    if (!is_open(one) || !asked.is_about(one)) continue;
    ours.emplace(one.key, one.value);
    our_domains.insert(one.about);
  }
  for (const Assertion& one : all) {
    const auto shared = is_open(one) ? ours.find(one.key) : ours.end();
    if (shared == ours.end() || our_domains.contains(one.about)) continue;
    found.push_back({one.about, why, std::string(shared->second), &one});
  }
}

}  // namespace

std::vector<Neighbour> neighbours_of(const std::vector<Assertion>& all, const Asked& asked) {
  std::vector<Neighbour> found;
  const std::vector<IpPrefix> networks = networks_of(asked);
  std::set<std::string> patterns;
  for (const std::string& name : asked.names) patterns.insert(pattern_of(name));
  for (const Assertion& one : all) {
    if (asked.is_about(one) && one.role == Role::ptr) patterns.insert(pattern_of(one.key));
  }
  for (const Assertion& one : all) {
    const IpPrefix* network = network_holding(networks, one);
    if (network == nullptr || asked.is_about(one)) continue;
    found.push_back(
        {fmt::format("{} {}", one.about, one.value), "network", network->to_string(), &one});
    const std::string pattern = pattern_of(one.key);
    if (pattern.find('#') != std::string::npos && patterns.contains(pattern)) {
      found.push_back({one.value, "naming_pattern", pattern, &one});
    }
  }
  list_shared(all, asked, Role::registrant, "same_registrant", found);
  list_shared(all, asked, Role::name_server, "same_name_servers", found);
  return found;
}

std::vector<Finding> neighbour_findings(const MethodContext& context,
                                        const std::vector<Assertion>& all, const Asked& asked) {
  std::vector<Finding> findings;
  add_network(context, all, asked, findings);
  add_shared(context, all, asked, Role::registrant, "same_registrant", findings);
  add_shared(context, all, asked, Role::name_server, "same_name_servers", findings);
  return findings;
}

}  // namespace assay::methods
