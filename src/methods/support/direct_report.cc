#include "methods/support/direct_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "assay/names.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr std::size_t kKeepersTold = 2;

double size_of(const OtherIndices& rows) { return static_cast<double>(rows.size()); }

double size_at(const std::map<MailFate, OtherIndices>& by_fate, MailFate fate) {
  const auto found = by_fate.find(fate);
  return found == by_fate.end() ? 0 : size_of(found->second);
}

struct Words {
  const char* rows;     // in the plural: "flows"
  const char* verb;     // "from Bank to Sender"
  const char* placed;   // what shows both ends
  const char* by_name;  // what names alone are worth
};

Words words_of(RecordKind kind) {
  switch (kind) {
    case RecordKind::flow:
      return {"flow", "from addresses of {} to addresses of {}", "addresses",
              "the server is known by the name alone that the client asked it for"};
    case RecordKind::service:
      return {"session", "from addresses of {} with servers of {}", "addresses",
              "the server is known by the name alone that one side said"};
    case RecordKind::mail:
      return {"mail transfer", "from {} to {}", "addresses, or their own log",
              "one side is known by the domain of the envelope alone, which anybody can write"};
    case RecordKind::message:
      return {"message", "from {} to {}", "nothing but the header",
              "header fields name them, which anybody can write"};
    default:
      return {"payment", "from {} to {}", "accounts",
              "one side is known by the holder's name alone"};
  }
}

// The rows that are neither counted nor nothing, each with its reason.
void say_apart(const DirectRows& rows, RecordKind kind, const Words& words, Finding& finding) {
  const auto say = [&](const OtherIndices& list, std::string_view why) {
    if (list.empty()) return;
    finding.statement +=
        fmt::format(" {} counted apart: {}.", plural(size_of(list), words.rows), why);
  };
  if (kind != RecordKind::message) say(rows.named, words.by_name);
  say(rows.ambiguous, kind == RecordKind::payment
                          ? "reversed, only announced, or of an account that several state"
                          : "a shared relay, an address or a name of several parties, or an "
                            "envelope in another's name");
  say(rows.undated, "the record does not tell when");
  say(rows.at_edge, "they may have begun or ended outside the window");
}

void add_times(const DirectSurvey& survey, const DirectRows& rows, Finding& finding) {
  const OtherRow* first = nullptr;
  const OtherRow* last = nullptr;
  for (const OtherIndices* list : {&rows.placed, &rows.named}) {
    for (const std::uint32_t i : *list) {
      const OtherRow& row = survey.others().rows[i];
      if (first == nullptr || row.row.time_us < first->row.time_us) first = &row;
      if (last == nullptr || row.row.time_us > last->row.time_us) last = &row;
    }
  }
  if (first == nullptr) return;
  finding.parameters["first"] = format_instant({first->row.time_us, first->row.width_us});
  finding.parameters["last"] = format_instant({last->row.time_us, last->row.width_us});
}

// Of the way from `to` to `from` only what answers counts here.
std::string flow_text(const DirectSurvey& survey, const PartyPair& pair, Finding& finding) {
  const FlowTally tally =
      tally_flows(survey.others(), survey.rows(RecordKind::flow, pair),
                  survey.rows(RecordKind::flow, {pair.to, pair.from}), survey.own_flows(pair));
  const auto doubtful = std::count_if(
      tally.lookups.begin(), tally.lookups.end(),
      [&](std::uint32_t i) { return !is_surely_lookup_flow(survey.others().rows[i]); });
  add(finding, "lookup_flows", size_of(tally.lookups), "rows");
  add(finding, "lookup_flows_doubtful", static_cast<double>(doubtful), "rows");
  if (doubtful > 0) {
    finding.limitations.push_back(fmt::format(
        "{} bear a port of DNS at the client's end, or at both, or another protocol was seen in "
        "them: they may be look-ups or not, show no contact and stand in the way of its absence.",
        plural(static_cast<double>(doubtful), "flow")));
  }
  add(finding, "ways_back", size_of(tally.ways_back), "rows");
  add(finding, "flows_one_way", size_of(tally.one_way), "rows");
  add(finding, "flows_forgeable", size_of(tally.forgeable), "rows");
  add(finding, "flows_answered", size_of(tally.answered), "rows");
  add(finding, "flows_with_service_reply", size_of(tally.replied), "rows");
  add(finding, "flows_with_content_both_ways", size_of(tally.content), "rows");
  if (!tally.one_way.empty()) {
    finding.limitations.emplace_back(
        "A flow without a packet back shows that somebody sent packets with that address as "
        "source; sources can be forged. An exporter of one-way flows writes the way back as a flow "
        "of its own, which is joined within 300 s and counted as no flow.");
  }
  if (!tally.forgeable.empty()) {
    finding.limitations.push_back(fmt::format(
        "{} with packets both ways opened no TCP connection and were not recorded in {}'s own "
        "network: a server answers a forged source as well, and a sensor on its side sees both "
        "ways. They show no contact. {}'s own flow records would tell.",
        plural(size_of(tally.forgeable), "flow"), finding.parameters["from"],
        finding.parameters["from"]));
  }
  finding.limitations.emplace_back(
      "A flow tells neither the name that was used nor what was said. Who stands as client is who "
      "sent first, or what the exporter guessed.");
  return fmt::format(
      "{} answered, {} with content from the server, {} with content both ways that is no greeting "
      "or handshake, {} answered whose source may be forged, {} of one way alone; {} to a port of "
      "DNS are look-ups and no contact{}",
      count_text(size_of(tally.answered)), count_text(size_of(tally.replied)),
      count_text(size_of(tally.content)), count_text(size_of(tally.forgeable)),
      count_text(size_of(tally.one_way)), count_text(size_of(tally.lookups)),
      tally.ways_back.empty()
          ? ""
          : fmt::format("; {} of them are the way back of flows that began at the other side",
                        count_text(size_of(tally.ways_back))));
}

