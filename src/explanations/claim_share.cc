#include <fmt/core.h>

#include <algorithm>

#include "explanations/claim_volume.h"

namespace assay::claims {
namespace {

// Of what the share is taken.
enum class Of {
  names,    // all look-ups of the names, wherever they were recorded
  parties,  // the look-ups of the case's parties
  files,    // the look-ups that these files hold: then the files are all there is to know
};

double denominator_of(const RuleCount& rule, Of of) {
  return of == Of::parties ? rule.rows_of_parties : rule.rows_total;
}

Compared compare_shares(const PartyCounts& counts, const Quoted& quoted, Of of) {
  Compared compared;
  for (const RuleCount& rule : counts.rules) {
    const double total = denominator_of(rule, of);
    if (total <= 0) continue;
    const double share = rule.rows / total;
    // Least when only the parties' look-ups were counted twice, most when only those of others.
    const double least = counts.twice.least(rule.rows, rule);
    const double others = counts.twice.least(total - rule.rows, rule);
    const double low = least > 0 ? least / (least + total - rule.rows) : 0;
    const double high = rule.rows > 0 ? rule.rows / (rule.rows + others) : 0;
    Quantity quantity = quantity_of(rule, "share", share);
    if (rule.share_interval && of != Of::parties) {
      quantity.interval = rule.share_interval;
      quantity.interval_method = rule.interval_method;
    }
    const std::string interval =
        quantity.interval
            ? fmt::format(", 95 % interval {} to {}", percent_text(quantity.interval->first),
                          percent_text(quantity.interval->second))
            : "";
    compared.add(rule, quoted, {share, low, high},
                 fmt::format("{} = {} of {}{}", percent_text(share), number_text(rule.rows),
                             number_text(total), interval),
                 percent_text(share));
    compared.quantities.push_back(std::move(quantity));
  }
  return compared;
}

std::string short_share(const Compared& compared) { return compared.span() + compared.by_rule(); }

// Unseen look-ups can move a share anywhere between none and all; they cannot remove those seen.
bool no_fuller_record_helps(const Compared& compared, const Quoted& quoted, Of of) {
  return std::all_of(compared.rules.begin(), compared.rules.end(), [&](const Compared::One& one) {
    const bool others_asked = one.rule.rows < denominator_of(one.rule, of);
    return (quoted.has_low && quoted.low.value() >= 1 && others_asked) ||
           (quoted.has_high && quoted.high.value() <= 0 && one.rule.rows > 0);
  });
}

ClaimAnswer weigh(const Context& context, std::string_view vantage, const Quoted& quoted, Of of,
                  const Compared& compared) {
  const std::string made = fmt::format(
      "of {} in {} {} bear addresses of {}",
      of == Of::parties ? "the parties' look-ups in these files" : "all look-ups in these files",
      format_interval(compared.window()), compared.words(), parties_text(context.parties()));
  const bool is_complete = shows_every_asker(context, vantage);
  const char* open = " Nobody vouches that these files show everyone who asked.";
  if (compared.all(Against::holds)) {
    return answered(context,
                    is_complete ? Answer::supported : Answer::supported_only_within_these_files,
                    {fmt::format("{}, as quoted", short_share(compared)),
                     fmt::format("O{}, within the quoted {} ({}).{}", made.substr(1), quoted.text,
                                 range_text(quoted), is_complete ? "" : open)},
                    compared.findings());
  }
  if (compared.any(Against::holds)) return depends_on_rule(context, quoted, compared);
  const std::string fails = fmt::format("No counting rule gives the quoted {} ({}): {}.",
                                        quoted.text, range_text(quoted), made);
  if (of == Of::files || is_complete || no_fuller_record_helps(compared, quoted, of)) {
    return answered(
        context, Answer::contradicted,
        {fmt::format("{}, not {}", short_share(compared), quoted.text),
         fails + (of == Of::files ? " The quote is about these files, so they decide it." : "")},
        compared.findings());
  }
  ClaimAnswer answer = not_testable(
      context,
      fails + open +
          " In a fuller record the share may be another. To hold the quote against these files "
          "alone, say of = \"files\".",
      {kFullerRecord});
  answer.in_short = fmt::format("{} in these files, which may not be all", short_share(compared));
  for (const std::string& finding : compared.findings()) cite(answer, finding);
  return answer;
}

ClaimAnswer compare(const Context& context, std::string_view vantage, const Quoted& quoted, Of of) {
  const PartyCounts counts = count_parties(context, vantage);
  if (!counts.objection.empty()) return not_testable(context, counts.objection);
  const Compared compared = compare_shares(counts, quoted, of);
  if (compared.rules.empty()) {
    return not_testable(context, "There is no look-up of which a share could be taken.",
                        {kFullerRecord});
  }
  ClaimAnswer answer = compared.turns_on_twice
                           ? depends_on_twice(context, quoted, compared, counts.twice)
                           : weigh(context, vantage, quoted, of, compared);
  if (answer.answer == Answer::supported_only_within_these_files) {
    answer.would_test = {kFullerRecord};
  }
  answer.quantities = compared.quantities;
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
  const std::string_view text = context.field("of");
  if (!text.empty() && text != "names" && text != "parties" && text != "files") {
    return not_testable(
        context, fmt::format("A share of '{}' is not known: names, parties or files.", text));
  }
  const Of of = text == "parties" ? Of::parties : text == "files" ? Of::files : Of::names;
  return over_vantages(context, Combine::any_supports, [&](std::string_view vantage) {
    return compare(context, vantage, *quoted, of);
  });
}

}  // namespace assay::claims
