#include "explanations/claim_volume.h"

#include <fmt/format.h>

#include <algorithm>

#include "explanations/claim_fields.h"

namespace assay::claims {
namespace {

bool is_stated_party(const Context& context, std::string_view subject) {
  return context.case_file.find_party(subject) != nullptr;
}

// One party's own interval; for all parties that asked, one minus the interval of everybody else.
void set_interval(const Context& context, std::string_view vantage,
                  const std::vector<std::string>& parties, RuleCount& rule) {
  if (parties.size() == 1) {
    const Finding* volume = find(context, "volume", parties.front(), vantage, rule.variant);
    const Quantity* share = volume != nullptr ? volume->quantity("share") : nullptr;
    if (share == nullptr || !share->interval) return;
    rule.share_interval = share->interval;
    rule.interval_method = share->interval_method;
    return;
  }
  const Finding* other = find(context, "volume", "other", vantage, rule.variant);
  const Quantity* share = other != nullptr ? other->quantity("share") : nullptr;
  if (share == nullptr || !share->interval) return;
  if (rule.rows + other->value_or("rows", 0) != rule.rows_total) return;
  rule.share_interval.emplace(1 - share->interval->second, 1 - share->interval->first);
  rule.interval_method = share->interval_method;
  rule.findings.push_back(other->id);
}

// One party's own rate with its interval; a sum has none, since parties' bursts may go together.
void add_rate(const Finding& volume, bool is_alone, RuleCount& rule) {
  const double days = volume.window.length_days();
  const Quantity* rate = volume.quantity("rate_per_day");
  rule.rows_per_day += rate != nullptr ? rate->value
                       : days > 0      ? volume.value_or("rows", 0) / days
                                       : 0;
  if (days > 0) rule.rows_per_window_day += volume.value_or("rows", 0) / days;
  if (const Quantity* observed = volume.quantity("observed_days")) {
    rule.observed_days = observed->value;
  }
  if (rate == nullptr || !is_alone) return;
  rule.rate_interval = rate->interval;
  rule.rate_interval_method = rate->interval_method;
}

std::string count_rule(const Context& context, std::string_view vantage,
                       const std::vector<std::string>& parties, RuleCount& rule) {
  for (const std::string& party : parties) {
    const Finding* volume = find(context, "volume", party, vantage, rule.variant);
    if (volume == nullptr) {
      const Party* stated = context.case_file.find_party(party);
      return stated != nullptr
                 ? fmt::format("No rows could be counted for {}: {}.", party,
                               stated->addresses.empty() ? "it holds no address in the case"
                                                         : "no record of look-ups was read")
                 : fmt::format("The case knows no party '{}'.", party);
    }
    rule.rows += volume->value_or("rows", 0);
    rule.rows_total = volume->value_or("rows_total", 0);
    rule.words = volume->dedup_rule;
    rule.window = volume->window;
    rule.findings.push_back(volume->id);
    add_rate(*volume, parties.size() == 1, rule);
  }
  for (const Party& party : context.case_file.parties) {
    const Finding* volume = find(context, "volume", party.name, vantage, rule.variant);
    if (volume != nullptr) rule.rows_of_parties += volume->value_or("rows", 0);
  }
  set_interval(context, vantage, parties, rule);
  return "";
}

// How many rows can be too many. One twin is found for a row, so a third copy finds none: of more
// than two evidences every event found may stand for two rows too many.
CountedTwice count_twice(const Context& context, std::string_view vantage) {
  CountedTwice twice;
  const Finding* all = find(context, "volume", "", vantage, "raw");
  const std::size_t files = all != nullptr ? all->selection.evidences.size() : 0;
  for (const Finding* pair : context.findings.by_method("duplicates", "", vantage)) {
    const double events = pair->value_or("same_events", 0);
    if (events <= 0) continue;
    twice.most += events * (files > 2 ? 2 : 1);
    twice.findings.push_back(pair->id);
    if (!twice.words.empty()) continue;  // one tells it
    twice.words = fmt::format("{} tell {} look-ups in common", pair->subject, number_text(events));
  }
  twice.most_of_subject = files > 2 ? 1 - 1.0 / static_cast<double>(files) : 0.5;
  return twice;
}

// Rows of a time for which no address of the party is known could be its own.
std::string holding_objection(const Context& context, const std::vector<std::string>& parties,
                              const Interval& window) {
  for (const std::string& name : parties) {
    const Party* party = context.case_file.find_party(name);
    if (party == nullptr || !party->holds || party->holds->contains(window)) continue;
    return fmt::format(
        "{} is stated to hold its addresses in {} only: which it had in the rest of {} the case "
        "does not tell.",
        name, format_interval(*party->holds), format_interval(window));
  }
  return "";
}

bool is_whole_day(std::int64_t us) { return us % kMicrosPerDay == 0; }

// Raw rows of `window`, whole UTC days, out of the table of daily counts.
std::string count_days(const Context& context, std::string_view vantage, const Interval& window,
                       const std::vector<std::string>& parties, RuleCount& rule) {
  const Finding* all = find(context, "volume", "", vantage, "raw");
  const Table* daily = all != nullptr ? all->table("daily_counts") : nullptr;
  if (daily == nullptr || all->quantity("rows") == nullptr) return "No daily counts were made.";
  if (const Finding* untold = find(context, "volume", "not told", vantage, "raw");
      untold != nullptr && untold->value_or("rows", 0) > 0) {
    return "Some rows do not tell who asked, so a day's total is not known.";
  }
  for (const std::string& party : parties) {
    if (std::find(daily->columns.begin(), daily->columns.end(), party) == daily->columns.end()) {
      return fmt::format("The daily counts do not know '{}'.", party);
    }
  }
  for (std::size_t row = 0; row < daily->rows.size(); ++row) {
    const Result<Instant> day = parse_rfc3339(daily->row_labels[row]);
    if (!day.ok() || !window.contains(day->us)) continue;
    for (std::size_t column = 0; column < daily->columns.size(); ++column) {
      const std::string& subject = daily->columns[column];
      const double rows = daily->rows[row][column];
      rule.rows_total += rows;
      if (is_stated_party(context, subject)) rule.rows_of_parties += rows;
      if (std::find(parties.begin(), parties.end(), subject) != parties.end()) rule.rows += rows;
    }
  }
  rule.words = all->dedup_rule;
  rule.window = window;
  if (!window.empty()) rule.rows_per_day = rule.rows / window.length_days();
  rule.rows_per_window_day = rule.rows_per_day;
  const double observed = all->value_or("observed_days", all->window.length_days());
  if (observed < all->window.length_days()) {
    rule.rate_objection = fmt::format(
        "Coverage is declared for {} of the {} days of the question's window, and the daily counts "
        "do not tell on which of them nobody recorded: ask a question with the claim's window.",
        number_text(observed, 1), number_text(all->window.length_days(), 1));
  }
  rule.findings.push_back(all->id);
  return "";
}

}  // namespace

PartyCounts count_parties(const Context& context, std::string_view vantage) {
  PartyCounts counts;
  std::vector<std::string> parties = context.parties();
  std::sort(parties.begin(), parties.end());
  parties.erase(std::unique(parties.begin(), parties.end()), parties.end());
  if (parties.empty()) {
    counts.objection = "The claim names no party ('party' or 'parties').";
    return counts;
  }
  counts.twice = count_twice(context, vantage);
  const std::string_view dedup = context.field("dedup");
  if (!dedup.empty() &&
      std::find(kCountingRules.begin(), kCountingRules.end(), dedup) == kCountingRules.end()) {
    counts.objection =
        fmt::format("The counting rule '{}' is not known: raw, collapsed or bursts.", dedup);
    return counts;
  }
  for (const std::string_view variant : kCountingRules) {
    if (!dedup.empty() && dedup != variant) continue;
    RuleCount rule;
    rule.variant = std::string(variant);
    counts.objection = count_rule(context, vantage, parties, rule);
    if (!counts.objection.empty()) return counts;
    counts.rules.push_back(std::move(rule));
  }
  const Interval measured = counts.rules.front().window;
  counts.objection = window_objection(context, measured);
  if (counts.objection.empty()) {
    counts.objection = holding_objection(context, parties, measured);
    if (!counts.objection.empty()) counts.rules.clear();
    return counts;
  }
  counts.rules.clear();
  const Result<Interval> window = parse_interval(context.field("window"));
  const bool can_use_days = window.ok() && is_whole_day(window->begin_us) &&
                            is_whole_day(window->end_us) && measured.contains(*window) &&
                            (dedup.empty() || dedup == "raw");
  if (!can_use_days) return counts;
  RuleCount rule;
  rule.variant = "raw";
  counts.objection = count_days(context, vantage, *window, parties, rule);
  if (counts.objection.empty()) counts.objection = holding_objection(context, parties, *window);
  if (counts.objection.empty()) counts.rules.push_back(std::move(rule));
  return counts;
}

double CountedTwice::least(double rows, const RuleCount& rule) const {
  return rule.variant == "bursts" ? rows : rows - std::min(most, rows * most_of_subject);
}

void Compared::add(const RuleCount& rule, const Quoted& quoted, const Value& value,
                   std::string number, std::string brief) {
  const auto stands = [&](double number_of) {
    if (quoted.holds(number_of)) return Against::holds;
    const bool is_above = quoted.has_high && (!quoted.has_low || number_of > quoted.low.value());
    return is_above ? Against::above : Against::below;
  };
  const Against against = stands(value.value);
  turns_on_twice |= stands(value.low) != against || stands(value.high) != against;
  rules.push_back({rule, against, value.value, std::move(number), std::move(brief)});
}

bool Compared::all(Against against) const {
  return std::all_of(rules.begin(), rules.end(),
                     [&](const One& one) { return one.against == against; });
}

bool Compared::any(Against against) const {
  return std::any_of(rules.begin(), rules.end(),
                     [&](const One& one) { return one.against == against; });
}

std::string Compared::words(Against against, bool is_so) const {
  std::vector<std::string> words;
  for (const One& one : rules) {
    if ((one.against == against) != is_so) continue;
    words.push_back(fmt::format("{} ({})", one.number, one.rule.words));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string Compared::words() const {
  std::vector<std::string> words;
  for (const One& one : rules) {
    words.push_back(fmt::format("{} ({})", one.number, one.rule.words));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string Compared::brief(Against against, bool is_so) const {
  std::vector<std::string> numbers, told;
  for (const One& one : rules) {
    const bool is_known = std::find(numbers.begin(), numbers.end(), one.brief) != numbers.end();
    if ((one.against == against) != is_so || is_known) continue;
    numbers.push_back(one.brief);
    told.push_back(fmt::format("{} by {}", one.brief,
                               one.rule.variant == "raw" ? "raw rows" : one.rule.variant));
  }
  return fmt::format("{}", fmt::join(told, ", "));
}

std::string Compared::span() const {
  const auto [low, high] = std::minmax_element(
      rules.begin(), rules.end(), [](const One& a, const One& b) { return a.value < b.value; });
  return low->brief == high->brief ? low->brief : fmt::format("{} to {}", low->brief, high->brief);
}

std::string Compared::by_rule() const {
  const bool is_same = std::all_of(
      rules.begin(), rules.end(), [&](const One& one) { return one.brief == rules.front().brief; });
  return is_same ? "" : " by counting rule";
}

std::vector<std::string> Compared::findings(Against against, bool is_so) const {
  std::vector<std::string> ids;
  for (const One& one : rules) {
    if ((one.against == against) != is_so) continue;
    ids.insert(ids.end(), one.rule.findings.begin(), one.rule.findings.end());
  }
  return ids;
}

std::vector<std::string> Compared::findings() const {
  std::vector<std::string> ids;
  for (const One& one : rules) {
    ids.insert(ids.end(), one.rule.findings.begin(), one.rule.findings.end());
  }
  return ids;
}

ClaimAnswer depends_on_rule(const Context& context, const Quoted& quoted,
                            const Compared& compared) {
  ClaimAnswer answer = not_testable(
      context,
      fmt::format(
          "Whether the look-ups of {} in {} are as quoted ({}) depends on the counting rule, "
          "which the quote does not tell: {} would be, {} would not.",
          parties_text(context.parties()), format_interval(compared.window()), range_text(quoted),
          compared.words(Against::holds, true), compared.words(Against::holds, false)),
      {kCountingRule});
  answer.in_short = fmt::format("{} as quoted, {} not", compared.brief(Against::holds, true),
                                compared.brief(Against::holds, false));
  for (const std::string& finding : compared.findings()) cite(answer, finding);
  return answer;
}

ClaimAnswer depends_on_twice(const Context& context, const Quoted& quoted, const Compared& compared,
                             const CountedTwice& twice) {
  ClaimAnswer answer = not_testable(
      context,
      fmt::format("The same look-ups stand in two files: {}. Counted in both, in {} {} bear "
                  "addresses of {}; "
                  "counted once it may be less, and whether it is as quoted ({}) turns on that.",
                  twice.words, format_interval(compared.window()), compared.words(),
                  parties_text(context.parties()), range_text(quoted)),
      {"one of the two files alone: give the copy a vantage of its own, or leave it out"});
  answer.in_short = fmt::format("{}{}, but the same look-ups stand in two files", compared.span(),
                                compared.by_rule());
  for (const std::string& finding : compared.findings()) cite(answer, finding);
  for (const std::string& finding : twice.findings) cite(answer, finding);
  return answer;
}

std::string parties_text(const std::vector<std::string>& parties) {
  if (parties.size() == 1) return parties.front();
  return fmt::format("{} together", fmt::join(parties, " and "));
}

Quantity quantity_of(const RuleCount& rule, std::string_view name, double value) {
  Quantity quantity;
  quantity.name = fmt::format("{}_{}", name, rule.variant);
  quantity.value = value;
  return quantity;
}

}  // namespace assay::claims
