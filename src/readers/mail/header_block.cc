#include "readers/mail/header_block.h"

#include "readers/mail/mail_text.h"

namespace assay {

namespace {

bool is_continuation(std::string_view text) {
  return !text.empty() && (text.front() == ' ' || text.front() == '\t');
}

constexpr std::size_t kMaxOddLine = 200;

}  // namespace

HeaderBlock::Taken HeaderBlock::take(const MailLine& line, std::string_view ahead) {
  if (!line.starts) {
    if (!is_odd_) append(line.text, line.offset, 0);
    return Taken::field;
  }
  if (line.is_empty()) return Taken::end;
  if (is_continuation(line.text)) {
    // Blanks alone are an empty line to people, and to most programs when no fold goes on behind.
    const bool is_blank = trimmed(line.text).empty();
    if (is_blank && !is_continuation(ahead) && field_name_length(ahead) == 0) return Taken::end;
    if (!fields_.empty() || is_dropping_) {
      if (!is_odd_) append(line.text, line.offset, 0);
      return Taken::field;
    }
  }
  const std::size_t name_length = field_name_length(line.text);
  is_odd_ = name_length == 0;
  if (!is_odd_) {
    append(line.text, line.offset, name_length);
    return Taken::field;
  }
  const bool goes_on = line.ends && (field_name_length(ahead) > 0 || is_continuation(ahead));
  if (!goes_on) return Taken::body;
  if (odd_lines_++ == 0) odd_line_ = line.text.substr(0, kMaxOddLine);
  return Taken::field;
}

// `name_length` 0: more of the field begun.
void HeaderBlock::append(std::string_view text, std::uint64_t offset, std::size_t name_length) {
  if (name_length > 0) is_dropping_ = fields_.size() >= kMaxHeaderFields;
  if (bytes_.size() + text.size() > max_bytes_) is_dropping_ = true;
  if (is_dropping_) {
    dropped_bytes_ += text.size();
    return;
  }
  if (name_length > 0) fields_.push_back({bytes_.size(), 0, name_length, offset});
  if (fields_.empty()) return;
  bytes_ += text;
  fields_.back().end = bytes_.size();
}

void HeaderBlock::clear() {
  bytes_.clear();
  fields_.clear();
  is_dropping_ = is_odd_ = false;
  dropped_bytes_ = odd_lines_ = 0;
  odd_line_.clear();
}

HeaderBlock::Field HeaderBlock::field(std::size_t i) const {
  const Place& place = fields_[i];
  std::string_view text(bytes_.data() + place.begin, place.end - place.begin);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  const std::size_t colon = text.find(':', place.name_length);
  return {text.substr(0, place.name_length), text.substr(std::min(colon + 1, text.size())),
          place.offset, static_cast<std::uint32_t>(text.size())};
}

std::string HeaderBlock::first(std::string_view lower_name) const {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (const Field each = field(i); is_same_word(each.name, lower_name)) {
      return unfolded(each.value);
    }
  }
  return {};
}

std::string unfolded(std::string_view value) {
  value = trimmed(value);
  std::string out;
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\r' || c == '\n') {
      while (i + 1 < value.size() && trimmed(value.substr(i + 1, 1)).empty()) ++i;
      out += ' ';
    } else {
      out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
  }
  return out;
}

}  // namespace assay
