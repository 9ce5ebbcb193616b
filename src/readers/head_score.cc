#include "readers/head_score.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace assay {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "19:41:36" or "7:41:36" somewhere in the text.
bool has_clock(std::string_view text) {
  for (std::size_t at = 1; at + 6 <= text.size(); ++at) {
    const std::string_view part = text.substr(at, 6);
    if (is_digit(text[at - 1]) && part[0] == ':' && part[3] == ':' && is_digit(part[1]) &&
        is_digit(part[2]) && is_digit(part[4]) && is_digit(part[5])) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool looks_logged(std::string_view line) {
  constexpr std::size_t kStampEnds = 48;  // behind a priority and a host
  constexpr std::size_t kSecondsDigits = 9;
  if (line.starts_with("{\"log\":\"")) return true;  // a container's runtime
  if (line.starts_with('<')) {
    const std::size_t end = line.substr(0, 5).find('>');
    return end != std::string_view::npos && end > 1 && is_digit(line[1]);
  }
  const std::size_t begin = line.starts_with('[') ? 1 : 0;
  if (line.size() <= begin || !(is_digit(line[begin]) || is_letter(line[begin]))) return false;
  const std::size_t digits =
      std::min(line.find_first_not_of("0123456789", begin), line.size()) - begin;
  if (digits >= kSecondsDigits) return true;
  const std::size_t capitals = line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1);
  if (begin == 1 && capitals < line.size() && capitals > 3 && line[capitals] == ']') return true;
  return has_clock(line.substr(0, kStampEnds));
}

bool looks_quoting(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (line.size() > 1 && line[0] == '<' &&
      (is_letter(line[1]) || line[1] == '!' || line[1] == '?' || line[1] == '/')) {
    return true;
  }
  return line.starts_with("```") || line.find("'''") < line.size() ||
         line.find("\"\"\"") < line.size();
}

bool begins_as_page_or_code(std::string_view head) {
  static constexpr std::array<std::string_view, 8> kBegins = {
      "#!", "#include", "#pragma", "import ", "package ", "//", "/*", "---\n"};
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  const std::size_t begin = head.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return false;
  head.remove_prefix(begin);
  const std::string_view line = head.substr(0, head.find_first_of("\r\n"));
  for (const std::string_view word : kBegins) {
    if (head.starts_with(word)) return true;
  }
  return looks_quoting(line) || (line.starts_with("from ") && line.find(" import ") < line.size());
}

void count_undated(std::string_view line, LineCount& count) {
  ++count.undated;
  count.comments += line.starts_with('#');
  count.quoting += looks_quoting(line);
}

bool is_quotation(const LineCount& count) {
  // Lists of lines for tests have comments between them.
  const std::uint64_t words = count.undated - count.comments;
  if (words * 2 > count.lines - count.comments || count.undated * 4 > count.lines * 3) return true;
  return count.quoting > 1 && count.undated * 10 > count.lines;
}

SniffScore score_of(const LineCount& count, const LineScale& scale) {
  if (is_quotation(count)) return {};
  if (count.own > 0) {
    const auto share = static_cast<int>((count.own + count.akin) *
                                        static_cast<std::uint64_t>(scale.more) / count.lines);
    return {scale.least + share, fmt::format("{}; {} of the first {} lines {}", count.first,
                                             count.own, count.lines, scale.own)};
  }
  if (count.akin == 0) return {};
  return {scale.akin_score, fmt::format("{} lines {}", count.akin, scale.akin)};
}

}  // namespace assay
