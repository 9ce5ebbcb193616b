// What every answer carries beside its number: whose logs a total rests on, and in which window, by
// which rule and of what was counted.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "explanations/claims.h"

namespace assay::claims {
namespace {

constexpr std::size_t kMostLogsNamed = 4;
// Kinds whose "supported" needs every asker, and those of which a shortfall refutes a number.
constexpr std::array<std::string_view, 8> kTotals{
    "count",      "share", "rate",           "exclusive",
    "only_types", "order", "coincides_with", "active_in_office_hours"};
constexpr std::array<std::string_view, 3> kNumbers{"count", "share", "rate"};

template <std::size_t kSize>
bool is_among(const std::array<std::string_view, kSize>& kinds, std::string_view kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// The keepers of the logs at the names' own servers, of which coverage counts those that name their
// server by its address and those that are known by their file alone.
struct Keepers {
  std::vector<std::string> names;
  std::size_t count = 0;
  bool are_servers = false;  // each is one server
};

Keepers keepers_of(const Context& context) {
  Keepers keepers;
  const Finding* coverage = find(context, "coverage", "dns", "authoritative");
  if (coverage == nullptr) return keepers;
  keepers.count = static_cast<std::size_t>(coverage->value_or("evidences", 0));
  if (const Table* table = coverage->table("recorders"); table != nullptr) {
    keepers.names = table->row_labels;
    keepers.count = keepers.names.size();
    keepers.are_servers =
        std::all_of(keepers.names.begin(), keepers.names.end(),
                    [](const std::string& name) { return IpAddress::parse(name).has_value(); });
  }
  return keepers;
}

std::string servers_text(const Keepers& keepers) {
  const std::string_view plural = keepers.count == 1 ? "" : "s";
  return keepers.are_servers ? fmt::format("the {} server{} whose log{} {}", keepers.count, plural,
                                           plural, keepers.count == 1 ? "this is" : "these are")
                             : fmt::format("the servers whose {} log{} {}", keepers.count, plural,
                                           keepers.count == 1 ? "this is" : "these are");
}

std::string named_text(const Keepers& keepers) {
  if (keepers.names.empty()) return "";
  std::vector<std::string> named(
      keepers.names.begin(), keepers.names.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                         keepers.names.size(), kMostLogsNamed)));
  if (keepers.names.size() > kMostLogsNamed) {
    named.push_back(fmt::format("{} more", keepers.names.size() - kMostLogsNamed));
  }
  return fmt::format(" ({})", fmt::join(named, ", "));
}

// What a zone or a registration that the case holds says of the name servers.
struct Named {
  std::string source, zone, servers;
  std::size_t count = 0;             // of servers
  std::vector<std::string> missing;  // "ns4.x.example (203.0.113.4)": no log is of its address
  std::vector<std::string> untold;   // names without an address in the case
};

// Which of the servers the logs are of, by the addresses that a zone gives to their names.
void tell_apart(const Table* addresses, const Keepers& keepers, Named& named) {
  for (std::size_t at = 0; at < named.servers.size();) {
    const std::size_t end = std::min(named.servers.find(", ", at), named.servers.size());
    std::string server = named.servers.substr(at, end - at);
    at = end + 2;
    if (std::string canonical; !canonicalise_name(server, canonical)) server = canonical;
    std::vector<std::string> known;
    for (std::size_t i = 0; addresses != nullptr && i < addresses->row_labels.size(); ++i) {
      const std::string& label = addresses->row_labels[i];  // "ns4.x.example 203.0.113.4"
      if (label.starts_with(server + " ")) known.push_back(label.substr(server.size() + 1));
    }
    const bool is_here = std::any_of(known.begin(), known.end(), [&](const std::string& address) {
      return std::find(keepers.names.begin(), keepers.names.end(), address) != keepers.names.end();
    });
    if (known.empty()) {
      named.untold.push_back(server);
    } else if (!is_here) {
      named.missing.push_back(fmt::format("{} ({})", server, fmt::join(known, ", ")));
    }
  }
}

// Where a registration or a zone names more servers than handed a log over; count 0 = none does.
Named named_servers(const Context& context, const Keepers& keepers) {
  Named named;
  if (!keepers.are_servers) return named;
  for (const Finding* told : context.findings.by_method("registrations", "name_server")) {
    const Table* table = told->table("assertions");
    if (table == nullptr) continue;
    for (const std::string& label : table->row_labels) {  // "zone: ns1, ns2 [source]"
      const std::size_t colon = label.find(": "), bracket = label.rfind(" [");
      if (colon == std::string::npos || bracket == std::string::npos || bracket < colon) continue;
      const std::string zone = label.substr(0, colon);
      const bool is_ours =
          std::any_of(context.question.names.begin(), context.question.names.end(),
                      [&](const NamePattern& name) { return is_within(name.base(), zone); });
      const std::string servers = label.substr(colon + 2, bracket - colon - 2);
      const auto count =
          static_cast<std::size_t>(std::count(servers.begin(), servers.end(), ',')) + 1;
      if (!is_ours || count <= keepers.count) continue;
      named = {label.substr(bracket + 2, label.size() - bracket - 3), zone, servers, count, {}, {}};
      tell_apart(told->table("server_addresses"), keepers, named);
      return named;
    }
  }
  return named;
}

std::string missing_text(const Named& named, const Keepers& keepers) {
  if (named.count == 0) return "";
  const std::size_t missing = named.count - keepers.count;
  std::string text = fmt::format(" {} names {} name servers of {} ({}): of {} no log is here",
                                 named.source, named.count, named.zone, named.servers, missing);
  if (!named.missing.empty()) {
    text +=
        fmt::format(", by the addresses that the case tells of {}", fmt::join(named.missing, ", "));
  }
  if (named.missing.size() < missing && !named.untold.empty()) {
    text += fmt::format("; no record tells the address of {}", fmt::join(named.untold, ", "));
  }
  return text + ".";
}

}  // namespace

