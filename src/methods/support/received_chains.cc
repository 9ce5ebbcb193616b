#include "methods/support/received_chains.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "methods/support/mail_words.h"

namespace assay::methods {
namespace {

std::string name_in(std::string_view text) {
  text = text.substr(0, text.find(' '));
  std::string canonical;
  while (text.ends_with('.')) text.remove_suffix(1);
  const bool is_name = text.find('.') != text.npos && text.find('[') == text.npos &&
                       !IpAddress::parse(text) && !canonicalise_name(text, canonical);
  return is_name ? canonical : std::string();
}

// The last two labels: who runs both hosts is likely one, and need not be.
std::string_view domain_of(std::string_view name) {
  for (auto labels = labels_of(name); labels.size() > 2; labels = labels_of(name)) {
    name.remove_prefix(labels.front().size() + 1);
  }
  return name;
}

ChainHop hop_of(const OtherRow& row, std::uint32_t index) {
  static const FieldId kBy = field_id("hop_by"), kFrom = field_id("hop_from"),
                       kHelo = field_id("helo"), kName = field_id("client_name"),
                       kId = field_id("hop_id");
  ChainHop hop{index, name_in(row.field(kBy)), {}, std::nullopt, std::string(row.field(kId))};
  for (const FieldId field : {kName, kHelo, kFrom}) {
    const std::string name = name_in(row.field(field));
    const bool is_known = std::find(hop.from.begin(), hop.from.end(), name) != hop.from.end();
    if (!name.empty() && !is_known) hop.from.push_back(name);
  }
  if (row.is_dated()) hop.at_us = row.row.time_us;
  return hop;
}

bool holds(const MethodContext& context, int party, const ChainHop& hop) {
  const Party& held = context.case_file->parties[static_cast<std::size_t>(party)];
  const OtherRow& row = context.others->rows[hop.row];
  return (!hop.by.empty() && held.holds_name(hop.by)) ||
         (!row.server.is_unspecified() && held.holds_address(row.server));
}

// Fields of one party's servers from the top on. A field whose message came from outside is the
// last of them, whatever those below say.
void settle_trust(const MethodContext& context, Chain& chain) {
  if (chain.hops.empty() || !chain.is_whole) return;
  const auto parties = static_cast<int>(context.case_file->parties.size());
  for (int party = 0; party < parties && chain.keeper < 0; ++party) {
    if (holds(context, party, chain.hops.front())) chain.keeper = party;
  }
  if (chain.keeper < 0) return;
  const Party& keeper = context.case_file->parties[static_cast<std::size_t>(chain.keeper)];
  for (const ChainHop& hop : chain.hops) {
    if (!holds(context, chain.keeper, hop)) return;
    ++chain.trusted;
    const OtherRow& row = context.others->rows[hop.row];
    const bool is_inner =
        row.client.is_unspecified()
            ? std::all_of(hop.from.begin(), hop.from.end(),
                          [&](const auto& name) { return keeper.holds_name(name); })
            : is_loopback(row.client) || keeper.holds_address(row.client);
    if (!is_inner) return;
  }
}

}  // namespace

std::vector<Chain> chains_of(const MethodContext& context) {
  static const FieldId kIndex = field_id("hop_index");
  std::vector<Chain> chains;
  if (context.others == nullptr || context.case_file == nullptr) return chains;
  const auto& rows = context.others->rows;
  // Hops stand directly behind their message, in order.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::map<std::uint32_t, std::uint32_t>> hops;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (rows[i].row.kind != RecordKind::hop) continue;
    const std::string_view text = rows[i].field(kIndex);
    std::uint32_t place = 0;
    std::from_chars(text.data(), text.data() + text.size(), place);
    if (place == 0 || place >= rows[i].row.number) continue;
    hops[{rows[i].evidence, rows[i].row.number - place}].emplace(place, i);
  }
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (rows[i].row.kind != RecordKind::message) continue;
    const auto found = hops.find({rows[i].evidence, rows[i].row.number});
    if (found == hops.end()) continue;
    Chain chain;
    chain.message = i;
    for (const auto& [place, row] : found->second) {
      chain.is_whole &= place == chain.hops.size() + 1;
      chain.hops.push_back(hop_of(rows[row], row));
    }
    settle_trust(context, chain);
    chains.push_back(std::move(chain));
  }
  return chains;
}

Joined joined(const MethodContext& context, const ChainHop& upper, const ChainHop& lower) {
  const OtherRow& above = context.others->rows[upper.row];
  const OtherRow& below = context.others->rows[lower.row];
  if (!above.client.is_unspecified() && above.client == below.server) return Joined::yes;
  if (lower.by.empty() || upper.from.empty()) return Joined::not_told;
  const auto has = [&](auto test) {
    return std::any_of(upper.from.begin(), upper.from.end(), test);
  };
  if (has([&](const std::string& name) { return name == lower.by; })) return Joined::yes;
  const bool is_near =
      has([&](const std::string& name) { return domain_of(name) == domain_of(lower.by); });
  return is_near ? Joined::same_domain : Joined::no;
}

}  // namespace assay::methods
