// The '#' lines of a Zeek log in TSV, which say how its other lines are to be cut.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/short_bytes.h"

namespace assay {

// Zeek writes bytes that are not printable as \xNN and a backslash as "\\". Appends the bytes.
void append_zeek_unescaped(std::string_view text, std::string& out);

// "ts\tuid": calls `take` with each value, empty ones too.
template <class Take>
void for_each_part(std::string_view text, std::string_view separator, Take take) {
  if (separator.size() == 1) {  // the ordinary case; values are short
    const char* at = text.data();
    const char* const last = at + text.size();
    for (;;) {
      const char* end = find_short(at, last, separator.front());
      take(std::string_view(at, static_cast<std::size_t>(end - at)));
      if (end == last) return;
      at = end + 1;
    }
  }
  for (;;) {
    const std::size_t end = text.find(separator);
    take(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + separator.size());
  }
}

// What the '#' lines of a log state; a log may hold several such heads, one after the other.
struct ZeekHead {
  std::string separator = "\t";
  std::string set_separator = ",";
  std::string empty_field = "(empty)";
  std::string unset_field = "-";
  std::string path;
  std::vector<std::string> fields;  // empty: no #fields seen

  // Takes one '#' line. True when `fields` are others than before.
  bool take(std::string_view line);
};

// Calls `take` with each '#' line of what stands before the tail of a log that grew.
template <class Take>
void for_each_zeek_head_line(std::string_view head, Take take) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size());
    std::string_view line = head.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('#')) take(line);
    head.remove_prefix(std::min(end + 1, head.size()));
  }
}

}  // namespace assay
