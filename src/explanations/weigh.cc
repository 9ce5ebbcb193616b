#include "explanations/weigh.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "assay/names.h"

namespace assay {
namespace {

// "192.0.2.1", also as "192.0.2.1 (Bank)" where it has had several holders.
bool is_address(std::string_view subject) {
  return IpAddress::parse(subject.substr(0, subject.find(' '))).has_value();
}

bool is_party_subject(const Finding& finding) {
  const std::string& subject = finding.subject;
  return !subject.empty() && subject != "other" && subject != "not told" &&
         subject.find('+') == std::string::npos && !is_address(subject);
}

int weight_of(Direction direction) {
  switch (direction) {
    case Direction::strongly_for:
      return 2;
    case Direction::weakly_for:
      return 1;
    case Direction::neutral:
      return 0;
    case Direction::weakly_against:
      return -1;
    case Direction::strongly_against:
      return -2;
  }
  return 0;
}

// Who asked, how many and whether at once are one effect; so are letters that answer each other,
// counted by direction or by thread.
std::string effect_of(const Finding& finding) {
  if (finding.method == "message_threads") return "direct_records";
  const bool is_of_askers = finding.method == "rarity" || finding.method == "campaign_fan_out";
  return is_of_askers && rests_on_lookups(finding) ? "exclusivity" : finding.method;
}

int sum_of(const std::map<std::string, int>& weights) {
  int sum = 0;
  for (const auto& [method, weight] : weights) sum += weight;
  return sum;
}

Support support_of(int balance) {
  return balance >= 3   ? Support::strong
         : balance == 2 ? Support::moderate
         : balance == 1 ? Support::weak
                        : Support::none;
}

}  // namespace

std::vector<const Finding*> about_parties(const FindingSet& findings, std::string_view method,
                                          std::string_view variant) {
  std::vector<const Finding*> found;
  for (const Finding* finding : findings.by_method(method)) {
    if (is_party_subject(*finding) && has_variant(*finding, variant)) found.push_back(finding);
  }
  return found;
}

std::vector<const Finding*> about_all(const FindingSet& findings, std::string_view method,
                                      std::string_view variant) {
  std::vector<const Finding*> found;
  for (const Finding* finding : findings.by_method(method)) {
    if (finding->subject.empty() && has_variant(*finding, variant)) found.push_back(finding);
  }
  return found;
}

std::vector<const Finding*> about_who_asked(const FindingSet& findings) {
  std::vector<const Finding*> found = about_all(findings, "exclusivity");
  std::erase_if(found, [](const Finding* finding) { return finding->vantage == "resolver"; });
  return found;
}

bool has_variant(const Finding& finding, std::string_view variant) {
  return variant.empty() || finding.id.ends_with(fmt::format("/{}", variant));
}

bool is_set(const Finding& finding, std::string_view quantity) {
  return finding.value_or(quantity, 0) != 0;
}

bool rests_on_lookups(const Finding& finding) {
  if (finding.method == "coverage") return finding.subject == "dns";
  if (finding.method == "campaign_fan_out") {
    return !has_variant(finding, "mail") && !has_variant(finding, "messages");
  }
  static const std::set<std::string_view> kOfOtherRecords{
      "acceptance_policy", "dormancy",     "registrations", "timeline",
      "direct_records",    "direct_turns", "indicators",    "message_threads"};
  return !kOfOtherRecords.contains(finding.method);
}

bool are_lookups_declared_complete(const FindingSet& findings, std::string_view vantage) {
  for (const Finding* coverage : findings.by_method("coverage", "dns")) {
    if (coverage->vantage != vantage || !is_set(*coverage, "complete")) continue;
    const double evidences = coverage->value_or("evidences", 0);
    return coverage->value_or("complete_evidences", evidences) >= evidences;
  }
  return false;
}

bool shows_every_asker(const FindingSet& findings, const Finding& exclusivity) {
  return exclusivity.vantage == "authoritative" &&
         are_lookups_declared_complete(findings, exclusivity.vantage);
}

bool has_many_others(const Finding& exclusivity) {
  constexpr double kTimesTheNamed = 10;
  const double named = std::max(1.0, exclusivity.value_or("named_askers", 0));
  return exclusivity.value_or("outside_askers", 0) >= kTimesTheNamed * named;
}

std::vector<const Finding*> parties_moving_together(const FindingSet& findings) {
  std::vector<const Finding*> found;
  for (const Finding* sync : findings.by_method("source_sync")) {
    const std::size_t plus = sync->subject.find('+');
    if (sync->outcome != Outcome::found || plus == std::string::npos) continue;
    if (!is_address(std::string_view(sync->subject).substr(0, plus))) found.push_back(sync);
  }
  return found;
}

std::vector<std::string> vantages_with_rows(const FindingSet& findings) {
  std::vector<std::string> vantages;
  for (const Finding* all : about_all(findings, "volume", "raw")) {
    const bool is_new = std::find(vantages.begin(), vantages.end(), all->vantage) == vantages.end();
    if (is_set(*all, "rows") && is_new) vantages.push_back(all->vantage);
  }
  return vantages;
}

std::string demand_that_comes_and_goes(const Finding& gaps) {
  return fmt::format(
      "{}'s demand comes and goes, as a working day, mailings, a poll or a scan in stretches all "
      "make it",
      gaps.subject);
}

namespace {

// One record, either way between any two, would do for the cause: so it takes the absences of all
// ways together, and all are cited. The first two are told, which are both of two parties.
Exclusion by_absence_of_all(const std::vector<const Finding*>& silent) {
  if (silent.size() == 1) return Exclusion(*silent.front()->absence, *silent.front());
  Contradiction together;
  for (const Finding* finding : silent) together.findings.push_back(finding->id);
  together.statement =
      fmt::format("{}; and {}", silent[0]->absence->statement(), silent[1]->absence->statement());
  if (silent.size() > 2) {
    together.statement +=
        fmt::format("; and so for {} more ways between two parties", silent.size() - 2);
  }
  return Exclusion(std::move(together));
}

}  // namespace

Weighing::Weighing(const Explanation& explanation) {
  assessment_.explanation = std::string(explanation.name());
}

void Weighing::bear(const Finding& finding, Direction direction, std::string reason) {
  const int weight = weight_of(direction);
  const std::string effect = effect_of(finding);
  if (weight > 0) for_[effect] = std::max(for_[effect], weight);
  if (weight > 0 && !rests_on_lookups(finding)) {
    for_by_other_records_[effect] = std::max(for_by_other_records_[effect], weight);
  }
  if (weight < 0) against_[effect] = std::max(against_[effect], -weight);
  assessment_.bearings.push_back({finding.id, direction, std::move(reason)});
}

void Weighing::open(std::string text) { assessment_.open.push_back(std::move(text)); }

bool Weighing::exclude_without(const FindingSet& findings, std::string_view record_kind) {
  std::vector<const Finding*> cited;
  for (const Finding* direct : findings.by_method("direct_records")) {
    const auto kind = direct->parameters.find("kind");
    if (kind == direct->parameters.end() || kind->second != record_kind) continue;
    // Mail of a host may bear anybody's domain: without its address no row could name it.
    const bool could_be_named = record_kind != "mail" || is_set(*direct, "both_addresses_stated");
    if (!direct->absence || !could_be_named) return false;
    cited.push_back(direct);
  }
  if (cited.empty()) return false;
  if (!assessment_.exclusion) assessment_.exclusion = by_absence_of_all(cited);
  return true;
}

void Weighing::exclude(Contradiction contradiction) {
  assessment_.exclusion.emplace(std::move(contradiction));
}

Assessment Weighing::finish(ExplanationRole role) && {
  Assessment& result = assessment_;
  const int weight_for = sum_of(for_), weight_against = sum_of(against_);
  result.is_testable = weight_for + weight_against > 0 || result.exclusion.has_value();
  if (result.exclusion) {
    result.support_reason = "Excluded: " + result.exclusion->statement() + ".";
    return std::move(result);
  }
  result.support = support_of(weight_for - weight_against);
  if (!result.is_testable) {
    result.support_reason =
        result.bearings.empty()
            ? "No finding bears on it: these records cannot speak to it."
            : "The findings about it lean neither way: these records cannot speak to it.";
    return std::move(result);
  }
  result.support_reason =
      fmt::format("Weight for it {}, against it {} (each method counts once, a strong bearing 2).",
                  weight_for, weight_against);
  const int by_others = sum_of(for_by_other_records_);
  const Support most = support_of(1 + by_others);
  if (role == ExplanationRole::cause && !has_lookups_of_its_own_ && result.support > most) {
    result.support = most;
    result.support_reason += fmt::format(
        " Held at {}: other causes leave the same look-ups behind a cache, {}.", to_string(most),
        by_others == 0 ? "and nothing but look-ups speaks for it"
                       : "so that these count 1 at most beside the other records");
  }
  return std::move(result);
}

}  // namespace assay
