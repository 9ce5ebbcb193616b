// turn_taking: does one party ask for the other's names soon after the other asked for its own?

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "methods/registry.h"
#include "methods/support/coincidence.h"
#include "methods/support/dedup.h"
#include "methods/support/measure.h"
#include "methods/support/observed.h"
#include "methods/support/other_findings.h"

namespace assay::methods {
namespace {

constexpr double kLevel = 0.05;
constexpr std::size_t kMaxPairs = 12;  // in order: first asker, then answerer
constexpr TurnRule kRule;

// Look-ups of one party for names that another holds.
struct Side {
  std::string asker, holder;
  RowIndices rows;
  EventTimes heads;
  std::string words() const { return fmt::format("{}'s look-ups of {}'s names", asker, holder); }
};

Side side_of(const QuestionRecords& records, const MethodContext& context, int asker, int holder,
             const ObservedTime& observed) {
  Side side{party_name(context, asker), party_name(context, holder), {}, {}};
  for (std::uint32_t i = 0; i < records.rows.size(); ++i) {
    const LookupRow& row = records.rows[i];
    if (!records.is_target(row) || records.party_of(row) != asker) continue;
    if (records.names[row.name].party == holder) side.rows.push_back(i);
  }
  side.rows = rows_within(records, side.rows, observed);
  for (const Burst& burst : merge_bursts(records, side.rows, kBurstSeconds)) {
    side.heads.push_back(burst.begin_us);
  }
  return side;
}

Finding make(const QuestionRecords& records, const MethodContext& context, const Side& a,
             const Side& b, std::string_view subject) {
  Finding finding = make_finding(turn_taking_method(), records, context, subject);
  finding.dedup_rule = bursts_rule(kBurstSeconds);
  finding.denominator =
      fmt::format("of {} that {} began with a look-up of {}'s names",
                  plural(static_cast<double>(a.heads.size()), "burst"), a.asker, a.holder);
  RowIndices both;
  std::merge(a.rows.begin(), a.rows.end(), b.rows.begin(), b.rows.end(), std::back_inserter(both));
  finding.selection = seal(records, both, fmt::format("{} and {}", a.words(), b.words()));
  finding.parameters["asks"] = a.words();
  finding.parameters["answers"] = b.words();
  add(finding, "events_asking", static_cast<double>(a.heads.size()), "bursts");
  add(finding, "events_answering", static_cast<double>(b.heads.size()), "bursts");
  return finding;
}

void add_numbers(const QuestionRecords& records, const ObservedTime& observed, const Side& a,
                 const Side& b, const Turns& result, Finding& finding) {
  const JitterNull& narrow = result.answered_null.front();
  const JitterNull& wide = result.answered_null.back();
  std::vector<double> answered;
  std::vector<double> all;
  constexpr int kBlocks = 8;
  const auto delay_us = static_cast<std::int64_t>(kRule.delay_seconds * kMicrosPerSecond);
  RowIndices heads;
  RowIndices with_answer;
  std::size_t at = 0;
  for (const std::uint32_t index :
       burst_heads(records, a.rows, group_by_party(records), kBurstSeconds)) {
    const std::int64_t us = records.rows[index].time_us;
    while (at < b.heads.size() && b.heads[at] <= us) ++at;
    heads.push_back(index);
    if (at < b.heads.size() && b.heads[at] - us <= delay_us) with_answer.push_back(index);
  }
  answered = count_by_block(records, with_answer, observed, kBlocks);
  all = count_by_block(records, heads, observed, kBlocks);
  std::optional<Range> range;
  if (result.every_day == 1) range = block_t_share(answered, all);
  add(finding, "share_answered", result.answered, "", range, fmt::format("{}, q = 8", kBlockT));
  add(finding, "share_answered_null", narrow.mean, "", Range{narrow.low, narrow.high},
      "2.5 % and 97.5 % of the surrogates");
  add(finding, "share_answered_null_wide", wide.mean, "", Range{wide.low, wide.high},
      "2.5 % and 97.5 % of the surrogates");
  add(finding, "share_answered_beyond_rhythm",
      (result.answered - std::max(narrow.mean, wide.mean)) /
          std::max(1 - std::max(narrow.mean, wide.mean), 1e-9));
  add(finding, "share_answered_within_60_s", result.in_chain);
  add(finding, "share_preceded", result.preceded);
  add(finding, "asymmetry", result.asymmetry);
  add(finding, "p_answered_narrow", narrow.p);
  add(finding, "p_answered_wide", wide.p);
  add(finding, "p_answered", result.p);
  add(finding, "p_asymmetry", result.p_asymmetry);
}

void say_rule(const MethodContext& context, const Turns& result, Finding& finding) {
  finding.parameters["delay_seconds"] = fmt::format("{:g}", kRule.delay_seconds);
  finding.parameters["run_pause_seconds"] = fmt::format("{:g}", kRule.run_pause_seconds);
  finding.parameters["null"] = fmt::format(
      "windows of {:g} s and {:g} s exchange what they hold with alike windows of other days",
      kJitterWidths.front() * kRule.delay_seconds, kJitterWidths.back() * kRule.delay_seconds);
  finding.parameters["surrogates"] = fmt::format("{}", kSurrogates);
  finding.parameters["random_seed"] = fmt::format("{}", context.random_seed);
  finding.parameters["level"] = fmt::format("{:g}", kLevel);
  if (result.every_day > 1) {
    finding.limitations.push_back(fmt::format(
        "There are more than {} bursts on a side: the test looks at one day of {}, {} and {}.",
        count_text(static_cast<double>(kMaxTurnEvents)), result.every_day,
        plural(static_cast<double>(result.events_a), "burst"),
        plural(static_cast<double>(result.events_b), "burst")));
  }
}

void say_limits(bool is_found, Finding& finding) {
  auto& says = finding.limitations;
  if (is_found) {
    says.emplace_back(
        "Fine-time coupling is not conversation: a check that mail sets off at once, a mailing or "
        "an outage that reaches both sides with a lag, and a program that asks for both names "
        "couple them too. Only message identity (Message-ID with In-Reply-To, or accepted mail in "
        "both directions) shows an exchange.");
  } else {
    says.emplace_back(fmt::format(
        "That nothing shows does not show that nothing was answered: answers after more than {}, "
        "look-ups that a cache answered, and few answers among many events stay unseen.",
        duration_text(kRule.delay_seconds)));
  }
  says.emplace_back(
      "Whatever moves both sides within less than the window, a lunch hour of one day or an alarm, "
      "counts as coupling.");
}

bool declines(const Side& a, const Side& b, Finding& finding) {
  if (std::min(a.heads.size(), b.heads.size()) < kMinTurnEvents) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format(
        "{} began {} and {} began {}; at least {} are needed on either side to tell answers from "
        "chance.",
        a.words(), plural(static_cast<double>(a.heads.size()), "burst"), b.words(),
        plural(static_cast<double>(b.heads.size()), "burst"), kMinTurnEvents);
    return true;
  }
  if (!regularity(a.heads).is_regular || !regularity(b.heads).is_regular) return false;
  finding.outcome = Outcome::not_applicable;
  finding.statement = fmt::format(
      "{} and {} both keep a period, of a clock or of a busy cache: two periods stay in step for "
      "days without any tie, so that coincidences tell nothing. Records of what set the look-ups "
      "off (mail logs of both sides) are needed.",
      a.words(), b.words());
  return true;
}

Finding measure(const QuestionRecords& records, const MethodContext& context,
                const ObservedTime& observed, const Side& a, const Side& b) {
  const std::string subject = fmt::format("{}+{}", a.asker, b.asker);
  Finding finding = make(records, context, a, b, subject);
  say_observed(records, observed, finding);
  if (declines(a, b, finding)) return finding;
  const Turns result =
      turns(a.heads, b.heads, kRule, Random(context.random_seed, "turn_taking/" + subject));
  say_rule(context, result, finding);
  if (!result.is_enough) {
    finding.outcome = Outcome::not_enough;
    finding.statement =
        fmt::format("Of {} and {} too few bursts remain on the days that the test can look at.",
                    a.words(), b.words());
    return finding;
  }
  add_numbers(records, observed, a, b, result, finding);
  const bool is_found = result.p <= kLevel;
  finding.outcome = is_found ? Outcome::found : Outcome::nothing_found;
  finding.statement = fmt::format(
      "{} of the {} of {} are followed within {} by a burst of {} {}, against {} where windows of "
      "{} exchange what they hold between days ({}; windows of {}: {}): {}.",
      share_text(result.answered), plural(static_cast<double>(result.events_a), "burst"), a.words(),
      duration_text(kRule.delay_seconds), b.words(), window_text(records.window),
      share_text(result.answered_null.front().mean),
      duration_text(kJitterWidths.front() * kRule.delay_seconds),
      probability_text(result.answered_null.front().p),
      duration_text(kJitterWidths.back() * kRule.delay_seconds),
      probability_text(result.answered_null.back().p),
      is_found ? "more often than the rhythm of the hours and busy days explains"
               : "no more often than the rhythm of the hours and busy days explains");
  say_limits(is_found, finding);
  return finding;
}

// One series, or none: which second one is needed.
Finding refuse(const QuestionRecords& records, const MethodContext& context,
               const std::vector<Side>& sides) {
  const Side nobody{"nobody", "", {}, {}};
  const Side& one = sides.empty() ? nobody : sides.front();
  Finding finding = make_finding(turn_taking_method(), records, context, "");
  finding.outcome = Outcome::not_applicable;
  finding.dedup_rule = bursts_rule(kBurstSeconds);
  finding.denominator = "of no pair of series";
  finding.selection = seal(records, one.rows, sides.empty() ? std::string("no rows") : one.words());
  add(finding, "series", static_cast<double>(sides.size()), "series");
  finding.statement =
      sides.empty()
          ? std::string(
                "No party of the question asked for names of another here, so there are no "
                "two series of events that could answer each other.")
          : fmt::format(
                "{} ({}) are one series of events: whether anybody answers cannot be asked of it. "
                "Needed is a second series: look-ups of {}'s names by {} (the log of {}'s name "
                "servers or of {}'s resolver), or the mail logs of either side.",
                one.words(), plural(static_cast<double>(one.rows.size()), "row"), one.asker,
                one.holder, one.asker, one.holder);
  return finding;
}

class TurnTaking : public Method {
 public:
  std::string_view name() const override { return "turn_taking"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "whether one party's look-ups follow the other's more often than their hours explain";
  }

  std::vector<Finding> run(const QuestionRecords& records,
                           const MethodContext& context) const override {
    const std::vector<int> parties = question_parties(context);
    const ObservedTime observed = ObservedTime::of(records);
    std::vector<Finding> findings;
    std::vector<Side> alone;
    for (const int first : parties) {
      for (const int second : parties) {
        if (first == second || findings.size() >= kMaxPairs) continue;
        Side a = side_of(records, context, first, second, observed);
        if (a.rows.empty()) continue;
        const Side b = side_of(records, context, second, first, observed);
        if (b.rows.empty()) {
          alone.push_back(std::move(a));
          continue;
        }
        findings.push_back(measure(records, context, observed, a, b));
      }
    }
    if (findings.empty()) findings.push_back(refuse(records, context, alone));
    return findings;
  }
};

}  // namespace

const Method& turn_taking_method() {
  static const TurnTaking kMethod;
  return kMethod;
}

}  // namespace assay::methods
