// received_chain: what the Received fields of messages at rest tell of their way, how far a stated
// party's servers vouch for it, and where times and hosts do not fit.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "methods/registry.h"
#include "methods/support/measure.h"
#include "methods/support/other_findings.h"
#include "methods/support/received_chains.h"

namespace assay::methods {
namespace {

constexpr double kStepBackSeconds = 60;  // beyond what clocks of servers that ask for time differ
constexpr double kLongBeforeSeconds = 86'400;
constexpr std::size_t kFewestOthers = 4;  // messages that tell how two clocks usually stand
constexpr std::size_t kListed = 40;
constexpr std::size_t kMostPairs = 10'000;

// Two hosts between which messages passed, by the names that wrote the fields.
struct HostPair {
  std::vector<double> seconds;  // from the lower field's time to the upper one's
  std::vector<std::uint32_t> messages;
};

struct Survey {
  double hops = 0, trusted = 0, claimed = 0, without_keeper = 0, cut = 0;
  double joins = 0, near_joins = 0, breaks = 0;
  double late_dates = 0, early_dates = 0, party_below = 0, shared_ids = 0, stands_out = 0;
  double steps_back = 0;
  std::map<std::pair<std::string, std::string>, HostPair> pairs;
  std::map<std::string, double> handovers;
  std::vector<std::pair<std::uint32_t, std::string>> oddities;  // message and what is odd
  bool are_pairs_cut = false;
};

double seconds(std::int64_t us) { return static_cast<double>(us) / kMicrosPerSecond; }

std::string place_of(const MethodContext& context, std::uint32_t index) {
  const OtherRow& row = context.others->rows[index];
  const Evidence* evidence = evidence_numbered(context, row.evidence);
  return fmt::format("{}:{}", evidence ? evidence->id : std::to_string(row.evidence),
                     row.row.offset);
}

void note(std::uint32_t message, std::string what, Survey& survey) {
  survey.oddities.emplace_back(message, std::move(what));
}

void take_pairs(const MethodContext& context, const Chain& chain, Survey& survey) {
  for (std::size_t i = 0; i + 1 < chain.hops.size(); ++i) {
    const ChainHop& upper = chain.hops[i];
    const ChainHop& lower = chain.hops[i + 1];
    switch (joined(context, upper, lower)) {
      case Joined::yes:
        survey.joins += 1;
        break;
      case Joined::same_domain:
        survey.near_joins += 1;
        break;
      case Joined::no:
        survey.breaks += 1;
        break;
      case Joined::not_told:
        break;
    }
    if (!upper.at_us || !lower.at_us) continue;
    const double passed = seconds(*upper.at_us - *lower.at_us);
    survey.steps_back += passed < -kStepBackSeconds;
    const std::pair key(lower.by, upper.by);
    if (key.first.empty() || key.second.empty()) continue;
    if (survey.pairs.size() == kMostPairs && !survey.pairs.contains(key)) {
      survey.are_pairs_cut = true;
      continue;
    }
    HostPair& pair = survey.pairs[key];
    pair.seconds.push_back(passed);
    pair.messages.push_back(chain.message);
  }
}

void take_dates(const MethodContext& context, const Chain& chain, Survey& survey) {
  static const FieldId kSource = field_id("time_source");
  const OtherRow& message = context.others->rows[chain.message];
  const ChainHop* handover = chain.handover();
  if (!handover || !handover->at_us || !message.is_dated()) return;
  if (!message.field(kSource).empty()) return;  // the message has no date of its own
  const double before = seconds(*handover->at_us - message.row.time_us);
  if (before < -kStepBackSeconds) {
    survey.late_dates += 1;
    note(chain.message, fmt::format("dated {} after it was taken", duration_text(-before)), survey);
  } else if (before > kLongBeforeSeconds) {
    survey.early_dates += 1;
    note(chain.message, fmt::format("dated {} before it was taken", duration_text(before)), survey);
  }
}

// A field of the keeper's own host below the one that tells of an outsider.
void take_claims(const MethodContext& context, const Chain& chain, Survey& survey) {
  if (chain.keeper < 0) return;
  const Party& keeper = context.case_file->parties[static_cast<std::size_t>(chain.keeper)];
  for (std::size_t i = chain.trusted; i < chain.hops.size(); ++i) {
    const ChainHop& hop = chain.hops[i];
    if (hop.by.empty() || !keeper.holds_name(hop.by)) continue;
    survey.party_below += 1;
    note(chain.message, fmt::format("names {} below an outsider's field", hop.by), survey);
    return;
  }
}

// One queue id of one host in fields of messages that are not one message.
void take_shared_ids(const MethodContext& context, const std::vector<Chain>& chains,
                     Survey& survey) {
  static const FieldId kId = field_id("message_id");
  std::map<std::pair<std::string, std::string>, std::map<std::string_view, std::uint32_t>> ids;
  for (const Chain& chain : chains) {
    const std::string_view id = context.others->rows[chain.message].field(kId);
    if (id.empty()) continue;
    for (const ChainHop& hop : chain.hops) {
      if (!hop.id.empty() && !hop.by.empty()) ids[{hop.by, hop.id}].emplace(id, chain.message);
    }
  }
  for (const auto& [key, messages] : ids) {
    if (messages.size() < 2) continue;
    survey.shared_ids += 1;
    for (const auto& [id, message] : messages) {
      note(message,
           fmt::format("shares queue id {} of {} with another message", key.second, key.first),
           survey);
    }
  }
}

// A step back that other messages between the same hosts do not have.
void take_outliers(Survey& survey) {
  for (auto& [hosts, pair] : survey.pairs) {
    double back = 0;
    for (const double passed : pair.seconds) back += passed < -kStepBackSeconds;
    const double others = static_cast<double>(pair.seconds.size()) - back;
    if (back == 0 || others < kFewestOthers * back) continue;
    for (std::size_t i = 0; i < pair.seconds.size(); ++i) {
      if (pair.seconds[i] >= -kStepBackSeconds) continue;
      survey.stands_out += 1;
      note(pair.messages[i],
           fmt::format("goes back {} from {} to {}, as {} others between them do not",
                       duration_text(-pair.seconds[i]), hosts.first, hosts.second,
                       count_text(others)),
           survey);
    }
  }
}

Survey survey_of(const MethodContext& context, const std::vector<Chain>& chains) {
  Survey survey;
  for (const Chain& chain : chains) {
    survey.hops += static_cast<double>(chain.hops.size());
    survey.trusted += static_cast<double>(chain.trusted);
    survey.cut += !chain.is_whole;
    if (!chain.is_whole) continue;
    survey.without_keeper += chain.keeper < 0;
    if (chain.keeper >= 0) survey.claimed += static_cast<double>(chain.hops.size() - chain.trusted);
    take_pairs(context, chain, survey);
    take_dates(context, chain, survey);
    take_claims(context, chain, survey);
    if (const ChainHop* handover = chain.handover()) {
      const OtherRow& row = context.others->rows[handover->row];
      survey.handovers[fmt::format(
          "{} to {}", row.client.is_unspecified() ? "no address told" : row.client.to_string(),
          handover->by.empty() ? row.server.to_string() : handover->by)] += 1;
    }
  }
  take_shared_ids(context, chains, survey);
  take_outliers(survey);
  return survey;
}

void add_tables(const MethodContext& context, const Survey& survey, Finding& finding) {
  Table hosts{"clocks", {"messages", "seconds_min", "seconds_median", "steps_back"}, {}, {}};
  std::vector<std::pair<std::pair<std::string, std::string>, const HostPair*>> ordered;
  for (const auto& [key, pair] : survey.pairs) ordered.emplace_back(key, &pair);
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
    return a.second->seconds.size() > b.second->seconds.size();
  });
  for (const auto& [key, pair] : ordered) {
    if (hosts.rows.size() == kListed) break;
    std::vector<double> sorted = pair->seconds;
    std::sort(sorted.begin(), sorted.end());
    double back = 0;
    for (const double passed : sorted) back += passed < -kStepBackSeconds;
    hosts.row_labels.push_back(quoted(fmt::format("{} to {}", key.first, key.second), 200));
    hosts.rows.push_back(
        {static_cast<double>(sorted.size()), sorted.front(), sorted[sorted.size() / 2], back});
  }
  Table handovers{"handovers", {"messages"}, {}, {}};
  for (const auto& [label, messages] : survey.handovers) {
    if (handovers.rows.size() == kListed) break;
    handovers.row_labels.push_back(quoted(label, 200));
    handovers.rows.push_back({messages});
  }
  Table odd{"oddities", {"message_unix_s"}, {}, {}};
  for (const auto& [message, what] : survey.oddities) {
    if (odd.rows.size() == kListed) break;
    const OtherRow& row = context.others->rows[message];
    odd.row_labels.push_back(quoted(fmt::format("{}: {}", place_of(context, message), what), 300));
    odd.rows.push_back({row.is_dated() ? seconds(row.row.time_us) : 0.0});
  }
  for (Table* table : {&handovers, &hosts, &odd}) {
    if (!table->rows.empty()) finding.tables.push_back(std::move(*table));
  }
}

