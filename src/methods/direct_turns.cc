// direct_turns: does one party's mail or traffic follow the other's, or look-ups follow mail, more
// often than the hours of both explain? What turn_taking asks of look-ups alone.

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>

#include "methods/registry.h"
#include "methods/support/askers.h"
#include "methods/support/coincidence.h"
#include "methods/support/dedup.h"
#include "methods/support/direct_pairs.h"
#include "methods/support/measure.h"
#include "methods/support/other_findings.h"

namespace assay::methods {
namespace {

constexpr double kLevel = 0.05;
constexpr std::size_t kMaxFindings = 12;
constexpr std::int64_t kWidestStampUs = 60 * kMicrosPerSecond;
constexpr std::int64_t kBurstUs = static_cast<std::int64_t>(kBurstSeconds) * kMicrosPerSecond;
constexpr TurnRule kRule;

enum class Of { lookups, mail, flows };
struct Combination {
  Of asking, answering;
  const char* word;
};
constexpr std::array kCombinations = {Combination{Of::mail, Of::mail, "mail"},
                                      Combination{Of::flows, Of::flows, "flows"},
                                      Combination{Of::mail, Of::lookups, "mail_lookups"},
                                      Combination{Of::lookups, Of::mail, "lookups_mail"}};

// What one party began towards another: bursts, of which each is an event.
struct Series {
  std::string words;
  OtherIndices rows;  // none of look-ups, which lie elsewhere
  EventTimes heads;
  std::uint64_t wide = 0;  // rows whose stamp is too wide to order
};
using BySeries = std::map<std::pair<Of, PartyPair>, Series>;

EventTimes heads_of(EventTimes times) {
  std::sort(times.begin(), times.end());
  EventTimes heads;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (i == 0 || times[i] - times[i - 1] > kBurstUs) heads.push_back(times[i]);
  }
  return heads;
}

void add_kind(const MethodContext& context, RecordKind kind, Of of, const Keepers& keepers,
              BySeries& all) {
  const auto by_pair =
      rows_between(*context.others, kind, question_parties(context), context, keepers);
  for (const auto& [pair, direct] : by_pair) {
    std::set<std::uint32_t> other_way;  // ways back and look-ups are events of something else
    if (kind == RecordKind::flow) {
      const auto back = by_pair.find({pair.to, pair.from});
      const FlowTally tally =
          tally_flows(*context.others, direct, back == by_pair.end() ? DirectRows{} : back->second);
      other_way.insert(tally.ways_back.begin(), tally.ways_back.end());
      other_way.insert(tally.lookups.begin(), tally.lookups.end());
    }
    Series series;
    series.words = fmt::format("{} from {} to {}", kind == RecordKind::flow ? "flows" : "mail",
                               party_name(context, pair.from), party_name(context, pair.to));
    EventTimes times;
    for (const std::uint32_t i : direct.placed) {
      if (other_way.contains(i)) continue;
      if (context.others->rows[i].row.width_us > kWidestStampUs) {
        ++series.wide;
        continue;
      }
      series.rows.push_back(i);
      times.push_back(context.others->rows[i].row.time_us);
    }
    series.heads = heads_of(std::move(times));
    if (!series.heads.empty()) all[{of, pair}] = std::move(series);
  }
}

// Of the vantage that saw most of them.
void add_lookups(const std::vector<QuestionRecords>& vantages, const MethodContext& context,
                 BySeries& all) {
  for (const QuestionRecords& records : vantages) {
    std::map<PartyPair, EventTimes> times;
    for (const LookupRow& row : records.rows) {
      if (!records.is_target(row)) continue;
      const PartyPair pair{records.party_of(row), records.names[row.name].party};
      if (pair.from >= 0 && pair.to >= 0 && pair.from != pair.to) {
        times[pair].push_back(row.time_us);
      }
    }
    for (auto& [pair, own] : times) {
      EventTimes heads = heads_of(std::move(own));
      Series& series = all[{Of::lookups, pair}];
      if (heads.size() <= series.heads.size()) continue;
      series.words =
          fmt::format("{}'s look-ups of {}'s names (vantage '{}')", party_name(context, pair.from),
                      party_name(context, pair.to), records.vantage);
      series.heads = std::move(heads);
    }
  }
}

Finding make(const MethodContext& context, const Series& a, const Series& b, const PartyPair& pair,
             const char* word) {
  Finding finding = make_other_finding(
      direct_turns_method(), context,
      fmt::format("{}+{}", party_name(context, pair.from), party_name(context, pair.to)), word);
  OtherIndices rows;
  std::set_union(a.rows.begin(), a.rows.end(), b.rows.begin(), b.rows.end(),
                 std::back_inserter(rows));
  finding.selection = seal_others(context, rows, fmt::format("{} and {}", a.words, b.words));
  finding.dedup_rule = bursts_rule(kBurstSeconds);
  finding.denominator =
      fmt::format("of {} of {}", plural(static_cast<double>(a.heads.size()), "burst"), a.words);
  finding.parameters["asks"] = a.words;
  finding.parameters["answers"] = b.words;
  add(finding, "events_asking", static_cast<double>(a.heads.size()), "bursts");
  add(finding, "events_answering", static_cast<double>(b.heads.size()), "bursts");
  if (a.wide + b.wide > 0) {
    finding.limitations.push_back(
        fmt::format("{} left out, since a stamp of more than a minute cannot order events.",
                    plural(static_cast<double>(a.wide + b.wide), "row")));
  }
  return finding;
}

void add_numbers(const MethodContext& context, const Turns& result, Finding& finding) {
  const JitterNull& narrow = result.answered_null.front();
  const JitterNull& wide = result.answered_null.back();
  constexpr char kQuantiles[] = "2.5 % and 97.5 % of the surrogates";
  add(finding, "share_answered", result.answered);
  add(finding, "share_answered_null", narrow.mean, "", Range{narrow.low, narrow.high}, kQuantiles);
  add(finding, "share_answered_null_wide", wide.mean, "", Range{wide.low, wide.high}, kQuantiles);
  add(finding, "share_answered_within_60_s", result.in_chain);
  add(finding, "asymmetry", result.asymmetry);
  add(finding, "p_answered", result.p);
  add(finding, "p_asymmetry", result.p_asymmetry);
  finding.parameters["delay_seconds"] = fmt::format("{:g}", kRule.delay_seconds);
  finding.parameters["surrogates"] = fmt::format("{}", kSurrogates);
  finding.parameters["random_seed"] = fmt::format("{}", context.random_seed);
  finding.parameters["level"] = fmt::format("{:g}", kLevel);
}

Finding measure(const MethodContext& context, const Series& a, const Series& b,
                const PartyPair& pair, const char* word) {
  Finding finding = make(context, a, b, pair, word);
  if (std::min(a.heads.size(), b.heads.size()) < kMinTurnEvents) {
    finding.outcome = Outcome::not_enough;
    finding.statement = fmt::format(
        "{}: {}; {}: {}; at least {} are needed on either side to tell answers from chance.",
        a.words, plural(static_cast<double>(a.heads.size()), "burst"), b.words,
        plural(static_cast<double>(b.heads.size()), "burst"), kMinTurnEvents);
    return finding;
  }
  if (regularity(a.heads).is_regular && regularity(b.heads).is_regular) {
    finding.outcome = Outcome::not_applicable;
    finding.statement = fmt::format(
        "{} and {} both keep a period: two periods stay in step for days without any tie. "
        "Message-ID and In-Reply-To tell who answered whom.",
        a.words, b.words);
    return finding;
  }
  const Turns result =
      turns(a.heads, b.heads, kRule, Random(context.random_seed, "direct_turns/" + finding.id));
  if (!result.is_enough) {
    finding.outcome = Outcome::not_enough;
    finding.statement =
        fmt::format("Of {} and {} too few bursts remain on the days that the test can look at.",
                    a.words, b.words);
    return finding;
  }
  add_numbers(context, result, finding);
  const bool is_found = result.p <= kLevel;
  finding.outcome = is_found ? Outcome::found : Outcome::nothing_found;
  finding.statement = fmt::format(
      "{} of the {} of {} are followed within {} by {} {}, against {} where windows exchange what "
      "they hold between days ({}): {} than the rhythm of the hours and busy days explains.",
      share_text(result.answered), plural(static_cast<double>(result.events_a), "burst"), a.words,
      duration_text(kRule.delay_seconds), b.words, window_text(window_of(context)),
      share_text(result.answered_null.front().mean), probability_text(result.p),
      is_found ? "more often" : "no more often");
  finding.limitations.emplace_back(
      "Fine-time coupling is not conversation: a program that reacts, a mailing or an outage that "
      "reaches both sides couple them too. Message-ID and In-Reply-To show who answered whom. That "
      "nothing shows does not show that nothing was answered: answers after more than half an hour "
      "stay unseen.");
  return finding;
}

class DirectTurns : public Method {
 public:
  std::string_view name() const override { return "direct_turns"; }
  std::string_view version() const override { return "1"; }
  std::string_view summary() const override {
    return "whether mail, flows or look-ups of one party follow the other's mail or flows";
  }
  // It takes records of several kinds.
  std::vector<Finding> run(const QuestionRecords&, const MethodContext&) const override {
    return {};
  }
  std::vector<Finding> compare(const std::vector<QuestionRecords>& vantages,
                               const MethodContext& context) const override {
    BySeries all;
    if (context.others != nullptr) {
      const Keepers keepers(*context.others, context);
      add_kind(context, RecordKind::mail, Of::mail, keepers, all);
      add_kind(context, RecordKind::flow, Of::flows, keepers, all);
      add_lookups(vantages, context, all);
    }
    std::vector<Finding> findings;
    for (const Combination& each : kCombinations) {
      for (const auto& [key, a] : all) {
        if (key.first != each.asking || findings.size() >= kMaxFindings) continue;
        const PartyPair pair = key.second;
        const auto b = all.find({each.answering, {pair.to, pair.from}});
        if (b == all.end()) continue;
        findings.push_back(measure(context, a, b->second, pair, each.word));
      }
    }
    if (findings.empty()) {
      findings.push_back(nothing_to_measure(
          *this, context, "of no pair of series",
          "No mail and no flows of this question go both ways, or beside look-ups the other way, "
          "so "
          "that there are no two series of which one could answer the other. The mail logs or flow "
          "records of either side would be needed."));
    }
    return findings;
  }
};

}  // namespace

const Method& direct_turns_method() {
  static const DirectTurns kMethod;
  return kMethod;
}

}  // namespace assay::methods
