// Lines of mail with their line ends, of any length, and a look at what follows them.
//
// LineReader drops line ends and refuses long lines; hashes of messages need every byte. A line
// longer than kMaxPieceBytes comes in pieces. Behind each line at least kAheadBytes of the input
// can be seen before they are taken, unless it ends earlier.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "assay/reader.h"

namespace assay {

inline constexpr std::size_t kMaxPieceBytes = 65'536;
inline constexpr std::size_t kAheadBytes = 4'096;

struct MailLine {
  std::string_view text;     // with its line end; valid until the next call of next() or reach()
  std::uint64_t offset = 0;  // of its first byte
  bool starts = true;        // false: a later piece of a long line
  bool ends = true;          // false: more of this line follows, or the input ended within it

  std::string_view end() const;  // "\n", "\r\n" or ""
  std::string_view content() const { return text.substr(0, text.size() - end().size()); }
  bool is_empty() const { return starts && ends && content().empty(); }
};

class MailBytes {
 public:
  MailBytes(ByteSource& source, RecordSink& sink) : source_(source), sink_(sink) {}

  // False at the end, at an error of the source and once the sink has failed; status() says which.
  bool next(MailLine& line);
  const Status& status() const { return status_; }
  // What the source said when its stream broke off; "" when it ended well.
  const std::string& damage() const { return damage_; }
  // What lies behind the line taken last, as far as it was read.
  std::string_view ahead() const { return {buffer_.get() + position_, end_ - position_}; }
  // Reads on until `bytes` lie behind the line taken last. False when the input is shorter. Ends
  // the life of views into the buffer.
  bool reach(std::size_t bytes);
  std::uint64_t offset() const { return base_ + position_; }

 private:
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

  bool fill(std::size_t bytes);

  ByteSource& source_;
  RecordSink& sink_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t position_ = 0;
  std::size_t end_ = 0;
  std::uint64_t base_ = 0;  // offset of the buffer's first byte
  bool is_in_line_ = false;
  bool is_at_end_ = false;
  std::string damage_;
  Status status_;
};

}  // namespace assay
