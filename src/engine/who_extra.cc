// What the roles of registrations leave out: addresses and SOA of a name, names in certificates of
// a host, reverse names that are gone.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "engine/who_parts.h"

namespace assay::who {
namespace {

using methods::Assertion;
using methods::Role;

constexpr std::uint16_t kA = 1, kSoa = 6, kAaaa = 28;
constexpr std::size_t kMostCertificates = 20'000;

std::string source_of(const Loaded& loaded, const OtherRow& row) {
  static const FieldId kSource = field_id("source"), kResolver = field_id("resolver");
  const Evidence* evidence = methods::evidence_numbered(loaded.context, row.evidence);
  const std::string id = evidence == nullptr ? "?" : evidence->id;
  for (const FieldId field : {kSource, kResolver}) {
    const std::string_view told = row.field(field);
    if (!told.empty()) return fmt::format("{} ({})", methods::quoted(told), id);
  }
  return id;
}

Assertion assertion_of(const Loaded& loaded, std::uint32_t index, std::string about,
                       std::string value) {
  const OtherRow& row = loaded.others.rows[index];
  Assertion one;
  one.role = Role::origin;  // its value is nobody's name
  one.about = std::move(about);
  one.value = std::move(value);
  one.key = one.value;
  one.source = source_of(loaded, row);
  one.evidence = row.evidence;
  if (row.is_dated()) {
    one.when = {row.row.time_us, std::max(row.row.until_us, row.row.time_us) + 1};
  }
  one.rows = {index};
  return one;
}

bool is_asked(const Loaded& loaded, const IpAddress& address) {
  return !address.is_unspecified() &&
         std::any_of(loaded.asked.addresses.begin(), loaded.asked.addresses.end(),
                     [&](const IpPrefix& ours) { return ours.contains(address); });
}

bool is_asked_zone(const Loaded& loaded, std::string_view zone) {
  return labels_of(zone).size() >= 2 &&
         std::any_of(loaded.asked.names.begin(), loaded.asked.names.end(),
                     [&](const std::string& name) { return is_within(name, zone); });
}

}  // namespace

std::vector<Assertion> soas_of(const Loaded& loaded) {
  static const FieldId kRdata = field_id("rdata");
  std::vector<Assertion> found;
  for (std::uint32_t i = 0; i < loaded.others.rows.size(); ++i) {
    const OtherRow& row = loaded.others.rows[i];
    if (row.row.kind != RecordKind::registration || row.row.type != kSoa) continue;
    if (!is_asked_zone(loaded, row.name)) continue;
    // Primary server and responsible person; what follows are numbers.
    const std::string_view rdata = row.field(kRdata);
    const std::size_t first = rdata.find(' ');
    if (first == std::string_view::npos) continue;
    found.push_back(assertion_of(
        loaded, i, row.name, methods::quoted(rdata.substr(0, rdata.find(' ', first + 1)), 200)));
  }
  return found;
}

// Of one answer together.
std::vector<Assertion> addresses_of(const Loaded& loaded) {
  static const FieldId kRdata = field_id("rdata");
  std::map<std::tuple<std::uint32_t, std::int64_t, bool>, std::set<std::string>> values;
  std::map<std::tuple<std::uint32_t, std::int64_t, bool>, std::vector<std::uint32_t>> rows;
  for (std::uint32_t i = 0; i < loaded.others.rows.size(); ++i) {
    const OtherRow& row = loaded.others.rows[i];
    const bool is_address = row.row.type == kA || row.row.type == kAaaa;
    if (row.row.kind != RecordKind::registration || !is_address) continue;
    if (loaded.asked.names.empty() || row.name != loaded.asked.names.front()) continue;
    const auto address = IpAddress::parse(row.field(kRdata));
    if (!address) continue;
    const std::tuple key(row.evidence, row.row.time_us, row.is_dated());
    values[key].insert(address->to_string());
    rows[key].push_back(i);
  }
  std::vector<Assertion> found;
  for (const auto& [key, set] : values) {
    found.push_back(assertion_of(loaded, rows[key].front(), loaded.asked.names.front(),
                                 fmt::format("{}", fmt::join(set, ", "))));
    found.back().rows = rows[key];
  }
  return found;
}

// One for each day on which a host showed it.
std::vector<Assertion> certificates_of(const Loaded& loaded) {
  static const FieldId kNames = field_id("certificate_names"),
                       kSubject = field_id("certificate_subject");
  std::set<std::tuple<std::string, std::string, std::uint32_t, std::int64_t>> known;
  std::vector<Assertion> found;
  for (std::uint32_t i = 0; i < loaded.others.rows.size(); ++i) {
    const OtherRow& row = loaded.others.rows[i];
    if (row.row.kind != RecordKind::service || !is_asked(loaded, row.server)) continue;
    std::set<std::string> names;
    for (const auto& [field, text] : row.fields) {
      if (field == kNames) names.insert(methods::quoted(text, 200));
    }
    if (names.empty() && !row.field(kSubject).empty()) {
      names.insert(methods::quoted(row.field(kSubject), 200));
    }
    if (names.empty()) continue;
    Assertion one =
        assertion_of(loaded, i, row.server.to_string(), fmt::format("{}", fmt::join(names, ", ")));
    const std::int64_t day = one.when.empty() ? 0 : one.when.begin_us / kMicrosPerDay;
    if (!known.emplace(one.about, one.value, one.evidence, day).second) continue;
    found.push_back(std::move(one));
    if (found.size() == kMostCertificates) break;
  }
  return found;
}

// Addresses that a sweep asked about and that had no name.
std::vector<Assertion> nameless_of(const Loaded& loaded) {
  static const FieldId kError = field_id("error");
  constexpr std::uint16_t kPtr = 12;
  std::vector<Assertion> found;
  for (std::uint32_t i = 0; i < loaded.others.rows.size(); ++i) {
    const OtherRow& row = loaded.others.rows[i];
    if (row.row.kind != RecordKind::registration || row.row.type != kPtr) continue;
    if (row.field(kError).empty() || !is_asked(loaded, row.server)) continue;
    found.push_back(assertion_of(loaded, i, row.server.to_string(),
                                 fmt::format("no name: {}", methods::quoted(row.field(kError)))));
    found.back().role = Role::ptr;
    found.back().is_opaque = true;  // differs from no name, and may have changed into one
  }
  return found;
}

// Inferred from the names of the servers alone.
WhoRole name_server_operator_of(const std::vector<WhoLine>& lines, const WhoRole& servers) {
  WhoRole told{"name_server_operator", "name-server operator", 0, 0, ""};
  std::set<std::string> domains;
  bool is_of_other_times = false;
  for (const WhoLine& line : lines) {
    if (line.role != "name_server") continue;
    is_of_other_times |= line.when != WhoWhen::any && servers.covering == 0;
    if (line.when != WhoWhen::covers && line.when != WhoWhen::any && servers.covering > 0) continue;
    ++told.lines;
    for (std::size_t at = 0; at < line.value.size();) {
      const std::size_t end = std::min(line.value.find(", ", at), line.value.size());
      domains.emplace(methods::parent_of(std::string_view(line.value).substr(at, end - at)));
      at = end + 2;
    }
  }
  told.said = domains.empty()
                  ? "no source of this case says"
                  : fmt::format("inferred from the servers' names alone{}: {}",
                                is_of_other_times ? ", of other times than the date" : "",
                                fmt::join(domains, ", "));
  return told;
}

}  // namespace assay::who
