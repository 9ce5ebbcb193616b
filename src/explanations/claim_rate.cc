#include <fmt/format.h>

#include <algorithm>

#include "explanations/claim_fields.h"
#include "explanations/claim_volume.h"

namespace assay::claims {
namespace {

using Unit = RateUnit;
constexpr double kSecondsPerDay = 86'400;

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
      text +=
          fmt::format("; they begin at the TTL of {} s, as a cache makes them, and no clock shows",
                      number_text(gaps->value_or("ttl_seconds", 0)));
    }
    return text + ".";
  }
  return "";
}

std::string rate_text(double rate) { return number_text(rate, rate < 10 ? 2 : 1); }

bool reaches(const std::pair<double, double>& interval, const Quoted& quoted) {
  const bool is_below = quoted.has_low && interval.second < quoted.low.value();
  const bool is_above = quoted.has_high && interval.first > quoted.high.value();
  return !is_below && !is_above;
}

bool is_above(double rate, const Quoted& quoted) {
  return quoted.has_high && !quoted.holds(rate) && rate >= quoted.high.value();
}

// "over the 10 observed days of 2021-01-01/2021-04-11"
std::string when_text(const RuleCount& rule) {
  const std::string window = format_interval(rule.window);
  const bool is_all = !rule.observed_days || *rule.observed_days >= rule.window.length_days();
  return is_all ? "over " + window
                : fmt::format("over the {} observed days of {}",
                              number_text(*rule.observed_days, 2), window);
}

// Rates under every rule, with the interval that allows for bursts where volume gives one.
struct Rates {
  Compared compared;
  std::vector<std::string>
      intervals_around;  // of rules whose mean fails and whose interval reaches
  // Above the quote under every rule even if nothing was asked while nobody recorded.
  bool is_above_anyhow = true;
};

Rates measure(const PartyCounts& counts, const Quoted& quoted, const Unit& unit) {
  Rates rates;
  const double days_per_unit = unit.seconds / kSecondsPerDay;
  for (const RuleCount& rule : counts.rules) {
    const double rate = rule.rows_per_day * days_per_unit;
    const double least = rule.rows > 0 ? counts.twice.least(rule.rows, rule) / rule.rows : 1;
    rates.compared.add(rule, quoted, {rate, rate * least, rate},
                       fmt::format("{} per {}", rate_text(rate), unit.word), rate_text(rate));
    Quantity quantity = quantity_of(rule, "rate", rate);
    quantity.unit = fmt::format("per {}", unit.word);
    if (rule.rate_interval) {
      quantity.interval = {
          {rule.rate_interval->first * days_per_unit, rule.rate_interval->second * days_per_unit}};
      quantity.interval_method = rule.rate_interval_method;
      if (!quoted.holds(rate) && reaches(*quantity.interval, quoted)) {
        rates.intervals_around.push_back(
            fmt::format("{} to {} ({})", rate_text(quantity.interval->first),
                        rate_text(quantity.interval->second), rule.words));
      }
    }
    rates.is_above_anyhow =
        rates.is_above_anyhow && is_above(rule.rows_per_window_day * days_per_unit * least, quoted);
    rates.compared.quantities.push_back(std::move(quantity));
  }
  return rates;
}

ClaimAnswer weigh(const Context& context, std::string_view vantage, const Quoted& quoted,
                  const Unit& unit, const Rates& rates) {
  const Compared& compared = rates.compared;
  const std::string who = parties_text(context.parties());
  const std::string mean = fmt::format(
      "{} {} bear addresses of {}", when_text(compared.rules.front().rule), compared.words(), who);
  const std::string in_short =
      fmt::format("{} per {}{}", compared.span(), unit.word, compared.by_rule());
  const bool is_complete = shows_every_asker(context, vantage);
  if (compared.all(Against::holds)) {
    return answered(context,
                    is_complete ? Answer::supported : Answer::supported_only_within_these_files,
                    {in_short + "; a mean is no period",
                     fmt::format("As a mean, {}, within the quoted {} per {} ({}).", mean,
                                 quoted.text, unit.word, range_text(quoted))},
                    compared.findings());
  }
  if (compared.any(Against::holds)) {
    ClaimAnswer answer = depends_on_rule(context, quoted, compared);
    answer.in_short += "; no period";
    return answer;
  }
  if (!rates.intervals_around.empty()) {
    ClaimAnswer answer = not_testable(
        context,
        fmt::format("As a mean, {}, not the quoted {} per {} ({}). But look-ups come in bursts: an "
                    "interval that allows for them is {}, so the quoted rate is neither shown nor "
                    "ruled out.",
                    mean, quoted.text, unit.word, range_text(quoted),
                    fmt::join(rates.intervals_around, ", ")),
        {"a longer record of the same look-ups"});
    answer.in_short = fmt::format("{}; its interval reaches {}", in_short, quoted.text);
    for (const std::string& finding : compared.findings()) cite(answer, finding);
    return answer;
  }
  if (rates.is_above_anyhow || is_complete) {
    return answered(
        context, Answer::contradicted,
        {fmt::format("{}, not {}", in_short, quoted.text),
         fmt::format("The mean is not the quoted {} per {} ({}) under any counting rule: {}.",
                     quoted.text, unit.word, range_text(quoted), mean)},
        compared.findings());
  }
  const bool is_above = compared.all(Against::above);
  ClaimAnswer answer = not_testable(
      context,
      fmt::format("These files do not show the quoted {} per {} ({}): {}. But {}.", quoted.text,
                  unit.word, range_text(quoted), mean,
                  is_above ? "the rest of the window was not recorded, and if less was asked then, "
                             "the rate over all of it may be as quoted"
                           : "nobody vouches that they show every look-up, so the true rate may be "
                             "higher"),
      {kFullerRecord});
  answer.in_short = in_short + " in these files, which may not be all";
  for (const std::string& finding : compared.findings()) cite(answer, finding);
  return answer;
}

ClaimAnswer compare(const Context& context, std::string_view vantage, const Quoted& quoted,
                    const Unit& unit) {
  const PartyCounts counts = count_parties(context, vantage);
  if (!counts.objection.empty()) return not_testable(context, counts.objection);
  if (counts.rules.front().window.length_us() <= 0) {
    return not_testable(context, "The window has no length.", {kFullerRecord});
  }
  if (const std::string& why = counts.rules.front().rate_objection; !why.empty()) {
    return not_testable(context, why, {kFullerRecord});
  }
  const Rates rates = measure(counts, quoted, unit);
  ClaimAnswer answer = rates.compared.turns_on_twice
                           ? depends_on_twice(context, quoted, rates.compared, counts.twice)
                           : weigh(context, vantage, quoted, unit, rates);
  answer.statement += fmt::format(
      " A mean is not a period: it does not show that a look-up came every {}.", unit.word);
  answer.statement += period_text(context, vantage, answer);
  if (answer.answer == Answer::supported_only_within_these_files) {
    answer.would_test = {kFullerRecord};
  }
  answer.quantities = rates.compared.quantities;
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
  const auto unit = std::find_if(kRateUnits.begin(), kRateUnits.end(),
                                 [&](const Unit& candidate) { return candidate.word == per; });
  if (unit == kRateUnits.end()) {
    return not_testable(
        context,
        fmt::format("A rate per '{}' is not known: second, minute, hour, day or week.", per));
  }
  return over_vantages(context, Combine::any_supports, [&](std::string_view vantage) {
    return compare(context, vantage, *quoted, *unit);
  });
}

}  // namespace assay::claims
