#include "explanations/held_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "explanations/claims.h"
#include "explanations/direct.h"

namespace assay {
namespace {

bool has_asked(const FindingSet& findings, const std::string& party) {
  const auto volumes = about_parties(findings, "volume", "raw");
  return std::any_of(volumes.begin(), volumes.end(), [&](const Finding* volume) {
    return volume->subject == party && is_set(*volume, "rows_for_others_names");
  });
}

// The question's parties that direct_records says this of at their end of a kind of record.
std::set<std::string> parties_with(const FindingSet& findings, std::string_view kind,
                                   std::string_view quantity_of_end) {
  std::set<std::string> parties;
  for (const Finding* direct : findings.by_method("direct_records")) {
    if (told_by(*direct, "kind") != kind) continue;
    for (const char* end : {"from", "to"}) {
      const bool is_theirs = is_set(*direct, fmt::format("{}_{}", quantity_of_end, end));
      if (is_theirs) parties.emplace(told_by(*direct, end));
    }
  }
  return parties;
}

// The parties of the question's ordered pairs, of a kind that the case holds.
std::set<std::string> parties_of(const FindingSet& findings) {
  std::set<std::string> parties;
  for (const Finding* direct : findings.by_method("direct_records")) {
    for (const char* end : {"from", "to"}) parties.emplace(told_by(*direct, end));
  }
  parties.erase("");
  return parties;
}

// Whether a party kept a log of this kind that speaks of the whole window: one that asked, or one
// that did not. Where all asked each is at both ends, and it takes the logs of two.
enum class Side { either, askers, others };
bool is_kept(const FindingSet& findings, std::string_view kind, Side side) {
  const std::set<std::string> keepers = parties_with(findings, kind, "logs_kept_by");
  if (side == Side::either) return !keepers.empty();
  const auto count = [&](const std::set<std::string>& parties, bool asked) {
    return std::count_if(parties.begin(), parties.end(), [&](const std::string& party) {
      return has_asked(findings, party) == asked;
    });
  };
  if (side == Side::askers) return count(keepers, true) > 0;
  const bool have_all_asked = count(parties_of(findings), false) == 0;
  return have_all_asked ? keepers.size() >= 2 : count(keepers, false) > 0;
}

// Messages that a server of the party took, of two parties at least.
bool are_mailboxes_of_both_held(const FindingSet& findings) {
  std::set<std::string_view> recipients;
  for (const Finding* direct : findings.by_method("direct_records")) {
    if (is_set(*direct, "taken_by_recipients_server")) recipients.insert(told_by(*direct, "to"));
  }
  return recipients.size() >= 2;
}

// One evidence that holds look-ups and flows of the question, where an asker kept the flows.
bool is_edge_capture_held(const FindingSet& findings) {
  if (!is_kept(findings, "flow", Side::askers)) return false;
  std::set<std::uint32_t> of_lookups;
  for (const Finding* volume : about_all(findings, "volume", "raw")) {
    of_lookups.insert(volume->selection.evidences.begin(), volume->selection.evidences.end());
  }
  const auto flows = findings.by_method("direct_records");
  return std::any_of(flows.begin(), flows.end(), [&](const Finding* direct) {
    const auto& evidences = direct->selection.evidences;
    return told_by(*direct, "kind") == "flow" &&
           std::any_of(evidences.begin(), evidences.end(),
                       [&](std::uint32_t each) { return of_lookups.contains(each); });
  });
}

// What timeline tells of the kind of join with the most partners; "" when it has none of them.
std::string tie_text(const FindingSet& findings, const OpenTie& tie) {
  const Finding* timeline = findings.first("timeline");
  if (timeline == nullptr) return "";
  std::string kind;
  double partners = -1;
  for (const char* join : tie.joins) {
    const std::string word(join);
    if (timeline->quantity(word + "_joined") == nullptr) continue;
    const double all = timeline->value_or(word + "_joined", 0) +
                       timeline->value_or(word + "_unjoined_partners", 0);
    if (all <= partners) continue;
    partners = all;
    kind = word;
  }
  if (partners <= 0) return "";
  const double joined = timeline->value_or(kind + "_joined", 0);
  constexpr double kFewest = 10;  // as record_signs has it
  const Quantity* by_chance = timeline->quantity(kind + "_by_chance");
  return fmt::format(
      "the {} in the case {} {} of {} within seconds of look-ups, {}", tie.record,
      tie.record.ends_with('s') ? "have" : "has", claims::number_text(joined),
      claims::number_text(partners),
      by_chance == nullptr || joined < kFewest
          ? "too few, or in too short a time, to tell from chance"
          : fmt::format("and chance would join {:.3g}: whether these are they is not told",
                        by_chance->value));
}

}  // namespace

bool is_held(const FindingSet& findings, std::string_view kind) {
  const auto all = findings.by_method("direct_records");
  return std::any_of(all.begin(), all.end(), [&](const Finding* direct) {
    return told_by(*direct, "kind") == kind && is_set(*direct, "rows_of_kind");
  });
}

bool is_in_the_case(std::string_view record, const FindingSet& findings) {
  const std::vector<std::string> vantages = vantages_with_rows(findings);
  if (record == "second_vantage") return vantages.size() >= 2;
  if (record == "flow_at_either_edge") return is_kept(findings, "flow", Side::either);
  if (record == "receiving_mail_log") return is_kept(findings, "mail", Side::askers);
  if (record == "sending_mail_log") return is_kept(findings, "mail", Side::others);
  if (record == "mailboxes") return are_mailboxes_of_both_held(findings);
  if (record == "edge_capture") return is_edge_capture_held(findings);
  if (record != "resolver_client_log") return false;
  return std::find(vantages.begin(), vantages.end(), "resolver") != vantages.end();
}

void open_tie(const FindingSet& findings, const OpenTie& tie, Weighing& weighing) {
  std::string told = tie_text(findings, tie);
  if (told.empty() && is_held(findings, tie.kind)) {
    told = fmt::format("the {} in the case {} none between the two that could be joined with them",
                       tie.record, tie.record.ends_with('s') ? "hold" : "holds");
  }
  if (told.empty()) {
    told = fmt::format("no {} in the case {} them", tie.record,
                       tie.record.ends_with('s') ? "show" : "shows");
  }
  weighing.open(fmt::format("{}: {}", tie.what, told));
}

void open_letters(const FindingSet& findings, Weighing& weighing) {
  if (!is_held(findings, "mail")) {
    weighing.open("accepted messages on both sides: no mail log in the case shows them");
  }
  bool are_answered = false;
  for (const Finding* direct : findings.by_method("direct_records")) {
    are_answered = are_answered || is_set(*direct, "answered");
    if (told_by(*direct, "kind") != "mail" || !is_held(findings, "mail")) continue;
    if (is_set(*direct, "accepted")) continue;
    weighing.open(
        fmt::format("accepted messages from {} to {}: the mail log in the case shows none",
                    told_by(*direct, "from"), told_by(*direct, "to")));
  }
  if (!is_held(findings, "message")) {
    weighing.open("messages that answer each other: no mailbox in the case shows them");
  } else if (!are_answered) {
    weighing.open("messages that answer each other: the mailbox in the case holds none");
  }
  const std::set<std::string> parties = parties_of(findings);
  const bool has_silent =
      std::any_of(parties.begin(), parties.end(),
                  [&](const std::string& party) { return !has_asked(findings, party); });
  if (parties.empty() || has_silent) {
    weighing.open("look-ups of the asker's names by the other side: another question's records");
  }
}

}  // namespace assay
