// Which column of a list of indicators says what, by its header.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

enum class ListCell {
  none,
  value,
  type,
  asserted_by,
  source,
  valid_from,
  valid_until,
  confidence,
  marking,
  status,
  labels,
  description,
  id,
};

struct IndicatorColumns {
  char delimiter = ',';
  std::vector<ListCell> cells;
  std::uint64_t skip_lines = 0;  // up to and with the header
  bool is_certain = false;       // a header says that these are indicators, in so many words

  bool has(ListCell cell) const;
};

// By the head of the input: comments behind '#' are passed over, and the last of them may be the
// header. Nothing when no header of a list of indicators stands there.
std::optional<IndicatorColumns> indicator_columns(std::string_view head);

}  // namespace assay
