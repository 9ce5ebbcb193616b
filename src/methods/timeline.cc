// timeline: records of different kinds that tell of one event or of what led to it, joined from the
// look-up to the reply; each join with its basis, its other partners and what chance would join.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "methods/registry.h"
#include "methods/support/joins_chains.h"
#include "methods/support/joins_events.h"
#include "methods/support/joins_letters.h"
#include "methods/support/joins_without_ids.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr std::int64_t kSlackUs = 2 * kMicrosPerSecond;    // between two clocks
constexpr std::int64_t kWithinUs = 10 * kMicrosPerSecond;  // of the steps of one session
constexpr std::uint8_t kAsStep = 1, kAsCheck = 2;          // what a burst was joined as
constexpr std::size_t kMostExamples = 10;
constexpr std::size_t kMembersShown = 2;    // of one stage of an example
constexpr std::size_t kMostListed = 2'000;  // joins in the table of all

// One kind of join and what came of it.
struct Tally {
  std::string word;         // "lookup_flow"
  std::string left, right;  // in words
  double lefts = 0, rights = 0, joined = 0, rights_joined = 0, ambiguous = 0;
  std::optional<ByChance> chance;  // of joins by who and when
  bool is_relied_on() const { return !chance || chance->is_beyond(); }
};

// One join: members by number, and how many other partners would have fitted.
struct Made {
  std::size_t tally = 0;  // its kind, in the order of the tallies
  std::uint32_t a = 0, b = 0, others = 0;
};

// Those of `events` that are between sides of one of `of`.
double count_between(const JoinEvents& events, const JoinEvents& of) {
  std::set<std::pair<int, int>> sides;
  for (const JoinEvent& event : of) sides.emplace(event.from, event.to);
  return static_cast<double>(
      std::count_if(events.begin(), events.end(), [&](const JoinEvent& event) {
        return sides.contains({event.from, event.to});
      }));
}

// Members of the chains: bursts first, then OtherRecords::rows by index.
struct Members {
  std::uint32_t bursts = 0;
  std::uint32_t of_row(std::uint32_t row) const { return bursts + row; }
};

// All joins of one question.
class Timeline {
 public:
  Timeline(const std::vector<QuestionRecords>& vantages, const MethodContext& context)
      : vantages_(vantages),
        context_(context),
        lists_(join_lists(vantages, context)),
        members_{static_cast<std::uint32_t>(lists_.bursts.size())},
        chains_(all_members()),
        ways_(lists_.bursts.size(), 0) {
    join_lookups();
    join_sessions();
    if (context.others != nullptr) join_letters();
  }

  const JoinLists& lists() const { return lists_; }
  const std::vector<Tally>& tallies() const { return tallies_; }
  const std::vector<Made>& made() const { return made_; }
  std::vector<JoinChain> take_chains() { return chains_.take(); }
  // Bursts that fit a session of either direction: one of the two joins is wrong, or both are
  // right.
  double both_ways() const {
    return static_cast<double>(std::count(ways_.begin(), ways_.end(), kAsStep | kAsCheck));
  }
  const JoinMember& member(std::uint32_t i) const { return chains_.members()[i]; }

 private:
  std::vector<JoinMember> all_members() const {
    std::vector<JoinMember> members;
    for (const LookupBurst& burst : lists_.bursts) {
      const LookupRow& row = vantages_[burst.vantage].rows[burst.first];
      members.push_back({JoinStage::lookup, row.time_us, row.evidence, row.offset, row.length});
    }
    if (context_.others == nullptr) return members;
    for (const OtherRow& row : context_.others->rows) {
      const JoinStage stage = row.row.kind == RecordKind::flow      ? JoinStage::flow
                              : row.row.kind == RecordKind::service ? JoinStage::service
                              : row.row.kind == RecordKind::mail    ? JoinStage::transfer
                                                                    : JoinStage::message;
      members.push_back({stage, row.row.time_us, row.evidence, row.row.offset, row.row.length});
    }
    return members;
  }

  // By who and when. Members of `as` are bursts, or rows. Whether any may stand in a chain.
  bool join_in_time(Tally tally, const JoinEvents& as, const JoinEvents& bs, JoinReach reach,
                    bool is_shared) {
    return take(std::move(tally), as, false, bs, reach, join_by_time(as, bs, reach, is_shared));
  }

