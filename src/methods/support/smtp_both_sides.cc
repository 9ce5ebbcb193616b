#include "methods/support/smtp_both_sides.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "core/ascii.h"
#include "methods/support/joins_letters.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr std::size_t kListed = 200;

struct Place {
  std::size_t server = 0, at = 0;  // at: in its tries
};

struct Twin {
  Place given, taken;  // as the handing side has it, and as the taking side or the wire has it
};

std::vector<Twin> twins_of(const OtherRecords& others, const std::vector<SmtpServer>& servers) {
  std::map<std::uint32_t, Place> by_row;
  for (std::size_t s = 0; s < servers.size(); ++s) {
    for (std::size_t i = 0; i < servers[s].tries.size(); ++i) {
      by_row.emplace(servers[s].tries[i].row, Place{s, i});
    }
  }
  std::vector<Twin> twins;
  for (const LetterJoin& join : join_transfers(others).joins) {
    const auto given = by_row.find(join.a), taken = by_row.find(join.b);
    if (given == by_row.end() || taken == by_row.end()) continue;
    const SmtpServer& from = servers[given->second.server];
    const SmtpServer& to = servers[taken->second.server];
    // Between two hosts that are not one, it is another hop.
    const bool is_one = given->second.server == taken->second.server ||
                        (from.own_logs.empty() && !to.own_logs.empty() && from.party == to.party);
    if (is_one) twins.push_back({given->second, taken->second});
  }
  return twins;
}

void compare(const SmtpTry& given, const SmtpTry& taken, SmtpServer& server) {
  ++server.told_by_both;
  if (given.fate == SmtpFate::unknown || taken.fate == SmtpFate::unknown) return;
  if (given.fate == taken.fate) return;
  server.told_differently.push_back({given.row, taken.row, given.fate, taken.fate});
}

// The one log's server that all twins of this one lead to.
std::optional<std::size_t> partner_of(std::size_t server, const std::vector<Twin>& twins) {
  std::set<std::size_t> partners;
  for (const Twin& twin : twins) {
    if (twin.given.server == server && twin.taken.server != server) {
      partners.insert(twin.taken.server);
    }
  }
  if (partners.size() != 1) return std::nullopt;
  return *partners.begin();
}

// The address from which the host of a log was seen to hand over, by that log; unspecified where
// there are several.
std::map<std::string, IpAddress> addresses_of(const std::vector<Twin>& twins,
                                              const std::vector<SmtpServer>& servers) {
  std::map<std::string, IpAddress> found;
  for (const Twin& twin : twins) {
    const SmtpTry& given = servers[twin.given.server].tries[twin.given.at];
    const SmtpTry& taken = servers[twin.taken.server].tries[twin.taken.at];
    if (given.log.empty() || taken.address.is_unspecified()) continue;
    const auto [known, is_new] = found.emplace(given.log, taken.address);
    if (!is_new && known->second != taken.address) known->second = {};
  }
  return found;
}

// Message-ID and recipient; "" where the row tells no Message-ID.
std::string letter_of(const OtherRow& row) {
  static const FieldId kId = field_id("message_id"), kTo = field_id("recipient");
  const std::string_view id = row.field(kId);
  return id.empty() ? "" : fmt::format("{} {}", id, lower_text(row.field(kTo)));
}

// Letters of twins, by the server that took them: a third record of one adds nothing.
std::set<std::pair<std::size_t, std::string>> letters_of(const OtherRecords& others,
                                                         const std::vector<Twin>& twins,
                                                         const std::vector<SmtpServer>& servers) {
  std::set<std::pair<std::size_t, std::string>> letters;
  for (const Twin& twin : twins) {
    const SmtpTry& taken = servers[twin.taken.server].tries[twin.taken.at];
    const SmtpTry& given = servers[twin.given.server].tries[twin.given.at];
    if (taken.fate != SmtpFate::accepted || given.fate != SmtpFate::accepted) continue;
    letters.emplace(twin.taken.server, letter_of(others.rows[taken.row]));
    letters.emplace(twin.taken.server, letter_of(others.rows[given.row]));
  }
  return letters;
}

std::string place_of(const MethodContext& context, std::uint32_t index) {
  const OtherRow& row = context.others->rows[index];
  const Evidence* evidence = evidence_numbered(context, row.evidence);
  return fmt::format("{}:{}", evidence ? evidence->id : std::to_string(row.evidence),
                     row.row.offset);
}

}  // namespace

