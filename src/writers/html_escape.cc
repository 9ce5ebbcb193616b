#include "writers/html_escape.h"

#include <fmt/core.h>

#include <cstdint>

#include "core/digest.h"

namespace assay {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: not UTF-8 at this place
};

// RFC 3629: shortest form only, no surrogates, at most U+10FFFF.
CodePoint decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {};
  std::uint32_t value = lead & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3f);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return {};
  return {value, length};
}

// What a reader's eye would not see, or what would turn the text around.
bool is_invisible(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa1) || c == 0xad || c == 0x61c || c == 0x180e ||
         (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) ||
         (c >= 0xe0000 && c <= 0xe0fff);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "2021-05-04T00:00:00Z", with or without decimals of the second; 0 when none begins here.
std::size_t length_of_time(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() <= kShape.size()) return 0;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == 'd' ? !is_digit(text[i]) : text[i] != kShape[i]) return 0;
  }
  std::size_t end = kShape.size();
  if (text[end] == '.') ++end;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end < text.size() && text[end] == 'Z' ? end + 1 : 0;
}

// A character that is cut in two would look like bytes that are not UTF-8.
std::string_view beginning_of(std::string_view text, std::size_t most_bytes) {
  std::size_t end = most_bytes;
  for (int back = 0; back < 3 && end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xc0) == 0x80;
       ++back) {
    --end;
  }
  return text.substr(0, end);
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = decode(text);
    if (point.bytes == 0) {
      out += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    switch (point.value) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (is_invisible(point.value)) {
          out += point.value < 0x80 ? fmt::format("\\x{:02x}", point.value)
                                    : fmt::format("\\u{{{:04x}}}", point.value);
        } else {
          out += text.substr(0, point.bytes);
        }
    }
    text.remove_prefix(point.bytes);
  }
  return out;
}

std::string escape_html_cut(std::string_view text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return escape_html(text);
  return fmt::format("{} <span class=\"cut\">… {} bytes in all</span>",
                     escape_html(beginning_of(text, most_bytes)), text.size());
}

std::string escape_sentence(std::string_view text, std::size_t most_bytes) {
  const std::string escaped = escape_html_cut(text, most_bytes);
  std::string out;
  for (std::size_t at = 0; at < escaped.size();) {
    const std::size_t time = length_of_time(std::string_view(escaped).substr(at));
    if (time > 0) {
      out += fmt::format("<time>{}</time>", escaped.substr(at, time));
      at += time;
    } else if (at > 0 && is_digit(escaped[at - 1]) && escaped.compare(at, 2, " %") == 0) {
      out += "\xc2\xa0";
      ++at;
    } else {
      out.push_back(escaped[at++]);
    }
  }
  return out;
}

std::string escape_html_short(std::string_view text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return escape_html(text);
  return escape_html(beginning_of(text, most_bytes)) + "…";
}

std::string anchor_of(std::string_view text) {
  if (text.size() > kMostAnchorBytes) {
    return fmt::format("{}-{}", anchor_of(text.substr(0, kMostAnchorBytes / 4)), sha256_hex(text));
  }
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (is_plain) {
      out.push_back(c);
    } else {
      out += fmt::format("_{:02x}", static_cast<std::uint8_t>(c));
    }
  }
  return out;
}

}  // namespace assay
