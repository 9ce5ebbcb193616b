// The look-ups of some parties at one vantage under the three counting rules, out of the findings,
// and how a quoted number stands against each.
#pragma once

#include <string>
#include <vector>

#include "explanations/claims.h"
#include "explanations/quoted_number.h"

namespace assay::claims {

struct RuleCount {
  std::string variant;  // "raw", "collapsed", "bursts"
  std::string words;    // "raw rows", "identical rows collapsed", "bursts (60 s)"
  double rows = 0;      // of the parties together
  double rows_total = 0;
  double rows_of_parties = 0;  // of every party of the case together
  std::optional<std::pair<double, double>> share_interval;
  std::string interval_method;
  double rows_per_day = 0;  // as volume measured it, over the time that it says it measured
  // All rows over all days of the window, also those that nobody recorded: the least that the true
  // rate can be.
  double rows_per_window_day = 0;
  std::optional<double> observed_days;                     // where coverage is declared
  std::string rate_objection;                              // why the rows give no rate
  std::optional<std::pair<double, double>> rate_interval;  // of one party alone
  std::string rate_interval_method;
  Interval window;
  std::vector<std::string> findings;
};

// Look-ups that two evidences of one vantage both tell, and that volume counts in both.
struct CountedTwice {
  std::string words;           // "dns-1+dns-2 tell 407 look-ups in common"; "" when there are none
  double most = 0;             // rows too many, at most
  double most_of_subject = 0;  // the same as a part of a subject's rows
  std::vector<std::string> findings;

  // The least number of look-ups behind `rows` of one subject. Bursts take a row and its twin
  // together, so they count none twice.
  double least(double rows, const RuleCount& rule) const;
};

struct PartyCounts {
  std::vector<RuleCount> rules;  // empty: see objection
  std::string objection;         // why nothing can be counted
  CountedTwice twice;
};

// Counts `context.parties()` under the rule that the claim names, or under all three. A window of
// whole days inside the question's is counted from the daily table, raw rows alone.
PartyCounts count_parties(const Context& context, std::string_view vantage);

// Where a computed number stands against the range that the quote allows.
enum class Against { holds, above, below };

// A quoted number against what each counting rule gives.
struct Compared {
  struct One {
    RuleCount rule;
    Against against = Against::holds;
    double value = 0;
    std::string number;  // "79.41 % = 2,820 of 3,551"
    std::string brief;   // "79.41 %"
  };
  // The number, and between what it lies if look-ups were counted twice.
  struct Value {
    double value = 0;
    double low = 0;
    double high = 0;
  };
  std::vector<One> rules;
  std::vector<Quantity> quantities;
  bool turns_on_twice = false;  // what is counted twice decides whether the quote holds

  void add(const RuleCount& rule, const Quoted& quoted, const Value& value, std::string number,
           std::string brief);
  bool all(Against against) const;
  bool any(Against against) const;
  // "2,820 (raw rows), 2,700 (identical rows collapsed)" of the rules that are `against`, or of
  // those that are not.
  std::string words(Against against, bool is_so) const;
  std::string words() const;  // of all rules
  // The same shorter, each number once: "2,820 by raw rows, 2,700 by collapsed".
  std::string brief(Against against, bool is_so) const;
  // "79.41 %", or "77.2 % to 79.41 %" with by_rule() " by counting rule".
  std::string span() const;
  std::string by_rule() const;
  std::vector<std::string> findings(Against against, bool is_so) const;
  std::vector<std::string> findings() const;
  const Interval& window() const { return rules.front().rule.window; }
};

// The quote holds under some rules and fails under others, and nobody says which was meant.
ClaimAnswer depends_on_rule(const Context& context, const Quoted& quoted, const Compared& compared);

// The same look-ups stand in two files, and how often they are counted decides.
ClaimAnswer depends_on_twice(const Context& context, const Quoted& quoted, const Compared& compared,
                             const CountedTwice& twice);

// "Bank", "Bank and Clinic together"
std::string parties_text(const std::vector<std::string>& parties);
// A Quantity of the computed number, named after the rule: "rows_raw", "share_bursts".
Quantity quantity_of(const RuleCount& rule, std::string_view name, double value);

}  // namespace assay::claims