  bool take(Tally tally, const JoinEvents& as, bool is_lookup, const JoinEvents& bs,
            JoinReach reach, const std::vector<TimeJoin>& joins) {
    if (as.empty() || bs.empty()) return false;
    tally.chance = chance_of(as, bs, reach);
    tally.lefts = static_cast<double>(as.size());
    tally.rights = count_between(bs, as);
    tally.joined = static_cast<double>(joins.size());
    std::vector<bool> has_b(bs.size());
    for (const TimeJoin& join : joins) {
      tally.ambiguous += join.other_bs > 0 ? 1 : 0;
      tally.rights_joined += has_b[join.b] ? 0 : 1;
      has_b[join.b] = true;
      const std::uint32_t source = as[join.a].source;
      const std::uint32_t a = is_lookup ? source : members_.of_row(source);
      const std::uint32_t b = members_.of_row(bs[join.b].source);
      made_.push_back({tallies_.size(), a, b, join.other_bs});
      if (!tally.is_relied_on()) continue;
      if (is_lookup) ways_[a] |= tally.word.starts_with("check") ? kAsCheck : kAsStep;
      chains_.join(a, b);
    }
    const bool is_relied_on = tally.is_relied_on();
    tallies_.push_back(std::move(tally));
    return is_relied_on;
  }

  void join_lookups() {
    const JoinEvents& asked = lists_.lookups;
    const JoinEvents back = turned(asked);
    const JoinReach before{kSlackUs, kWithinUs};   // what a look-up was made for follows it
    const JoinReach behind{kWithinUs, kSlackUs};   // a check follows what it checks
    const JoinReach around{kWithinUs, kWithinUs};  // a log tells when it took the message, not more
    const auto join = [&](Tally step, Tally check, const JoinEvents& bs, JoinReach of_check) {
      auto steps = join_by_time(asked, bs, before, false);
      auto checks = join_by_time(back, bs, of_check, false);
      drop_farther(steps, checks, asked, bs, kSlackUs);
      take(std::move(step), asked, true, bs, before, steps);
      take(std::move(check), back, true, bs, of_check, checks);
    };
    join({"lookup_flow", "bursts of look-ups", "flows of the asker to the name's holder"},
         {"check_flow", "bursts of look-ups", "flows of the name's holder to the asker"},
         lists_.flows, behind);
    join({"lookup_transfer", "bursts of look-ups", "transfers from the asker to the name's holder"},
         {"check_transfer", "bursts of look-ups", "transfers from the name's holder to the asker"},
         lists_.transfers, around);
  }

  void join_sessions() {
    const JoinReach slack{kSlackUs, kSlackUs};
    join_in_time({"service_flow", "services that answered", "flows between the same"},
                 lists_.services, lists_.flows, slack, true);
    join_in_time({"transfer_flow", "transfers", "flows between the same"}, lists_.transfers,
                 lists_.flows, slack, true);
    join_in_time({"transfer_service", "transfers", "sessions in the same log"},
                 lists_.transfers_in_log, lists_.services_in_log, slack, true);
  }

  void join_letters() {
    const OtherRecords& others = *context_.others;
    const LetterJoins transfers = join_transfers(others);
    for (const LetterJoin& join : transfers.joins) {
      chains_.restage(members_.of_row(join.b), JoinStage::other_log);
    }
    note({"transfer_transfer", "transfers handed over", "transfers taken, in another log"},
         transfers, false);
    const TransfersLeft left = transfers_left(lists_, transfers, others);
    if (join_in_time({"refusal_transfer", "transfers handed over that no id joins",
                      "transfers in another log without a Message-ID"},
                     left.handed_over, left.taken, {kWithinUs, kWithinUs}, false)) {
      for (const JoinEvent& taken : left.taken) {
        chains_.restage(members_.of_row(taken.source), JoinStage::other_log);
      }
    }
    note({"message_transfer", "messages at rest", "transfers"}, join_messages(others), false);
    note({"reply_message", "messages that answer one", "messages at rest"}, join_replies(others),
         true);
  }

  void note(Tally tally, const LetterJoins& made, bool is_reply) {
    if (made.as.empty() || made.bs.empty()) return;
    tally.lefts = static_cast<double>(made.as.size());
    tally.rights = static_cast<double>(made.bs.size());
    tally.joined = static_cast<double>(made.joins.size());
    tally.rights_joined = static_cast<double>(made.bs_joined);
    for (const LetterJoin& join : made.joins) {
      tally.ambiguous += join.others > 0 ? 1 : 0;
      const std::uint32_t a = members_.of_row(join.a), b = members_.of_row(join.b);
      made_.push_back({tallies_.size(), a, b, join.others});
      if (is_reply) {
        chains_.reply(a, b);
      } else {
        chains_.join(a, b);
      }
    }
    tallies_.push_back(std::move(tally));
  }

  const std::vector<QuestionRecords>& vantages_;
  const MethodContext& context_;
  JoinLists lists_;
  Members members_;
  JoinChains chains_;
  std::vector<std::uint8_t> ways_;  // of each burst
  std::vector<Tally> tallies_;
  std::vector<Made> made_;
};

