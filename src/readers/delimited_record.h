// Splitting delimited text into cells (RFC 4180), and into records whose quoted cells may hold line
// breaks.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "readers/line_reader.h"

namespace assay {

// Splits one record. A delimiter of ' ' stands for any run of blanks. Cells are trimmed of blanks
// around them; views point into `text` or, for a cell with doubled quotes, into `scratch`. False
// when the record ends inside a quoted cell.
bool split_record(std::string_view text, char delimiter, std::vector<std::string_view>& cells,
                  std::deque<std::string>& scratch);

// Records out of lines. A quoted cell that does not end within kMaxRecordLines lines or
// kMaxLineBytes bytes is a stray quote: its first line alone is refused, and reading goes on behind
// it.
class DelimitedRecords {
 public:
  static constexpr std::size_t kMaxRecordLines = 32;

  DelimitedRecords(ByteSource& source, RecordSink& sink, char delimiter)
      : lines_(source, sink), sink_(sink), delimiter_(delimiter) {}

  // Takes a line as it is, without looking at quotes.
  bool next_line(TextLine& line);
  // The next record and its cells, valid until the next call. False at the end; see status().
  bool next(TextLine& record, std::vector<std::string_view>& cells);
  const Status& status() const { return lines_.status(); }

 private:
  struct KeptLine {
    std::string text;
    std::uint64_t offset = 0;
    bool is_terminated = true;
    bool stays_open = true;  // a quoted cell that is open before this line is one after it
  };

  bool stays_open(std::string_view line);
  bool join(const TextLine& first, TextLine& record, std::vector<std::string_view>& cells);

  LineReader lines_;
  RecordSink& sink_;
  char delimiter_;
  std::deque<KeptLine> kept_;  // read while looking for the end of a quoted cell
  KeptLine current_;
  std::string joined_, probe_;
  std::vector<std::string_view> probe_cells_;
  std::deque<std::string> scratch_;
};

}  // namespace assay
