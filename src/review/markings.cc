#include "review/markings.h"

#include <algorithm>
#include <deque>

#include "core/ascii.h"

namespace assay::review {
namespace {

bool is_gap(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == '>';
}

bool is_of_word(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool is_small(char c) { return c >= 'a' && c <= 'z'; }

// Where `length` characters that end before `end` begin, gaps counted as one.
std::size_t begin_of(std::string_view text, std::size_t end, std::size_t length) {
  std::size_t at = end;
  while (length > 0 && at > 0) {
    --at;
    --length;
    if (!is_gap(text[at])) continue;
    while (at > 0 && is_gap(text[at - 1])) --at;
  }
  return at;
}

std::string excerpt_of(std::string_view text, std::size_t begin, std::size_t end) {
  constexpr std::size_t kAround = 48;
  std::size_t from = begin - std::min(begin, kAround), to = std::min(end + kAround, text.size());
  while (from < begin && (static_cast<unsigned char>(text[from]) & 0xc0) == 0x80) ++from;
  while (to > end && to < text.size() && (static_cast<unsigned char>(text[to]) & 0xc0) == 0x80) {
    --to;
  }
  std::string excerpt;
  for (const char c : text.substr(from, to - from)) {
    const bool is_blank = is_gap(c) && c != '>';
    if (is_blank && (excerpt.empty() || excerpt.back() == ' ')) continue;
    excerpt += is_blank ? ' ' : c;
  }
  return excerpt;
}

// Alone in its line, but for what is neither letter nor digit.
bool is_line(std::string_view text, std::size_t begin, std::size_t end) {
  while (begin > 0 && text[begin - 1] != '\n') {
    if (is_of_word(text[--begin])) return false;
  }
  while (end < text.size() && text[end] != '\n') {
    if (is_of_word(text[end++])) return false;
  }
  return true;
}

void add_place(const MarkingList::Marking& marking, std::string_view where,
               std::string_view position, std::string excerpt, std::vector<MarkingPlace>& places) {
  for (MarkingPlace& place : places) {
    if (place.marking == marking.text && place.kind == marking.kind && place.where == where &&
        place.position == position) {
      ++place.count;
      return;
    }
  }
  if (places.size() == kMostPlaces) return;
  places.push_back({marking.text, marking.kind, std::string(where), std::string(position),
                    std::move(excerpt), 1});
}

// Behind marks of quotation, blanks, and a number or a sign of a list.
std::size_t start_of_paragraph(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && is_gap(line[at])) ++at;
  std::size_t sign = at;
  while (sign < line.size() && sign - at < 4 && is_of_word(line[sign])) ++sign;
  const bool is_numbered =
      sign > at && sign < line.size() && (line[sign] == '.' || line[sign] == ')');
  const bool is_dashed = sign == at && sign < line.size() && (line[at] == '-' || line[at] == '*');
  if (!is_numbered && !is_dashed) return at;
  ++sign;
  while (sign < line.size() && is_gap(line[sign])) ++sign;
  return sign;
}

// "(C) 2016 Clinic" speaks of copyright.
bool is_copyright(std::string_view behind) {
  while (!behind.empty() && is_gap(behind.front())) behind.remove_prefix(1);
  if (behind.size() >= 4 && std::all_of(behind.begin(), behind.begin() + 4,
                                        [](char c) { return c >= '0' && c <= '9'; })) {
    return true;
  }
  constexpr std::string_view kWord = "copyright";
  return behind.size() >= kWord.size() && std::equal(kWord.begin(), kWord.end(), behind.begin(),
                                                     [](char a, char b) { return a == lower(b); });
}

}  // namespace

MarkingScan::MarkingScan(MarkingList list) : list_(std::move(list)) {
  nodes_.emplace_back();
  std::fill(std::begin(nodes_[0].next), std::end(nodes_[0].next), -1);
  for (std::uint32_t i = 0; i < list_.markings.size(); ++i) {
    has_portions_ |= list_.markings[i].is_portion;
    if (!list_.markings[i].is_portion) add_marking(i);
  }
  link();
}

void MarkingScan::add_marking(std::uint32_t number) {
  std::int32_t at = 0;
  for (const char c : list_.markings[number].text) {
    const auto byte = static_cast<unsigned char>(is_gap(c) ? ' ' : lower(c));
    if (nodes_[at].next[byte] < 0) {
      nodes_[at].next[byte] = static_cast<std::int32_t>(nodes_.size());
      nodes_.emplace_back();
      std::fill(std::begin(nodes_.back().next), std::end(nodes_.back().next), -1);
    }
    at = nodes_[at].next[byte];
  }
  nodes_[at].ends.push_back(number);
}

// Each missing step becomes that of the longest ending which is a beginning.
void MarkingScan::link() {
  std::vector<std::int32_t> fall(nodes_.size(), 0);
  std::deque<std::int32_t> waiting;
  for (std::int32_t& next : nodes_[0].next) {
    if (next < 0) {
      next = 0;
    } else {
      waiting.push_back(next);
    }
  }
  while (!waiting.empty()) {
    const std::int32_t at = waiting.front();
    waiting.pop_front();
    const auto& shorter = nodes_[fall[at]].ends;
    nodes_[at].ends.insert(nodes_[at].ends.end(), shorter.begin(), shorter.end());
    for (int byte = 0; byte < 256; ++byte) {
      std::int32_t& next = nodes_[at].next[byte];
      if (next < 0) {
        next = nodes_[fall[at]].next[byte];
      } else {
        fall[next] = nodes_[fall[at]].next[byte];
        waiting.push_back(next);
      }
    }
  }
}

// Calls `take(marking, begin, end)`.
template <typename Take>
void MarkingScan::each(std::string_view text, Take take) const {
  std::int32_t state = 0;
  bool is_in_gap = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool gap = is_gap(text[i]);
    if (gap && is_in_gap) continue;
    is_in_gap = gap;
    state = nodes_[state].next[static_cast<unsigned char>(gap ? ' ' : lower(text[i]))];
    if (nodes_[state].ends.empty() || (i + 1 < text.size() && is_of_word(text[i + 1]))) continue;
    for (const std::uint32_t number : nodes_[state].ends) {
      const MarkingList::Marking& marking = list_.markings[number];
      const std::size_t begin = begin_of(text, i + 1, marking.text.size());
      if (begin > 0 && is_of_word(text[begin - 1])) continue;
      const std::string_view found = text.substr(begin, i + 1 - begin);
      if (marking.is_upper && std::any_of(found.begin(), found.end(), is_small)) continue;
      take(number, begin, i + 1);
    }
  }
}

