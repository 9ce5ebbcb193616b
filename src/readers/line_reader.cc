#include "readers/line_reader.h"

#include <fmt/core.h>

#include <cstring>

namespace assay {

namespace {

bool is_blank(std::string_view text) {
  return text.empty() ||
         (text.front() <= ' ' && text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos);
}

}  // namespace

LineReader::LineReader(ByteSource& source, RecordSink& sink)
    : source_(source),
      sink_(sink),
      buffer_(new char[kBlockBytes + kMaxLineBytes + kLinePadding]),
      base_(source.first_offset()) {}

bool LineReader::next(TextLine& line) {
  if (!is_started_) check_start();
  while (status_.ok()) {
    if (sink_.failure()) {
      status_ = *sink_.failure();
      return false;
    }
    const char* start = buffer_.get() + scanned_;
    const void* found = end_ > scanned_ ? std::memchr(start, line_end_, end_ - scanned_) : nullptr;
    if (found) {
      const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.get());
      if (take_line(end, end + 1, line)) return true;
      continue;
    }
    scanned_ = end_;
    if (end_ - position_ > kMaxLineBytes) {
      if (!skip_long_line()) return false;
    } else if (!fill()) {
      return status_.ok() && take_rest(line);
    }
  }
  return false;
}

// False when the line is blank or too long.
bool LineReader::take_line(std::size_t end, std::size_t resume, TextLine& line) {
  const std::size_t start = position_;
  position_ = scanned_ = resume;
  sink_.unit();
  std::string_view text(buffer_.get() + start, end - start);
  if (text.size() > kMaxLineBytes) {
    sink_.reject(
        "line.too_long", base_ + start, text.size(), text,
        fmt::format("a line of {} bytes; at most {} are read", text.size(), kMaxLineBytes));
    return false;
  }
  if (!text.empty() && (text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
  if (is_blank(text)) {
    sink_.blank_unit();
    return false;
  }
  line = {text, base_ + start, text.size(), true};
  return true;
}

// What follows the last line feed. Of a stream that broke off nobody knows how the line went on, so
// its beginning is not read even when it looks whole.
bool LineReader::take_rest(TextLine& line) {
  if (!damage_.empty()) {
    report_damage();
    return false;
  }
  if (position_ == end_ || !take_line(end_, end_, line)) return false;
  line.is_terminated = false;
  return true;
}

void LineReader::report_damage() {
  sink_.unit();
  const std::string_view rest(buffer_.get() + position_, end_ - position_);
  sink_.reject("input.damaged", base_ + position_, rest.size(), rest,
               "the input is cut or corrupt from here on: " + damage_);
  position_ = scanned_ = end_;
  damage_.clear();
}

// Moves the line begun to the front and reads behind it. False at the end or on an error.
bool LineReader::fill() {
  if (is_at_end_) return false;
  if (position_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + position_, end_ - position_);
    base_ += position_;
    end_ -= position_;
    scanned_ -= position_;
    position_ = 0;
  }
  const auto count = source_.read(buffer_.get() + end_, kBlockBytes + kMaxLineBytes - end_);
  if (!count.ok()) {
    is_at_end_ = true;
    if (count.error().code == ErrorCode::malformed) {
      damage_ = count.error().message.empty() ? "no reason given" : count.error().message;
    } else {
      status_ = count.error();
    }
    return false;
  }
  is_at_end_ = *count == 0;
  end_ += *count;
  return *count > 0;
}

// The line at position_ is longer than kMaxLineBytes and its end is not in the buffer: passes over
// it without keeping more than its first bytes. False at the end of the input.
bool LineReader::skip_long_line() {
  const std::string head(buffer_.get() + position_, kMaxRejectText);
  const std::uint64_t offset = base_ + position_;
  bool is_whole = false;
  do {
    position_ = scanned_ = end_;
    if (!fill()) break;
    const void* found = std::memchr(buffer_.get(), line_end_, end_);
    if (found) {
      position_ = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.get());
      is_whole = true;
    }
  } while (!is_whole);
  const std::uint64_t length = base_ + position_ - offset;
  if (is_whole) ++position_;
  scanned_ = position_;
  sink_.unit();
  sink_.reject("line.too_long", offset, length, head,
               fmt::format("a line of {} bytes; at most {} are read", length, kMaxLineBytes));
  if (!damage_.empty()) report_damage();
  return is_whole;
}

// A byte order mark tells the encoding; UTF-8's is passed over.
void LineReader::check_start() {
  is_started_ = true;
  while (end_ < 3 && fill()) {
  }
  const std::string_view head(buffer_.get(), end_);
  if (is_utf16(head)) {
    refuse_utf16();
  } else if (head.starts_with("\xef\xbb\xbf")) {
    position_ = scanned_ = 3;
  }
  if (status_.ok()) find_line_end();
}

// Reads on to the first LF, or to where a line would be too long without one.
void LineReader::find_line_end() {
  const auto text = [&] { return std::string_view(buffer_.get() + position_, end_ - position_); };
  std::size_t feed = text().find('\n');
  while (feed == std::string_view::npos && end_ - position_ < kMaxLineBytes) {
    const std::size_t seen = end_ - position_;
    if (!fill()) break;
    feed = text().find('\n', seen);
  }
  if (feed != std::string_view::npos && feed + 1 < text().size()) return;
  if (line_end_of(text()) == '\n') return;
  if (feed != std::string_view::npos && fill()) return;  // CR within the first line
  line_end_ = '\r';
  sink_.note("text.cr_line_ends", text().substr(0, text().find('\r')));
}

void LineReader::refuse_utf16() {
  const std::string head(buffer_.get(), std::min(end_, kMaxRejectText));
  do {
    position_ = scanned_ = end_;
  } while (fill());
  sink_.unit();
  sink_.reject("text.utf16", 0, base_ + position_, head,
               "the file is UTF-16 text; convert it (iconv -f UTF-16 -t UTF-8) and add the result");
  if (!damage_.empty()) report_damage();
}

void reject_line(RecordSink& sink, const TextLine& line, std::string_view code,
                 std::string_view why) {
  if (line.is_terminated) {
    sink.reject(code, line.offset, line.length, line.text, why);
    return;
  }
  sink.reject("line.truncated", line.offset, line.length, line.text,
              fmt::format("the input ends within this line ({}: {})", code, why));
}

Status flushed(RecordSink& sink) {
  sink.flush();
  return sink.failure() ? Status(*sink.failure()) : Status();
}

}  // namespace assay
