#include <fmt/core.h>

#include <array>

#include "assay/names.h"

namespace assay {
namespace {

// What a byte of a label becomes in canonical text: itself (folded), '\' + itself, or '\DDD'. The
// set that BIND escapes, so that its logs and our names spell alike.
enum class ByteKind : std::uint8_t { plain, capital, escaped, decimal };

constexpr std::array<ByteKind, 256> kKinds = [] {
  std::array<ByteKind, 256> kinds{};
  for (int c = 0; c < 256; ++c) {
    if (c <= 0x20 || c >= 0x7f) {
      kinds[c] = ByteKind::decimal;
    } else if (c >= 'A' && c <= 'Z') {
      kinds[c] = ByteKind::capital;
    } else {
      kinds[c] = ByteKind::plain;
    }
  }
  for (const char c : {'.', '\\', '"', '(', ')', ';', '@', '$'}) {
    kinds[static_cast<unsigned char>(c)] = ByteKind::escaped;
  }
  return kinds;
}();

// Of a plain byte or a capital the canonical one, else 0.
constexpr std::array<unsigned char, 256> kFolded = [] {
  std::array<unsigned char, 256> folded{};
  for (int c = 0; c < 256; ++c) {
    if (kKinds[c] == ByteKind::plain) folded[c] = static_cast<unsigned char>(c);
    if (kKinds[c] == ByteKind::capital) folded[c] = static_cast<unsigned char>(c | 0x20);
  }
  return folded;
}();

void append_byte(unsigned char byte, std::string& out, bool& had_upper) {
  switch (kKinds[byte]) {
    case ByteKind::plain:
      out.push_back(static_cast<char>(byte));
      break;
    case ByteKind::capital:
      had_upper = true;
      out.push_back(static_cast<char>(byte | 0x20));
      break;
    case ByteKind::escaped:
      out.push_back('\\');
      out.push_back(static_cast<char>(byte));
      break;
    case ByteKind::decimal:
      out.push_back('\\');
      out.push_back(static_cast<char>('0' + byte / 100));
      out.push_back(static_cast<char>('0' + byte / 10 % 10));
      out.push_back(static_cast<char>('0' + byte % 10));
      break;
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The byte that a backslash at text[i] stands for; moves i to its last character.
std::optional<NameProblem> unescape(std::string_view text, std::size_t& i, unsigned char& byte) {
  if (i + 1 >= text.size()) return NameProblem{"dns.qname.bad_escape", "a backslash at the end"};
  if (!is_digit(text[i + 1])) {
    byte = static_cast<unsigned char>(text[++i]);
    return std::nullopt;
  }
  if (i + 3 >= text.size() || !is_digit(text[i + 2]) || !is_digit(text[i + 3])) {
    return NameProblem{"dns.qname.bad_escape", "a backslash needs three digits"};
  }
  const int value = (text[i + 1] - '0') * 100 + (text[i + 2] - '0') * 10 + text[i + 3] - '0';
  if (value > 255) return NameProblem{"dns.qname.bad_escape", "an escape above \\255"};
  byte = static_cast<unsigned char>(value);
  i += 3;
  return std::nullopt;
}

// Nearly all names are labels of plain bytes and no longer than the wire allows: a look-up and a
// store a byte. False, and nothing appended, for any other, which the caller takes byte by byte.
bool append_if_plain(std::string_view text, std::string& out, bool* had_upper) {
  char folded[kMaxNameWireBytes];
  if (text.size() + 2 > kMaxNameWireBytes) return false;
  std::size_t label_bytes = 0;
  unsigned char changed = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '.') {
      if (label_bytes == 0 || label_bytes > kMaxLabelBytes) return false;
      label_bytes = 0;
      folded[i] = '.';
      continue;
    }
    const unsigned char plain = kFolded[byte];
    if (plain == 0) return false;
    changed |= plain ^ byte;
    folded[i] = static_cast<char>(plain);
    ++label_bytes;
  }
  if (label_bytes > kMaxLabelBytes) return false;
  const bool ends_in_root = label_bytes == 0 && !text.empty();
  out.append(folded, text.size() - (ends_in_root ? 1 : 0));
  if (had_upper != nullptr && changed != 0) *had_upper = true;
  return true;
}

}  // namespace

void append_canonical_label(std::string_view wire_label, std::string& out, bool* had_upper) {
  bool upper = false;
  char folded[kMaxLabelBytes];
  std::size_t plain = 0;
  while (plain < wire_label.size() && plain < sizeof folded) {
    const auto byte = static_cast<unsigned char>(wire_label[plain]);
    if (kFolded[byte] == 0) break;
    upper |= kFolded[byte] != byte;
    folded[plain++] = static_cast<char>(kFolded[byte]);
  }
  out.append(folded, plain);
  for (const char c : wire_label.substr(plain)) {
    append_byte(static_cast<unsigned char>(c), out, upper);
  }
  if (had_upper != nullptr && upper) *had_upper = true;
}

std::optional<NameProblem> canonicalise_name(std::string_view text, std::string& out,
                                             bool* had_upper) {
  if (!text.empty() && append_if_plain(text, out, had_upper)) return std::nullopt;
  if (text.empty()) return NameProblem{"dns.qname.empty", "an empty name"};
  if (text == ".") return std::nullopt;
  bool upper = false;
  std::size_t label_bytes = 0;
  std::size_t wire_bytes = 1;  // the root label
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = static_cast<unsigned char>(text[i]);
    if (byte == '.') {
      if (label_bytes == 0) return NameProblem{"dns.qname.empty_label", "two dots in a row"};
      wire_bytes += label_bytes + 1;
      label_bytes = 0;
      if (i + 1 < text.size()) out.push_back('.');
      continue;
    }
    if (byte == '\\') {
      if (auto problem = unescape(text, i, byte)) return problem;
    }
    append_byte(byte, out, upper);
    if (++label_bytes > kMaxLabelBytes) {
      return NameProblem{"dns.qname.label_too_long", "a label of more than 63 bytes"};
    }
  }
  if (label_bytes > 0) wire_bytes += label_bytes + 1;
  if (wire_bytes > kMaxNameWireBytes) {
    return NameProblem{"dns.qname.too_long", "a name of more than 255 bytes"};
  }
  if (had_upper != nullptr && upper) *had_upper = true;
  return std::nullopt;
}

