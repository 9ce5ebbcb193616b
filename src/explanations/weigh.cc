#include "explanations/weigh.h"

#include <fmt/format.h>

#include <algorithm>

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

bool has_variant(const Finding& finding, std::string_view variant) {
  return variant.empty() || finding.id.ends_with(fmt::format("/{}", variant));
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

int sum_of(const std::map<std::string, int>& weights) {
  int sum = 0;
  for (const auto& [method, weight] : weights) sum += weight;
  return sum;
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

bool is_set(const Finding& finding, std::string_view quantity) {
  return finding.value_or(quantity, 0) != 0;
}

bool rests_on_lookups(const Finding& finding) {
  return finding.method != "coverage" || finding.subject == "dns";
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

Weighing::Weighing(const Explanation& explanation) {
  assessment_.explanation = std::string(explanation.name());
}

void Weighing::bear(const Finding& finding, Direction direction, std::string reason) {
  const int weight = weight_of(direction);
  if (weight > 0) for_[finding.method] = std::max(for_[finding.method], weight);
  has_other_records_for_it_ =
      has_other_records_for_it_ || (weight > 0 && !rests_on_lookups(finding));
  if (weight < 0) against_[finding.method] = std::max(against_[finding.method], -weight);
  assessment_.bearings.push_back({finding.id, direction, std::move(reason)});
}

void Weighing::open(std::string text) { assessment_.open.push_back(std::move(text)); }

bool Weighing::exclude_without(const FindingSet& findings, std::string_view record_kind) {
  const Finding* cited = nullptr;
  for (const Finding* direct : findings.by_method("direct_records")) {
    const auto kind = direct->parameters.find("kind");
    if (kind == direct->parameters.end() || kind->second != record_kind) continue;
    // Mail of a host may bear anybody's domain: without its address no row could name it.
    const bool could_be_named = record_kind != "mail" || is_set(*direct, "both_addresses_stated");
    if (!direct->absence || !could_be_named) return false;
    if (cited == nullptr) cited = direct;
  }
  if (cited == nullptr) return false;
  if (!assessment_.exclusion) assessment_.exclusion.emplace(*cited->absence, *cited);
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
  const int balance = weight_for - weight_against;
  result.support = balance >= 3   ? Support::strong
                   : balance == 2 ? Support::moderate
                   : balance == 1 ? Support::weak
                                  : Support::none;
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
  const bool is_shared = !has_lookups_of_its_own_ && !has_other_records_for_it_;
  if (role == ExplanationRole::cause && is_shared && result.support > Support::weak) {
    result.support = Support::weak;
    result.support_reason +=
        " Held at weak: other causes leave the same look-ups behind a cache, and nothing but "
        "look-ups speaks for it.";
  }
  return std::move(result);
}

}  // namespace assay
