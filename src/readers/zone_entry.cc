#include "readers/zone_entry.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "assay/names.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Where names stand in the rdata of a type, and from which word on it is one piece of hex or
// base64. A bit a word; bit 31: the last word alone.
struct RdataShape {
  std::uint16_t type;
  std::uint8_t names;
  int blob_from;
};
constexpr int kNoBlob = -1;
constexpr RdataShape kShapes[] = {
    {2, 1, kNoBlob},    // NS
    {3, 1, kNoBlob},    // MD
    {4, 1, kNoBlob},    // MF
    {5, 1, kNoBlob},    // CNAME
    {6, 3, kNoBlob},    // SOA
    {7, 1, kNoBlob},    // MB
    {8, 1, kNoBlob},    // MG
    {9, 1, kNoBlob},    // MR
    {12, 1, kNoBlob},   // PTR
    {14, 3, kNoBlob},   // MINFO
    {15, 2, kNoBlob},   // MX
    {17, 3, kNoBlob},   // RP
    {18, 2, kNoBlob},   // AFSDB
    {21, 2, kNoBlob},   // RT
    {26, 6, kNoBlob},   // PX
    {30, 1, kNoBlob},   // NXT
    {33, 8, kNoBlob},   // SRV
    {35, 32, kNoBlob},  // NAPTR
    {36, 2, kNoBlob},   // KX
    {39, 1, kNoBlob},   // DNAME
    {43, 0, 3},         // DS
    {44, 0, 2},         // SSHFP
    {46, 128, 8},       // RRSIG
    {47, 1, kNoBlob},   // NSEC
    {48, 0, 3},         // DNSKEY
    {52, 0, 3},         // TLSA
    {53, 0, 3},         // SMIMEA
    {59, 0, 3},         // CDS
    {60, 0, 3},         // CDNSKEY
    {61, 0, 0},         // OPENPGPKEY
    {63, 0, 3},         // ZONEMD
    {64, 2, kNoBlob},   // SVCB
    {65, 2, kNoBlob},   // HTTPS
    {107, 2, kNoBlob},  // LP
    {49, 0, 0},         // DHCID
    {37, 0, 3},         // CERT
    {25, 0, 3},         // KEY
    {24, 128, 8},       // SIG
    {32769, 0, 3},      // DLV
};

bool is_text_type(std::uint16_t type) { return type == 16 || type == 99; }  // TXT, SPF

std::int64_t number_or(std::string_view text, std::int64_t otherwise) {
  return parse_number<std::int64_t>(text).value_or(otherwise);
}

// $GENERATE's base n: a nibble a label, the lowest first; the width counts the dots too.
std::string nibbles(std::uint64_t value, std::int64_t width, bool is_upper) {
  std::string out;
  do {
    out += is_upper ? fmt::format("{:X}", value & 15) : fmt::format("{:x}", value & 15);
    value >>= 4;
    if (--width > 0 || value > 0) {
      out.push_back('.');
      --width;
    }
  } while (value > 0 || width > 0);
  return out;
}

}  // namespace

ZoneWords::State ZoneWords::add_line(std::string_view line) {
  if (!is_begun_) {
    is_begun_ = true;
    starts_blank_ = !line.empty() && is_blank(line.front());
  }
  for (std::size_t at = 0; at < line.size();) {
    const char c = line[at];
    if (is_blank(c)) {
      ++at;
    } else if (c == ';') {
      break;
    } else if (c == '(') {
      ++depth_, ++at;
    } else if (c == ')') {
      if (--depth_ < 0) return State::unopened_parenthesis;
      ++at;
    } else if (c == '"') {
      std::size_t end = at + 1;
      while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
      if (end >= line.size()) return State::unclosed_quote;
      words_.push_back({std::string(line.substr(at + 1, end - at - 1)), true});
      at = end + 1;
    } else {
      std::size_t end = at;
      // A quote within a word belongs to it: key="value" of SVCB.
      while (end < line.size() && !is_blank(line[end]) &&
             std::string_view(";()").find(line[end]) == std::string_view::npos) {
        if (line[end] == '"') {
          const std::size_t close = line.find('"', end + 1);
          if (close == std::string_view::npos) return State::unclosed_quote;
          end = close + 1;
        } else {
          end += line[end] == '\\' && end + 1 < line.size() ? 2 : 1;
        }
      }
      words_.push_back({std::string(line.substr(at, end - at)), false});
      at = end;
    }
  }
  return depth_ > 0 ? State::open : State::whole;
}

std::optional<std::uint32_t> parse_zone_ttl(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  std::uint64_t total = 0, number = 0;
  bool has_digits = false, has_unit = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      number = number * 10 + static_cast<std::uint64_t>(c - '0');
      has_digits = true;
      if (number > UINT32_MAX) return std::nullopt;
      continue;
    }
    constexpr std::pair<char, std::uint64_t> kUnits[] = {
        {'s', 1}, {'m', 60}, {'h', 3'600}, {'d', 86'400}, {'w', 604'800}};
    const auto* unit = std::find_if(std::begin(kUnits), std::end(kUnits),
                                    [c](const auto& each) { return each.first == (c | 0x20); });
    if (unit == std::end(kUnits) || !has_digits) return std::nullopt;
    total += number * unit->second;
    if (total > UINT32_MAX) return std::nullopt;
    number = 0;
    has_digits = false;
    has_unit = true;
  }
  if (has_unit && has_digits) return std::nullopt;
  total += number;
  return static_cast<std::uint32_t>(total);
}

