#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/ascii.h"
#include "methods/support/accounts.h"
#include "methods/support/direct_report.h"
#include "methods/support/measure.h"
#include "methods/support/stated_places.h"

namespace assay::methods {
namespace {

constexpr std::size_t kShortfallsTold = 3;

const OtherRecords& no_records() {
  static const OtherRecords kNone;
  return kNone;
}

// Whose records could show every dealing of a party: a sensor sees no mail behind STARTTLS, and a
// mailbox keeps what nobody deleted.
bool can_vouch(const Evidence& evidence, RecordKind kind) {
  switch (kind) {
    case RecordKind::flow:
      return evidence.vantage == Vantage::passive_sensor || evidence.vantage == Vantage::host;
    case RecordKind::mail:
      return evidence.vantage == Vantage::mail_server && !evidence.format.starts_with("pcap") &&
             !evidence.format.starts_with("zeek") && !evidence.format.starts_with("suricata");
    case RecordKind::payment:
      return true;
    default:
      return false;
  }
}

using Accounts = std::set<std::string>;

// Statements name the account that they are of.
bool is_statement_of(const Accounts& accounts, const Party& party) {
  return !accounts.empty() &&
         std::all_of(accounts.begin(), accounts.end(), [&](const std::string& account) {
           return std::any_of(
               party.accounts.begin(), party.accounts.end(),
               [&](const std::string& held) { return is_same_account(account, held); });
         });
}

// An absence holds as far as the statement of all hosts or edges does.
void say_places(const std::vector<std::string>& places, RecordKind kind, const Party& holder,
                Finding& finding) {
  if (places.empty()) return;
  finding.limitations.push_back(fmt::format(
      "That {} {} all {} of {} the case states{}; no record shows it.", fmt::join(places, " and "),
      places.size() == 1 ? "is" : "are", kind == RecordKind::mail ? "mail hosts" : "edges",
      holder.name, holder.source.empty() ? "" : fmt::format(" ({})", holder.source)));
}

}  // namespace

Interval time_of_lookups(const std::vector<QuestionRecords>& vantages) {
  Interval hull;
  for (const QuestionRecords& records : vantages) {
    if (records.window.empty()) continue;
    hull = hull.empty() ? records.window
                        : Interval{std::min(hull.begin_us, records.window.begin_us),
                                   std::max(hull.end_us, records.window.end_us)};
  }
  return hull;
}

DirectSurvey::DirectSurvey(const MethodContext& context, const std::vector<int>& parties,
                           const std::vector<RecorderLoss>* losses, const Interval& lookups,
                           const std::vector<RecordKind>& kinds)
    : context_(context),
      others_(context.others != nullptr ? *context.others : no_records()),
      losses_(losses),
      window_(window_of(context)),
      absence_window_(context.question->window || lookups.empty() ? window_ : lookups),
      keepers_(others_, context) {
  for (const RecordKind kind : kinds) {
    rows_[kind] = rows_between(others_, kind, parties, context, keepers_);
  }
  static const FieldId kOther = field_id("counterparty_account"), kAccount = field_id("account");
  for (const OtherRow& row : others_.rows) {
    if (row.row.kind != RecordKind::payment) continue;
    statements_[row.evidence].insert(account_key(row.field(kAccount)));
    if (!row.field(kOther).empty()) continue;
    const DirectEnds ends = ends_of(row, nullptr, *context.case_file);
    if (ends.to.empty()) {
      for (const DirectEnds::End& end : ends.from) ++paid_to_untold_[end.party];
    } else if (ends.from.empty()) {
      for (const DirectEnds::End& end : ends.to) ++paid_by_untold_[end.party];
    }
  }
}

std::uint64_t DirectSurvey::untold_payments(const PartyPair& pair) const {
  const auto to = paid_to_untold_.find(pair.from);
  const auto by = paid_by_untold_.find(pair.to);
  return (to == paid_to_untold_.end() ? 0 : to->second) +
         (by == paid_by_untold_.end() ? 0 : by->second);
}

const DirectRows& DirectSurvey::rows(RecordKind kind, const PartyPair& pair) const {
  static const DirectRows kNone;
  const auto of_kind = rows_.find(kind);
  if (of_kind == rows_.end()) return kNone;
  const auto found = of_kind->second.find(pair);
  return found == of_kind->second.end() ? kNone : found->second;
}

std::string DirectSurvey::objection_to(const Evidence& evidence) const {
  if (losses_ == nullptr) return "";
  const bool has_lost = std::any_of(losses_->begin(), losses_->end(), [&](const auto& loss) {
    return std::find(loss.of.begin(), loss.of.end(), evidence.number) != loss.of.end();
  });
  return has_lost ? "its recorder says itself that it lost some" : "";
}

bool DirectSurvey::could_keep_mail(const Evidence& evidence, int party) const {
  Evidence as_server = evidence;
  if (evidence.vantage == Vantage::unknown) as_server.vantage = Vantage::mail_server;
  return can_vouch(as_server, RecordKind::mail) &&
         keepers_.of(evidence, RecordKind::mail, party) == Keeper::unclear;
}

// The records that one party kept of this kind, and every evidence that could be some of them.
std::vector<Recorder> DirectSurvey::recorders_of(RecordKind kind, int party) const {
  const Party& holder = context_.case_file->parties[static_cast<std::size_t>(party)];
  std::vector<Recorder> recorders;
  for (const Evidence& evidence : *context_.all_evidences) {
    if (evidence.state == ReadState::container) continue;
    const bool is_unknown = evidence.tells_of("file") && evidence.vantage == Vantage::unknown;
    if (!is_unknown && !evidence.tells_of(kind_word(kind))) continue;
    std::string objection = objection_to(evidence);
    Keeper keeper = Keeper::unclear;
    if (kind == RecordKind::payment) {
      const auto accounts = statements_.find(evidence.number);
      keeper = accounts != statements_.end() && is_statement_of(accounts->second, holder)
                   ? Keeper::theirs
                   : Keeper::unclear;
    } else if (!is_unknown) {
      keeper = keepers_.of(evidence, kind, party);
    }
    if (keeper == Keeper::not_theirs) continue;
    // A sensor elsewhere, or a mailbox, hides nothing that a party's own complete log would show.
    if (!is_unknown && evidence.vantage != Vantage::unknown && !can_vouch(evidence, kind)) continue;
    if (keeper == Keeper::unclear && objection.empty()) {
      objection = is_unknown ? "nobody could tell what it is"
                             : fmt::format("its rows do not show that {} kept it", holder.name);
    } else if (!can_vouch(evidence, kind) && objection.empty()) {
      objection = "its vantage is not stated";
    }
    recorders.push_back({evidence.id, {&evidence}, std::move(objection)});
  }
  return recorders;
}

// An account that the party is stated to hold and whose statements the case lacks; "" when none.
std::string DirectSurvey::missing_account(const std::vector<Recorder>& recorders,
                                          const Party& party) const {
  for (const std::string& account : party.accounts) {
    const bool is_there =
        std::any_of(recorders.begin(), recorders.end(), [&](const Recorder& recorder) {
          const auto accounts = statements_.find(recorder.pieces.front()->number);
          return accounts != statements_.end() &&
                 std::any_of(accounts->second.begin(), accounts->second.end(),
                             [&](const std::string& its) { return is_same_account(its, account); });
        });
    if (!is_there) return account;
  }
  return "";
}

// By who handed it over, else by its rows: a log of what passed between the two alone could be of
// either network, and that of the other shows what comes in with any source.
std::set<std::uint32_t> DirectSurvey::own_flows(const PartyPair& pair) const {
  std::set<std::uint32_t> own;
  if (context_.all_evidences == nullptr) return own;
  const auto name_of = [&](int party) {
    return lower_text(context_.case_file->parties[static_cast<std::size_t>(party)].name);
  };
  const auto keeper = [&](const Evidence& evidence, int party) {
    return keepers_.of(evidence, RecordKind::flow, party);
  };
  for (const Evidence& evidence : *context_.all_evidences) {
    if (!evidence.tells_of("flow") || !can_vouch(evidence, RecordKind::flow)) continue;
    const std::string giver = lower_text(evidence.received_from);
    const bool is_own = giver == name_of(pair.from)
                            ? keeper(evidence, pair.from) != Keeper::not_theirs
                            : giver != name_of(pair.to) &&
                                  keeper(evidence, pair.from) == Keeper::theirs &&
                                  keeper(evidence, pair.to) != Keeper::theirs;
    if (is_own) own.insert(evidence.number);
  }
  return own;
}

std::vector<const Evidence*> DirectSurvey::logs_of(RecordKind kind, int party) const {
  std::vector<const Evidence*> logs;
  for (const Evidence& evidence : *context_.all_evidences) {
    if (evidence.state == ReadState::container || !evidence.tells_of(kind_word(kind))) continue;
    if (!can_vouch(evidence, kind)) continue;
    if (keepers_.of(evidence, kind, party) == Keeper::theirs) logs.push_back(&evidence);
  }
  return logs;
}

std::size_t DirectSurvey::kept_by(RecordKind kind, int party) const {
  if (context_.all_evidences == nullptr || absence_window_.empty()) return 0;
  // Of one of several stated hosts or edges the others' logs are still missing.
  const Party& holder = context_.case_file->parties[static_cast<std::size_t>(party)];
  if (!stated_places(holder, kind).empty() &&
      !missing_place(holder, kind, keepers_, logs_of(kind, party)).empty()) {
    return 0;
  }
  return static_cast<std::size_t>(
      std::count_if(context_.all_evidences->begin(), context_.all_evidences->end(),
                    [&](const Evidence& evidence) {
                      if (!evidence.tells_of(kind_word(kind)) || !can_vouch(evidence, kind))
                        return false;
                      std::vector<Interval> parts = evidence.coverage.intervals;
                      if (evidence.span) parts.push_back(*evidence.span);
                      return uncovered(absence_window_, parts).empty() &&
                             keepers_.of(evidence, kind, party) == Keeper::theirs;
                    }));
}

void DirectSurvey::vouch(RecordKind kind, const PartyPair& pair, const std::string& what,
                         std::uint64_t observed, Finding& finding) const {
  if (observed > 0 || context_.all_evidences == nullptr) return;
  if (absence_window_.empty()) {
    finding.limitations.emplace_back(
        "No absence can be vouched for: neither the question nor any evidence tells of a time.");
    return;
  }
  // Without anything stated no record of this kind could name the party.
  for (const int party : {pair.from, pair.to}) {
    const Party& holder = context_.case_file->parties[static_cast<std::size_t>(party)];
    const bool is_stated = kind == RecordKind::flow   ? !holder.addresses.empty()
                           : kind == RecordKind::mail ? !holder.names.empty()
                                                      : !holder.accounts.empty();
    if (is_stated) continue;
    finding.limitations.push_back(
        fmt::format("No absence can be vouched for: the case states no {} of {}.",
                    kind == RecordKind::flow   ? "address"
                    : kind == RecordKind::mail ? "name"
                                               : "account",
                    holder.name));
    return;
  }
  if (const auto cut = others_.left_out.find(kind);
      cut != others_.left_out.end() && cut->second > 0) {
    finding.limitations.push_back(fmt::format(
        "No absence can be vouched for: {} beyond the limit were not looked at.",
        plural(static_cast<double>(cut->second), fmt::format("{} record", kind_word(kind)))));
    return;
  }
  std::vector<std::string> reasons;
  for (const int party : {pair.from, pair.to}) {
    const Party& holder = context_.case_file->parties[static_cast<std::size_t>(party)];
    const auto recorders = recorders_of(kind, party);
    const std::string account =
        kind == RecordKind::payment ? missing_account(recorders, holder) : std::string();
    if (!account.empty()) {
      reasons.push_back(
          fmt::format("no statement of {}'s account {} is in the case", holder.name, account));
      continue;
    }
    const std::vector<const Evidence*> own = logs_of(kind, party);
    const std::string place = missing_place(holder, kind, keepers_, own);
    const Sought sought{what, absence_window_,
                        kind == RecordKind::mail ? holder.names : std::vector<NamePattern>{}};
    if (place.empty()) finding.absence = Absence::establish(recorders, sought, observed);
    if (finding.absence) {
      say_places(stated_places(holder, kind), kind, holder, finding);
      return;
    }
    const auto shortfalls = Absence::shortfalls(recorders, sought);
    if (recorders.empty()) {
      reasons.push_back(
          fmt::format("the case holds no {} record that {} kept", kind_word(kind), holder.name));
    } else if (!shortfalls.empty()) {
      reasons.push_back(fmt::format("{}: {}", holder.name, shortfalls.front()));
    }
    if (!own.empty() && !place.empty()) reasons.push_back(place);
  }
  reasons.resize(std::min(reasons.size(), kShortfallsTold));
  finding.limitations.push_back(
      fmt::format("No absence can be vouched for: one of the two parties' own records has to cover "
                  "the window, declared complete ({}).",
                  fmt::join(reasons, "; ")));
}

}  // namespace assay::methods
