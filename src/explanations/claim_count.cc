#include <fmt/format.h>

#include <algorithm>

#include "explanations/claim_volume.h"

namespace assay::claims {
namespace {

std::string count_sentence(const RuleCount& rule) {
  return fmt::format("{} ({})", number_text(rule.rows), rule.words);
}

ClaimAnswer compare(const Context& context, std::string_view vantage, const Quoted& quoted) {
  const PartyCounts counts = count_parties(context, vantage);
  if (!counts.objection.empty()) return not_testable(context, counts.objection);
  std::vector<std::string> holding, failing, all_findings;
  std::vector<std::string> cited;
  bool is_short = true;  // under every rule the files hold fewer than was quoted
  std::vector<Quantity> quantities;
  for (const RuleCount& rule : counts.rules) {
    const bool holds = quoted.holds(rule.rows);
    (holds ? holding : failing).push_back(count_sentence(rule));
    if (quoted.has_high && !holds) is_short &= rule.rows < quoted.value.value();
    auto& target = holds ? cited : all_findings;
    target.insert(target.end(), rule.findings.begin(), rule.findings.end());
    quantities.push_back(quantity_of(rule, "rows", rule.rows));
    quantities.back().unit = rule.variant == "bursts" ? "bursts" : "rows";
  }
  const std::string who = parties_text(context.parties());
  const std::string when = format_interval(counts.rules.front().window);
  const bool is_complete = is_declared_complete(context, vantage);
  ClaimAnswer answer;
  if (!holding.empty()) {
    answer = answered(
        context, is_complete ? Answer::supported : Answer::supported_only_within_these_files,
        fmt::format("{} made {} of the look-ups in {}, as quoted ({}){}.{}", who,
                    fmt::join(holding, ", "), when, range_text(quoted),
                    failing.empty()
                        ? ""
                        : fmt::format("; counted otherwise it is {}", fmt::join(failing, ", ")),
                    is_complete ? "" : " Nobody vouches that these files are complete."),
        cited);
  } else if (is_short && !is_complete && quoted.has_low) {
    answer = not_testable(
        context,
        fmt::format("These files hold fewer than the quoted {}: {} made {} in {}. Nobody vouches "
                    "that they are complete, so a fuller record may hold the rest; these do not.",
                    quoted.text, who, fmt::join(failing, ", "), when),
        {kFullerRecord});
    for (const std::string& finding : all_findings) cite(answer, finding);
  } else {
    answer = answered(
        context, Answer::contradicted,
        fmt::format("No counting rule gives the quoted {} ({}): {} made {} of the look-ups in {}.",
                    quoted.text, range_text(quoted), who, fmt::join(failing, ", "), when),
        all_findings);
  }
  if (answer.answer == Answer::supported_only_within_these_files) {
    answer.would_test = {kFullerRecord};
  }
  answer.quantities = std::move(quantities);
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
