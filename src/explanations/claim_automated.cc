// automated, not_automated: whether a program makes a party's look-ups. A clock that is kept shows
// one, unless people at appointed times could keep it; that none is found shows nothing, since a
// program need not keep a clock.
#include <fmt/core.h>

#include "explanations/claims.h"

namespace assay::claims {
namespace {

constexpr char kHostProcess[] =
    "the process that asked on the inside host, from its own log or configuration";
const std::vector<std::string> kWouldTest{kResolverClientLog, kHostProcess};

constexpr char kOneThoughtOf[] =
    " That none is found holds only against the programs that one thought of: one that follows "
    "mail or a working day, waits at random, or asks more often than the cache lets through keeps "
    "no clock that could be seen.";
constexpr char kWhose[] =
    " It shows a program, not whose, and not that people did nothing beside it.";
constexpr char kAppointed[] =
    " So it does not show whether a program or people set the moments; the program's schedule, or "
    "the resolver's log over nights and weekends, would.";

// What the two methods that look for clocks say of the party at this vantage.
struct Clockwork {
  const Finding* automation = nullptr;
  const Finding* gaps = nullptr;
  bool is_shown = false;
  bool could_be_appointed = false;  // by people who come together at set times
  double period_seconds = 0;
  std::string objection;
};

Clockwork look(const Context& context, std::string_view vantage) {
  Clockwork seen;
  const std::string party = context.parties().front();
  seen.automation = find(context, "automation", party, vantage);
  seen.gaps = find(context, "gap_law", party, vantage);
  if (seen.automation != nullptr) {
    seen.objection = window_objection(context, seen.automation->window);
    seen.is_shown = seen.automation->value_or("automation_found", 0) != 0;
    seen.could_be_appointed = seen.automation->value_or("could_be_appointed", 0) != 0;
    seen.period_seconds = seen.automation->value_or("period_seconds", 0);
  }
  return seen;
}

void cite_all(const Clockwork& seen, ClaimAnswer& answer) {
  for (const Finding* finding : {seen.automation, seen.gaps}) {
    if (finding != nullptr) cite(answer, finding->id);
  }
  if (seen.automation == nullptr) return;
  for (const char* name :
       {"period_seconds", "jitter_share", "uncensored_rows", "sharp_share", "quiet_hours_share"}) {
    if (const Quantity* quantity = seen.automation->quantity(name)) {
      answer.quantities.push_back(*quantity);
    }
  }
}

ClaimAnswer answer_at(const Context& context, std::string_view vantage, Answer when_shown) {
  const Clockwork seen = look(context, vantage);
  if (!seen.objection.empty()) return not_testable(context, seen.objection);
  if (seen.automation == nullptr) {
    return not_testable(
        context,
        fmt::format("No clock was looked for in the look-ups of '{}'.", context.parties().front()),
        kWouldTest);
  }
  ClaimAnswer answer;
  if (seen.is_shown && seen.could_be_appointed) {
    answer = not_testable(context, seen.automation->statement + kAppointed, kWouldTest);
    answer.in_short = fmt::format("a period of {} s is kept, as programs and appointments do",
                                  number_text(seen.period_seconds, 1));
  } else if (seen.is_shown) {
    answer = answered(context, when_shown,
                      {fmt::format("a period of {} s is kept", number_text(seen.period_seconds, 1)),
                       seen.automation->statement + kWhose},
                      {});
  } else {
    answer = not_testable(context, seen.automation->statement + kOneThoughtOf, kWouldTest);
    answer.in_short = seen.automation->outcome == Outcome::nothing_found
                          ? "no clock is kept, which a program need not do"
                          : "the cache or too few rows hide a clock, if there is one";
  }
  cite_all(seen, answer);
  return answer;
}

ClaimAnswer answer_either(const Context& context, Answer when_shown, Combine rule) {
  if (context.parties().size() != 1) {
    return not_testable(context, "The claim must name one party ('party').");
  }
  return over_vantages(context, rule, [&](std::string_view vantage) {
    return answer_at(context, vantage, when_shown);
  });
}

}  // namespace

ClaimAnswer answer_automated(const Context& context) {
  return answer_either(context, Answer::supported, Combine::any_supports);
}

ClaimAnswer answer_not_automated(const Context& context) {
  return answer_either(context, Answer::contradicted, Combine::any_contradicts);
}

}  // namespace assay::claims
