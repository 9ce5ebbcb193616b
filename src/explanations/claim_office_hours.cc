#include <fmt/core.h>

#include "explanations/claims.h"

namespace assay::claims {
namespace {

const std::vector<std::string> kWouldTest{
    kResolverClientLog, "a longer record that holds a change of clocks and public holidays"};

ClaimAnswer answer_at(const Context& context, std::string_view vantage) {
  const std::string party = context.parties().front();
  const Finding* test = find(context, "time_zone", party, vantage, context.claim.id);
  if (test == nullptr) {
    const Finding* declined = find(context, "time_zone", party, vantage);
    if (declined == nullptr) {
      return not_testable(context, fmt::format("The hours of '{}' were not measured.", party),
                          kWouldTest);
    }
    ClaimAnswer answer = not_testable(context, declined->statement, kWouldTest);
    cite(answer, declined->id);
    return answer;
  }
  if (const std::string objection = window_objection(context, test->window); !objection.empty()) {
    return not_testable(context, objection);
  }
  const double others = test->value_or("others_that_fit", 0);
  const bool fits = test->outcome == Outcome::found;
  const std::string in_short = fmt::format(
      "{} in these hours, {} if there were no rhythm{}",
      percent_text(test->value_or("share_in_hours", 0)),
      percent_text(test->value_or("share_in_hours_if_uniform", 0)),
      fits && others > 0 ? fmt::format("; fits, as do {} others", number_text(others)) : "");
  const bool is_whole = shows_every_asker(context, vantage);
  ClaimAnswer answer;
  if (fits && others == 0) {
    answer =
        answered(context, is_whole ? Answer::supported : Answer::supported_only_within_these_files,
                 {in_short, test->statement + " It shows no person."}, {test->id});
  } else if (is_whole && !fits && test->value_or("is_excluded", 0) > 0) {
    answer = answered(context, Answer::contradicted, {in_short, test->statement}, {test->id});
  } else {
    // Of places that exclude each other and fit alike none is supported.
    answer = not_testable(context,
                          test->statement + (fits ? " It sets none of these places apart from the "
                                                    "others, and shows no person."
                                                  : ""),
                          kWouldTest);
    answer.in_short = in_short;
    cite(answer, test->id);
  }
  for (const char* name : {"share_in_hours", "share_in_hours_if_uniform"}) {
    if (const Quantity* quantity = test->quantity(name)) answer.quantities.push_back(*quantity);
  }
  return answer;
}

}  // namespace

ClaimAnswer answer_active_in_office_hours(const Context& context) {
  if (context.parties().size() != 1) {
    return not_testable(context, "The claim must name one party ('party').");
  }
  const std::size_t zones = context.list("zones").size();
  if (zones < 1 || zones > 2) {
    return not_testable(context, "The claim must name one zone or two ('zones').");
  }
  return over_vantages(context, Combine::any_supports,
                       [&](std::string_view vantage) { return answer_at(context, vantage); });
}

}  // namespace assay::claims