std::string locus(const MethodContext& context, const JoinMember& member) {
  const Evidence* evidence = evidence_numbered(context, member.evidence);
  return fmt::format("{}:{}", evidence ? evidence->id : std::to_string(member.evidence),
                     member.offset);
}

// "look-up dns-1:118204 2021-05-04T09:07:25Z -> flow flow-3:0 2021-05-04T09:07:26Z -> ..."
std::string text_of(const MethodContext& context, const Timeline& timeline,
                    const JoinChain& chain) {
  std::string text;
  std::array<std::uint32_t, kJoinStages> shown{};
  for (std::size_t i = 0; i < chain.members.size(); ++i) {
    const bool is_reply = i + chain.of_stage.back() >= chain.members.size();
    const JoinMember& member = timeline.member(chain.members[i]);
    const JoinStage stage = is_reply ? JoinStage::reply : member.stage;
    const auto at = static_cast<std::size_t>(stage);
    if (++shown[at] > kMembersShown) continue;
    text += fmt::format("{}{} {} {}", text.empty() ? "" : " -> ", word_of(stage),
                        locus(context, member), format_utc(member.time_us));
    if (shown[at] == kMembersShown && chain.of_stage[at] > kMembersShown) {
      text += fmt::format(" and {} more", chain.of_stage[at] - kMembersShown);
    }
  }
  return text;
}

// Each join by its two records, so that whoever knows better can say which one is wrong.
Table joins_made(const MethodContext& context, const Timeline& timeline) {
  Table table{"joins_made", {"other_partners", "stands_in_chains"}, {}, {}};
  const std::size_t listed = std::min(timeline.made().size(), kMostListed);
  for (std::size_t i = 0; i < listed; ++i) {
    const Made& made = timeline.made()[i];
    const Tally& tally = timeline.tallies()[made.tally];
    table.row_labels.push_back(fmt::format("{} {} {}", tally.word,
                                           locus(context, timeline.member(made.a)),
                                           locus(context, timeline.member(made.b))));
    table.rows.push_back({static_cast<double>(made.others), tally.is_relied_on() ? 1.0 : 0.0});
  }
  return table;
}

void add_tally(const Tally& tally, Table& table, Finding& finding) {
  table.row_labels.push_back(tally.word);
  table.rows.push_back({tally.lefts, tally.rights, tally.joined, tally.lefts - tally.joined,
                        tally.rights - tally.rights_joined, tally.ambiguous});
  add(finding, tally.word + "_joined", tally.joined, "joins");
  add(finding, tally.word + "_unjoined", tally.lefts - tally.joined, "records");
  add(finding, tally.word + "_unjoined_partners", tally.rights - tally.rights_joined, "records");
  add(finding, tally.word + "_ambiguous", tally.ambiguous, "joins");
  if (!tally.chance) return;
  add(finding, tally.word + "_with_partner", tally.chance->with_partner, "records");
  if (tally.chance->by == ShiftOf::none) return;
  add(finding, tally.word + "_by_chance", tally.chance->mean, "records");
  add(finding, tally.word + "_by_chance_most", tally.chance->most, "records");
  add(finding, tally.word + "_p", tally.chance->p);
}

std::string text_of(const Tally& tally) {
  std::string text =
      fmt::format("{} of {} {} joined to one of {} {} ({} ambiguous", count_text(tally.joined),
                  count_text(tally.lefts), tally.left, count_text(tally.rights), tally.right,
                  count_text(tally.ambiguous));
  if (!tally.chance) return text + ")";
  if (tally.chance->by == ShiftOf::none) return text + "; too short a time to tell chance)";
  return text + fmt::format("; {} have one in time, {} by chance{})",
                            count_text(tally.chance->with_partner), number_text(tally.chance->mean),
                            tally.is_relied_on() ? "" : ", which explains them as well");
}

void add_limits(const Timeline& timeline, Finding& finding) {
  if (timeline.made().size() > kMostListed) {
    finding.limitations.push_back(
        fmt::format("The table of joins lists the first {} of {}.",
                    count_text(static_cast<double>(kMostListed)),
                    count_text(static_cast<double>(timeline.made().size()))));
  }
  for (const Tally& tally : timeline.tallies()) {
    if (tally.is_relied_on()) continue;
    finding.limitations.push_back(
        fmt::format("{}: by address and time alone, and not beyond chance, so they stand in no "
                    "chain.",
                    tally.word));
  }
  if (timeline.both_ways() > 0) {
    finding.limitations.push_back(fmt::format(
        "{} joined to sessions of both directions: they may have been asked for either.",
        plural(timeline.both_ways(), "burst")));
  }
  const JoinLists& lists = timeline.lists();
  const auto say = [&](std::uint64_t rows, const char* why) {
    if (rows == 0) return;
    finding.limitations.push_back(fmt::format("{} joined nothing by time: {}.",
                                              plural(static_cast<double>(rows), "row"), why));
  };
  say(lists.wide, "their stamps are wider than a minute");
  say(lists.unplaced, "they do not tell both ends, or both are one party's");
  say(lists.copies, "another recorder tells of the same flow");
  say(lists.scans, "a filter's scans without a queue id, as of stored mail, are no transfers");
  say(lists.left_out, "there are more of their kind than are joined");
  finding.limitations.emplace_back(
      "A join by address and time says that two records could be of one event; which look-up "
      "caused which session no record says. What a cache answered has no look-up, so an unjoined "
      "session is none without one.");
  finding.limitations.emplace_back(
      "Message-ID, In-Reply-To and References are words of whoever wrote the message; a queue id "
      "in a reply is the other server's. Copies of a message share its transfer.");
}

