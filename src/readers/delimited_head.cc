// Looks at the head of a delimited file: delimiter, header, first rows.
#include <fmt/core.h>

#include <algorithm>

#include "readers/delimited_plan.h"
#include "readers/delimited_record.h"
#include "readers/delimited_words.h"
#include "readers/readers.h"

namespace assay {

namespace {

constexpr std::size_t kRowsLookedAt = 200;
constexpr std::uint64_t kMaxSkipped = kSniffBytes;  // the head holds no more lines

std::vector<std::string> lines_of(std::string_view head, std::uint64_t skipped) {
  std::vector<std::string> lines;
  for_each_head_line(head, [&](std::string_view line) {
    if (lines.size() <= kRowsLookedAt + skipped) lines.emplace_back(line);
  });
  return lines;
}

std::vector<std::string> split(const std::string& line, char delimiter) {
  std::vector<std::string_view> cells;
  std::deque<std::string> scratch;
  if (!split_record(line, delimiter, cells, scratch)) return {};
  return {cells.begin(), cells.end()};
}

// As DelimitedRecords does it: a quoted cell may hold line breaks.
std::vector<std::vector<std::string>> records_of(const std::vector<std::string>& lines,
                                                 char delimiter) {
  std::vector<std::vector<std::string>> records;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto cells = split(lines[i], delimiter);
    std::string joined = lines[i];
    const std::size_t end = std::min(lines.size(), i + DelimitedRecords::kMaxRecordLines);
    for (std::size_t j = i + 1; cells.empty() && j < end; ++j) {
      joined += '\n' + lines[j];
      cells = split(joined, delimiter);
      if (!cells.empty()) i = j;
    }
    if (!cells.empty()) records.push_back(std::move(cells));
  }
  return records;
}

// The number of columns that most lines have, and how many lines do.
std::pair<std::size_t, std::size_t> usual_columns(const std::vector<std::string>& lines,
                                                  char delimiter) {
  std::map<std::size_t, std::size_t> lines_by_count;
  for (const std::string& line : lines) ++lines_by_count[split(line, delimiter).size()];
  std::pair<std::size_t, std::size_t> usual{0, 0};
  for (const auto& [count, number] : lines_by_count) {
    if (count > 1 && number > usual.second) usual = {count, number};
  }
  return usual;
}

// The delimiter under which most lines have the same number of columns; of equals the one that
// gives more of them. A blank comes last: it may stand inside a time.
char guess_delimiter(const std::vector<std::string>& lines) {
  char best = ',';
  std::pair<std::size_t, std::size_t> most{0, 0};  // lines, columns
  for (const char delimiter : {',', '\t', ';', '|', ' '}) {
    const auto [columns, count] = usual_columns(lines, delimiter);
    if (count * 2 < lines.size() || count == 0) continue;
    if (delimiter == ' ' && most.second >= 3) continue;
    if (std::pair{count, columns} > most) {
      most = {count, columns};
      best = delimiter;
    }
  }
  return best;
}

bool looks_like_data(const std::string& text) {
  CellTime time;
  static const TimeFormat any;
  return looks_like_address(text) || any.read(text, time) || look_at_dates({text}).is_of_this_form;
}

// "sep=;": Excel's own first line.
bool states_delimiter(std::string_view line) {
  return line.size() == 5 && line.substr(3, 1) == "=" && (line[0] | 0x20) == 's' &&
         (line[1] | 0x20) == 'e' && (line[2] | 0x20) == 'p';
}

// A first row without an address or a time is a header when the rows behind it hold one, or when
// its words are known.
bool has_header(const std::vector<std::vector<std::string>>& rows) {
  if (std::any_of(rows[0].begin(), rows[0].end(), looks_like_data)) return false;
  if (rows.size() > 1) return std::any_of(rows[1].begin(), rows[1].end(), looks_like_data);
  for (const std::string& cell : rows[0]) {
    for (const Cell meaning : {Cell::time, Cell::client, Cell::qname}) {
      if (header_rank(meaning, simplified_header(cell)) >= 0) return true;
    }
  }
  return false;
}

}  // namespace

bool looks_like_address(std::string_view text) {
  // "192.0.2.1#53" as servers print it, "[2001:db8::1]:53" as URLs do.
  text = text.substr(0, text.find('#'));
  if (text.starts_with('[')) text = text.substr(1, text.find(']') - 1);
  if (IpAddress::parse(text)) return true;
  return std::count(text.begin(), text.end(), ':') == 1 &&
         IpAddress::parse(text.substr(0, text.find(':'))).has_value();
}

bool looks_like_name(std::string_view text) {
  bool has_letter = false, has_dot = false;
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    has_letter |= is_letter;
    has_dot |= c == '.';
    if (!is_letter && !(c >= '0' && c <= '9') && std::string_view("-_.*\\").find(c) > 4)
      return false;
  }
  std::string canonical;
  return has_letter && has_dot && !looks_like_address(text) && !canonicalise_name(text, canonical);
}

std::vector<std::string> HeadTable::column(std::size_t index) const {
  std::vector<std::string> texts;
  for (const auto& row : rows) {
    if (index < row.size() && !is_unset(Cell::none, row[index])) texts.push_back(row[index]);
  }
  return texts;
}

std::string HeadTable::title(std::size_t index) const {
  if (index < header.size() && !header[index].empty()) return fmt::format("'{}'", header[index]);
  return fmt::format("column {}", index + 1);
}

HeadTable read_head(std::string_view head, const std::optional<DelimitedMapping>& mapping) {
  HeadTable table;
  std::vector<std::string> lines =
      lines_of(head, mapping ? std::min(mapping->skip_lines, kMaxSkipped) : 0);
  std::optional<char> stated;
  if (mapping) {
    table.skip_lines = mapping->skip_lines;
  } else {
    if (!lines.empty() && states_delimiter(lines[0])) {
      stated = lines[0][4];
      table.skip_lines = 1;
    }
    while (table.skip_lines < lines.size() && lines[table.skip_lines].starts_with('#')) {
      ++table.skip_lines;
    }
  }
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(
                                                 table.skip_lines, lines.size())));
  table.delimiter = mapping ? mapping->delimiter : stated ? *stated : guess_delimiter(lines);
  table.rows = records_of(lines, table.delimiter);
  if (table.rows.empty()) return table;
  table.columns = table.rows[0].size();
  table.has_header = mapping ? mapping->has_header : has_header(table.rows);
  if (table.has_header) {
    table.header = std::move(table.rows.front());
    table.rows.erase(table.rows.begin());
  }
  return table;
}

}  // namespace assay
