#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "explanations/claim_volume.h"

namespace assay::claims {
namespace {

struct Unit {
  std::string_view word;
  double seconds;
};
constexpr std::array<Unit, 5> kUnits{
    {{"second", 1}, {"minute", 60}, {"hour", 3'600}, {"day", 86'400}, {"week", 604'800}}};

// What the gaps say of a period, which a mean does not.
std::string period_text(const Context& context, std::string_view vantage, ClaimAnswer& answer) {
  for (const std::string& party : context.parties()) {
    const Finding* gaps = find(context, "gap_law", party, vantage);
    if (gaps == nullptr || gaps->quantity("gap_seconds_median") == nullptr) continue;
    cite(answer, gaps->id);
    std::string text =
        fmt::format(" The gaps between {}'s bursts are {} s at the median, {} s at the least",
                    party, number_text(gaps->value_or("gap_seconds_median", 0)),
                    number_text(gaps->value_or("gap_seconds_min", 0)));
    if (gaps->value_or("clock_shaped", 0) != 0) {
      text += fmt::format("; they keep a period of {} s",
                          number_text(gaps->value_or("clock_period_seconds", 0)));
    } else if (gaps->value_or("cache_shaped", 0) != 0) {
      text += fmt::format(
          "; they begin at the TTL of {} s, as a cache makes them, and keep no "
          "clock",
          number_text(gaps->value_or("ttl_seconds", 0)));
    }
    return text + ".";
  }
  return "";
}

ClaimAnswer compare(const Context& context, std::string_view vantage, const Quoted& quoted,
                    const Unit& unit) {
  const PartyCounts counts = count_parties(context, vantage);
  if (!counts.objection.empty()) return not_testable(context, counts.objection);
  const double units = static_cast<double>(counts.rules.front().window.length_us()) /
                       kMicrosPerSecond / unit.seconds;
  if (units <= 0) return not_testable(context, "The window has no length.", {kFullerRecord});
  std::vector<std::string> holding, failing, cited_holding, cited_failing;
  std::vector<Quantity> quantities;
  for (const RuleCount& rule : counts.rules) {
    const double rate = rule.rows / units;
    const bool holds = quoted.holds(rate);
    (holds ? holding : failing)
        .push_back(fmt::format("{} per {} ({})", number_text(rate, rate < 10 ? 2 : 1), unit.word,
                               rule.words));
    auto& cited = holds ? cited_holding : cited_failing;
    cited.insert(cited.end(), rule.findings.begin(), rule.findings.end());
    quantities.push_back(quantity_of(rule, "rate", rate));
    quantities.back().unit = fmt::format("per {}", unit.word);
  }
  const std::string who = parties_text(context.parties());
  const std::string when = format_interval(counts.rules.front().window);
  const bool is_complete = is_declared_complete(context, vantage);
  ClaimAnswer answer;
  if (!holding.empty()) {
    answer = answered(
        context, is_complete ? Answer::supported : Answer::supported_only_within_these_files,
        fmt::format(
            "As a mean over {}, {} made {}, within the quoted {} per {} ({}){}.", when, who,
            fmt::join(holding, ", "), quoted.text, unit.word, range_text(quoted),
            failing.empty() ? "" : fmt::format("; counted otherwise {}", fmt::join(failing, ", "))),
        cited_holding);
  } else {
    answer = answered(
        context, Answer::contradicted,
        fmt::format("The mean over {} is not the quoted {} per {} ({}) under any counting rule: {} "
                    "made {}.",
                    when, quoted.text, unit.word, range_text(quoted), who,
                    fmt::join(failing, ", ")),
        cited_failing);
  }
  answer.statement += " A mean is not a period: it does not show that a look-up came every " +
                      std::string(unit.word) + ".";
  answer.statement += period_text(context, vantage, answer);
  if (answer.answer == Answer::supported_only_within_these_files) {
    answer.would_test = {kFullerRecord};
  }
  answer.quantities = std::move(quantities);
  return answer;
}

}  // namespace

ClaimAnswer answer_rate(const Context& context) {
  const auto quoted =
      parse_quoted(context.field("value"), NumberUnit::plain, context.field("tolerance"));
  if (!quoted) {
    return not_testable(context, fmt::format("'{}' with the tolerance '{}' is not understood as a "
                                             "rate.",
                                             context.field("value"), context.field("tolerance")));
  }
  const std::string_view per = context.field("per");
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                 [&](const Unit& candidate) { return candidate.word == per; });
  if (unit == kUnits.end()) {
    return not_testable(
        context,
        fmt::format("A rate per '{}' is not known: second, minute, hour, day or week.", per));
  }
  return over_vantages(context, Combine::any_supports, [&](std::string_view vantage) {
    return compare(context, vantage, *quoted, *unit);
  });
}

}  // namespace assay::claims
