// What explanations, claims and the ladder read from the findings of direct_records.
#pragma once

#include <string>
#include <string_view>

#include "assay/finding.h"

namespace assay {

// The finding about one ordered pair and kind ("flow", "service", "mail", "message", "payment");
// nullptr when the case holds no record of that kind.
const Finding* direct_finding(const FindingSet& findings, std::string_view from,
                              std::string_view to, std::string_view kind);

// The finding of payments about one ordered pair; nullptr when the case holds no payment record.
const Finding* payments_finding(const FindingSet& findings, std::string_view from,
                                std::string_view to);
// Its parameter, "" when there is none.
std::string_view told_by(const Finding& finding, const std::string& parameter);

// "1 message that ..." or "2 messages that ...": `words` are in the plural, and its first word that
// ends in 's' is what is counted.
std::string counted(double count, std::string_view words);

}  // namespace assay
