// How a delimited file is to be read: guessed from its head, or from a mapping.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/reader.h"
#include "readers/delimited_time.h"

namespace assay {

enum class Cell {
  none,
  time,
  date,  // when `time` holds the time of day alone
  client,
  client_port,
  server,
  qname,
  qtype,
  qclass,
  rcode,
  ttl,
  id,
  proto,
  count,  // of look-ups: the row is an aggregate
};
std::string_view cell_word(Cell cell);
std::optional<Cell> parse_cell_word(std::string_view word);
std::vector<std::string> cell_words();

// The first records of a file, split.
struct HeadTable {
  char delimiter = ',';
  std::uint64_t skip_lines = 0;
  bool has_header = false;
  std::vector<std::string> header;             // empty without one
  std::vector<std::vector<std::string>> rows;  // without the header
  std::size_t columns = 0;

  std::vector<std::string> column(std::size_t index) const;
  // "'client ip'" or "column 2".
  std::string title(std::size_t index) const;
};
// `mapping` fixes delimiter, skip_lines and has_header; without it they are found.
HeadTable read_head(std::string_view head, const std::optional<DelimitedMapping>& mapping);

struct DelimitedPlan {
  HeadTable table;
  std::vector<Cell> cells;  // by column
  std::string time_format;
  TimeFormat time;
  bool is_by_header = false;  // the needed columns were found by their names

  // Why the file cannot be read by this plan; empty when it can.
  std::string problem;
  std::string mend;

  bool has(Cell cell) const;
};
DelimitedPlan guess_plan(std::string_view head);
DelimitedPlan plan_of_mapping(std::string_view head, const DelimitedMapping& mapping);

// The mapping file that says the same as the plan.
std::string mapping_toml(const DelimitedPlan& plan);

// What a column's texts look like.
bool looks_like_address(std::string_view text);
bool looks_like_name(std::string_view text);

}  // namespace assay
