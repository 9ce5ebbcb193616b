// Patterns of STIX indicators (STIX 2.1, part 9), as far as they name what a case holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// A name, address, network, URL or mailbox that a pattern compares with.
struct PatternValue {
  std::string_view type;  // "domain-name", "ipv4-addr", "ipv6-addr", "email-addr", "url"
  std::string value;
  bool is_joined = false;  // with other conditions, which must hold too (AND, FOLLOWEDBY, WITHIN)
};

struct PatternReading {
  std::vector<PatternValue> values;
  std::size_t not_understood = 0;  // comparisons of other objects, or by other means
  bool is_cut = false;             // more values than kMostPatternValues
};
inline constexpr std::size_t kMostPatternValues = 1'000;

// Values compared by =, IN and ISSUBSET. Nothing when the text is no pattern, or nests too deeply.
std::optional<PatternReading> read_stix_pattern(std::string_view pattern);

}  // namespace assay
