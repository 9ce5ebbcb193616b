#include <fmt/core.h>

#include "explanations/claims.h"

namespace assay::claims {
namespace {

const std::vector<std::string> kWouldTest{
    "a longer record, or more events that were fixed beforehand",
    "records of what was sent on those days (mail logs of either side)"};

ClaimAnswer answer_at(const Context& context, std::string_view vantage) {
  const std::string party = context.parties().front();
  const std::string variant = context.list("events").empty() ? "" : context.claim.id;
  const Finding* test = find(context, "event_coincidence", party, vantage, variant);
  if (test == nullptr) {
    const Finding* declined = find(context, "event_coincidence", "", vantage);
    if (declined == nullptr) {
      return not_testable(
          context,
          fmt::format("Whether look-ups of '{}' pile up on these days was not measured: it "
                      "takes 20 bursts, and events on observed days.",
                      party),
          kWouldTest);
    }
    ClaimAnswer answer = not_testable(context, declined->statement, kWouldTest);
    cite(answer, declined->id);
    return answer;
  }
  if (const std::string objection = window_objection(context, test->window); !objection.empty()) {
    return not_testable(context, objection);
  }
  const std::string in_short = fmt::format("{} bursts on {} of the days, {} by chance",
                                           number_text(test->value_or("bursts_inside", 0)),
                                           percent_text(test->value_or("share_of_days_covered", 0)),
                                           number_text(test->value_or("bursts_expected", 0), 1));
  const std::string numbers = fmt::format(
      "{}'s look-ups: {} (p = {} after {} tests tried).", party, in_short,
      number_text(test->value_or("p_corrected", 1), 3), number_text(test->value_or("looks", 0)));
  const bool is_whole = shows_every_asker(context, vantage);
  ClaimAnswer answer;
  if (test->outcome == Outcome::found) {
    answer = answered(
        context, is_whole ? Answer::supported : Answer::supported_only_within_these_files,
        {in_short, numbers + " That is a coincidence in time, not a cause, and holds only for a "
                             "calendar that was fixed before anybody looked."},
        {test->id});
  } else if (is_whole && test->value_or("score", 0) < 0) {
    answer = answered(
        context, Answer::contradicted,
        {in_short, numbers + " In complete records that is fewer than on other days."}, {test->id});
  } else {
    answer = not_testable(
        context,
        numbers + " No more than chance explains; that does not show that there is no tie.",
        kWouldTest);
    answer.in_short = in_short;
    cite(answer, test->id);
  }
  for (const char* name : {"bursts_inside", "bursts_expected", "p_corrected"}) {
    if (const Quantity* quantity = test->quantity(name)) answer.quantities.push_back(*quantity);
  }
  return answer;
}

}  // namespace

ClaimAnswer answer_coincides_with(const Context& context) {
  if (context.parties().size() != 1) {
    return not_testable(context, "The claim must name one party ('party').");
  }
  return over_vantages(context, Combine::any_supports,
                       [&](std::string_view vantage) { return answer_at(context, vantage); });
}

}  // namespace assay::claims
