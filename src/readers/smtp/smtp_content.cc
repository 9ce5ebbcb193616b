#include "readers/smtp/smtp_content.h"

#include <algorithm>

namespace assay {
namespace {

bool is_field(std::string_view line, std::string_view name) {
  if (line.size() <= name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = line[i] >= 'A' && line[i] <= 'Z' ? static_cast<char>(line[i] + 32) : line[i];
    if (c != name[i]) return false;
  }
  const std::size_t colon = line.find_first_not_of(" \t", name.size());
  return colon != std::string_view::npos && line[colon] == ':';
}

// The line at the front of `rest`, its end taken off; false when its end is not there.
bool next_line(std::string_view& rest, std::string_view& line) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return false;
  line = rest.substr(0, end);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  rest.remove_prefix(end + 1);
  return true;
}

}  // namespace

void SmtpContent::put(std::string_view bytes) {
  if (bytes.empty()) return;
  size_ += bytes.size();
  digest_.update(bytes);
  if (is_header_over_ || !is_whole_) return;
  const std::size_t before = header_.size();
  header_ += bytes.substr(0, kMaxHeaderBytesSeen - before);
  const std::size_t from = before < 3 ? 0 : before - 3;
  std::size_t end = header_.find("\n\r\n", from);
  if (end == std::string::npos) end = header_.find("\n\n", from);
  if (end != std::string::npos) header_.resize(end + 1);
  is_header_over_ = end != std::string::npos || header_.size() >= kMaxHeaderBytesSeen;
}

bool SmtpContent::take_data(std::string_view& bytes) {
  std::size_t begin = 0;  // of what is not yet put
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const char c = bytes[at];
    switch (state_) {
      case State::line_start:
        if (c == '.') {
          put(bytes.substr(begin, at - begin));
          begin = at + 1;
          state_ = State::dot;
          continue;
        }
        break;
      case State::dot:
        if (c == '\r') {
          begin = at + 1;
          state_ = State::dot_return;
          continue;
        }
        break;
      case State::dot_return:
        if (c == '\n') {
          bytes.remove_prefix(at + 1);
          return true;
        }
        put("\r");
        begin = at;
        break;
      case State::carriage_return:
        if (c == '\n') {
          state_ = State::line_start;
          continue;
        }
        break;
      case State::within: {
        const std::size_t next = std::min(bytes.find('\r', at), bytes.size());
        at = next;
        if (at < bytes.size()) state_ = State::carriage_return;
        continue;
      }
    }
    state_ = c == '\r' ? State::carriage_return : State::within;
  }
  if (begin < bytes.size()) put(bytes.substr(begin));
  bytes = {};
  return false;
}

std::string SmtpContent::header_field(std::string_view name) const {
  std::string_view rest = header_, line;
  std::string body;
  bool is_found = false;
  while (next_line(rest, line)) {
    const bool is_folded = !line.empty() && (line[0] == ' ' || line[0] == '\t');
    if (is_found && !is_folded) break;
    if (is_found) {
      body += line;
    } else if (is_field(line, name)) {
      is_found = true;
      body = line.substr(line.find(':') + 1);
    }
  }
  const std::size_t begin = body.find_first_not_of(" \t");
  if (begin == std::string::npos) return {};
  return body.substr(begin, body.find_last_not_of(" \t") - begin + 1);
}

}  // namespace assay
