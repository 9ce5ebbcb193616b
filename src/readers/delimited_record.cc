#include "readers/delimited_record.h"

namespace assay {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The bytes of a quoted cell that starts at text[0] == '"', without the closing quote; npos when it
// does not close.
std::size_t end_of_quoted(std::string_view text, bool& has_doubled) {
  for (std::size_t at = 1;;) {
    at = text.find('"', at);
    if (at == std::string_view::npos) return at;
    if (at + 1 >= text.size() || text[at + 1] != '"') return at;
    has_doubled = true;
    at += 2;
  }
}

std::string without_doubled_quotes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out.push_back(text[i]);
    if (text[i] == '"') ++i;
  }
  return out;
}

}  // namespace

bool split_record(std::string_view text, char delimiter, std::vector<std::string_view>& cells,
                  std::deque<std::string>& scratch) {
  cells.clear();
  scratch.clear();
  if (delimiter == ' ') text = trimmed(text);
  for (;;) {
    std::string_view cell = text;
    if (delimiter != '\t') {
      while (!cell.empty() && cell.front() == ' ') cell.remove_prefix(1);
    }
    if (!cell.empty() && cell.front() == '"') {
      bool has_doubled = false;
      const std::size_t end = end_of_quoted(cell, has_doubled);
      if (end == std::string_view::npos) return false;
      std::string_view inside = cell.substr(1, end - 1);
      if (has_doubled) inside = scratch.emplace_back(without_doubled_quotes(inside));
      const std::size_t next = cell.find(delimiter, end + 1);
      // Text behind the closing quote breaks the rules: such a cell is taken as it stands.
      const bool is_closed = trimmed(cell.substr(end + 1, next - end - 1)).empty();
      cells.push_back(is_closed ? inside : trimmed(cell.substr(0, next)));
      if (next == std::string_view::npos) return true;
      text = cell.substr(next + 1);
    } else {
      const std::size_t next = text.find(delimiter);
      cells.push_back(trimmed(text.substr(0, next)));
      if (next == std::string_view::npos) return true;
      text.remove_prefix(next + 1);
    }
    if (delimiter == ' ') text = trimmed(text);
  }
}

bool DelimitedRecords::next_line(TextLine& line) {
  if (kept_.empty()) return lines_.next(line);
  current_ = std::move(kept_.front());
  kept_.pop_front();
  line = {current_.text, current_.offset, current_.text.size(), current_.is_terminated};
  return true;
}

bool DelimitedRecords::next(TextLine& record, std::vector<std::string_view>& cells) {
  for (TextLine line; next_line(line);) {
    if (split_record(line.text, delimiter_, cells, scratch_)) {
      record = line;
      return true;
    }
    if (join(line, record, cells)) return true;
  }
  return false;
}

// Whether a cell that is open before `line` makes one that is open behind it: the line alone tells,
// so each is looked at once, however many cells are open before it.
bool DelimitedRecords::stays_open(std::string_view line) {
  if (line.find('"') == std::string_view::npos) return true;
  probe_.assign(1, '"').append(line);
  return !split_record(probe_, delimiter_, probe_cells_, scratch_);
}

// Looks for the lines in which the quoted cell ends. When none does, they are kept for later.
bool DelimitedRecords::join(const TextLine& first, TextLine& record,
                            std::vector<std::string_view>& cells) {
  const KeptLine start{std::string(first.text), first.offset, first.is_terminated};
  std::size_t size = start.text.size();
  for (std::size_t n = 1; n < kMaxRecordLines; ++n) {
    if (n > kept_.size()) {
      TextLine line;
      if (!lines_.next(line)) break;
      kept_.push_back(
          {std::string(line.text), line.offset, line.is_terminated, stays_open(line.text)});
    }
    const KeptLine& line = kept_[n - 1];
    size += 1 + line.text.size();
    if (size > kMaxLineBytes) break;
    if (line.stays_open) continue;
    joined_ = start.text;
    for (std::size_t i = 0; i < n; ++i) joined_.append(1, '\n').append(kept_[i].text);
    if (!split_record(joined_, delimiter_, cells, scratch_)) continue;
    record = {joined_, start.offset, line.offset + line.text.size() - start.offset,
              line.is_terminated};
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(n));
    sink_.join_units(n);
    return true;
  }
  const TextLine refused{start.text, start.offset, start.text.size(), start.is_terminated};
  reject_line(sink_, refused, "delimited.quote_unclosed",
              "a quoted cell begins in this line and does not end within the next lines");
  return false;
}

}  // namespace assay
