#include "readers/windows_dns_line.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "assay/instant.h"
#include "assay/names.h"

namespace assay {

namespace {

using Kind = WindowsDnsLine::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void skip_blanks(std::string_view& text) {
  const std::size_t at = text.find_first_not_of(" \t");
  text.remove_prefix(at == std::string_view::npos ? text.size() : at);
}

// The next word, with the blanks around it dropped.
std::string_view next_word(std::string_view& text) {
  skip_blanks(text);
  const std::string_view word = text.substr(0, text.find_first_of(" \t"));
  text.remove_prefix(word.size());
  skip_blanks(text);
  return word;
}

// Up to `most` digits at the start; their number, which is dropped from `text`.
std::optional<int> take_number(std::string_view& text, std::size_t most) {
  std::size_t digits = 0;
  int value = 0;
  while (digits < text.size() && digits < most && is_digit(text[digits])) {
    value = value * 10 + (text[digits++] - '0');
  }
  if (digits == 0 || (digits < text.size() && is_digit(text[digits]))) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take_one_of(std::string_view& text, std::string_view set) {
  if (text.empty() || set.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// "6/5/2013", "05.06.2013", "05-06-2013", "2013-06-05", "20130605". Dots stand where days come
// first.
bool parse_date(std::string_view word, WindowsDate& out) {
  const std::size_t digits = word.find_first_not_of("0123456789");
  if (digits == std::string_view::npos) {
    if (word.size() != 8) return false;
    std::string_view year = word.substr(0, 4), month = word.substr(4, 2), day = word.substr(6);
    out.order = WindowsDate::Order::year_first;
    out.year = *take_number(year, 4);
    out.first = *take_number(month, 2);
    out.second = *take_number(day, 2);
    return true;
  }
  const char mark = word[digits];
  if (mark != '/' && mark != '-' && mark != '.') return false;
  const std::string_view marks(&mark, 1);
  const auto one = take_number(word, 4);
  if (!one || !take_one_of(word, marks)) return false;
  const auto two = take_number(word, 2);
  if (!two || !take_one_of(word, marks)) return false;
  const auto three = take_number(word, 4);
  if (!three || !(word.empty() || word == ".")) return false;
  if (digits == 4) {
    out.order = WindowsDate::Order::year_first;
    out.year = *one;
    out.first = *two;
    out.second = *three;
    return *three < 100;
  }
  out.order = mark == '.' ? WindowsDate::Order::day_first : WindowsDate::Order::either;
  out.first = *one;
  out.second = *two;
  out.year = *three;
  return *one < 100 && *three >= 1000;
}

// "AM", "p.m.", "a. m."; 0 when it is none, else its bytes.
std::size_t half_day_length(std::string_view text, bool& is_afternoon) {
  for (const std::string_view form : {"AM", "PM", "am", "pm", "a.m.", "p.m.", "a. m.", "p. m."}) {
    if (!text.starts_with(form)) continue;
    is_afternoon = form[0] == 'P' || form[0] == 'p';
    return form.size();
  }
  return 0;
}

// "7:52:03 AM", "16:05:31", "16.05.31"; drops it from `text`.
bool take_time(std::string_view& text, WindowsDate& out) {
  skip_blanks(text);
  const auto hour = take_number(text, 2);
  if (!hour || !take_one_of(text, ":.")) return false;
  const auto minute = take_number(text, 2);
  if (!minute || !take_one_of(text, ":.")) return false;
  const auto second = take_number(text, 2);
  if (!second || *minute > 59 || *second > 60) return false;
  skip_blanks(text);
  bool is_afternoon = false;
  const std::size_t half_day = half_day_length(text, is_afternoon);
  int hours = *hour;
  out.has_half_day = half_day > 0;
  if (half_day > 0) {
    text.remove_prefix(half_day);
    skip_blanks(text);
    if (hours < 1 || hours > 12) return false;
    hours = hours % 12 + (is_afternoon ? 12 : 0);
  }
  if (hours > 23) return false;
  out.day_us = ((std::int64_t{hours} * 60 + *minute) * 60 + *second) * kMicrosPerSecond;
  return true;
}

std::optional<std::uint16_t> parse_hex16(std::string_view word) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, 16);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

void refuse(WindowsDnsLine& out, std::string_view why) {
  out.kind = Kind::refused;
  out.code = "windows_dns.packet.unreadable";
  out.why = why;
}

// "[0001   D   NOERROR]": the flags' two bytes are printed in the other order than on the wire.
bool take_flags(std::string_view& text, WindowsDnsLine& out) {
  if (!take_one_of(text, "[")) return false;
  const std::size_t end = text.find(']');
  if (end == std::string_view::npos) return false;
  std::string_view inside = text.substr(0, end);
  const auto flags = parse_hex16(next_word(inside));
  if (!flags) return false;
  out.flags = static_cast<std::uint16_t>(*flags << 8 | *flags >> 8);
  text.remove_prefix(end + 1);
  return true;
}

// What follows "PACKET": "[POINTER ]UDP Rcv ADDRESS XID [R] Q [FLAGS] TYPE NAME".
void parse_packet(std::string_view text, WindowsDnsLine& out) {
  std::string_view word = next_word(text);
  if (word != "UDP" && word != "TCP") word = next_word(text);
  if (word != "UDP" && word != "TCP") return refuse(out, "neither UDP nor TCP");
  out.is_tcp = word == "TCP";
  word = next_word(text);
  if (word != "Snd" && word != "Rcv") return refuse(out, "neither Snd nor Rcv");
  out.is_sent = word == "Snd";
  out.remote = next_word(text);
  word = next_word(text);
  const auto id = parse_hex16(word);
  if (!id || word.size() > 4) return refuse(out, "no message id behind the address");
  out.id = *id;
  word = next_word(text);
  if (word == "R") {
    out.is_response = true;
    word = next_word(text);
  }
  if (word.size() != 1) return refuse(out, "no opcode behind the message id");
  out.opcode = word[0];
  if (!take_flags(text, out)) return refuse(out, "no flags in brackets");
  if (((out.flags & 0x8000) != 0) != out.is_response) {
    return refuse(out, "the flags say otherwise than 'R' whether it is a response");
  }
  out.qtype = next_word(text);
  out.qname = text.substr(0, text.find_last_not_of(" \t") + 1);
  if (out.qname.empty()) return refuse(out, "no name at its end");
  out.kind = Kind::packet;
}

// Bytes of a label as they are printed: as they are, or as three octal digits behind a backslash.
bool append_label(std::string_view printed, std::size_t bytes, WindowsName& out) {
  if (printed.size() == bytes) {
    for (const char c : printed) {
      if (c == '?') {
        out.canonical += "\\?";
        out.is_lossy = true;
      } else {
        append_canonical_label(std::string_view(&c, 1), out.canonical, &out.had_capitals);
      }
    }
    return true;
  }
  std::string label;
  for (std::size_t i = 0; i < printed.size(); ++i) {
    const bool is_octal = printed[i] == '\\' && i + 3 < printed.size() &&
                          std::all_of(printed.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                      printed.begin() + static_cast<std::ptrdiff_t>(i) + 4,
                                      [](char c) { return c >= '0' && c <= '7'; });
    if (!is_octal) {
      label.push_back(printed[i]);
      continue;
    }
    label.push_back(static_cast<char>((printed[i + 1] - '0') * 64 + (printed[i + 2] - '0') * 8 +
                                      (printed[i + 3] - '0')));
    i += 3;
  }
  if (label.size() != bytes) return false;
  append_canonical_label(label, out.canonical, &out.had_capitals);
  return true;
}

// The place of the next "(digits)" at or after `from`, or the end.
std::size_t next_count(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find('(', from); at < text.size(); at = text.find('(', at + 1)) {
    const std::size_t end = text.find_first_not_of("0123456789", at + 1);
    if (end < text.size() && end > at + 1 && text[end] == ')') return at;
  }
  return text.size();
}

}  // namespace

void parse_windows_dns_line(std::string_view text, WindowsDnsLine& out) {
  out = WindowsDnsLine{};
  if (text.empty() || !is_digit(text[0])) return;
  std::string_view rest = text;
  if (!parse_date(next_word(rest), out.date)) return;
  if (!take_time(rest, out.date)) return;
  out.kind = Kind::other;
  const std::string_view thread = next_word(rest);
  const bool is_thread = !thread.empty() && thread.size() <= 8 &&
                         thread.find_first_not_of("0123456789ABCDEFabcdef") == thread.npos;
  if (!is_thread || next_word(rest) != "PACKET") return;
  parse_packet(rest, out);
}

std::string_view read_windows_name(std::string_view printed, WindowsName& out) {
  out.canonical.clear();
  out.had_capitals = out.is_lossy = false;
  if (!printed.starts_with('(')) {
    if (printed.starts_with('.') && printed.size() > 1) printed.remove_prefix(1);
    const auto problem = canonicalise_name(printed, out.canonical, &out.had_capitals);
    return problem ? problem->code : std::string_view();
  }
  std::size_t wire_bytes = 1;
  while (!printed.empty()) {
    if (next_count(printed, 0) != 0) return "dns.qname.unreadable";
    printed.remove_prefix(1);
    const auto bytes = take_number(printed, 3);
    printed.remove_prefix(1);
    if (!bytes || *bytes > static_cast<int>(kMaxLabelBytes)) return "dns.qname.label_too_long";
    if (*bytes == 0) return printed.empty() ? std::string_view() : "dns.qname.unreadable";
    wire_bytes += static_cast<std::size_t>(*bytes) + 1;
    if (wire_bytes > kMaxNameWireBytes) return "dns.qname.too_long";
    // Its own count tells where a label ends, which may itself hold "(3)".
    const auto count = static_cast<std::size_t>(*bytes);
    std::size_t end = next_count(printed, count) == count ? count : next_count(printed, 0);
    if (!out.canonical.empty()) out.canonical.push_back('.');
    if (!append_label(printed.substr(0, end), count, out)) return "dns.qname.label_length";
    printed.remove_prefix(end);
  }
  return "dns.qname.unreadable";  // the root's "(0)" must end it
}

}  // namespace assay
