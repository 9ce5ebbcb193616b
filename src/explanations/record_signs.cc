#include "explanations/record_signs.h"

#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>

#include "explanations/claims.h"
#include "explanations/direct.h"

namespace assay {
namespace {

constexpr double kFewestJoins = 10;
constexpr double kLevel = 0.05;     // of timeline's own rule
constexpr double kTimesChance = 2;  // likewise
constexpr double kFewestMessages = 10, kNearlyAll = 0.9;

struct Joined {
  double joined = 0, partners = 0, lookups = 0, by_chance = 0;
  const char* of = "";  // "mail transfers", "connections"
};

// The tally of one kind of join when it is beyond chance; `joined` 0 otherwise.
Joined joined_of(const Finding& timeline, const std::string& kind, const char* of) {
  Joined joined;
  const auto told = [&](const char* what) { return timeline.value_or(kind + what, 0); };
  const bool is_tested = timeline.quantity(kind + "_p") != nullptr;
  if (!is_tested || told("_p") > kLevel || told("_joined") < kFewestJoins ||
      told("_with_partner") < kTimesChance * told("_by_chance")) {
    return joined;
  }
  joined.joined = told("_joined");
  joined.partners = joined.joined + told("_unjoined_partners");
  joined.lookups = joined.joined + told("_unjoined");
  joined.by_chance = told("_by_chance");
  joined.of = of;
  return joined;
}

// Flows and transfers tell of the same sessions: the kind with more joins speaks.
Joined best_of(const Finding& timeline,
               std::initializer_list<std::pair<const char*, const char*>> kinds) {
  Joined best;
  for (const auto& [kind, of] : kinds) {
    const Joined joined = joined_of(timeline, kind, of);
    if (joined.joined > best.joined) best = joined;
  }
  return best;
}

Direction no_more_than_weak(Direction direction) {
  if (direction == Direction::strongly_for) return Direction::weakly_for;
  if (direction == Direction::strongly_against) return Direction::weakly_against;
  return direction;
}

void bear(const Finding& timeline, const Joined& joined, std::string_view where, const Lean& lean,
          Weighing& weighing) {
  if (joined.joined == 0 || lean.why.empty()) return;
  const bool is_rule = joined.joined * 2 >= joined.partners;
  weighing.bear(
      timeline, is_rule ? lean.direction : no_more_than_weak(lean.direction),
      fmt::format("{} of {} {} {} within seconds ({:.3g} by chance); {}; of the other {} bursts "
                  "of look-ups this says nothing",
                  claims::number_text(joined.joined), claims::number_text(joined.partners),
                  joined.of, where, joined.by_chance, lean.why,
                  claims::number_text(joined.lookups - joined.joined)));
}

Joined checks_in(const Finding& timeline) {
  return best_of(timeline, {{"check_transfer", "mail transfers from the names' holder"},
                            {"check_flow", "connections from the names' holder"}});
}

}  // namespace

void read_joins(const FindingSet& findings, const JoinReading& reading, Weighing& weighing) {
  for (const Finding* timeline : findings.by_method("timeline")) {
    bear(*timeline, checks_in(*timeline), "have look-ups of it", reading.checks, weighing);
    const Joined letters = best_of(
        *timeline, {{"lookup_transfer", "mail transfers from the asker to the names' holder"}});
    bear(*timeline, letters, "follow look-ups", reading.letters, weighing);
    // A transfer runs in a connection, which then is no other sign.
    if (letters.joined > 0) continue;
    bear(*timeline,
         best_of(*timeline, {{"lookup_flow", "connections from the asker to the names' holder"}}),
         "follow look-ups", reading.visits, weighing);
  }
}

bool are_checks_joined(const FindingSet& findings) {
  const Finding* timeline = findings.first("timeline");
  return timeline != nullptr && checks_in(*timeline).joined > 0;
}

void read_mail_turns(const FindingSet& findings, const Lean& found, Weighing& weighing) {
  const bool counts_there = are_checks_joined(findings);
  for (const Finding* turns : findings.by_method("direct_turns")) {
    if (turns->outcome != Outcome::found || !turns->id.ends_with("/mail_lookups")) continue;
    const std::string what =
        fmt::format("{} are answered by {} more often than their hours explain",
                    told_by(*turns, "asks"), told_by(*turns, "answers"));
    if (counts_there) {
      weighing.bear(*turns, Direction::neutral, what + "; counted at timeline");
    } else {
      weighing.bear(*turns, found.direction, fmt::format("{}; {}", what, found.why));
    }
  }
}

void read_messages(const FindingSet& findings, const MessageReading& reading, Weighing& weighing) {
  for (const Finding* messages : findings.by_method("direct_records")) {
    if (told_by(*messages, "kind") != "message") continue;
    const std::string from(told_by(*messages, "from")), to(told_by(*messages, "to"));
    const double answered = messages->value_or("answered_and_one_accepted", 0);
    if (answered > 0 && !reading.answered.why.empty()) {
      weighing.bear(*messages, reading.answered.direction,
                    fmt::format("{} from {} to {} answered by one that names it, of which a log or "
                                "a capture shows a transfer; {}",
                                counted(answered, "messages"), from, to, reading.answered.why));
    }
    const Finding* mail = direct_finding(findings, from, to, "mail");
    const bool has_passed = mail != nullptr && is_set(*mail, "accepted");
    const double bulk = messages->value_or("automatic_messages", 0);
    const double all = bulk + messages->value_or("message_ids", 0);
    if (has_passed && bulk >= kFewestMessages && bulk >= kNearlyAll * all &&
        !reading.bulk.why.empty()) {
      weighing.bear(*messages, reading.bulk.direction,
                    fmt::format("{} of {} messages from {} to {} say themselves that a program "
                                "wrote them or that they went to many, and mail that way was "
                                "accepted; {}",
                                claims::number_text(bulk), claims::number_text(all), from, to,
                                reading.bulk.why));
    }
  }
}

void read_mail_from_holder(const FindingSet& findings, const Lean& found, Weighing& weighing) {
  for (const Finding* mail : findings.by_method("direct_records")) {
    if (told_by(*mail, "kind") != "mail") continue;
    const std::string from(told_by(*mail, "from")), to(told_by(*mail, "to"));
    const auto volumes = findings.by_method("volume", to);
    const bool has_asked = std::any_of(volumes.begin(), volumes.end(), [](const Finding* volume) {
      return is_set(*volume, "rows_for_others_names");
    });
    const double accepted = mail->value_or("accepted", 0);
    const double refused = mail->value_or("rejected", 0) + mail->value_or("deferred", 0) +
                           mail->value_or("bounced", 0);
    if (!has_asked || accepted + refused < kFewestMessages) continue;
    weighing.bear(*mail, found.direction,
                  fmt::format("{} of mail from {} to {}, {} of them accepted; {}",
                              counted(accepted + refused, "rows"), from, to,
                              claims::number_text(accepted), found.why));
  }
}

void read_bulk(const FindingSet& findings, const Lean& found, Weighing& weighing) {
  for (const Finding* bulk : findings.by_method("campaign_fan_out")) {
    const Table* parties = bulk->table("bulk_of_parties");
    if (!has_variant(*bulk, "messages") || parties == nullptr) continue;
    for (std::size_t i = 0; i < parties->rows.size(); ++i) {
      const double messages = parties->rows[i].at(0), signs = parties->rows[i].at(1);
      if (signs < kFewestMessages) continue;
      const std::string& party = parties->row_labels.at(i);
      const auto mail = findings.by_method("direct_records");
      const bool has_passed = std::any_of(mail.begin(), mail.end(), [&](const Finding* each) {
        return told_by(*each, "kind") == "mail" && told_by(*each, "from") == party &&
               is_set(*each, "accepted");
      });
      const std::string what =
          fmt::format("{} of {} at rest from {} bear signs of bulk mail",
                      claims::number_text(signs), counted(messages, "messages"), party);
      weighing.bear(*bulk, has_passed ? found.direction : Direction::neutral,
                    has_passed
                        ? fmt::format("{}, and mail from there was accepted; {}", what, found.why)
                        : what + ", which the sender writes; no record shows that it passed");
    }
  }
}

void read_threads(const FindingSet& findings, const Lean& found, Weighing& weighing) {
  const auto all = findings.by_method("direct_records");
  const bool is_borne_out = std::any_of(all.begin(), all.end(), [](const Finding* messages) {
    return is_set(*messages, "answered_and_one_accepted");
  });
  for (const Finding* threads : findings.by_method("message_threads")) {
    const double answers = threads->value_or("cross_replies", 0);
    if (answers == 0) continue;
    const std::string what = fmt::format(
        "{} of one side to the other's messages, in {} that both wrote in, up to {} in turn",
        counted(answers, "answers"),
        counted(threads->value_or("threads_of_both_parties", 0), "threads"),
        claims::number_text(threads->value_or("longest_exchange", 0)));
    weighing.bear(*threads, is_borne_out ? found.direction : Direction::neutral,
                  is_borne_out ? fmt::format("{}; {}", what, found.why)
                               : what + "; headers alone, and no log or capture shows a transfer");
  }
}

}  // namespace assay
