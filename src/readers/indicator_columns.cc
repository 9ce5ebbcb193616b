#include "readers/indicator_columns.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "readers/delimited_record.h"
#include "readers/delimited_words.h"
#include "readers/indicator_claim.h"
#include "readers/readers.h"

namespace assay {

namespace {

constexpr std::size_t kMostComments = 200;
constexpr std::size_t kLookedAt = 20;  // rows behind the header

struct Word {
  std::string_view header;
  ListCell cell;
};

// Headers that say "indicator", and those that only name a kind of value.
constexpr auto kCertain = std::to_array<std::string_view>(
    {"indicator", "ioc", "ioc value", "indicator value", "observable", "observable value"});
constexpr auto kPlain = std::to_array<std::string_view>({"value", "dst ip", "ip", "ip address",
                                                         "address", "cidr", "network", "domain",
                                                         "domain name", "hostname", "fqdn", "url"});
constexpr auto kWords = std::to_array<Word>({
    {"type", ListCell::type},
    {"ioc type", ListCell::type},
    {"indicator type", ListCell::type},
    {"observable type", ListCell::type},
    {"source", ListCell::asserted_by},
    {"asserted by", ListCell::asserted_by},
    {"created by", ListCell::asserted_by},
    {"author", ListCell::asserted_by},
    {"provider", ListCell::asserted_by},
    {"reporter", ListCell::asserted_by},
    {"organisation", ListCell::asserted_by},
    {"organization", ListCell::asserted_by},
    {"list", ListCell::source},
    {"list name", ListCell::source},
    {"feed", ListCell::source},
    {"feed name", ListCell::source},
    {"event info", ListCell::source},
    {"valid from", ListCell::valid_from},
    {"first seen", ListCell::valid_from},
    {"first seen utc", ListCell::valid_from},
    {"dateadded", ListCell::valid_from},
    {"date added", ListCell::valid_from},
    {"date", ListCell::valid_from},
    {"valid until", ListCell::valid_until},
    {"valid to", ListCell::valid_until},
    {"last seen", ListCell::valid_until},
    {"last seen utc", ListCell::valid_until},
    {"last online", ListCell::valid_until},
    {"expires", ListCell::valid_until},
    {"expiration", ListCell::valid_until},
    {"confidence", ListCell::confidence},
    {"confidence level", ListCell::confidence},
    {"tlp", ListCell::marking},
    {"marking", ListCell::marking},
    {"status", ListCell::status},
    {"revoked", ListCell::status},
    {"deleted", ListCell::status},
    {"labels", ListCell::labels},
    {"tags", ListCell::labels},
    {"threat", ListCell::labels},
    {"threat type", ListCell::labels},
    {"malware", ListCell::labels},
    {"category", ListCell::labels},
    {"description", ListCell::description},
    {"comment", ListCell::description},
    {"comments", ListCell::description},
    {"notes", ListCell::description},
    {"id", ListCell::id},
    {"uuid", ListCell::id},
    {"ioc id", ListCell::id},
});
// A list with one of these is of events, not of assertions.
constexpr auto kOfEvents = std::to_array<std::string_view>(
    {"client", "client ip", "src ip", "source ip", "qname", "query", "qtype", "rrname", "rrtype",
     "bytes", "packets", "sender", "recipient", "amount", "src", "proto", "query name"});

template <class List>
bool has_word(const List& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string plain_header(std::string_view text) {
  std::string word = simplified_header(text);
  std::replace(word.begin(), word.end(), '_', ' ');
  std::replace(word.begin(), word.end(), '-', ' ');
  return word;
}

// Each word once, the first column that has it.
std::optional<IndicatorColumns> columns_of(const std::vector<std::string_view>& header) {
  IndicatorColumns columns;
  std::vector<std::string> words;
  for (const std::string_view cell : header) words.push_back(plain_header(cell));
  columns.cells.assign(words.size(), ListCell::none);
  std::size_t value = words.size();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (has_word(kOfEvents, words[i])) return std::nullopt;
    if (!columns.is_certain && has_word(kCertain, words[i])) {
      columns.is_certain = true;
      value = i;
    } else if (value == words.size() && has_word(kPlain, words[i])) {
      value = i;
    }
  }
  if (value == words.size()) return std::nullopt;
  columns.cells[value] = ListCell::value;
  std::size_t others = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = std::find_if(kWords.begin(), kWords.end(),
                                   [&](const Word& each) { return each.header == words[i]; });
    if (i == value || word == kWords.end() || columns.has(word->cell)) continue;
    columns.cells[i] = word->cell;
    ++others;
  }
  // "value" and "date" stand in every other table.
  const bool is_list =
      columns.is_certain
          ? others > 0
          : (columns.has(ListCell::type) || columns.has(ListCell::labels)) &&
                (columns.has(ListCell::valid_from) || columns.has(ListCell::valid_until)) &&
                others > 2;
  return is_list ? std::optional(columns) : std::nullopt;
}

std::vector<std::string_view> cells_of(std::string_view line, char delimiter,
                                       std::deque<std::string>& scratch) {
  std::vector<std::string_view> cells;
  if (!split_record(line, delimiter, cells, scratch)) cells.clear();
  return cells;
}

}  // namespace

bool IndicatorColumns::has(ListCell cell) const {
  return std::find(cells.begin(), cells.end(), cell) != cells.end();
}

std::optional<IndicatorColumns> indicator_columns(std::string_view head) {
  std::vector<std::string_view> comments, rows;
  for_each_head_line(head, [&](std::string_view line) {
    if (rows.empty() && line.starts_with('#')) {
      if (comments.size() < kMostComments) comments.push_back(line);
    } else if (rows.size() < kLookedAt) {
      rows.push_back(line);
    }
  });
  if (rows.empty()) return std::nullopt;
  for (const char delimiter : {',', ';', '\t', '|'}) {
    std::deque<std::string> scratch;
    std::vector<std::pair<std::string_view, std::size_t>> headers{{rows.front(), 1}};
    if (!comments.empty()) {
      std::string_view last = comments.back();
      last.remove_prefix(std::min(last.find_first_not_of("# "), last.size()));
      headers.emplace_back(last, 0);
    }
    for (const auto& [header, used] : headers) {
      auto columns = columns_of(cells_of(header, delimiter, scratch));
      if (!columns) continue;
      const auto value = static_cast<std::size_t>(
          std::find(columns->cells.begin(), columns->cells.end(), ListCell::value) -
          columns->cells.begin());
      bool has_value = false;
      for (std::size_t i = used; i < rows.size() && !has_value; ++i) {
        const auto cells = cells_of(rows[i], delimiter, scratch);
        has_value =
            value < cells.size() && !indicator_type_of(without_defang(cells[value])).empty();
      }
      if (!has_value) continue;
      columns->delimiter = delimiter;
      columns->skip_lines = used;
      return columns;
    }
  }
  return std::nullopt;
}

}  // namespace assay
