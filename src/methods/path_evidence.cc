// path_evidence: do the queries that claim to come from one address come from one sender? By the
// fields that a sender chooses freely, and the hop limit, which it does not.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "methods/registry.h"
#include "methods/support/dedup.h"
#include "methods/support/gap_series.h"
#include "methods/support/measure.h"
#include "methods/support/observed.h"
#include "methods/support/path_findings.h"

namespace assay::methods {
namespace {

constexpr std::size_t kAddresses = 3;  // of each party, those with most rows
constexpr double kFewestLow = 5;
constexpr double kFewestGaps = 20;

// Which fields an evidence tells at all: one that never tells any cannot show their absence.
struct Told {
  bool ports = false, ids = false, flags = false;
};

std::map<std::uint32_t, Told> told_by_evidence(const QuestionRecords& records) {
  constexpr std::uint32_t kSome = kEdns | kDnssecOk | kCheckingDisabled | kRecursionDesired | kTcp;
  std::map<std::uint32_t, Told> told;
  for (const LookupRow& row : records.rows) {
    Told& of = told[row.evidence];
    of.ports = of.ports || row.client_port != 0;
    of.ids = of.ids || row.id != 0;
    of.flags = of.flags || (row.flags & kSome) != 0;
  }
  return told;
}

// A stub that gets no answer sends the same bytes again.
bool is_resent(const LookupRow& before, const LookupRow& row) {
  return before.client_port == row.client_port && before.id == row.id && before.name == row.name &&
         before.qtype == row.qtype &&
         row.time_us - before.time_us <= static_cast<std::int64_t>(kBurstSeconds) * 1'000'000;
}

PathHabits habits_of(const QuestionRecords& records, const RowIndices& rows,
                     const QueryPaths& paths, std::map<std::uint32_t, Told>& told) {
  PathHabits habits;
  std::vector<std::uint16_t> ports, ids;
  const LookupRow* before = nullptr;
  for (const std::uint32_t index : rows) {
    const LookupRow& row = records.rows[index];
    const bool is_again = before != nullptr && is_resent(*before, row) &&
                          (told[row.evidence].ids || told[row.evidence].ports);
    before = &row;
    if (is_again || (row.flags & kTcp) != 0) continue;
    if (told[row.evidence].ports) ports.push_back(row.client_port);
    if (told[row.evidence].ids) ids.push_back(row.id);
  }
  std::vector<std::uint32_t> flags;
  const RowIndices heads = burst_heads(records, rows, group_by_address(records), kBurstSeconds);
  for (const std::uint32_t index : heads) {
    const LookupRow& row = records.rows[index];
    if (!told[row.evidence].flags || (row.flags & kTcp) != 0) continue;
    habits.heads.push_back(index);
    flags.push_back(habit_flags(row.flags));
  }
  habits.ports = number_habit(ports);
  habits.ids = number_habit(ids);
  habits.flags = flag_habit(flags);
  add_paths(records, rows, heads, paths, habits);
  return habits;
}

// --- do the times keep to the TTL, of which a forger who sees no answers knows nothing? ---

struct Obedience {
  double gaps = 0, inside = 0, expected = 0, p = 1;
  bool is_enough() const { return gaps >= kFewestGaps; }
};

Obedience obedience_of(const QuestionRecords& records, const MethodContext& context,
                       const AskerGroup& source, const ObservedTime& observed) {
  Obedience result;
  auto all = split_series(records, source.rows);
  if (all.empty()) return result;
  GapSeries& series = all.front();
  const Ttl ttl = known_ttl(records, context, series.rows);
  if (ttl.seconds <= kBurstSeconds) return result;
  measure_gaps(records, false, burst_gap_for(ttl), ttl.seconds, series);
  result.gaps = static_cast<double>(series.gaps.size());
  for (const Gap& gap : series.gaps) {
    result.inside += gap.seconds < ttl.seconds - series.tolerance_seconds;
  }
  const double seconds = static_cast<double>(observed.length_us()) / kMicrosPerSecond;
  if (!result.is_enough() || seconds <= 0) return result;
  result.expected = 1 - std::exp(-series.bursts * ttl.seconds / seconds);
  result.p = binomial_cdf(result.inside, result.gaps, result.expected);
  return result;
}

std::string obedience_text(const Obedience& one) {
  if (!one.is_enough()) return "no TTL is known that its times could be held against";
  const std::string share = share_text(one.inside / one.gaps);
  const std::string chance = fmt::format("{} if they knew nothing of it", share_text(one.expected));
  if (one.p < kHabitLevel) {
    return fmt::format("{} of {} end inside the TTL, {}: the times keep to a cache", share,
                       plural(one.gaps, "gap"), chance);
  }
  return fmt::format("{} of {} end inside the TTL, {}: no cache shows", share,
                     plural(one.gaps, "gap"), chance);
}

// --- what one sender does not do ---

struct Reasons {
  std::vector<std::string> texts;
  double in_turn = 0;  // those that are a change at one moment

