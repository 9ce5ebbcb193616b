// Who can change what, as far as the roles tell.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/who_parts.h"

namespace assay::who {
namespace {

std::string said_of(const WhoReport& report, std::string_view role) {
  for (const WhoRole& each : report.roles) {
    if (each.role == role) return each.said;
  }
  return "";
}

// Of the records that cover the date, else of those nearest to it.
std::string locks_of(const WhoReport& report) {
  std::set<std::string> covering, others;
  for (const WhoLine& line : report.lines) {
    if (line.role != "registrar" && line.role != "registrant") continue;
    auto& into = line.when == WhoWhen::covers || line.when == WhoWhen::any ? covering : others;
    into.insert(line.status.begin(), line.status.end());
  }
  if (!covering.empty()) return fmt::format("{}", fmt::join(covering, ", "));
  if (!others.empty()) return fmt::format("{} (told at other times)", fmt::join(others, ", "));
  return "none is told";
}

}  // namespace

std::vector<WhoPower> powers_of(const WhoReport& report) {
  std::vector<WhoPower> powers;
  if (report.kind == "name") {
    powers.push_back(
        {"who is registered, and to which servers the name is delegated",
         fmt::format("the registrant ({}) through the registrar ({}). Locks: {}.",
                     said_of(report, "registrant"), said_of(report, "registrar"), locks_of(report)),
         "A lock that begins with 'client' is the registrar's to lift, one with 'server' the "
         "registry's."});
    powers.push_back({"what the name leads to: its addresses, its mail exchangers",
                      fmt::format("whoever runs the zone on the name servers: {}.",
                                  said_of(report, "name_server")),
                      "The names of servers do not tell who may edit the zone behind them: a "
                      "customer often can."});
  }
  powers.push_back({"the reverse name of the address",
                    fmt::format("the holder of the address ({}), or whom it delegated this to. "
                                "Written there: {}.",
                                said_of(report, "address_holder"), said_of(report, "ptr")),
                    "It may be anybody's name; only an address record that leads back was agreed "
                    "to by the holder of that name."});
  powers.push_back({"by which way packets reach the address",
                    fmt::format("who announces the route: {}.", said_of(report, "origin")),
                    "An origin need not be the holder: a provider, a mistake, a theft."});
  std::string use;
  for (const WhoSign& sign : report.signs) {
    if (!sign.is_use || !sign.span) continue;
    use += fmt::format("{}{} from {} to {}", use.empty() ? "" : "; ", sign.kind,
                       day_text(sign.span->begin_us), day_text(sign.span->end_us - 1));
  }
  powers.push_back({"what the host does: its services, its logs",
                    fmt::format("whoever operates the host, whom none of these roles tells. Signs "
                                "that it was in use: {}.",
                                use.empty() ? "none in this case" : use),
                    "Its operator's contracts and its own logs would tell."});
  return powers;
}

}  // namespace assay::who
