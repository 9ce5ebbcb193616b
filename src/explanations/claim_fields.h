// What the fields of a claim may say, told when the claim is stated: a slip of the pen must not
// come out later as an answer about the records.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "assay/case.h"

namespace assay::claims {

inline constexpr std::array<std::string_view, 3> kCountingRules{"raw", "collapsed", "bursts"};

struct RateUnit {
  std::string_view word;
  double seconds;
};
inline constexpr std::array<RateUnit, 5> kRateUnits{
    {{"second", 1}, {"minute", 60}, {"hour", 3'600}, {"day", 86'400}, {"week", 604'800}}};

struct FieldProblem {
  std::string what;
  std::string mend;
};
// nullopt when `field` of `claim` can be read. `file` holds parties and calendar; whether parties
// in `party` and `parties` are known is not looked at here.
std::optional<FieldProblem> problem_of_field(const Claim& claim, std::string_view field,
                                             const CaseFile& file);

}  // namespace assay::claims
