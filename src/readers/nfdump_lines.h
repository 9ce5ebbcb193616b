// The lines that nfdump prints for people: "-o line", "long", "extended", "biline", "bilong".
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "readers/flow_columns.h"

namespace assay {

// The columns of such lines, from the heading above them.
class NfdumpLayout {
 public:
  // False when the heading has other columns in front than those that all these layouts share.
  bool take_heading(std::string_view line);

  enum class Outcome { read, unreadable, shortened };
  using Cells = std::vector<std::pair<FlowColumn, std::string_view>>;
  // Cuts a line; views point into it. `shortened`: an IPv6 address was printed with its middle left
  // out.
  Outcome cut(std::string_view line, Cells& cells) const;

 private:
  std::vector<FlowColumn> columns_;  // behind the destination
};

}  // namespace assay
