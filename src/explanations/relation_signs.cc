#include "explanations/relation_signs.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "assay/instant.h"
#include "explanations/direct.h"

namespace assay {
namespace {

constexpr double kNetworks = 3, kDays = 3;
constexpr double kLongSeconds = 30 * 86'400;

void bear(const Finding& finding, const Lean& lean, std::string_view what, Weighing& weighing) {
  const bool leans = !lean.why.empty();
  weighing.bear(finding, leans ? lean.direction : Direction::neutral,
                leans ? fmt::format("{}; {}", what, lean.why) : std::string(what));
}

std::string parameter(const Finding& finding, const char* name) {
  const auto found = finding.parameters.find(name);
  return found == finding.parameters.end() ? "" : found->second;
}

// A party that asked for none of the others' names: the side that the question's names lead to.
bool is_named_side(const FindingSet& findings, const std::string& party) {
  bool is_told = false;
  for (const Finding* volume : findings.by_method("volume", party)) {
    if (!volume->id.ends_with("/raw")) continue;
    is_told = true;
    if (is_set(*volume, "rows_for_others_names")) return false;
  }
  return is_told;
}

std::optional<double> first_lookup_s(const FindingSet& findings) {
  std::optional<double> first;
  for (const Finding* volume : about_all(findings, "volume", "raw")) {
    const auto time = parse_rfc3339(parameter(*volume, "first"));
    if (!time.ok()) continue;
    const double seconds = static_cast<double>(time->us) / kMicrosPerSecond;
    first = first ? std::min(*first, seconds) : seconds;
  }
  return first;
}

// Nobody of the question's parties came further than to be refused for who they are, and no record
// could be of one that did.
bool is_each_try_refused(const Finding& policy) {
  return !is_set(policy, "party_askers_accepted") && !is_set(policy, "party_tries_otherwise") &&
         !is_set(policy, "maybe_of_parties");
}

}  // namespace

void read_fan_out(const FindingSet& findings, const Lean& found, Weighing& weighing) {
  for (const Finding* fan_out : findings.by_method("campaign_fan_out")) {
    if (!rests_on_lookups(*fan_out) || fan_out->outcome != Outcome::found) continue;
    if (fan_out->vantage == "resolver") continue;  // hosts that one resolver serves
    const double after = fan_out->value_or("hours_after_mailings", 0);
    bear(*fan_out, found,
         fmt::format("many unrelated networks asked in the same hours{}",
                     after > 0 ? fmt::format(", {} of them soon after a mailing in a mail log",
                                             counted(after, "hours"))
                               : ""),
         weighing);
  }
}

void read_mailings(const FindingSet& findings, const Lean& found, Weighing& weighing) {
  for (const Finding* mail : findings.by_method("campaign_fan_out")) {
    if (!has_variant(*mail, "mail") || mail->outcome != Outcome::found) continue;
    bear(*mail, found, "a mail log shows that a party wrote to many domains within an hour",
         weighing);
  }
}

void read_rarity(const FindingSet& findings, const Lean& found, Weighing& weighing) {
  for (const Finding* rarity : findings.by_method("rarity")) {
    if (rarity->outcome != Outcome::found) continue;
    const bool is_own = rarity->vantage == "authoritative";
    const std::string what = fmt::format(
        "fewer networks share the look-ups of {} than those of other names there", rarity->subject);
    if (is_own) {
      bear(*rarity, found, what, weighing);
    } else {
      weighing.bear(*rarity, Direction::neutral, what + "; this vantage sees a part of them");
    }
  }
}

void read_acceptance(const FindingSet& findings, const AcceptanceReading& reading,
                     Weighing& weighing) {
  for (const Finding* policy : findings.by_method("acceptance_policy")) {
    const std::string said = parameter(*policy, "reading"), party = parameter(*policy, "party");
    if (said.empty() || said == "not_tested") continue;
    const bool is_broad = policy->value_or("refused_networks", 0) >= kNetworks &&
                          policy->value_or("refused_days", 0) >= kDays;
    const double refused_days = policy->value_or("party_refused_days", 0);
    const bool asks_of_parties = !reading.parties_refused.why.empty() && refused_days > 0;
    if (asks_of_parties && refused_days >= kDays && is_each_try_refused(*policy)) {
      bear(*policy, reading.parties_refused,
           fmt::format("{}'s mail host refused the other side each time, on {}", party,
                       counted(refused_days, "days")),
           weighing);
    } else if (said == "no_mail_at_all" && is_broad && is_named_side(findings, party) &&
               !reading.named_side_takes_none.why.empty()) {
      bear(*policy, reading.named_side_takes_none,
           fmt::format("{}'s mail host told {} that it takes no mail", party,
                       counted(policy->value_or("refused_networks", 0), "networks")),
           weighing);
    } else if (asks_of_parties && !is_each_try_refused(*policy)) {
      weighing.bear(
          *policy, Direction::neutral,
          fmt::format("{}'s mail host refused the other side on {:.0f} of {}, and not each time",
                      party, refused_days,
                      counted(policy->value_or("party_days", refused_days), "days")));
    } else if (!reading.why_otherwise.empty()) {
      weighing.bear(*policy, Direction::neutral, std::string(reading.why_otherwise));
    }
  }
}

void read_dormancy(const FindingSet& findings, const Lean& silent, Weighing& weighing) {
  const auto first = first_lookup_s(findings);
  for (const Finding* use : about_parties(findings, "dormancy")) {
    const Quantity* last = use->quantity("last_sign_unix_s");
    if (use->outcome != Outcome::measured || last == nullptr || !first ||
        !is_named_side(findings, use->subject) || last->value > *first - kLongSeconds) {
      continue;
    }
    const std::string what = fmt::format(
        "{}'s hosts were last seen in use at {}, long before the "
        "look-ups",
        use->subject, parameter(*use, "last_sign"));
    if (use->value_or("vouched_until_unix_s", 0) > *first) {
      bear(*use, silent,
           what + ", and all flows of their network are declared complete until they began",
           weighing);
    } else {
      weighing.bear(*use, Direction::neutral, what + "; nobody vouches for the time between");
    }
  }
}

std::vector<const Finding*> messages_of_before(const FindingSet& findings) {
  constexpr std::size_t kLast = 1, kCount = 2, kUndated = 5;
  std::vector<const Finding*> of_before;
  const auto first = first_lookup_s(findings);
  if (!first) return of_before;
  for (const Finding* use : about_parties(findings, "dormancy")) {
    const Table* signs = use->table("signs");
    if (signs == nullptr || !is_named_side(findings, use->subject)) continue;
    for (std::size_t i = 0; i < signs->rows.size(); ++i) {
      const std::vector<double>& row = signs->rows[i];
      if (signs->row_labels.at(i) != "messages" || row.size() <= kUndated) continue;
      // What has no date may be of any time.
      if (row[kCount] == 0 || row[kUndated] != 0 || row[kLast] >= *first) continue;
      of_before.push_back(use);
    }
  }
  return of_before;
}

void note_registrations(const FindingSet& findings, std::string_view role, std::string_view why,
                        Weighing& weighing) {
  for (const Finding* told : findings.by_method("registrations", role)) {
    if (told->outcome == Outcome::not_applicable) continue;
    weighing.bear(*told, Direction::neutral, std::string(why));
  }
}

}  // namespace assay