  void add_second(const std::string& second, TwoHabits two, const LookupRow& turned_at) {
    in_turn += two == TwoHabits::in_turn;
    if (two == TwoHabits::in_turn) {
      texts.push_back(
          fmt::format("{}, one before and one since {}", second, format_utc(turned_at.time_us)));
    } else {
      texts.push_back(second + (two == TwoHabits::mixed ? ", mixed" : ", in stretches"));
    }
  }
};

void add_second_habits(const QuestionRecords& records, const PathHabits& habits, Reasons& reasons) {
  if (const FlagHabit& flags = habits.flags;
      flags.two != TwoHabits::none && !flags.is_like_fallback) {
    reasons.add_second(
        fmt::format("{} of first queries have {}, the others {}", share_text(flags.second_share),
                    flags_text(flags.kinds[1].flags), flags_text(flags.kinds[0].flags)),
        flags.two, records.rows[habits.heads[flags.turned_at]]);
  }
  if (const HopHabit& hops = habits.hops; hops.is_reason()) {
    reasons.add_second(
        fmt::format("{} of first queries arrive with another hop limit than {}, mostly {}",
                    share_text(hops.other_share), hops_text(hops.commonest),
                    hops_text(hops.other_commonest)),
        hops.two, records.rows[habits.hop_heads[hops.turned_at]]);
  }
  if (const SizeHabit& sizes = habits.sizes; sizes.is_reason()) {
    reasons.add_second(fmt::format("{} of first queries with EDNS offer {} bytes, the others {}",
                                   share_text(sizes.second_share), count_text(sizes.kinds[1].flags),
                                   count_text(sizes.kinds[0].flags)),
                       sizes.two, records.rows[habits.size_heads[sizes.turned_at]]);
  }
}

Reasons reasons_of(const QuestionRecords& records, const PathHabits& habits) {
  Reasons found;
  add_second_habits(records, habits, found);
  std::vector<std::string>& reasons = found.texts;
  if (habits.ports.is_enough()) {
    if (habits.ports.is_one_value_and_many()) reasons.push_back(habit_text(habits.ports, "ports"));
    if (habits.ports.is_varied() && habits.ports.low >= kFewestLow) {
      reasons.push_back(fmt::format("{} of the ports are below 1,024, from which no resolver draws",
                                    count_text(habits.ports.low)));
    }
  }
  if (habits.ids.is_enough() && (habits.ids.is_one_value() || habits.ids.is_one_value_and_many() ||
                                 habits.ids.is_counting())) {
    reasons.push_back(habit_text(habits.ids, "message ids"));
  }
  return found;
}

void add_number(const NumberHabit& habit, const std::string& word, Finding& finding) {
  add(finding, word + "_told", habit.told, "queries");
  if (!habit.is_enough()) return;
  add(finding, word + "_distinct", habit.distinct, "values");
  add(finding, word + "_most_common_share", habit.most_common_share);
  add(finding, word + "_counting_share", habit.counting_share);
  add(finding, word + "_p_even", habit.p_even);
  add(finding, word + "_p_memory", habit.p_memory);
}

void add_tables(const QuestionRecords& records, const PathHabits& habits, Finding& finding) {
  const FlagHabit& flags = habits.flags;
  if (flags.kinds.empty()) return;
  Table kinds{"flags", {"bursts", "share"}, {}, {}};
  for (std::size_t i = 0; i < std::min(flags.kinds.size(), kListedHabits); ++i) {
    kinds.row_labels.push_back(flags_text(flags.kinds[i].flags));
    kinds.rows.push_back({flags.kinds[i].count, flags.kinds[i].count / flags.told});
  }
  finding.tables.push_back(std::move(kinds));
  if (flags.two == TwoHabits::none) return;
  std::map<std::uint32_t, std::pair<double, double>> names;
  for (const std::uint32_t index : habits.heads) {
    const LookupRow& row = records.rows[index];
    auto& [all, second] = names[row.name];
    all += 1;
    second += habit_flags(row.flags) == flags.kinds[1].flags;
  }
  Table by_name{"second_habit_by_name", {"bursts", "of_second_habit"}, {}, {}};
  for (const auto& [name, counts] : names) {
    if (by_name.rows.size() == kListedHabits) break;
    by_name.row_labels.emplace_back(display_name(records.names[name].canonical));
    by_name.rows.push_back({counts.first, counts.second});
  }
  finding.tables.push_back(std::move(by_name));
}

void add_numbers(const QuestionRecords& records, const PathHabits& habits,
                 const Obedience& obedience, Finding& finding) {
  add_number(habits.ports, "ports", finding);
  add(finding, "ports_below_1024", habits.ports.low, "queries");
  add_number(habits.ids, "ids", finding);
  add(finding, "flags_told", habits.flags.told, "bursts");
  if (habits.flags.told > 0) {
    double desired = 0;
    for (const auto& kind : habits.flags.kinds) {
      desired += (kind.flags & kRecursionDesired) != 0 ? kind.count : 0;
    }
    add(finding, "recursion_desired_share", desired / habits.flags.told);
    add(finding, "second_flags_in_turn", habits.flags.two == TwoHabits::in_turn ? 1 : 0);
    add(finding, "second_flags_share", habits.flags.second_share, "", habits.flags.second_interval,
        "95 % Clopper-Pearson, as if bursts were independent");
  }
  add_path_numbers(habits, finding);
  if (obedience.is_enough()) {
    add(finding, "gaps", obedience.gaps, "gaps");
    add(finding, "share_inside_ttl", obedience.inside / obedience.gaps);
    add(finding, "share_inside_ttl_if_unaware", obedience.expected);
    add(finding, "p_obeys_by_chance", obedience.p);
  }
  add_tables(records, habits, finding);
}

std::string habits_text(const PathHabits& habits) {
  std::vector<std::string> words;
  if (habits.ports.is_enough()) words.push_back(habit_text(habits.ports, "ports"));
  if (habits.ids.is_enough()) words.push_back(habit_text(habits.ids, "message ids"));
  if (habits.flags.told >= kFewestSent) {
    words.push_back(fmt::format("{} of first queries have {}",
                                share_text(habits.flags.kinds[0].count / habits.flags.told),
                                flags_text(habits.flags.kinds[0].flags)));
  }
  if (habits.hops.is_enough()) {
    words.push_back(fmt::format("{} arrive with {} hop limit, mostly {}",
                                share_text(1 - habits.hops.other_share),
                                habits.hops.usual.size() == 1 ? "one" : "each sensor's one",
                                hops_text(habits.hops.commonest)));
  }
  if (habits.sizes.is_enough()) {
    words.push_back(fmt::format("{} of those with EDNS offer {} bytes",
                                share_text(habits.sizes.kinds[0].count / habits.sizes.told),
                                count_text(habits.sizes.kinds[0].flags)));
  }
  return fmt::format("{}", fmt::join(words, "; "));
}

void say_limits(const QueryPaths& paths, const PathHabits& habits, Finding& finding) {
  auto& says = finding.limitations;
  if (finding.outcome == Outcome::found) {
    says.emplace_back(
        "Two habits under one address are two senders, or one that was changed: hosts behind one "
        "translated address, a farm of unlike resolvers, an upgrade and a forger all look so. "
        "Which of them it was, these fields do not tell.");
  } else {
    says.emplace_back(
        "A forger who fills the fields as a resolver does, or who sent every query of this "
        "address, leaves one habit too: that nothing is found speaks hardly at all against "
        "forging.");
  }
  say_path_limits(paths, habits, finding);
  says.emplace_back(
      "Only names of the question are read. How the same address asks for other names, a question "
      "of its own about those tells.");
  if (habits.ports.is_enough() && !habits.ports.is_varied()) {
    says.emplace_back("Address translation rewrites ports, and a firewall may let one out only.");
  }
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                const AskerGroup& source, const ObservedTime& observed, const QueryPaths& paths,
                std::map<std::uint32_t, Told>& told) {
  Finding finding = make_finding(path_evidence_method(), records, context, source.subject);
  const double n = static_cast<double>(source.rows.size());
  finding.dedup_rule = fmt::format("{}, the same port and id sent again counted once; flags by {}",
                                   kRawRows, bursts_rule(kBurstSeconds));
  finding.denominator = fmt::format("of {} of {}", plural(n, "row"), source.subject);
  finding.selection = seal(records, source.rows,
                           fmt::format("rows of {} for {}", source.subject, target_text(records)));
  finding.parameters["level"] = fmt::format("{:g}", kHabitLevel);
  if (source.party >= 0) {
    finding.parameters["party"] =
        context.case_file->parties[static_cast<std::size_t>(source.party)].name;
  }
  finding.parameters["second_habit_share"] = fmt::format("{:g}", kSecondHabitShare);
  const PathHabits habits = habits_of(records, source.rows, paths, told);
  const Obedience obedience = obedience_of(records, context, source, observed);
  add_numbers(records, habits, obedience, finding);
  add_agreement(records, paths, habits, finding);
  add_path_tables(records, paths, habits, finding);
  const std::string rows_of = fmt::format("The {} that claim to come from {} {}", plural(n, "row"),
                                          source.subject, window_text(records.window));
  const Reasons found = reasons_of(records, habits);
  const std::vector<std::string>& reasons = found.texts;
  add(finding, "reasons", static_cast<double>(reasons.size()));
  add(finding, "reasons_in_turn", found.in_turn);
  if (!habits.is_told()) {
    finding.outcome = Outcome::not_applicable;
    finding.statement = fmt::format(
        "{}, without source port, message id and flags; of forged addresses they say only "
        "what their times do: {}. A capture or dnstap at the servers would tell.",
        rows_of, obedience_text(obedience));
  } else if (!habits.is_enough()) {
    finding.outcome = Outcome::not_enough;
    finding.statement =
        fmt::format("{}: too few to tell a habit, {:g} queries are wanted.", rows_of, kFewestSent);
  } else if (reasons.empty()) {
    finding.outcome = Outcome::nothing_found;
    finding.statement = fmt::format("{}, of one habit: {}; {}.", rows_of, habits_text(habits),
                                    obedience_text(obedience));
  } else {
    finding.outcome = Outcome::found;
    finding.statement = fmt::format("{}, and what no one resolver does: {}; {}.", rows_of,
                                    fmt::join(reasons, "; "), obedience_text(obedience));
  }
  if (habits.flags.is_like_fallback) {
    finding.limitations.emplace_back(
        "Queries without EDNS come in stretches, as of a resolver that got no answer to EDNS for a "
        "while; that is not taken for a second sender.");
  }
  say_limits(paths, habits, finding);
  return finding;
}

class PathEvidence : public Method {
 public:
  std::string_view name() const override { return "path_evidence"; }
  std::string_view version() const override { return "2"; }
  std::string_view summary() const override {
    return "whether the queries of one address have one sender's ports, ids, flags and hop limit";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    std::map<std::uint32_t, Told> told = told_by_evidence(records);
    const ObservedTime observed = ObservedTime::of(records);
    const QueryPaths paths(context);
    const Askers askers = split_by_asker(records, context);
    std::vector<Finding> findings;
    for (const AskerGroup* group : askers.groups()) {
      for (const AskerGroup& source : split_by_address(records, *group, kAddresses)) {
        // Of sources that are too few to tell, the first one stands for all.
        const bool is_enough = static_cast<double>(source.rows.size()) >= kFewestSent;
        if (is_enough || findings.empty()) {
          findings.push_back(measure(records, context, source, observed, paths, told));
        }
      }
    }
    if (findings.empty()) findings.push_back(nobody(records, context));
    return findings;
  }

 private:
  Finding nobody(const QuestionRecords& records, const MethodContext& context) const {
    Finding finding = make_finding(*this, records, context, "");
    finding.outcome = Outcome::not_enough;
    finding.dedup_rule = kRawRows;
    finding.denominator = "of no row";
    finding.selection = seal(records, {}, "no rows");
    finding.statement = fmt::format("No row with a client asks for {} {}.", target_text(records),
                                    window_text(records.window));
    return finding;
  }
};

}  // namespace

const Method& path_evidence_method() {
  static const PathEvidence kMethod;
  return kMethod;
}

}  // namespace assay::methods
