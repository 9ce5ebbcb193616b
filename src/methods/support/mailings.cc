#include "methods/support/mailings.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "methods/support/mail_words.h"
#include "methods/support/stats.h"

namespace assay::methods {
namespace {

constexpr std::int64_t kHourUs = 3'600 * kMicrosPerSecond;
constexpr double kBulkLevel = 0.001;

// A party that holds the names below a domain sends under the domain itself, too.
bool is_of_a_party(const MethodContext& context, const std::string& domain) {
  const auto& between = context.question->between;
  return std::any_of(between.begin(), between.end(), [&](const std::string& name) {
    const Party* party = context.case_file->find_party(name);
    return party != nullptr &&
           std::any_of(party->names.begin(), party->names.end(), [&](const NamePattern& pattern) {
             return pattern.matches(domain) || domain == pattern.base();
           });
  });
}

std::vector<Mailing> find_mailings(const std::vector<MailTransfer>& transfers) {
  std::map<std::pair<std::uint32_t, std::int64_t>, std::set<std::uint32_t>> by_hour;
  for (const MailTransfer& transfer : transfers) {
    by_hour[{transfer.from, transfer.time_us / kHourUs}].insert(transfer.to);
  }
  struct Total {
    double domains = 0, first = 0, last = 0;
  };
  std::map<std::uint32_t, Total> of_sender;
  for (const auto& [key, domains] : by_hour) {
    const double hour = static_cast<double>(key.second);
    Total& total = of_sender.try_emplace(key.first, Total{0, hour, hour}).first->second;
    total.domains += static_cast<double>(domains.size());
    total.last = hour;
  }
  std::vector<Mailing> found;
  for (const auto& [key, domains] : by_hour) {
    const Total& total = of_sender[key.first];
    const double own = static_cast<double>(domains.size());
    const double usual = (total.domains - own) / std::max(1.0, total.last - total.first);
    if (own < kFewestDomains || own < kTimesUsual * usual) continue;
    // So many or more where five times the usual is expected, as a Poisson count.
    const double chance = 1 - chi_squared_upper(2 * std::max(1.0, kTimesUsual * usual), 2 * own);
    if (chance > kBulkLevel) continue;
    found.push_back({key.first, key.second, own, usual});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Mailing& a, const Mailing& b) { return a.hour < b.hour; });
  return found;
}

}  // namespace

Mailings sent_by_parties(const MethodContext& context) {
  Mailings mailings;
  if (context.others == nullptr) return mailings;
  static const FieldId kFrom = field_id("envelope_from"), kTo = field_id("recipient");
  std::unordered_map<std::string, std::uint32_t> indices;
  const auto index_of = [&](const std::string& domain) {
    const auto [at, is_new] =
        indices.emplace(domain, static_cast<std::uint32_t>(mailings.domains.size()));
    if (is_new) mailings.domains.push_back(domain);
    return at->second;
  };
  for (const OtherRow& row : context.others->rows) {
    if (row.row.kind != RecordKind::mail || !row.is_dated()) continue;
    const std::string from = mail_domain(row.field(kFrom)), to = mail_domain(row.field(kTo));
    if (from.empty() || to.empty() || !is_of_a_party(context, from)) continue;
    mailings.transfers.push_back({row.row.time_us, row.evidence, index_of(from), index_of(to),
                                  row.row.offset, row.row.length});
  }
  mailings.mailings = find_mailings(mailings.transfers);
  const auto left_out = context.others->left_out.find(RecordKind::mail);
  if (left_out != context.others->left_out.end()) mailings.left_out = left_out->second;
  return mailings;
}

}  // namespace assay::methods