void settle_both_sides(const MethodContext& context, std::vector<SmtpServer>& servers) {
  const std::vector<Twin> twins = twins_of(*context.others, servers);
  if (twins.empty()) return;
  const auto addresses = addresses_of(twins, servers);
  std::set<std::pair<std::size_t, std::size_t>> is_told_twice, is_twin;
  for (const Twin& twin : twins) {
    SmtpTry& given = servers[twin.given.server].tries[twin.given.at];
    SmtpTry& taken = servers[twin.taken.server].tries[twin.taken.at];
    compare(given, taken, servers[twin.taken.server]);
    if (taken.party < 0) taken.party = given.party;
    is_told_twice.emplace(twin.given.server, twin.given.at);
    is_twin.emplace(twin.taken.server, twin.taken.at);
  }
  const auto letters = letters_of(*context.others, twins, servers);
  for (std::size_t s = 0; s < servers.size(); ++s) {
    const std::optional<std::size_t> partner = partner_of(s, twins);
    const std::size_t whose = partner.value_or(s);
    std::vector<SmtpTry> kept;
    for (std::size_t i = 0; i < servers[s].tries.size(); ++i) {
      if (is_told_twice.contains({s, i})) continue;
      SmtpTry& one = servers[s].tries[i];
      const std::string letter = letter_of(context.others->rows[one.row]);
      const bool is_third = one.fate == SmtpFate::accepted && !one.is_of_own_log &&
                            !letter.empty() && letters.contains({whose, letter}) &&
                            !is_twin.contains({s, i});
      if (is_third) continue;
      const auto address = addresses.find(one.log);
      if (!one.log.empty() && address != addresses.end() && !address->second.is_unspecified()) {
        one.address = address->second;
        one.asker = one.address.to_string();
        one.network = network_text(one.address);
      }
      kept.push_back(std::move(one));
    }
    servers[s].tries.clear();
    SmtpServer& holder = servers[whose];
    if (partner) {
      holder.also.push_back(servers[s].name);
      for (const SmtpTry& one : kept) {
        holder.own_log_lacks += one.fate == SmtpFate::accepted;
      }
    }
    // A partner's tries were moved out and back, or still stand where its turn will find them.
    holder.tries.insert(holder.tries.end(), kept.begin(), kept.end());
  }
  std::erase_if(servers, [](const SmtpServer& each) { return each.tries.empty(); });
}

void add_both_sides(const MethodContext& context, const SmtpServer& server, Finding& finding) {
  if (server.told_by_both == 0) return;
  const auto both = static_cast<double>(server.told_by_both);
  const auto differ = static_cast<double>(server.told_differently.size());
  add(finding, "told_by_both_sides", both, "transfers");
  add(finding, "told_differently", differ, "transfers");
  add(finding, "let_in_by_others_records_alone", static_cast<double>(server.own_log_lacks),
      "transfers");
  if (!server.also.empty())
    finding.parameters["also"] = fmt::format("{}", fmt::join(server.also, ", "));
  finding.statement += fmt::format(
      " {} told by both sides and counted once{}.",
      both == 1 ? "1 transfer is" : count_text(both) + " transfers are",
      differ == 0 ? ", alike"
                  : fmt::format("; of {} they tell different ends", count_text(differ)));
  if (server.own_log_lacks > 0) {
    finding.limitations.push_back(fmt::format(
        "{} that the records of others call let in {} not in the server's own log by a Message-ID "
        "or a queue id: the log may not reach so far, may be cut, or the others' records may be.",
        plural(static_cast<double>(server.own_log_lacks), "transfer"),
        server.own_log_lacks == 1 ? "is" : "are"));
  }
  if (server.told_differently.empty()) return;
  Table table{"told_differently", {"seconds_apart"}, {}, {}};
  const auto& rows = context.others->rows;
  for (const SmtpDifference& each : server.told_differently) {
    if (table.rows.size() == kListed) break;
    const auto word = [](SmtpFate fate) { return kSmtpFates[static_cast<std::size_t>(fate)]; };
    table.row_labels.push_back(fmt::format("{} {}, {} {}", place_of(context, each.given_row),
                                           word(each.given), place_of(context, each.taken_row),
                                           word(each.taken)));
    table.rows.push_back(
        {static_cast<double>(rows[each.taken_row].row.time_us - rows[each.given_row].row.time_us) /
         kMicrosPerSecond});
  }
  finding.tables.push_back(std::move(table));
}

}  // namespace assay::methods
