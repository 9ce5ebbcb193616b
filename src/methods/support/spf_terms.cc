#include "methods/support/spf_terms.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/ascii.h"
#include "methods/support/spf.h"

namespace assay::methods {
namespace {

constexpr std::size_t kLongestName = 253;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

bool is_name_of_modifier(std::string_view text) {
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
         });
}

// A macro-string (section 7.1); `allowed`: its letters.
bool is_macro_string(std::string_view text, std::string_view allowed) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c <= ' ' || c > '~') return false;
    if (c != '%') continue;
    if (++at == text.size()) return false;
    if (text[at] == '%' || text[at] == '_' || text[at] == '-') continue;
    if (text[at] != '{') return false;
    if (++at == text.size() || allowed.find(lower(text[at])) == allowed.npos) return false;
    bool has_digit = false, is_zero = true;
    while (++at < text.size() && is_digit(text[at])) {
      has_digit = true;
      is_zero &= text[at] == '0';
    }
    if (has_digit && is_zero) return false;
    if (at < text.size() && lower(text[at]) == 'r') ++at;
    while (at < text.size() &&
           std::string_view(".-+,/_=").find(text[at]) != std::string_view::npos) {
      ++at;
    }
    if (at == text.size() || text[at] != '}') return false;
  }
  return true;
}

constexpr std::string_view kLetters = "slodiphv";

// Ends in a label that is no number, or in a macro.
bool is_domain_spec(std::string_view text) {
  if (text.empty() || !is_macro_string(text, kLetters)) return false;
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.ends_with('}')) return true;
  const std::size_t dot = text.rfind('.');
  if (dot == text.npos) return false;
  const std::string_view label = text.substr(dot + 1);
  return !label.empty() && label.front() != '-' && label.back() != '-' &&
         std::any_of(label.begin(), label.end(), [](char c) { return is_letter(c) || c == '-'; }) &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

// "/24", "//64", "/24//64" at the end of `text`, which loses it. Without leading noughts.
bool take_lengths(std::string_view& text, int& bits4, int& bits6) {
  const auto take = [&](std::string_view digits, int most, int& bits) {
    if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0'))
      return false;
    int value = 0;
    for (const char c : digits) {
      if (!is_digit(c)) return false;
      value = value * 10 + (c - '0');
    }
    bits = value;
    return value <= most;
  };
  // A '/' may stand in a name and in a macro: lengths are what is left to the end.
  const std::size_t last = text.find_last_not_of("0123456789/");
  const std::size_t slash = text.find('/', last == text.npos ? 0 : last + 1);
  if (slash == text.npos) return true;
  std::string_view rest = text.substr(slash + 1);
  text = text.substr(0, slash);
  if (rest.starts_with('/')) return take(rest.substr(1), 128, bits6);
  const std::size_t both = rest.find("//");
  if (both == rest.npos) return take(rest, 32, bits4);
  return take(rest.substr(0, both), 32, bits4) && take(rest.substr(both + 2), 128, bits6);
}

bool take_network(std::string_view text, SpfTerm& term) {
  const bool is_v4 = term.name == "ip4";
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  // "::ffff:192.0.2.1" is an ip6 network that no client is ever in.
  if (!address || is_v4 != (text.find(':') == text.npos)) return false;
  term.network = *address;
  if (slash == text.npos) return true;
  std::string_view rest = text.substr(slash);
  if (is_v4) return rest.find("//") == rest.npos && take_lengths(rest, term.bits4, term.bits6);
  const std::string doubled = "/" + std::string(rest);
  std::string_view whole = doubled;
  return !rest.starts_with("//") && take_lengths(whole, term.bits4, term.bits6);
}

bool take_mechanism(std::string_view text, SpfTerm& term) {
  if (std::string_view("+-?~").find(text.front()) != std::string_view::npos) {
    term.qualifier = text.front();
    text.remove_prefix(1);
  }
  const std::size_t end = std::min(text.find_first_of(":/"), text.size());
  term.name = lower_text(text.substr(0, end));
  std::string_view rest = text.substr(end);
  if (term.name == "all") return rest.empty();
  if (term.name == "ip4" || term.name == "ip6") {
    return rest.starts_with(':') && take_network(rest.substr(1), term);
  }
  if (term.name == "a" || term.name == "mx") {
    if (!take_lengths(rest, term.bits4, term.bits6)) return false;
  } else if (term.name != "include" && term.name != "exists" && term.name != "ptr") {
    return false;
  }
  if (rest.empty()) return term.name == "a" || term.name == "mx" || term.name == "ptr";
  if (!rest.starts_with(':')) return false;
  term.domain = rest.substr(1);
  return is_domain_spec(term.domain);
}

