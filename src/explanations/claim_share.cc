#include <fmt/format.h>

#include <algorithm>

#include "explanations/claim_volume.h"

namespace assay::claims {
namespace {

struct Shares {
  std::vector<std::string> holding, failing;  // sentences
  std::vector<std::string> cited_holding, cited_failing;
  std::vector<std::string> intervals_around;  // rules whose interval reaches the quote
  std::vector<Quantity> quantities;
};

double denominator_of(const RuleCount& rule, bool is_of_parties) {
  return is_of_parties ? rule.rows_of_parties : rule.rows_total;
}

bool reaches(const std::pair<double, double>& interval, const Quoted& quoted) {
  const bool is_below = quoted.has_low && interval.second < quoted.low.value();
  const bool is_above = quoted.has_high && interval.first > quoted.high.value();
  return !is_below && !is_above;
}

Shares compare_shares(const PartyCounts& counts, const Quoted& quoted, bool is_of_parties) {
  Shares shares;
  for (const RuleCount& rule : counts.rules) {
    const double total = denominator_of(rule, is_of_parties);
    if (total <= 0) continue;
    const double share = rule.rows / total;
    std::string sentence = fmt::format("{} = {} of {} ({})", percent_text(share),
                                       number_text(rule.rows), number_text(total), rule.words);
    Quantity quantity = quantity_of(rule, "share", share);
    if (rule.share_interval && !is_of_parties) {
      quantity.interval = rule.share_interval;
      quantity.interval_method = rule.interval_method;
    }
    const bool holds = quoted.holds(share);
    if (!holds && quantity.interval && reaches(*quantity.interval, quoted)) {
      shares.intervals_around.push_back(
          fmt::format("{} to {} ({})", percent_text(quantity.interval->first),
                      percent_text(quantity.interval->second), rule.words));
    }
    (holds ? shares.holding : shares.failing).push_back(std::move(sentence));
    auto& cited = holds ? shares.cited_holding : shares.cited_failing;
    cited.insert(cited.end(), rule.findings.begin(), rule.findings.end());
    shares.quantities.push_back(std::move(quantity));
  }
  return shares;
}

ClaimAnswer compare(const Context& context, std::string_view vantage, const Quoted& quoted,
                    bool is_of_parties) {
  const PartyCounts counts = count_parties(context, vantage);
  if (!counts.objection.empty()) return not_testable(context, counts.objection);
  Shares shares = compare_shares(counts, quoted, is_of_parties);
  if (shares.quantities.empty()) {
    return not_testable(context, "There is no look-up of which a share could be taken.",
                        {kFullerRecord});
  }
  const std::string who = parties_text(context.parties());
  const std::string when = format_interval(counts.rules.front().window);
  const std::string of = is_of_parties ? "the parties' look-ups" : "all look-ups in these files";
  const bool is_complete = is_declared_complete(context, vantage);
  ClaimAnswer answer;
  if (!shares.holding.empty()) {
    answer = answered(
        context, is_complete ? Answer::supported : Answer::supported_only_within_these_files,
        fmt::format("{} made {} of {} in {}, within the quoted {} ({}){}.{}", who,
                    fmt::join(shares.holding, ", "), of, when, quoted.text, range_text(quoted),
                    shares.failing.empty() ? ""
                                           : fmt::format("; counted otherwise it is {}",
                                                         fmt::join(shares.failing, ", ")),
                    is_complete ? "" : " Nobody vouches that these files show everyone who asked."),
        shares.cited_holding);
  } else {
    std::string statement = fmt::format(
        "No counting rule gives the quoted {} ({}): {} made {} of {} in {}.", quoted.text,
        range_text(quoted), who, fmt::join(shares.failing, ", "), of, when);
    if (!shares.intervals_around.empty()) {
      statement += fmt::format(
          " As a usual share beyond these rows it is not ruled out: an interval that allows for "
          "bursts is {}.",
          fmt::join(shares.intervals_around, ", "));
    }
    answer = answered(context, Answer::contradicted, std::move(statement), shares.cited_failing);
  }
  if (answer.answer == Answer::supported_only_within_these_files) {
    answer.would_test = {kFullerRecord};
  }
  answer.quantities = std::move(shares.quantities);
  return answer;
}

}  // namespace

ClaimAnswer answer_share(const Context& context) {
  const auto quoted =
      parse_quoted(context.field("value"), NumberUnit::share, context.field("tolerance"));
  if (!quoted) {
    return not_testable(
        context, fmt::format("'{}' with the tolerance '{}' is not understood as a share: write "
                             "\"87 %\" or 0.87.",
                             context.field("value"), context.field("tolerance")));
  }
  const std::string_view of = context.field("of");
  if (!of.empty() && of != "names" && of != "parties") {
    return not_testable(context,
                        fmt::format("A share of '{}' is not known: names or parties.", of));
  }
  return over_vantages(context, Combine::any_supports, [&](std::string_view vantage) {
    return compare(context, vantage, *quoted, of == "parties");
  });
}

}  // namespace assay::claims
