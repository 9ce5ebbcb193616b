// registrations: who stands in which role of a name, an address or a route, by which source and as
// of when; where sources differ; and who the neighbours are.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "methods/registry.h"
#include "methods/support/held_values.h"
#include "methods/support/measure.h"
#include "methods/support/neighbours.h"
#include "methods/support/ownership_claims.h"

namespace assay::methods {
namespace {

constexpr std::uint16_t kA = 1, kAaaa = 28;
constexpr std::size_t kMostTold = 6;  // assertions spelled out in a sentence
constexpr std::size_t kMostTableRows = 100;

// Whether sources disagree at one time, said of those alone that were compared.
std::string disagreement_text(const Differences& differ) {
  if (differ.at_one_time > 0) {
    return fmt::format("{} of sources disagree within a week of each other: {}.",
                       plural(differ.at_one_time, "pair"), differ.example);
  }
  if (differ.not_compared > 0) {
    return fmt::format(
        "Of the first {} sources of each thing no two disagree at one time; {} more were not "
        "compared, so that this does not say that none does.",
        kMostSources, count_text(differ.not_compared));
  }
  return "No two sources disagree at one time.";
}

std::string limit_of(Role role) {
  switch (role) {
    case Role::registrant:
      return "A registrant wrote its own name, and nobody need have checked it. Being registrant "
             "shows neither who runs the name's servers nor who uses its hosts.";
    case Role::administrator:
    case Role::technical:
      return "A contact answers for a registration; it need be neither holder nor operator.";
    case Role::registrar:
      return "A registrar keeps the registration for its customer and is not that customer.";
    case Role::name_server:
      return "Names of servers tell where questions were sent. Who operates them is inferred from "
             "these names alone; who may change the zone behind them is in its own records.";
    case Role::mail_exchanger:
      return "A mail exchanger takes mail for the domain; it may be a provider's.";
    case Role::address_holder:
      return "The holder of a network hands addresses on: it need not run, or know, the host.";
    case Role::ptr:
      return "The holder of the address writes its reverse name and may write anybody's; only an "
             "address record of that name that leads back was agreed to by the name's holder.";
    case Role::origin:
      return "An origin announces a route, as a provider, by mistake or by theft; it is no holder.";
  }
  return "";
}

void add_table(const std::vector<Held>& held, Finding& finding) {
  Table table{"assertions", {"first_unix_s", "last_unix_s", "times", "is_hidden"}, {}, {}};
  for (const Held& each : held) {
    if (table.rows.size() == kMostTableRows) break;
    const auto seconds = [](std::int64_t us) { return static_cast<double>(us / kMicrosPerSecond); };
    table.row_labels.push_back(fmt::format("{}: {} [{}]", each.about, each.value, each.source));
    table.rows.push_back({each.seen.empty() ? 0 : seconds(each.seen.begin_us),
                          each.seen.empty() ? 0 : seconds(each.seen.end_us - 1), each.times,
                          each.is_hidden ? 1.0 : 0.0});
  }
  finding.tables.push_back(std::move(table));
}

OtherIndices rows_of(const std::vector<const Assertion*>& assertions) {
  OtherIndices rows;
  for (const Assertion* one : assertions) {
    rows.insert(rows.end(), one->rows.begin(), one->rows.end());
  }
  return rows;
}

// Addresses that zones give to the named servers: which server a log is of, where logs tell their
// server's address. Adds the rows that say so.
Table server_addresses(const MethodContext& context, const std::vector<Held>& held,
                       OtherIndices& rows) {
  static const FieldId kRdata = field_id("rdata");
  std::set<std::string, std::less<>> servers;
  for (const Held& each : held) {
    for (std::size_t at = 0; at < each.value.size();) {
      const std::size_t end = std::min(each.value.find(", ", at), each.value.size());
      std::string canonical;
      if (!canonicalise_name(each.value.substr(at, end - at), canonical)) servers.insert(canonical);
      at = end + 2;
    }
  }
  std::map<std::string, double> times;
  for (std::uint32_t i = 0; i < context.others->rows.size(); ++i) {
    const OtherRow& row = context.others->rows[i];
    const bool is_address = row.row.type == kA || row.row.type == kAaaa;
    if (row.row.kind != RecordKind::registration || !is_address || !servers.contains(row.name)) {
      continue;
    }
    const auto address = IpAddress::parse(row.field(kRdata));
    if (!address) continue;
    const std::string label = fmt::format("{} {}", row.name, address->to_string());
    if (times.size() == kMostTableRows && !times.contains(label)) continue;
    ++times[label];
    rows.push_back(i);
  }
  Table table{"server_addresses", {"times"}, {}, {}};
  for (const auto& [label, count] : times) {
    table.row_labels.push_back(label);
    table.rows.push_back({count});
  }
  return table;
}

Finding measure_role(const MethodContext& context, Role role,
                     const std::vector<const Assertion*>& assertions) {
  Finding finding = make_other_finding(registrations_method(), context, word_of(role));
  OtherIndices rows = rows_of(assertions);
  const std::vector<Held> held = held_of(assertions);
  Table addresses;
  if (role == Role::name_server) addresses = server_addresses(context, held, rows);
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  std::set<std::string_view> sources;
  double things = 0;
  for (std::size_t i = 0; i < held.size(); ++i) {
    sources.insert(held[i].source);
    things += i == 0 || held[i].about != held[i - 1].about;
  }
  finding.dedup_rule = "one value of one source counts once, from its first to its last time";
  finding.selection =
      seal_others(context, rows, fmt::format("registrations that tell the {}", words_of(role)));
  finding.denominator = fmt::format("of {} that tell it",
                                    plural(static_cast<double>(assertions.size()), "assertion"));
  const Differences differ = differences_of(held);
  double hidden = 0, undated = 0;
  for (const Held& each : held) {
    hidden += each.is_hidden;
    undated += each.seen.empty();
  }
  add(finding, "assertions", static_cast<double>(assertions.size()));
  add(finding, "things", things);
  add(finding, "sources", static_cast<double>(sources.size()));
  add(finding, "values", static_cast<double>(held.size()));
  add(finding, "hidden_values", hidden);
  add(finding, "undated_values", undated);
  add(finding, "disagreements", differ.at_one_time, "pairs of sources");
  add(finding, "differences_at_other_times", differ.at_other_times, "pairs of sources");
  add(finding, "changes", differ.changes, "values behind a source's first");
  add(finding, "sources_not_compared", differ.not_compared, "sources");
  finding.outcome = differ.at_one_time > 0 ? Outcome::found : Outcome::measured;
  std::vector<std::string> told;
  for (const Held& each : held) {
    if (told.size() == kMostTold) break;
    told.push_back(fmt::format("{} of {}: '{}'{} ({}, {})", words_of(role), each.about, each.value,
                               each.is_hidden   ? ", which hides it"
                               : each.is_opaque ? each.value.find('@') == std::string::npos
                                                      ? ", a handle of that source"
                                                      : ", an e-mail address that names nobody"
                               : each.is_person ? ", a person's name"
                                                : "",
                               each.source, seen_text(each.seen)));
  }
  finding.statement = fmt::format(
      "{}{}. {}", fmt::join(told, "; "),
      held.size() > told.size() ? fmt::format("; and {} more", held.size() - told.size()) : "",
      disagreement_text(differ));
  finding.limitations.push_back(limit_of(role));
  finding.limitations.emplace_back(
      "Each value is one source's claim at the time it was fetched; between two fetches, and "
      "before "
      "the first, it is not known.");
  if (undated > 0) {
    finding.limitations.push_back(fmt::format("{} of no known date.", plural(undated, "value")));
  }
  if (const std::uint64_t left = left_out_of(context, {RecordKind::registration})) {
    finding.limitations.push_back(
        fmt::format("{} more registrations lie beyond the limit of one question.", left));
  }
  add_table(held, finding);
  if (!addresses.rows.empty()) finding.tables.push_back(std::move(addresses));
  return finding;
}

class Registrations : public Method {
 public:
  std::string_view name() const override { return "registrations"; }
  std::string_view version() const override { return "2"; }
  std::string_view summary() const override {
    return "who stands in which role of a name or address, by source and date; its neighbours";
  }
  // Registrations are of no vantage of look-ups.
  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>&,
                               const MethodContext& context) const override {
    const std::vector<Assertion> all = assertions_of(context);
    const Asked asked = asked_of(context);
    std::map<Role, std::vector<const Assertion*>> by_role;
    for (const Assertion& one : all) {
      if (asked.is_about(one)) by_role[one.role].push_back(&one);
    }
    std::vector<Finding> findings;
    for (const auto& [role, assertions] : by_role) {
      findings.push_back(measure_role(context, role, assertions));
    }
    if (findings.empty()) {
      findings.push_back(nothing_to_measure(
          *this, context, "of no registration",
          "No registration in the case speaks of these names or addresses. Dated answers of whois "
          "or RDAP, a zone, a list of reverse names and a routing table of the time would tell who "
          "stood in which role; none of them tells who used the host."));
    }
    for (Finding& finding : neighbour_findings(context, all, asked)) {
      findings.push_back(std::move(finding));
    }
    for (Finding& finding : ownership_claim_findings(context, all)) {
      findings.push_back(std::move(finding));
    }
    return findings;
  }
};

}  // namespace

const Method& registrations_method() {
  static const Registrations kMethod;
  return kMethod;
}

}  // namespace assay::methods