void say_limits(const MethodContext& context, const Survey& survey, Finding& finding) {
  if (survey.without_keeper > 0) {
    finding.limitations.push_back(fmt::format(
        "{} whose topmost field names no host of a stated party: all of it may be the sender's "
        "words. State the names or addresses of the server that took it.",
        plural(survey.without_keeper, "message")));
  }
  if (survey.claimed > 0) {
    finding.limitations.push_back(fmt::format(
        "{} below the handover to a stated party are claims of whoever handed the message over: "
        "they are no evidence of a way.",
        plural(survey.claimed, "field")));
  }
  if (survey.cut > 0) {
    finding.limitations.push_back(fmt::format(
        "{} of which fields lie outside the question's window or beyond a limit, and of which "
        "nothing else is said.",
        plural(survey.cut, "message")));
  }
  if (survey.are_pairs_cut) {
    finding.limitations.emplace_back(
        "More pairs of hosts than are kept: some have no clocks here.");
  }
  if (const auto left = left_out_of(context, {RecordKind::message, RecordKind::hop})) {
    finding.limitations.push_back(fmt::format("{} beyond the limit of one question not looked at.",
                                              plural(static_cast<double>(left), "record")));
  }
  finding.limitations.emplace_back(
      "Times are those of the clocks of the hosts named, which this record alone cannot check; a "
      "step back is a clock that is wrong or a field that is. Hosts that do not join are common "
      "behind relays with inner names. Odd fields are a reason to look, no sign of who wrote them; "
      "a chain in which all fits can be forged below the handover.");
}