// What a server said, over a transport that a forged source cannot open (DTLS comes in datagrams).
bool has_service_reply(const OtherRow& row) {
  static const FieldId kVersion = field_id("tls_version");
  static const FieldId kSigns[] = {field_id("banner"), field_id("helo_reply"),
                                   field_id("certificate_subject"), field_id("starttls_reply"),
                                   field_id("quit_reply")};
  const std::string_view version = row.field(kVersion);
  if (version.starts_with("DTLS")) return false;
  return row.row.code != kNoCode || (!version.empty() && version != "UNDETERMINED") ||
         std::any_of(std::begin(kSigns), std::end(kSigns),
                     [&](FieldId field) { return !row.field(field).empty(); });
}

std::string service_text(const DirectSurvey& survey, const DirectRows& rows, Finding& finding) {
  double replied = 0, opened = 0;
  for (const std::uint32_t i : rows.placed) {
    const OtherRow& row = survey.others().rows[i];
    const bool has_replied = has_service_reply(row);
    const Evidence* evidence = evidence_numbered(survey.context(), row.evidence);
    // A server's own log has sessions that were opened; a sensor may have seen one side alone.
    const bool is_logged = evidence != nullptr && evidence->vantage == Vantage::mail_server;
    replied += has_replied ? 1 : 0;
    opened += has_replied || is_logged ? 1 : 0;
  }
  add(finding, "sessions_opened", opened, "rows");
  add(finding, "sessions_with_service_reply", replied, "rows");
  finding.limitations.emplace_back(
      "A service that answers has answered; that anything was delivered it does not show.");
  return fmt::format("{} with a reply of the service", count_text(replied));
}

// A log whose rows show nobody as its keeper leaves inner addresses to the envelope: what to state.
void say_how_to_tell_keeper(const DirectSurvey& survey, const PartyPair& pair,
                            const DirectRows& rows, Finding& finding) {
  std::set<std::uint32_t> evidences;
  for (const std::uint32_t i : rows.named) evidences.insert(survey.others().rows[i].evidence);
  std::size_t told = 0;
  for (const std::uint32_t number : evidences) {
    const Evidence* evidence = evidence_numbered(survey.context(), number);
    if (evidence == nullptr || told == kKeepersTold) continue;
    for (const int party : {pair.from, pair.to}) {
      const Party& holder = survey.context().case_file->parties[static_cast<std::size_t>(party)];
      if (holder.names.empty() || !survey.could_keep_mail(*evidence, party)) continue;
      std::vector<std::string> names;
      for (const NamePattern& name : holder.names) names.push_back(name.to_string());
      finding.limitations.push_back(fmt::format(
          "The rows of {} do not show who kept it. If it is {}'s own log, and whole, state so: "
          "assay add CASE {} --restate --vantage mail_server --covers FROM/TO --complete --names "
          "{}. Its inner addresses then count as {}'s.",
          evidence->id, holder.name, evidence->name, fmt::join(names, ","), holder.name));
      ++told;
    }
  }
}