std::vector<std::string_view> labels_of(std::string_view canonical) {
  std::vector<std::string_view> labels;
  if (canonical.empty()) return labels;
  std::size_t start = 0;
  for (std::size_t i = 0; i < canonical.size(); ++i) {
    if (canonical[i] == '\\') {
      ++i;  // '\.' is no separator; of '\DDD' the digits are plain
    } else if (canonical[i] == '.') {
      labels.push_back(canonical.substr(start, i - start));
      start = i + 1;
    }
  }
  labels.push_back(canonical.substr(start));
  return labels;
}

bool is_within(std::string_view name, std::string_view zone) {
  if (zone.empty()) return true;
  if (name.size() < zone.size() || !name.ends_with(zone)) return false;
  if (name.size() == zone.size()) return true;
  const std::size_t dot = name.size() - zone.size() - 1;
  if (name[dot] != '.') return false;
  std::size_t backslashes = 0;  // an odd run before the dot makes it part of a label
  while (backslashes < dot && name[dot - 1 - backslashes] == '\\') ++backslashes;
  return backslashes % 2 == 0;
}

std::string_view display_name(std::string_view canonical) {
  return canonical.empty() ? std::string_view(".") : canonical;
}

Result<NamePattern> NamePattern::parse(std::string_view text) {
  NamePattern pattern;
  std::string_view base = text;
  if (base.starts_with("*.")) {
    pattern.is_wildcard_ = true;
    base.remove_prefix(2);
  }
  if (const auto problem = canonicalise_name(base, pattern.base_)) {
    return Error{ErrorCode::usage,
                 fmt::format("'{}' is not a domain name: {}", text, problem->text),
                 "write a name like mail1.sender.example, or *.sender.example for all names below"};
  }
  return pattern;
}

bool NamePattern::matches(std::string_view canonical) const {
  if (!is_wildcard_) return canonical == base_;
  return canonical.size() != base_.size() && is_within(canonical, base_);
}

std::string NamePattern::to_string() const {
  return (is_wildcard_ ? "*." : "") + std::string(display_name(base_));
}

}  // namespace assay