void MarkingScan::scan(std::string_view text, std::string_view where,
                       std::vector<MarkingPlace>& places) const {
  each(text, [&](std::uint32_t number, std::size_t begin, std::size_t end) {
    add_place(list_.markings[number], where, is_line(text, begin, end) ? "line" : "within",
              excerpt_of(text, begin, end), places);
  });
  if (has_portions_) scan_portions(text, where, places);
}

void MarkingScan::note(std::string_view text, std::vector<bool>& found) const {
  each(text, [&](std::uint32_t number, std::size_t, std::size_t) { found[number] = true; });
}

void MarkingScan::scan_portions(std::string_view text, std::string_view where,
                                std::vector<MarkingPlace>& places) const {
  bool is_start = true;  // of a paragraph
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const std::size_t first = start_of_paragraph(line);
    const std::size_t unquoted = std::min(line.find_first_not_of("> \t\r"), line.size());
    const std::size_t close = line.find(')', first);
    if ((is_start || first > unquoted) && first < line.size() && line[first] == '(' &&
        close != line.npos && close - first <= 40) {
      const std::string_view inner = line.substr(first + 1, close - first - 1);
      const std::string_view head = inner.substr(0, inner.find_first_of("/- ,"));
      const std::string_view behind = line.substr(close + 1);
      for (const MarkingList::Marking& marking : list_.markings) {
        const bool is_apart = behind.empty() || is_gap(behind.front());
        if (!marking.is_portion || marking.text != head || !is_apart) continue;
        if (head == "C" && is_copyright(behind)) continue;
        MarkingList::Marking told = marking;
        told.text = "(" + marking.text + ")";
        add_place(told, where, "portion", excerpt_of(text, begin + first, begin + close + 1),
                  places);
      }
    }
    is_start = unquoted == line.size();
    begin = end + 1;
  }
}

}  // namespace assay::review
