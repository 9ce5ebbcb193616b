// period: a look-up every so often. A mean is no period, and a cache with a TTL of an hour makes
// hourly gaps of any steady demand.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "explanations/claim_fields.h"
#include "explanations/claims.h"
#include "explanations/quoted_number.h"

namespace assay::claims {
namespace {

// "every hour" names no tolerance; a period that is kept is measured far better than this.
constexpr double kUsualTolerance = 0.05;
constexpr double kMostMarks = 1.5;  // periods; a longer median wait uses fewer than every mark
constexpr char kWindowOfTimer[] =
    "the schedule of the program that asks, or its host's process log";
const std::vector<std::string> kWouldTest{kResolverClientLog, kWindowOfTimer};

struct Wanted {
  double seconds = 0, low = 0, high = 0;
  std::string text;  // "1 hour"

  bool holds(double period) const { return period >= low && period <= high; }
};

struct Seen {
  const Finding* automation = nullptr;
  const Finding* gaps = nullptr;
  double period = 0;  // 0: none is kept
  double ttl = 0;     // 0: not known
  bool is_ttl_estimated = false;
  double median = 0;
};

Seen look(const Context& context, std::string_view vantage) {
  const std::string party = context.parties().front();
  Seen seen{find(context, "automation", party, vantage), find(context, "gap_law", party, vantage)};
  if (seen.automation != nullptr && seen.automation->value_or("automation_found", 0) != 0) {
    seen.period = seen.automation->value_or("period_seconds", 0);
  }
  if (seen.gaps != nullptr) {
    seen.ttl = seen.gaps->value_or("ttl_seconds", 0);
    const auto source = seen.gaps->parameters.find("ttl_source");
    seen.is_ttl_estimated = source != seen.gaps->parameters.end() && source->second == "estimated";
    seen.median = seen.gaps->value_or("gap_seconds_median", 0);
    if (seen.period <= 0) {
      seen.period = std::max(seen.gaps->value_or("clock_period_seconds", 0),
                             seen.gaps->value_or("timer_interval_seconds", 0));
    }
  }
  return seen;
}

// How far apart the rows of a timer stand behind a cache: it asks at once after each expiry.
double behind_cache(double period, double ttl) {
  return std::max(1.0, std::ceil(ttl / period - 1e-9)) * period;
}

// One of the two is a whole multiple of the other, within the tolerance: a cache lets through only
// some of a timer's look-ups, and losses thin them.
bool is_multiple(const Wanted& wanted, double period) {
  const auto reaches = [](double low, double high) {  // an integer above 1 lies between
    return std::floor(high + 1e-9) >= std::max(2.0, std::ceil(low - 1e-9));
  };
  if (wanted.low <= 0) return true;  // a tolerance of all
  return reaches(period / wanted.high, period / wanted.low) ||
         reaches(wanted.low / period, wanted.high / period);
}

// The quoted timer would leave the period that is kept.
bool is_hidden_by_cache(const Wanted& wanted, const Seen& seen) {
  if (seen.ttl <= wanted.seconds) return false;
  const double expected = behind_cache(wanted.seconds, seen.ttl);
  return std::fabs(expected - seen.period) <= wanted.high - wanted.seconds;
}

std::string faster_text(const Seen& seen) {
  if (seen.ttl <= seen.period / 2) return "";
  return fmt::format(
      " Behind a cache with a TTL of {} s a program that asks twice as often would leave the same "
      "look-ups.",
      number_text(seen.ttl));
}

ClaimAnswer of_period(const Context& context, const Wanted& wanted, const Seen& seen) {
  const std::string kept = fmt::format("a period of {} s is kept", number_text(seen.period, 1));
  std::vector<std::string> cited;
  for (const Finding* finding : {seen.automation, seen.gaps}) {
    if (finding != nullptr) cited.push_back(finding->id);
  }
  if (wanted.holds(seen.period) && seen.median > kMostMarks * seen.period) {
    ClaimAnswer answer = not_testable(
        context,
        fmt::format("The marks of a clock of {} s are kept, and the median wait between look-ups "
                    "is {} s: most marks are passed over, as a program leaves them that asks less "
                    "often, or a cache.",
                    number_text(seen.period, 1), number_text(seen.median, 1)),
        kWouldTest);
    answer.in_short = kept + ", and most of its marks are passed over";
    for (const std::string& id : cited) cite(answer, id);
    return answer;
  }
  if (wanted.holds(seen.period)) {
    return answered(
        context, Answer::supported,
        {kept, fmt::format("Their look-ups keep a period of {} s, within {} to {} s.{} It shows a "
                           "clock, not whose.",
                           number_text(seen.period, 1), number_text(wanted.low, 1),
                           number_text(wanted.high, 1), faster_text(seen))},
        cited);
  }
  if (is_hidden_by_cache(wanted, seen)) {
    ClaimAnswer answer = not_testable(
        context,
        fmt::format(
            "A period of {} s is kept, which a program that asks every {} leaves behind a "
            "cache with a TTL of {} s, and so does one that asks as often as the rows show.",
            number_text(seen.period, 1), wanted.text, number_text(seen.ttl)),
        kWouldTest);
    answer.in_short = kept + ", which the cache may have made";
    for (const std::string& id : cited) cite(answer, id);
    return answer;
  }
  if (seen.ttl <= 0 || is_multiple(wanted, seen.period)) {
    ClaimAnswer answer = not_testable(
        context,
        fmt::format("Another period is kept, of {} s. {}", number_text(seen.period, 1),
                    seen.ttl <= 0
                        ? "The names' TTL is not known, so a cache may have made it of the quoted "
                          "one."
                        : "One is a multiple of the other, as caches, losses and several programs "
                          "make them, so it refutes none."),
        kWouldTest);
    answer.in_short = kept + fmt::format(", which does not refute {}", wanted.text);
    for (const std::string& id : cited) cite(answer, id);
    return answer;
  }
  return answered(
      context, Answer::contradicted,
      {kept + fmt::format(", not {} s", number_text(wanted.seconds, 1)),
       fmt::format(
           "Their look-ups keep a period of {} s, not one within {} to {} s, and no cache "
           "with the TTL of {} s{} would make the one of the other. A second program behind the "
           "same addresses, whose look-ups this clock hides, is not excluded.",
           number_text(seen.period, 1), number_text(wanted.low, 1), number_text(wanted.high, 1),
           number_text(seen.ttl), seen.is_ttl_estimated ? " that the gaps tell of" : "")},
      cited);
}

ClaimAnswer of_none(const Context& context, const Wanted& wanted, const Seen& seen,
                    std::string_view vantage) {
  ClaimAnswer answer;
  const double longest = behind_cache(wanted.high, seen.ttl);
  if (seen.gaps != nullptr && wanted.holds(seen.ttl)) {
    answer = not_testable(
        context,
        fmt::format("The names' TTL of {} s makes gaps of about that length of any steady demand, "
                    "whatever its own rhythm: such gaps show no program that asks every {}.",
                    number_text(seen.ttl), wanted.text),
        kWouldTest);
    answer.in_short = fmt::format("the TTL is {} s and makes such gaps", number_text(seen.ttl));
  } else if (seen.median > longest && shows_every_asker(context, vantage)) {
    answer = answered(
        context, Answer::contradicted,
        {fmt::format("half of the gaps exceed {} s", number_text(seen.median)),
         fmt::format(
             "Half of the gaps between their bursts are longer than {} s; look-ups every "
             "{} would leave none much longer than {} s, with the cache taken into account.",
             number_text(seen.median), wanted.text, number_text(longest))},
        {});
  } else {
    answer = not_testable(context,
                          seen.automation != nullptr
                              ? seen.automation->statement +
                                    " That no period shows does not refute one: jitter, "
                                    "other demand beside it, or the cache may hide it."
                              : std::string("The rhythm of the party's look-ups was not measured."),
                          kWouldTest);
    answer.in_short = "no period is kept, which does not refute one";
  }
  for (const Finding* finding : {seen.automation, seen.gaps}) {
    if (finding != nullptr) cite(answer, finding->id);
  }
  return answer;
}

ClaimAnswer answer_at(const Context& context, std::string_view vantage, const Wanted& wanted) {
  const Seen seen = look(context, vantage);
  const Finding* any = seen.automation != nullptr ? seen.automation : seen.gaps;
  if (any != nullptr) {
    if (const std::string objection = window_objection(context, any->window); !objection.empty()) {
      return not_testable(context, objection);
    }
  }
  ClaimAnswer answer =
      seen.period > 0 ? of_period(context, wanted, seen) : of_none(context, wanted, seen, vantage);
  const auto add = [&](const char* name, double value) {
    if (value <= 0) return;
    Quantity quantity;
    quantity.name = name;
    quantity.value = value;
    quantity.unit = "s";
    answer.quantities.push_back(std::move(quantity));
  };
  add("period_seconds", seen.period);
  add("ttl_seconds", seen.ttl);
  add("gap_seconds_median", seen.median);
  return answer;
}

}  // namespace

ClaimAnswer answer_period(const Context& context) {
  if (context.parties().size() != 1) {
    return not_testable(context, "The claim must name one party ('party').");
  }
  const auto quoted = parse_quoted(context.field("value"), NumberUnit::plain, "");
  const auto unit = std::find_if(kRateUnits.begin(), kRateUnits.end(), [&](const RateUnit& known) {
    return known.word == context.field("unit");
  });
  if (!quoted || unit == kRateUnits.end() || quoted->value.value() <= 0 || !quoted->has_low ||
      !quoted->has_high) {
    return not_testable(context, fmt::format("'{} {}' is not understood as a period.",
                                             context.field("value"), context.field("unit")));
  }
  const double value = quoted->value.value();
  double tolerance = kUsualTolerance * value;
  if (const auto stated = parse_quoted(context.field("tolerance"), NumberUnit::plain)) {
    tolerance = stated->value.value();
  }
  const Wanted wanted{
      value * unit->seconds, (value - tolerance) * unit->seconds,
      (value + tolerance) * unit->seconds,
      fmt::format("{} {}{}", number_text(value, 2), unit->word, value == 1 ? "" : "s")};
  return over_vantages(context, Combine::any_supports, [&](std::string_view vantage) {
    return answer_at(context, vantage, wanted);
  });
}

}  // namespace assay::claims