std::string mail_text(const DirectSurvey& survey, const PartyPair& pair, const DirectRows& rows,
                      Finding& finding) {
  const MailTally tally = tally_mail(survey.others(), rows);
  const std::pair<MailFate, const char*> kFates[] = {{MailFate::accepted, "accepted"},
                                                     {MailFate::deferred, "deferred"},
                                                     {MailFate::rejected, "rejected"},
                                                     {MailFate::bounced, "bounced"},
                                                     {MailFate::other, "of_other_fate"}};
  std::string text;
  for (const auto& [fate, word] : kFates) {
    add(finding, word, size_at(tally.placed, fate), "rows");
    std::string in_words = word;
    std::replace(in_words.begin(), in_words.end(), '_', ' ');
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                        count_text(size_at(tally.placed, fate)), in_words);
  }
  for (const auto& [fate, word] : kFates) {
    add(finding, fmt::format("{}_by_name_alone", word), size_at(tally.named, fate), "rows");
  }
  finding.limitations.emplace_back(
      "'Accepted' is said of the server that took the message over. A log has one row for each "
      "attempt and each recipient, and every server that a message passes may have one: rows are "
      "not messages.");
  finding.limitations.emplace_back(
      "A transfer that is known by the envelope's domain alone may be forged, or was handed to a "
      "host of neither party: it is no evidence that the named party took part.");
  say_how_to_tell_keeper(survey, pair, rows, finding);
  return text;
}

// Messages at rest of which a Received field names a host of the party as the one that took them: a
// copy in the author's own folder bears none. By Message-ID.
double taken_by_server_of(const DirectSurvey& survey, const DirectRows& messages, int party) {
  static const FieldId kId = field_id("message_id"), kBy = field_id("hop_by");
  const Party& holder = survey.context().case_file->parties[static_cast<std::size_t>(party)];
  std::set<std::string_view> taken, found;
  for (const OtherRow& row : survey.others().rows) {
    if (row.row.kind != RecordKind::hop || row.field(kId).empty()) continue;
    std::string by;
    if (row.field(kBy).empty() || canonicalise_name(row.field(kBy), by)) continue;
    if (holder.holds_name(by)) taken.insert(row.field(kId));
  }
  for (const OtherIndices* list : {&messages.placed, &messages.named}) {
    for (const std::uint32_t i : *list) {
      const std::string_view id = survey.others().rows[i].field(kId);
      if (taken.contains(id)) found.insert(id);
    }
  }
  return static_cast<double>(found.size());
}

std::string message_text(const DirectSurvey& survey, const PartyPair& pair, Finding& finding) {
  const auto letters = [&](const PartyPair& way) {
    return letters_of(survey.others(), survey.rows(RecordKind::message, way),
                      survey.rows(RecordKind::mail, way));
  };
  const Letters there = letters(pair);
  const Letters back = letters({pair.to, pair.from});
  const auto answered = answered_ids(there, back);
  double one_accepted = 0, both_accepted = 0;
  for (const std::string& id : answered) {
    const auto& replies = back.answering.at(id);
    const bool is_reply_accepted =
        std::any_of(replies.begin(), replies.end(), [&](std::uint32_t i) {
          static const FieldId kId = field_id("message_id");
          return back.accepted.contains(std::string(survey.others().rows[i].field(kId)));
        });
    one_accepted += there.accepted.contains(id) || is_reply_accepted ? 1 : 0;
    both_accepted += there.accepted.contains(id) && is_reply_accepted ? 1 : 0;
  }
  add(finding, "message_ids", static_cast<double>(there.by_id.size()), "messages");
  add(finding, "automatic_messages", static_cast<double>(there.automatic.size()), "messages");
  add(finding, "rows_without_id", static_cast<double>(there.without_id), "rows");
  add(finding, "answered", static_cast<double>(answered.size()), "messages");
  add(finding, "answered_and_one_accepted", one_accepted, "messages");
  add(finding, "answered_and_both_accepted", both_accepted, "messages");
  add(finding, "taken_by_recipients_server",
      taken_by_server_of(survey, survey.rows(RecordKind::message, pair), pair.to), "messages");
  finding.limitations.emplace_back(
      "From, To, Date, Message-ID and References are the words of whoever wrote the message, and "
      "both messages of an exchange can be written by one hand: without a log that knows one of "
      "them an answer shows nothing. An answer that names the id of a message shows at most that "
      "its writer had that id.");
  finding.limitations.emplace_back(
      "A program that answers without saying so (no Auto-Submitted, Precedence, null sender or "
      "list field) is not told from a person.");
  return fmt::format(
      "{} by Message-ID (transfers included), {} of them answered by a message the "
      "other way that names it, {} of these with an accepted transfer of one of the two, {} of "
      "both; {} that a program wrote or that went to many by their own fields are left out",
      plural(static_cast<double>(there.by_id.size()), "message"),
      count_text(static_cast<double>(answered.size())), count_text(one_accepted),
      count_text(both_accepted), plural(static_cast<double>(there.automatic.size()), "message"));
}