Finding measure(const MethodContext& context) {
  const std::vector<Chain> chains = chains_of(context);
  if (chains.empty()) {
    return nothing_to_measure(
        received_chain_method(), context, "of no message with a Received field",
        "No message at rest with Received fields belongs to this question: a mailbox with whole "
        "headers is needed to tell which way messages say that they came.");
  }
  const Survey survey = survey_of(context, chains);
  Finding finding = make_other_finding(received_chain_method(), context, "");
  OtherIndices rows;
  for (const Chain& chain : chains) {
    rows.push_back(chain.message);
    for (const ChainHop& hop : chain.hops) rows.push_back(hop.row);
  }
  std::sort(rows.begin(), rows.end());
  const auto messages = static_cast<double>(chains.size());
  finding.dedup_rule = "raw rows";
  finding.denominator = fmt::format("of {} with a Received field", plural(messages, "message"));
  finding.selection = seal_others(context, rows, "messages at rest and their Received fields");
  finding.parameters["step_back"] = fmt::format("{:g} s", kStepBackSeconds);
  finding.parameters["long_before"] = fmt::format("{:g} s", kLongBeforeSeconds);
  const double kept = messages - survey.without_keeper - survey.cut;
  add(finding, "messages", messages, "messages");
  add(finding, "taken_by_a_stated_party", kept, "messages");
  add(finding, "fields", survey.hops, "fields");
  add(finding, "fields_of_that_party", survey.trusted, "fields");
  add(finding, "claimed_fields", survey.claimed, "fields");
  add(finding, "joined", survey.joins, "pairs");
  add(finding, "joined_by_domain", survey.near_joins, "pairs");
  add(finding, "not_joined", survey.breaks, "pairs");
  add(finding, "steps_back", survey.steps_back, "pairs");
  add(finding, "steps_back_of_one_message", survey.stands_out, "pairs");
  add(finding, "dated_after_taken", survey.late_dates, "messages");
  add(finding, "dated_long_before_taken", survey.early_dates, "messages");
  add(finding, "own_host_below_outsider", survey.party_below, "messages");
  add(finding, "queue_ids_of_several_messages", survey.shared_ids, "ids");
  const double odd = survey.stands_out + survey.late_dates + survey.early_dates +
                     survey.party_below + survey.shared_ids;
  finding.statement = fmt::format(
      "{} of {} with Received fields were taken by servers of a stated party; of {} there {} are "
      "that party's own and {} claims below them. {} dated after being taken, {} more than a day "
      "before; {} of one queue id and several messages; {} back by more than {:g} s as others "
      "between the same hosts do not; {} with the party's own host below an outsider's field.",
      count_text(kept), plural(messages, "message"), plural(survey.hops, "field"),
      count_text(survey.trusted), count_text(survey.claimed), plural(survey.late_dates, "message"),
      count_text(survey.early_dates), plural(survey.shared_ids, "case"),
      plural(survey.stands_out, "step"), kStepBackSeconds, plural(survey.party_below, "message"));
  add_tables(context, survey, finding);
  say_limits(context, survey, finding);
  finding.outcome = odd > 0    ? Outcome::found
                    : kept > 0 ? Outcome::nothing_found
                               : Outcome::not_enough;
  return finding;
}

class ReceivedChain : public Method {
 public:
  std::string_view name() const override { return "received_chain"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "which way messages say they came, who vouches for it, and where times or hosts misfit";
  }
  // Messages at rest are of no vantage of look-ups.
  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>&,
                               const MethodContext& context) const override {
    return {measure(context)};
  }
};

}  // namespace

const Method& received_chain_method() {
  static const ReceivedChain kMethod;
  return kMethod;
}

}  // namespace assay::methods
