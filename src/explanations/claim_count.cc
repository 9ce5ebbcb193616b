#include <fmt/core.h>

#include <algorithm>

#include "explanations/claim_volume.h"

namespace assay::claims {
namespace {

// An exact number that counting rows gives exactly tells by itself how it was counted. A bound or
// a rounded number does not, nor do bursts, of which nobody knows who counted them.
bool names_its_rule(const Quoted& quoted, const Compared& compared) {
  const bool is_exact =
      quoted.has_low && quoted.has_high && quoted.low.value() == quoted.high.value();
  return is_exact && std::any_of(compared.rules.begin(), compared.rules.end(), [](const auto& one) {
           return one.against == Against::holds && one.rule.variant != "bursts";
         });
}

ClaimAnswer answer_holding(const Context& context, std::string_view vantage, const Quoted& quoted,
                           const Compared& compared) {
  const bool is_complete = shows_every_asker(context, vantage);
  const std::string otherwise = compared.words(Against::holds, false);
  return answered(
      context, is_complete ? Answer::supported : Answer::supported_only_within_these_files,
      {fmt::format("{}, as quoted", compared.brief(Against::holds, true)),
       fmt::format("Of the look-ups in {} {} bear addresses of {}, as quoted ({}){}.{}",
                   format_interval(compared.window()), compared.words(Against::holds, true),
                   parties_text(context.parties()), range_text(quoted),
                   otherwise.empty() ? "" : fmt::format("; counted otherwise it is {}", otherwise),
                   is_complete ? "" : " Nobody vouches that these files are complete.")},
      compared.findings(Against::holds, true));
}

ClaimAnswer compare(const Context& context, std::string_view vantage, const Quoted& quoted) {
  const PartyCounts counts = count_parties(context, vantage);
  if (!counts.objection.empty()) return not_testable(context, counts.objection);
  Compared compared;
  for (const RuleCount& rule : counts.rules) {
    compared.add(rule, quoted, {rule.rows, counts.twice.least(rule.rows, rule), rule.rows},
                 number_text(rule.rows), number_text(rule.rows));
    Quantity quantity = quantity_of(rule, "rows", rule.rows);
    quantity.unit = rule.variant == "bursts" ? "bursts" : "rows";
    compared.quantities.push_back(std::move(quantity));
  }
  const std::string who = parties_text(context.parties());
  const std::string when = format_interval(compared.window());
  ClaimAnswer answer;
  if (compared.turns_on_twice) {
    answer = depends_on_twice(context, quoted, compared, counts.twice);
  } else if (compared.all(Against::holds) || names_its_rule(quoted, compared)) {
    answer = answer_holding(context, vantage, quoted, compared);
  } else if (compared.any(Against::holds)) {
    answer = depends_on_rule(context, quoted, compared);
  } else if (compared.all(Against::above) || shows_every_asker(context, vantage)) {
    answer = answered(
        context, Answer::contradicted,
        {fmt::format("{}{}, not {}", compared.span(), compared.by_rule(), quoted.text),
         fmt::format("No counting rule gives the quoted {} ({}): of the look-ups in {} {} bear "
                     "addresses of {}.",
                     quoted.text, range_text(quoted), when, compared.words(), who)},
        compared.findings());
  } else {
    answer = not_testable(
        context,
        fmt::format("No counting rule gives the quoted {} ({}): of the look-ups in {} {} bear "
                    "addresses of {}. But nobody vouches that these files show every look-up, so a "
                    "fuller record may hold the rest.",
                    quoted.text, range_text(quoted), when, compared.words(), who),
        {kFullerRecord});
    answer.in_short = fmt::format("{}{} in these files, which may not be all", compared.span(),
                                  compared.by_rule());
    for (const std::string& finding : compared.findings()) cite(answer, finding);
  }
  if (answer.answer == Answer::supported_only_within_these_files) {
    answer.would_test = {kFullerRecord};
  }
  answer.quantities = std::move(compared.quantities);
  return answer;
}

}  // namespace

ClaimAnswer answer_count(const Context& context) {
  const auto quoted =
      parse_quoted(context.field("value"), NumberUnit::count, context.field("tolerance"));
  if (!quoted) {
    return not_testable(context, fmt::format("'{}' with the tolerance '{}' is not understood as a "
                                             "count.",
                                             context.field("value"), context.field("tolerance")));
  }
  return over_vantages(context, Combine::any_supports, [&](std::string_view vantage) {
    return compare(context, vantage, *quoted);
  });
}

}  // namespace assay::claims
