// How sure a reader of lines is of a file, by how many lines of its head are of its format.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "readers/readers.h"

namespace assay {

// Of one line: another format's or nobody's; of the program that writes the format, but no record;
// one of those that the reader is there for; without the stamp with which each line of a log
// begins. Of a foreign line looks_logged() tells whether it is undated.
enum class LineSign {
  foreign,
  akin,
  own,
  undated,
  detail,  // belongs to the line above it
};

// True for a line that some log may have: it begins with a stamp, a level or a priority. Lines of
// prose and of programs do not.
bool looks_logged(std::string_view line);

// True for what a page or a program has around lines that it quotes: "<pre>", "```", "'''".
bool looks_quoting(std::string_view line);

// True when the first line with text is that of a page, a script or a program.
bool begins_as_page_or_code(std::string_view head);

struct LineScale {
  int least = 0;               // the score when hardly a line is the format's own
  int more = 0;                // is added when all lines are
  std::string_view own;        // behind "3 of the first 5 lines": "are queries"
  int akin_score = 0;          // when no line is the format's own
  std::string_view akin = {};  // behind "3 lines": "of Unbound, none about a query"
};

struct LineCount {
  std::uint64_t lines = 0, own = 0, akin = 0, undated = 0;
  std::uint64_t comments = 0, quoting = 0;  // of the undated ones
  std::string first;                        // what the first of its own lines shows
};

void count_undated(std::string_view line, LineCount& count);
// True for a page or a letter that quotes a log.
bool is_quotation(const LineCount& count);
SniffScore score_of(const LineCount& count, const LineScale& scale);

// `judge` has the line and gives its sign, `show` tells what the line just judged shows: it is
// called for the first of the format's own.
template <class Judge, class Show>
SniffScore score_lines(std::string_view head, const LineScale& scale, Judge judge, Show show) {
  LineCount count;
  if (begins_as_page_or_code(head)) return {};
  for_each_head_line(head, [&](std::string_view line) {
    ++count.lines;
    const LineSign sign = judge(line);
    if (sign == LineSign::own && count.own++ == 0) count.first = show();
    count.akin += sign == LineSign::akin;
    const bool is_undated =
        sign == LineSign::undated || (sign == LineSign::foreign && !looks_logged(line));
    if (is_undated) count_undated(line, count);
  });
  return score_of(count, scale);
}

}  // namespace assay
