#include "readers/mail/normal_text.h"

namespace assay {

std::string normal_text(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::string out;
  out.reserve(text.size() + 1);
  std::size_t empty_lines = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    line = line.substr(0, line.find_last_not_of(" \t\r\f\v") + 1);
    const std::size_t quotes = line.find_first_not_of('>');
    if (quotes != line.npos && line.substr(quotes).starts_with("From ")) {
      line.remove_prefix(quotes);
    }
    if (line.empty()) {
      ++empty_lines;
      continue;
    }
    if (!out.empty()) out.append(empty_lines, '\n');
    empty_lines = 0;
    out += line;
    out += '\n';
  }
  return out;
}

}  // namespace assay