void seal_chains(const MethodContext& context, const Timeline& timeline,
                 const std::vector<JoinChain>& chains, Finding& finding) {
  std::vector<std::uint32_t> members;
  for (const JoinChain& chain : chains) {
    members.insert(members.end(), chain.members.begin(), chain.members.end());
  }
  const auto order = [&](std::uint32_t x) {
    const JoinMember& one = timeline.member(x);
    return std::tuple(one.time_us, one.evidence, one.offset, x);
  };
  std::sort(members.begin(), members.end(),
            [&](std::uint32_t x, std::uint32_t y) { return order(x) < order(y); });
  members.erase(std::unique(members.begin(), members.end()), members.end());
  SelectionSeal sealed = open_seal(context, "records joined, of bursts the first row");
  for (const std::uint32_t i : members) {
    const JoinMember& one = timeline.member(i);
    sealed.add(one.evidence, one.offset, one.length);
  }
  finding.selection = sealed.finish();
}

class TimelineMethod : public Method {
 public:
  std::string_view name() const override { return "timeline"; }
  std::string_view version() const override { return "3"; }
  std::string_view summary() const override {
    return "look-ups, flows, transfers, messages and replies joined, with what chance would join";
  }
  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>& vantages,
                               const MethodContext& context) const override {
    Timeline timeline(vantages, context);
    if (timeline.tallies().empty()) return {nothing(context)};
    Finding finding = make_other_finding(*this, context, "");
    finding.dedup_rule = "bursts of look-ups (10 s); raw rows of all else";
    const std::vector<JoinChain> chains = timeline.take_chains();
    Table table{
        "joins",
        {"records", "possible_partners", "joined", "unjoined", "unjoined_partners", "ambiguous"},
        {},
        {}};
    double joined = 0, records = 0;
    std::vector<std::string> words;
    for (const Tally& tally : timeline.tallies()) {
      add_tally(tally, table, finding);
      words.push_back(text_of(tally));
      joined += tally.is_relied_on() ? tally.joined : 0;
      records += tally.lefts;
    }
    finding.tables.push_back(std::move(table));
    finding.tables.push_back(joins_made(context, timeline));
    add(finding, "lookups_joined_both_ways", timeline.both_ways(), "bursts");
    add(finding, "chains", static_cast<double>(chains.size()), "chains");
    add(finding, "longest_chain", chains.empty() ? 0 : chains.front().stages, "stages");
    finding.parameters["lookups_of_vantage"] = timeline.lists().vantage;
    finding.parameters["within_seconds"] = "10";
    finding.parameters["clock_slack_seconds"] = "2";
    for (std::size_t i = 0; i < std::min(chains.size(), kMostExamples); ++i) {
      finding.parameters[fmt::format("chain_{:02}", i + 1)] = text_of(context, timeline, chains[i]);
    }
    finding.outcome = joined > 0 ? Outcome::found : Outcome::nothing_found;
    finding.denominator = fmt::format("of {} and possible partners {}", plural(records, "record"),
                                      window_text(finding.window));
    finding.statement =
        fmt::format("Joined {}: {}. {}; the longest has {}.", window_text(finding.window),
                    fmt::join(words, "; "), plural(static_cast<double>(chains.size()), "chain"),
                    plural(chains.empty() ? 0 : chains.front().stages, "stage"));
    add_limits(timeline, finding);
    seal_chains(context, timeline, chains, finding);
    return {std::move(finding)};
  }

 private:
  Finding nothing(const MethodContext& context) const {
    return nothing_to_measure(
        *this, context, "of no two kinds of record that could be joined",
        "There are no two kinds of record that could be joined: beside look-ups flow records, the "
        "mail logs of either side or a mailbox are needed.");
  }
};

}  // namespace

const Method& timeline_method() {
  static const TimelineMethod kMethod;
  return kMethod;
}

}  // namespace assay::methods
