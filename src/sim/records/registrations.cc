// What registries said of the target's zone and network when they were asked, and the reverse names
// of the network. Roles stay apart: each stands where its own source would have it.
#include <fmt/core.h>

#include <algorithm>

#include "assay/names.h"
#include "sim/checks.h"
#include "sim/records/mail.h"
#include "sim/records/records.h"
#include "sim/times.h"

namespace assay::sim {
namespace {

std::string domain_object(const Scenario& scenario) {
  const Registrations& told = scenario.registrations;
  std::string text = fmt::format("Domain Name: {}\n", sender_domain(scenario));
  for (const auto& [key, value] : {std::pair("Registrar", &told.registrar),
                                   {"Registrant Organization", &told.registrant},
                                   {"Admin Organization", &told.administrator},
                                   {"Tech Organization", &told.technical}}) {
    if (!value->empty()) text += fmt::format("{}: {}\n", key, *value);
  }
  for (const std::string& server : told.name_servers) {
    text += fmt::format("Name Server: {}\n", server);
  }
  return text;
}

std::string network_object(const Registrations& told) {
  return fmt::format("CIDR:           {}\nOrganization:   {}\n", told.network, told.address_holder);
}

}  // namespace

std::vector<RecordFile> registration_files(const Scenario& scenario) {
  const Registrations& told = scenario.registrations;
  if (!told.is_told()) return {};
  const double fetched_s = told.fetched_s != 0 ? told.fetched_s : scenario.end_s;
  const std::string when = format_utc(micros(fetched_s));
  RecordFile whois{"registrations.whois.txt", "", {}};
  const auto add = [&](std::string_view server, const std::string& object) {
    whois.bytes += fmt::format(
        "[Querying {0}]\n[{0}]\n{1}>>> Last update of whois database: {2} "
        "<<<\n\n",
        server, object, when);
    ++whois.records["registration"];
  };
  add("whois.registry.example", domain_object(scenario));
  if (!told.address_holder.empty()) add("whois.network.example", network_object(told));
  std::vector<RecordFile> files{std::move(whois)};
  RecordFile names{"reverse_names.txt", fmt::format("# sweep of {}\n", when), {}};
  std::vector<std::string> pointers;
  if (!told.ptr.empty()) pointers.push_back(told.ptr);
  const auto address = IpAddress::parse(scenario.target.address);
  if (address && address->is_v4()) {
    pointers.insert(pointers.end(), told.neighbours.begin(), told.neighbours.end());
  }
  for (std::size_t i = 0; i < pointers.size(); ++i) {
    IpAddress at = *address;
    at.bytes[15] = static_cast<std::uint8_t>(at.bytes[15] + i + (told.ptr.empty() ? 1 : 0));
    names.bytes +=
        fmt::format("{} domain name pointer {}.\n", reverse_name(at.to_string()), pointers[i]);
    ++names.records["registration"];
  }
  if (!names.records.empty()) files.push_back(std::move(names));
  return files;
}

}  // namespace assay::sim