std::string payment_text(const DirectSurvey& survey, const PartyPair& pair, Finding& finding) {
  const auto untold = static_cast<double>(survey.untold_payments(pair));
  add(finding, "payments_without_other_side", untold, "rows");
  finding.limitations.emplace_back(
      "Only accounts that case.toml states for a party count; payments through other accounts or "
      "intermediaries are not here, nor who acted for the holder.");
  return fmt::format("{} of the same accounts tell no account of the other side",
                     plural(untold, "payment"));
}

std::string text_of(const DirectSurvey& survey, const PartyPair& pair, RecordKind kind,
                    const DirectRows& rows, Finding& finding) {
  switch (kind) {
    case RecordKind::flow:
      return flow_text(survey, pair, finding);
    case RecordKind::service:
      return service_text(survey, rows, finding);
    case RecordKind::mail:
      return mail_text(survey, pair, rows, finding);
    case RecordKind::message:
      return message_text(survey, pair, finding);
    default:
      return payment_text(survey, pair, finding);
  }
}

const char* sought_of(RecordKind kind) {
  switch (kind) {
    case RecordKind::flow:
      return "flow, look-ups aside, from addresses of {} to addresses of {}";
    case RecordKind::mail:
      return "mail transfer from {} to {}";
    default:
      return "payment from {} to {}";
  }
}

}  // namespace

void fill_in(const DirectSurvey& survey, const PartyPair& pair, RecordKind kind, Finding& finding) {
  const DirectRows& rows = survey.rows(kind, pair);
  const Words words = words_of(kind);
  const std::string& from = finding.parameters["from"];
  const std::string& to = finding.parameters["to"];
  const std::string way = fmt::format(fmt::runtime(words.verb), from, to);
  // A header is all that a message at rest has; of every other kind a name alone is not counted.
  OtherIndices counted = rows.placed;
  if (kind == RecordKind::message) {
    counted.insert(counted.end(), rows.named.begin(), rows.named.end());
  }
  add(finding, "rows", size_of(counted), "rows");
  add(finding, "rows_by_name_alone", size_of(rows.named), "rows");
  add(finding, "rows_ambiguous", size_of(rows.ambiguous), "rows");
  add(finding, "rows_undated", size_of(rows.undated), "rows");
  add(finding, "rows_at_edge", size_of(rows.at_edge), "rows");
  const std::string more = text_of(survey, pair, kind, rows, finding);
  add_times(survey, rows, finding);
  finding.outcome = counted.empty() ? Outcome::nothing_found : Outcome::found;
  const auto of_kind =
      static_cast<double>(std::count_if(survey.others().rows.begin(), survey.others().rows.end(),
                                        [&](const OtherRow& row) { return row.row.kind == kind; }));
  finding.denominator =
      fmt::format("of {} of this kind that touch the question", plural(of_kind, "record"));
  add(finding, "rows_of_kind", of_kind, "rows");
  finding.statement =
      fmt::format("{} {} {} (both ends shown by {}): {}.", plural(size_of(counted), words.rows),
                  way, window_text(survey.window()), words.placed, more);
  say_apart(rows, kind, words, finding);
  std::sort(counted.begin(), counted.end());
  finding.selection =
      seal_others(survey.context(), counted, fmt::format("{} rows {}", words.rows, way));
  if (kind == RecordKind::flow || kind == RecordKind::mail || kind == RecordKind::payment) {
    if (kind != RecordKind::payment) {
      const auto& parties = survey.context().case_file->parties;
      const auto has_address = [&](int party) {
        return !parties[static_cast<std::size_t>(party)].addresses.empty();
      };
      add(finding, "both_addresses_stated", has_address(pair.from) && has_address(pair.to) ? 1 : 0);
      add(finding, "logs_kept_by_from", static_cast<double>(survey.kept_by(kind, pair.from)));
      add(finding, "logs_kept_by_to", static_cast<double>(survey.kept_by(kind, pair.to)));
    }
    const std::uint64_t untold = kind == RecordKind::payment ? survey.untold_payments(pair) : 0;
    const auto lookups = static_cast<std::uint64_t>(finding.value_or("lookup_flows", 0) -
                                                    finding.value_or("lookup_flows_doubtful", 0));
    survey.vouch(kind, pair, fmt::format(fmt::runtime(sought_of(kind)), from, to),
                 rows.all() - lookups + untold, finding);
    if (finding.absence) {
      finding.statement += fmt::format(" Established: {}.", finding.absence->statement());
    }
  }
}

}  // namespace assay::methods