void take_term(std::string_view text, SpfTerms& out, bool& has_exp) {
  const std::size_t equals = text.find('=');
  const std::size_t other = text.find_first_of(":/");
  if (equals != text.npos && equals < other && is_name_of_modifier(text.substr(0, equals))) {
    const std::string name = lower_text(text.substr(0, equals));
    const std::string_view value = text.substr(equals + 1);
    if (name == "redirect" || name == "exp") {
      bool& had = name == "exp" ? has_exp : out.has_redirect;
      if (had || !is_domain_spec(value)) out.problem = fmt::format("'{}'", text);
      had = true;
      if (name == "redirect") out.redirect = value;
    } else if (!is_macro_string(value, "slodiphvcrt")) {
      out.problem = fmt::format("'{}'", text);
    }
    return;
  }
  SpfTerm term;
  term.text = text;
  if (!take_mechanism(text, term)) {
    out.problem = fmt::format("'{}'", text);
    return;
  }
  out.mechanisms.push_back(std::move(term));
}

std::vector<std::string_view> parts_of(std::string_view value, std::string_view delimiters) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0;;) {
    const std::size_t end = value.find_first_of(delimiters, at);
    parts.push_back(value.substr(at, end == value.npos ? end : end - at));
    if (end == value.npos) return parts;
    at = end + 1;
  }
}

std::string value_of(char letter, const SpfMacros& macros) {
  switch (letter) {
    case 's':
      return macros.sender;
    case 'l':
      return macros.local;
    case 'o':
      return macros.sender_domain;
    case 'd':
      return macros.domain;
    case 'i':
      return dotted_address(macros.client);
    case 'p':
      return macros.validated_name ? macros.validated_name() : "unknown";
    case 'v':
      return macros.client.is_v4() ? "in-addr" : "ip6";
    default:
      return macros.helo;
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain =
        is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

// "{d2r-}", from behind its '{' on.
std::string expand_one(std::string_view macro, const SpfMacros& macros) {
  const char letter = macro.front();
  macro.remove_prefix(1);
  std::size_t kept = 0;
  while (!macro.empty() && is_digit(macro.front())) {
    kept = std::min<std::size_t>(kept * 10 + static_cast<std::size_t>(macro.front() - '0'), 1'000);
    macro.remove_prefix(1);
  }
  bool is_reversed = false;
  if (!macro.empty() && lower(macro.front()) == 'r') {
    is_reversed = true;
    macro.remove_prefix(1);
  }
  const std::string value = value_of(lower(letter), macros);
  auto parts = parts_of(value, macro.empty() ? "." : macro);
  if (is_reversed) std::reverse(parts.begin(), parts.end());
  if (kept > 0 && kept < parts.size())
    parts.erase(parts.begin(), parts.end() - static_cast<std::ptrdiff_t>(kept));
  const std::string joined = fmt::format("{}", fmt::join(parts, "."));
  return letter >= 'A' && letter <= 'Z' ? escaped(joined) : joined;
}

}  // namespace

bool is_spf_record(std::string_view text) {
  const std::string start = lower_text(text.substr(0, 7));
  return start == "v=spf1" || start == "v=spf1 ";
}

SpfTerms parse_spf(std::string_view record) {
  SpfTerms out;
  record.remove_prefix(std::min<std::size_t>(6, record.size()));
  bool has_exp = false;
  std::size_t terms = 0;
  for (std::size_t at = 0; (at = record.find_first_not_of(' ', at)) != record.npos;) {
    const std::size_t end = std::min(record.find(' ', at), record.size());
    if (++terms > kMostSpfTerms) {
      out.problem = "more terms than are looked at";
      return out;
    }
    take_term(record.substr(at, end - at), out, has_exp);
    at = end;
  }
  return out;
}

bool has_macro(std::string_view spec) { return spec.find("%{") != spec.npos; }

std::optional<std::string> expand_spf(std::string_view spec, const SpfMacros& macros) {
  std::string out;
  for (std::size_t at = 0; at < spec.size(); ++at) {
    if (spec[at] != '%') {
      out += spec[at];
      continue;
    }
    const char next = ++at < spec.size() ? spec[at] : '\0';
    if (next == '%') out += '%';
    if (next == '_') out += ' ';
    if (next == '-') out += "%20";
    if (next != '{') continue;
    const std::size_t end = spec.find('}', at);
    if (end == spec.npos || end < at + 2) return std::nullopt;
    out += expand_one(spec.substr(at + 1, end - at - 1), macros);
    at = end;
    if (out.size() > 16 * kLongestName) return std::nullopt;
  }
  while (out.ends_with('.')) out.pop_back();
  while (out.size() > kLongestName) {
    const std::size_t dot = out.find('.');
    if (dot == std::string::npos) return std::nullopt;
    out.erase(0, dot + 1);
  }
  return lower_text(out);
}

std::string dotted_address(const IpAddress& address) {
  if (address.is_v4()) return address.to_string();
  std::string out;
  for (const std::uint8_t byte : address.bytes) {
    out += fmt::format("{}{:x}.{:x}", out.empty() ? "" : ".", byte >> 4, byte & 15);
  }
  return out;
}

std::string pointer_name(const IpAddress& address) {
  const std::string dotted = dotted_address(address);
  auto parts = parts_of(dotted, ".");
  std::reverse(parts.begin(), parts.end());
  return fmt::format("{}.{}.arpa", fmt::join(parts, "."), address.is_v4() ? "in-addr" : "ip6");
}

}  // namespace assay::methods
