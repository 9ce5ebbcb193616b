// The look-ups of some parties at one vantage under the three counting rules, out of the findings.
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
  Interval window;
  std::vector<std::string> findings;
};

struct PartyCounts {
  std::vector<RuleCount> rules;  // empty: see objection
  std::string objection;         // why nothing can be counted
};

// Counts `context.parties()` under the rule that the claim names, or under all three. A window of
// whole days inside the question's is counted from the daily table, raw rows alone.
PartyCounts count_parties(const Context& context, std::string_view vantage);

// "Bank", "Bank and Clinic together"
std::string parties_text(const std::vector<std::string>& parties);
// A Quantity of the computed number, named after the rule: "rows_raw", "share_bursts".
Quantity quantity_of(const RuleCount& rule, std::string_view name, double value);

}  // namespace assay::claims