bool read_zone_name(std::string_view text, const ZoneOrigin& origin, ZoneName& out) {
  out = ZoneName();
  if (text == "@") {
    out.canonical = origin.canonical;
    out.is_complete = origin.is_known;
    return true;
  }
  if (const auto problem = canonicalise_name(text, out.canonical, &out.had_capitals)) {
    out.code = problem->code;
    out.why = problem->text;
    return false;
  }
  // An escaped dot at the end ends no name.
  std::size_t slashes = 0;
  while (slashes + 1 < text.size() && text[text.size() - 2 - slashes] == '\\') ++slashes;
  if (text.ends_with('.') && slashes % 2 == 0) return true;
  out.is_complete = origin.is_known;
  if (!origin.is_known || origin.canonical.empty()) return true;
  const std::string joined = out.canonical + "." + origin.canonical;
  out.canonical.clear();
  if (const auto problem = canonicalise_name(joined, out.canonical)) {
    out.code = problem->code;
    out.why = problem->text;
    return false;
  }
  return true;
}

bool canonical_rdata(std::uint16_t type, const ZoneWord* words, std::size_t count,
                     const ZoneOrigin& origin, std::string& out, ZoneName& name) {
  out.clear();
  const auto* shape = std::find_if(std::begin(kShapes), std::end(kShapes),
                                   [type](const auto& each) { return each.type == type; });
  const bool is_generic = count > 0 && words[0].text == "\\#" && !words[0].is_quoted;  // RFC 3597
  const bool has_shape = !is_generic && shape != std::end(kShapes);
  const int blob_from = is_generic ? 2 : has_shape ? shape->blob_from : kNoBlob;
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_piece = blob_from != kNoBlob && i > static_cast<std::size_t>(blob_from);
    if (i > 0 && !is_piece) out.push_back(' ');
    if (has_shape && i < 8 && (shape->names >> i & 1) != 0) {
      if (!read_zone_name(words[i].text, origin, name)) return false;
      if (name.is_complete) {
        out.append(name.canonical).push_back('.');
      } else {
        out += words[i].text;
      }
    } else if (const auto seconds = parse_zone_ttl(words[i].text);
               type == 6 && has_shape && i > 2 && seconds) {
      out += std::to_string(*seconds);
    } else if (words[i].is_quoted || (is_text_type(type) && !is_generic)) {
      out.append(1, '"').append(words[i].text).push_back('"');
    } else {
      out += words[i].text;
    }
  }
  return true;
}

bool expand_generate(std::string_view text, std::int64_t number, std::string& out) {
  out.clear();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      if (text[at + 1] != '$') out.push_back('\\');
      out.push_back(text[++at]);
    } else if (text[at] != '$') {
      out.push_back(text[at]);
    } else if (at + 1 < text.size() && text[at + 1] == '$') {
      out.push_back('$'), ++at;
    } else if (at + 1 >= text.size() || text[at + 1] != '{') {
      out += std::to_string(number);
    } else {
      const std::size_t end = text.find('}', at);
      if (end == std::string_view::npos) return false;
      const std::string_view inside = text.substr(at + 2, end - at - 2);
      const std::size_t comma = inside.find(',');
      const std::size_t second =
          comma == std::string_view::npos ? comma : inside.find(',', comma + 1);
      const auto part = [&](std::size_t from, std::size_t to) {
        return from == std::string_view::npos ? std::string_view()
                                              : inside.substr(from + 1, to - from - 1);
      };
      constexpr std::int64_t kMostWidth = 63;
      const std::int64_t width = number_or(part(comma, second), 0);
      const std::string_view base = part(second, inside.size());
      const std::int64_t offset = number_or(inside.substr(0, comma), INT64_MIN);
      if (offset < -4'294'967'296 || offset > 4'294'967'295 || width < 0 || width > kMostWidth) {
        return false;
      }
      const std::int64_t value = number + offset;
      if (value < 0) return false;
      const auto digits = static_cast<std::size_t>(width);
      switch (base.empty() ? 'd' : base[0]) {
        case 'd':
          out += fmt::format("{:0{}d}", value, digits);
          break;
        case 'o':
          out += fmt::format("{:0{}o}", value, digits);
          break;
        case 'x':
          out += fmt::format("{:0{}x}", value, digits);
          break;
        case 'X':
          out += fmt::format("{:0{}X}", value, digits);
          break;
        case 'n':
          out += nibbles(static_cast<std::uint64_t>(value), width, false);
          break;
        case 'N':
          out += nibbles(static_cast<std::uint64_t>(value), width, true);
          break;
        default:
          return false;
      }
      at = end;
    }
  }
  return true;
}

}  // namespace assay
