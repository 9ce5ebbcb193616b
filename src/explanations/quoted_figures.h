// Quoted figures about one set of records, and whether they can all be true of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "explanations/quoted_number.h"

namespace assay::claims {

// "Bank share 87 %", "Bank+Clinic share 99 %", "Bank count 2820", "total count 3534",
// "Bank share 80 % of Bank+Clinic".
struct Figure {
  std::string text;
  std::vector<std::string> parties;  // empty: the total
  std::vector<std::string> of;       // empty: the total; only for a share
  bool is_share = false;
  Quoted number;
};

// nullopt when it is not such a statement.
std::optional<Figure> parse_figure(std::string_view text);

// What one total could be if all of `figures` were true of one set of records: whole numbers, no
// party below 0, all parties together no more than the total.
struct Fit {
  bool is_possible = false;
  bool is_decided = true;  // false: the system was too large
  std::optional<std::int64_t> total_low, total_high;
};
Fit fit(const std::vector<Figure>& figures);

// Indices of figures.
struct Clashes {
  bool is_decided = true;
  std::vector<std::vector<std::size_t>> smallest;  // each cannot be true together; none can be left
                                                   // out of it
  std::vector<std::vector<std::size_t>> largest;  // each can be true together; nothing can be added
};
// At most 12 figures: every subset is looked at.
inline constexpr std::size_t kMostFigures = 12;
Clashes find_clashes(const std::vector<Figure>& figures);

}  // namespace assay::claims