void say_whose_logs(const Context& context, ClaimAnswer& answer) {
  const std::string_view kind = context.claim.kind, vantage = context.field("vantage");
  const bool is_total = answer.answer == Answer::supported && is_among(kTotals, kind);
  const bool is_shortfall = answer.answer == Answer::contradicted && is_among(kNumbers, kind);
  if (!is_total && !is_shortfall) return;
  if (context.field("of") == "files" || (!vantage.empty() && vantage != "authoritative")) return;
  if (!shows_every_asker(context, "authoritative")) return;
  const Keepers keepers = keepers_of(context);
  if (keepers.count == 0) return;
  const std::string servers = servers_text(keepers);
  const Named named = named_servers(context, keepers);
  answer.statement += fmt::format(
      " That is at {}{}; what another server of the zone answered, if there is one, is not in "
      "them.{}",
      servers, named_text(keepers), missing_text(named, keepers));
  if (!named.missing.empty()) {
    answer.would_test.push_back(
        fmt::format("the query log of {} over the same window, declared complete by its operator",
                    fmt::join(named.missing, " and of ")));
  }
  if (is_total) answer.in_short += fmt::format(", at {}", servers);
}

void say_sources(const Context& context, ClaimAnswer& answer) {
  const std::string_view kind = context.claim.kind;
  if (answer.findings.empty() || (kind != "exclusive" && !is_among(kNumbers, kind))) return;
  answer.statement += fmt::format(
      " A row bears a source address, which can be forged: it does not show that {} sent it.",
      kind == "exclusive" ? "its holder" : fmt::format("{}", fmt::join(context.parties(), " or ")));
}

void say_basis(const Context& context, ClaimAnswer& answer) {
  const Finding* first = nullptr;
  bool tells_window = false, tells_rule = false;
  for (const std::string& id : answer.findings) {
    const Finding* cited = context.findings.by_id(id);
    if (cited == nullptr || cited->window.empty()) continue;
    tells_window |= answer.statement.find(format_utc(cited->window.begin_us)) != std::string::npos;
    tells_rule |=
        cited->dedup_rule.empty() || answer.statement.find(cited->dedup_rule) != std::string::npos;
    if (first == nullptr) first = cited;
  }
  if (first == nullptr || (tells_window && tells_rule)) return;
  std::string basis = fmt::format(" Window {}", format_interval(first->window));
  if (!first->dedup_rule.empty()) basis += fmt::format("; counted: {}", first->dedup_rule);
  if (!first->denominator.empty() &&
      answer.statement.find(first->denominator) == std::string::npos) {
    basis += fmt::format(", {}", first->denominator);
  }
  answer.statement += basis + ".";
}

}  // namespace assay::claims
