#include "readers/zeek_head.h"

namespace assay {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void append_zeek_unescaped(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      if (text[i + 1] == '\\') {
        ++i;
      } else if (text[i + 1] == 'x' && i + 3 < text.size()) {
        const int high = hex_digit(text[i + 2]);
        const int low = hex_digit(text[i + 3]);
        if (high >= 0 && low >= 0) {
          out.push_back(static_cast<char>(high * 16 + low));
          i += 3;
          continue;
        }
      }
    }
    out.push_back(text[i]);
  }
}

bool ZeekHead::take(std::string_view line) {
  // The separator itself is told after a blank, since it is not known before.
  if (line.starts_with("#separator ")) {
    *this = ZeekHead{};
    separator.clear();
    append_zeek_unescaped(line.substr(11), separator);
    if (separator.empty()) separator = "\t";
    return true;
  }
  const std::size_t end = line.find(separator);
  if (end == std::string_view::npos) return false;
  const std::string_view keyword = line.substr(0, end);
  const std::string_view value = line.substr(end + separator.size());
  const auto unescaped = [value] {
    std::string out;
    append_zeek_unescaped(value, out);
    return out;
  };
  if (keyword == "#set_separator") set_separator = unescaped();
  if (keyword == "#empty_field") empty_field = unescaped();
  if (keyword == "#unset_field") unset_field = unescaped();
  if (keyword == "#path") path = value;
  if (set_separator.empty()) set_separator = ",";
  if (keyword != "#fields") return false;
  fields.clear();
  for_each_part(value, separator, [&](std::string_view name) { fields.emplace_back(name); });
  return true;
}

}  // namespace assay
