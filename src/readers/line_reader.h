// Lines of a ByteSource, for every reader of text.
//
// Hands out views into its own buffer, counts what is no line of anybody's (empty lines, lines too
// long, a file in UTF-16, the damage at which a compressed stream broke off) and knows the byte
// offset of everything. Lines may also end in CR alone, as old programs for the Mac write them: the
// start of the input tells. Memory is one block plus the longest line, whatever the input holds.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>

#include "assay/reader.h"

namespace assay {

inline constexpr std::size_t kMaxLineBytes = 65'536;
// So many bytes behind a line may be read (not used): JSON is scanned in wide steps.
inline constexpr std::size_t kLinePadding = 64;

// The byte order mark of UTF-16, which no reader of text takes.
inline bool is_utf16(std::string_view head) {
  return head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff");
}

// '\r' for text whose first lines end in CR alone, else '\n'. A LF may stand at the very end.
inline char line_end_of(std::string_view head) {
  const std::size_t last = head.find_last_not_of("\r\n");
  head = head.substr(0, last == std::string_view::npos ? 0 : last);
  const bool has_cr_alone =
      head.find('\n') == std::string_view::npos && head.find('\r') != std::string_view::npos;
  return has_cr_alone ? '\r' : '\n';
}

struct TextLine {
  std::string_view text;      // without its line end; valid until the next call of next()
  std::uint64_t offset = 0;   // of its first byte
  std::uint64_t length = 0;   // of its bytes in the input: text.size(), or more for joined lines
  bool is_terminated = true;  // false: the input ended within it
};

class LineReader {
 public:
  // `source` and `sink` outlive the reader.
  LineReader(ByteSource& source, RecordSink& sink);

  // The next line that is neither empty nor refused. False at the end, at an error of the source
  // and once the sink has failed; status() then says which.
  bool next(TextLine& line);
  const Status& status() const { return status_; }
  // The bytes of all lines so far, blank and refused ones too.
  std::uint64_t bytes_seen() const { return base_ + position_; }

 private:
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 18;

  bool fill();
  bool take_line(std::size_t end, std::size_t resume, TextLine& line);
  bool take_rest(TextLine& line);
  bool skip_long_line();
  void check_start();
  void find_line_end();
  void refuse_utf16();
  void report_damage();

  ByteSource& source_;
  RecordSink& sink_;
  std::unique_ptr<char[]> buffer_;
  std::size_t position_ = 0;  // of the next line in the buffer
  std::size_t scanned_ = 0;   // no LF in [position_, scanned_)
  std::size_t end_ = 0;       // of the bytes in the buffer
  std::uint64_t base_;        // offset of the buffer's first byte in the input
  char line_end_ = '\n';
  bool is_started_ = false;
  bool is_at_end_ = false;
  std::string damage_;  // what the source said when its stream broke off
  Status status_;
};

// Refuses the line that could not be read: as cut off when the input ended within it, else for the
// reason given.
void reject_line(RecordSink& sink, const TextLine& line, std::string_view code,
                 std::string_view why);

// The end of every reader's read(): hands over the last rows and says whether the sink took all.
Status flushed(RecordSink& sink);

// Gives every line to `read.take(line)`, then calls `read.finish()`, which may fail.
template <class Read>
Status read_lines(ByteSource& source, RecordSink& sink, Read& read) {
  LineReader lines(source, sink);
  for (TextLine line; lines.next(line);) read.take(line);
  ASSAY_TRY(lines.status());
  if constexpr (std::is_void_v<decltype(read.finish())>) {
    read.finish();
  } else {
    ASSAY_TRY(read.finish());
  }
  return flushed(sink);
}

}  // namespace assay
