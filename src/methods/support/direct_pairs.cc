#include "methods/support/direct_pairs.h"

#include <algorithm>
#include <tuple>

#include "core/ascii.h"
#include "methods/support/open_connection.h"

namespace assay::methods {
namespace {

constexpr std::int64_t kJoinUs = 300 * kMicrosPerSecond;  // between the two ways of one flow
constexpr std::size_t kMostFarEnds = 1'000;
constexpr double kKeeperShare = 0.9, kOtherShare = 0.5;
constexpr std::uint64_t kKeeperRows = 10;

// All that the row tells of, as an interval; a stamp of a whole day has its end in `until`.
Interval span_of(const RecordRow& row) {
  const std::int64_t end = std::max(row.until_us + 1, row.time_us + row.width_us);
  return {row.time_us, std::max(end, row.time_us + 1)};
}

bool holds(const std::vector<int>& parties, int party) {
  return std::find(parties.begin(), parties.end(), party) != parties.end();
}

// An amount given back is no payment, and what is only announced or expected may never come.
bool is_booked(const OtherRow& row) {
  static const FieldId kAction = field_id("event_action"), kStatus = field_id("entry_status");
  const std::string_view status = row.field(kStatus);
  return row.field(kAction) != "reversal" && (status.empty() || status == "BOOK");
}

OtherIndices& list_of(DirectRows& rows, const OtherRow& row, const DirectEnds& ends, EndBasis from,
                      EndBasis to, const std::optional<Interval>& window) {
  if (!row.is_dated()) return rows.undated;
  if (window && !window->contains(span_of(row.row))) return rows.at_edge;
  if (ends.is_ambiguous || (row.row.kind == RecordKind::payment && !is_booked(row))) {
    return rows.ambiguous;
  }
  const bool is_placed = from == EndBasis::place && to == EndBasis::place;
  return is_placed ? rows.placed : rows.named;
}

// Both ways of one flow have the ends of each other.
using FlowEnds = std::tuple<std::uint64_t, std::uint16_t, std::uint64_t, std::uint16_t, int>;
FlowEnds ends_from(const RecordRow& row) {
  return {row.client, row.client_port, row.server, row.server_port, row.protocol};
}
FlowEnds ends_back(const RecordRow& row) {
  return {row.server, row.server_port, row.client, row.client_port, row.protocol};
}

// The other row of an exporter that writes each way apart; nullptr when there is none.
const OtherRow* way_back(const OtherRecords& others,
                         const std::multimap<FlowEnds, std::uint32_t>& back, const OtherRow& row) {
  const auto [begin, end] = back.equal_range(ends_back(row.row));
  const Interval near{row.row.time_us - kJoinUs, span_of(row.row).end_us + kJoinUs};
  for (auto at = begin; at != end; ++at) {
    const OtherRow& other = others.rows[at->second];
    if (other.evidence == row.evidence && !intersect(near, span_of(other.row)).empty()) {
      return &other;
    }
  }
  return nullptr;
}

// The same of two rows that tell a way each.
bool is_shown_content_joined(const OtherRow& there, const OtherRow& back) {
  OtherRow joined = there;
  joined.row.bytes_received = back.row.bytes_sent;
  joined.row.packets_received = back.row.packets_sent;
  return is_shown_content(joined);
}

// Of two rows that tell a way each, the later one; at one time, the one from the lower port.
bool is_way_back(const RecordRow& row, const RecordRow& other) {
  return row.time_us != other.time_us ? row.time_us > other.time_us
                                      : row.client_port < row.server_port;
}

// Who or what stands at the other end of the row from the party; "" when both ends are the party's
// own. A stated party is one partner, however many hosts it has: its log filtered for this party,
// or for no other reason full of it, would pass for this party's own.
std::string far_end(const OtherRow& row, const DirectEnds& ends, int party) {
  static const FieldId kFrom = field_id("envelope_from"), kTo = field_id("recipient");
  const auto has = [&](const std::vector<DirectEnds::End>& side) {
    return std::any_of(side.begin(), side.end(),
                       [&](const auto& end) { return end.party == party; });
  };
  if (has(ends.from) && has(ends.to)) return "";
  const bool is_sender = has(ends.from);
  const std::vector<DirectEnds::End>& far = is_sender ? ends.to : ends.from;
  if (!far.empty()) return "party " + std::to_string(far.front().party);
  if (row.row.kind == RecordKind::mail) {
    std::string domain = mail_domain(row.field(is_sender ? kTo : kFrom));
    if (!domain.empty()) return domain;
  }
  return (is_sender ? row.server : row.client).to_string();
}

// An operator who declares for which names a log is complete says by that whose it is.
std::optional<Keeper> stated_keeper(const Evidence& evidence, const Party& party) {
  if (evidence.coverage.names.empty()) return std::nullopt;
  if (party.names.empty() || evidence.coverage.intervals.empty()) return Keeper::unclear;
  const bool is_theirs =
      evidence.coverage.is_complete_for(evidence.coverage.intervals.front(), party.names);
  return is_theirs ? Keeper::theirs : Keeper::not_theirs;
}

// The party that kept the mail log; -1 when none or several did, or nothing shows it.
int keeper_of_mail(const Evidence& evidence, const Keepers& keepers, const CaseFile& case_file) {
  int keeper = -1;
  for (std::size_t p = 0; p < case_file.parties.size(); ++p) {
    const int party = static_cast<int>(p);
    if (keepers.of(evidence, RecordKind::mail, party) != Keeper::theirs) continue;
    if (keeper >= 0) return -1;
    keeper = party;
  }
  return keeper;
}

// Whether the keeper's machines wrote the letter or sent it on, as the row of their own log tells.
// What a stranger offers in the keeper's name from outside was handed on to nobody.
bool is_sent_by_keeper(const OtherRow& row) {
  static const FieldId kDirection = field_id("direction");
  return row.field(kDirection) == "out" || row.client.is_unspecified() || is_loopback(row.client);
}

// A party's own log shows that party's side, whatever inner address or rewritten envelope it names:
// a gateway hands on what it took to `desk@inside.example`. Another's log shows nothing of a letter
// that names no client: a content filter hands back what a stranger brought.
void place_by_keeper(const OtherRow& row, int keeper, DirectEnds& ends) {
  if (row.row.kind != RecordKind::mail || keeper < 0) return;
  for (DirectEnds::End& to : ends.to) {
    if (to.party == keeper) to.basis = EndBasis::place;
  }
  for (DirectEnds::End& from : ends.from) {
    if (from.party == keeper && is_sent_by_keeper(row)) from.basis = EndBasis::place;
  }
  if (ends.to.empty() && !ends.from.empty() && ends.from.front().party != keeper) {
    ends.to.push_back({keeper, EndBasis::place});
  }
  static const FieldId kDirection = field_id("direction");
  if (ends.from.empty() && row.field(kDirection) == "out" && row.server_party >= 0 &&
      row.server_party != keeper) {
    ends.from.push_back({keeper, EndBasis::place});
  }
}

}  // namespace

std::map<PartyPair, DirectRows> rows_between(const OtherRecords& others, RecordKind kind,
                                             const std::vector<int>& parties,
                                             const MethodContext& context, const Keepers& keepers) {
  std::map<PartyPair, DirectRows> found;
  const Evidence* evidence = nullptr;
  int keeper = -1;
  const std::optional<Interval>& window = context.question->window;
  for (std::uint32_t i = 0; i < others.rows.size(); ++i) {
    const OtherRow& row = others.rows[i];
    if (row.row.kind != kind) continue;
    if (evidence == nullptr || evidence->number != row.evidence) {
      evidence = evidence_numbered(context, row.evidence);
      const bool is_server_log = evidence != nullptr && evidence->vantage == Vantage::mail_server;
      keeper = kind == RecordKind::mail && is_server_log
                   ? keeper_of_mail(*evidence, keepers, *context.case_file)
                   : -1;
    }
    DirectEnds ends = ends_of(row, evidence, *context.case_file);
    place_by_keeper(row, keeper, ends);
    for (const DirectEnds::End& from : ends.from) {
      for (const DirectEnds::End& to : ends.to) {
        if (from.party == to.party || !holds(parties, from.party) || !holds(parties, to.party)) {
          continue;
        }
        DirectRows& rows = found[{from.party, to.party}];
        list_of(rows, row, ends, from.basis, to.basis, window).push_back(i);
      }
    }
  }
  return found;
}

FlowTally tally_flows(const OtherRecords& others, const DirectRows& there, const DirectRows& back,
                      const std::set<std::uint32_t>& own) {
  std::multimap<FlowEnds, std::uint32_t> by_ends;
  for (const std::uint32_t i : back.placed) by_ends.emplace(ends_from(others.rows[i].row), i);
  FlowTally tally;
  for (const std::uint32_t i : there.placed) {
    const OtherRow& row = others.rows[i];
    if (is_lookup_flow(row)) {
      tally.lookups.push_back(i);
      continue;
    }
    const OtherRow* other = is_answered(row) ? nullptr : way_back(others, by_ends, row);
    if (other != nullptr && is_way_back(row.row, other->row)) {
      tally.ways_back.push_back(i);
      continue;
    }
    if (!is_answered(row) && other == nullptr) {
      tally.one_way.push_back(i);
      continue;
    }
    const bool is_from_own = own.contains(row.evidence) && !has_doubtful_client(row);
    if (!is_from_own && !is_opened(row, other)) {
      tally.forgeable.push_back(i);
      continue;
    }
    tally.answered.push_back(i);
    if (!has_content_received(row) && (other == nullptr || !has_content_sent(*other))) continue;
    tally.replied.push_back(i);
    if (is_shown_content(row) || (other != nullptr && is_shown_content_joined(row, *other))) {
      tally.content.push_back(i);
    }
  }
  return tally;
}

MailTally tally_mail(const OtherRecords& others, const DirectRows& rows) {
  MailTally tally;
  for (const std::uint32_t i : rows.placed) tally.placed[fate_of(others.rows[i])].push_back(i);
  for (const std::uint32_t i : rows.named) tally.named[fate_of(others.rows[i])].push_back(i);
  return tally;
}

Letters letters_of(const OtherRecords& others, const DirectRows& messages, const DirectRows& mail) {
  static const FieldId kId = field_id("message_id"), kReply = field_id("in_reply_to"),
                       kReferences = field_id("references"), kEnvelope = field_id("envelope_from");
  Letters letters;
  // First, since one row may say of a message what the others of the same id do not.
  for (const OtherIndices* list : {&messages.placed, &messages.named, &mail.placed, &mail.named}) {
    for (const std::uint32_t i : *list) {
      if (!says_automatic(others.rows[i])) continue;
      letters.automatic.emplace(others.rows[i].field(kId));
    }
  }
  const auto take = [&](std::uint32_t i, bool is_accepted) {
    const OtherRow& row = others.rows[i];
    const std::string id(row.field(kId));
    if (says_automatic(row) || (!id.empty() && letters.automatic.contains(id))) {
      return;
    }
    if (id.empty()) {
      ++letters.without_id;
    } else {
      letters.by_id[id].push_back(i);
      // Without a sender in the envelope it may be a notice that nobody wrote (RFC 5321, 4.5.5).
      if (is_accepted && !row.field(kEnvelope).empty()) letters.accepted.insert(id);
    }
    for (const auto& [field, text] : row.fields) {
      // In Exchange's tracking `references` names other events, not messages that are answered.
      const bool is_reference = field == kReferences && row.row.kind == RecordKind::message;
      if (field == kReply || is_reference) letters.answering[text].push_back(i);
    }
  };
  for (const OtherIndices* list : {&messages.placed, &messages.named}) {
    for (const std::uint32_t i : *list) take(i, false);
  }
  for (const std::uint32_t i : mail.placed) {
    take(i, fate_of(others.rows[i]) == MailFate::accepted);
  }
  for (const std::uint32_t i : mail.named) take(i, false);
  return letters;
}

std::vector<std::string> answered_ids(const Letters& there, const Letters& back) {
  std::vector<std::string> ids;
  for (const auto& [id, rows] : there.by_id) {
    if (back.answering.contains(id)) ids.push_back(id);
  }
  return ids;
}

Keepers::Keepers(const OtherRecords& others, const MethodContext& context) : context_(context) {
  const Evidence* evidence = nullptr;
  for (const OtherRow& row : others.rows) {
    if (row.row.kind != RecordKind::flow && row.row.kind != RecordKind::mail) continue;
    if (evidence == nullptr || evidence->number != row.evidence) {
      evidence = evidence_numbered(context, row.evidence);
    }
    ++rows_[{row.evidence, row.row.kind}];
    if (row.row.kind == RecordKind::mail) note_writer(row);
    const DirectEnds ends = ends_of(row, evidence, *context.case_file);
    std::set<int> parties;
    for (const DirectEnds::End& end : ends.from) parties.insert(end.party);
    for (const DirectEnds::End& end : ends.to) parties.insert(end.party);
    for (const int party : parties) {
      Theirs& theirs = theirs_[{row.evidence, row.row.kind, party}];
      ++theirs.rows;
      const std::string other = far_end(row, ends, party);
      if (other.empty()) continue;
      if (theirs.far.size() == kMostFarEnds && !theirs.far.contains(other)) continue;
      theirs.largest = std::max(theirs.largest, ++theirs.far[other]);
    }
  }
}

// The host is what syslog wrote at the head of the line, or the log of itself: often a first label
// alone, which leads to nobody.
void Keepers::note_writer(const OtherRow& row) {
  static const FieldId kHost = field_id("host");
  const std::string_view host = row.field(kHost);
  auto known = party_of_host_.find(host);
  if (known == party_of_host_.end()) {
    std::string canonical;
    const bool is_name = !host.empty() && !canonicalise_name(host, canonical);
    int party = -1;
    std::size_t holders = 0;
    for (std::size_t p = 0; is_name && p < context_.case_file->parties.size(); ++p) {
      if (!context_.case_file->parties[p].holds_name(canonical)) continue;
      party = static_cast<int>(p);
      ++holders;
    }
    if (holders != 1) party = -1;
    if (party_of_host_.size() == kMostFarEnds) {  // no log has so many writers
      ++writers_[row.evidence][party];
      return;
    }
    known = party_of_host_.emplace(host, party).first;
  }
  if (!host.empty()) hosts_[row.evidence].insert(lower_text(host));
  ++writers_[row.evidence][known->second];
}

const std::set<std::string>& Keepers::hosts_of(std::uint32_t evidence) const {
  static const std::set<std::string> kNone;
  const auto found = hosts_.find(evidence);
  return found == hosts_.end() ? kNone : found->second;
}

// Nothing when hosts of nobody's, or of several parties, wrote it: a syslog server collects those.
std::optional<Keeper> Keepers::by_writer(const Evidence& evidence, int party) const {
  const auto found = writers_.find(evidence.number);
  if (found == writers_.end() || found->second.size() != 1) return std::nullopt;
  const int writer = found->second.begin()->first;
  if (writer < 0 || evidence.vantage != Vantage::mail_server) return std::nullopt;
  return writer == party ? Keeper::theirs : Keeper::unclear;
}

Keeper Keepers::of(const Evidence& evidence, RecordKind kind, int party) const {
  const Party& holder = context_.case_file->parties[static_cast<std::size_t>(party)];
  if (kind == RecordKind::mail) {
    if (const auto stated = stated_keeper(evidence, holder)) return *stated;
    if (const auto written = by_writer(evidence, party)) return *written;
  }
  const auto counted = rows_.find({evidence.number, kind});
  std::uint64_t rows = counted == rows_.end() ? 0 : counted->second;
  // Of flows only those that touch the question were loaded: the evidence knows how many it has.
  const auto told = evidence.kinds.find(std::string(kind_word(kind)));
  if (kind == RecordKind::flow && told != evidence.kinds.end()) {
    rows = std::max(rows, told->second);
  }
  const auto found = theirs_.find({evidence.number, kind, party});
  if (rows < kKeeperRows) {
    // Too few rows to show it: then it is told by who handed it over, unless a row says otherwise.
    const bool is_theirs = rows == 0 || (found != theirs_.end() && found->second.rows == rows);
    const bool is_from_them = lower_text(evidence.received_from) == lower_text(holder.name);
    return is_theirs && is_from_them ? Keeper::theirs : Keeper::unclear;
  }
  if (found == theirs_.end()) return Keeper::not_theirs;
  const auto all = static_cast<double>(rows);
  const auto theirs = static_cast<double>(found->second.rows);
  if (theirs < kOtherShare * all) return Keeper::not_theirs;
  const bool is_one_partner = static_cast<double>(found->second.largest) > kKeeperShare * all;
  return theirs >= kKeeperShare * all && !is_one_partner ? Keeper::theirs : Keeper::unclear;
}

}  // namespace assay::methods
