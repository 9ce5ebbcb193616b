#include "methods/support/stated_places.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/ascii.h"

namespace assay::methods {
namespace {

std::string first_label(std::string_view host) {
  return std::string(host.substr(0, host.find('.')));
}

// Of a place that is stated by the evidence, as its id or file.
bool is_stated_log(const Evidence& log, const std::string& place) {
  return log.id == place || log.name == place;
}

// "mx1" at the head of syslog's lines is mx1.bank.example where no other place begins so.
bool is_host(const std::string& host, const std::string& place,
             const std::vector<std::string>& all) {
  const std::string wanted = lower_text(place);
  if (host == wanted || host + "." == wanted || host == wanted + ".") return true;
  if (host.find('.') != std::string::npos || first_label(wanted) != host) return false;
  return std::count_if(all.begin(), all.end(), [&](const std::string& other) {
           return first_label(lower_text(other)) == host;
         }) == 1;
}

}  // namespace

const std::vector<std::string>& stated_places(const Party& party, RecordKind kind) {
  static const std::vector<std::string> kNone;
  return kind == RecordKind::mail   ? party.mail_hosts
         : kind == RecordKind::flow ? party.edges
                                    : kNone;
}

std::string missing_place(const Party& party, RecordKind kind, const Keepers& keepers,
                          const std::vector<const Evidence*>& own) {
  if (kind != RecordKind::mail && kind != RecordKind::flow) return "";
  const std::vector<std::string>& places = stated_places(party, kind);
  if (places.empty()) {
    return kind == RecordKind::mail
               ? fmt::format(
                     "the case does not state which hosts take and send {}'s mail "
                     "('mail_hosts' of its [[party]]), and another may have no log here",
                     party.name)
               : fmt::format(
                     "the case does not state at which edges traffic enters and leaves "
                     "{}'s network ('edges' of its [[party]]), and another may have no log "
                     "here",
                     party.name);
  }
  const auto hosts_of = [&](const Evidence& log) -> const std::set<std::string>& {
    return keepers.hosts_of(log.number);
  };
  for (const std::string& place : places) {
    const bool is_here = std::any_of(own.begin(), own.end(), [&](const Evidence* log) {
      const auto& hosts = hosts_of(*log);
      return is_stated_log(*log, place) ||
             std::any_of(hosts.begin(), hosts.end(),
                         [&](const std::string& host) { return is_host(host, place, places); });
    });
    if (is_here) continue;
    return fmt::format("no log of {} is here, which the case states among {}'s {}", place,
                       party.name, kind == RecordKind::mail ? "mail hosts" : "edges");
  }
  for (const Evidence* log : own) {
    const bool is_stated = std::any_of(places.begin(), places.end(), [&](const std::string& place) {
      return is_stated_log(*log, place);
    });
    if (is_stated) continue;
    for (const std::string& host : hosts_of(*log)) {
      const bool is_known =
          std::any_of(places.begin(), places.end(),
                      [&](const std::string& place) { return is_host(host, place, places); });
      if (is_known) continue;
      return fmt::format(
          "{} wrote lines of {}, which the case does not state among {}'s mail hosts", host,
          log->id, party.name);
    }
  }
  return "";
}

}  // namespace assay::methods
