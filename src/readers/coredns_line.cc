#include "readers/coredns_line.h"

#include <simdjson.h>

#include <array>

#include "assay/record.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

using Kind = CorednsLine::Kind;

void refuse(CorednsLine& out, std::string_view code, std::string_view why) {
  out.kind = Kind::refused;
  out.code = code;
  out.why = why;
}

// Docker keeps each line as {"log":"...\n","stream":"stdout","time":"2026-11-21T19:41:36.1Z"}.
bool unwrap_json(std::string_view text, std::string& unwrapped) {
  if (!text.starts_with('{')) return false;
  thread_local simdjson::dom::parser parser;
  simdjson::dom::object object;
  std::string_view log, time;
  if (parser.parse(text.data(), text.size(), true).get(object) || object["log"].get(log) ||
      object["time"].get(time)) {
    return false;
  }
  unwrapped.assign(time);
  unwrapped += ' ';
  unwrapped += log;
  while (unwrapped.ends_with('\n') || unwrapped.ends_with('\r')) unwrapped.pop_back();
  return true;
}

// "[pod/coredns-5d78c9869d-x7k2p/coredns] ", as kubectl logs --prefix has it.
void skip_pod(std::string_view& text) {
  if (!text.starts_with("[pod/")) return;
  const std::size_t end = text.find("] ");
  if (end != std::string_view::npos) text.remove_prefix(end + 2);
}

// "192.0.2.7:50759", "[2001:db8::7]:50759".
bool set_client(std::string_view word, CorednsLine& out) {
  const std::size_t colon = word.rfind(':');
  if (colon == std::string_view::npos) return false;
  const auto port = parse_number<std::uint16_t>(word.substr(colon + 1));
  if (!port) return false;
  out.client_port = *port;
  out.client = word.substr(0, colon);
  if (out.client.starts_with('[') && out.client.ends_with(']')) {
    out.client = out.client.substr(1, out.client.size() - 2);
  }
  return true;
}

// The place of the first `wanted` that no backslash stands before.
std::size_t find_unescaped(std::string_view text, char wanted) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == wanted) {
      return at;
    }
  }
  return std::string_view::npos;
}

// "A IN example.org. udp 41 false 4096": a blank in a name stands behind a backslash.
bool set_question(std::string_view text, CorednsLine& out) {
  std::array<std::string_view, 7> words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t end = find_unescaped(text, ' ');
    if ((end == std::string_view::npos) != (i + 1 == words.size())) return false;
    words[i] = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  out.qtype = words[0];
  out.qclass = words[1];
  out.qname = words[2];
  out.is_stream = words[3] == "tcp";
  out.is_dnssec_ok = words[5] == "true";
  return words[5] == "true" || words[5] == "false";
}

std::uint32_t flags_of_words(std::string_view text) {
  constexpr std::pair<std::string_view, std::uint32_t> kWords[] = {
      {"aa", kAuthoritative},      {"tc", kTruncated},     {"rd", kRecursionDesired},
      {"ra", kRecursionAvailable}, {"ad", kAuthenticData}, {"cd", kCheckingDisabled}};
  std::uint32_t flags = 0;
  while (!text.empty()) {
    const std::size_t end = text.find(',');
    for (const auto& [word, flag] : kWords) flags |= text.substr(0, end) == word ? flag : 0u;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return flags;
}

// "NOERROR qr,aa,rd 106 0.000078s" and, of format combined, the opcode in quotes.
bool set_answer(std::string_view text, CorednsLine& out) {
  out.rcode = take_word(text);
  std::string_view flags = take_word(text);
  std::string_view size = take_word(text);
  std::string_view duration = take_word(text);
  const auto delay = parse_go_duration(duration);
  if (!delay || !parse_number<std::uint32_t>(size)) return false;
  out.delay_us = *delay;
  out.flags = flags_of_words(flags);
  if (text.size() > 2 && text.front() == '"') {
    const auto opcode = parse_number<std::uint8_t>(text.substr(1, text.find('"', 1) - 1));
    if (!opcode || *opcode > 15) return false;
    out.flags |= static_cast<std::uint32_t>(*opcode) << 28;
  }
  return true;
}

}  // namespace

std::optional<std::uint32_t> parse_go_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"ns", 1e-3}, {"us", 1},  {"\xc2\xb5s", 1}, {"\xce\xbcs", 1},
      {"ms", 1e3},  {"s", 1e6}, {"m", 6e7},       {"h", 3.6e9}};
  double micros = 0;
  while (!text.empty()) {
    const std::size_t digits = text.find_first_not_of("0123456789.");
    if (digits == 0 || digits == std::string_view::npos) return std::nullopt;
    const auto number = parse_decimal_seconds(text.substr(0, digits));
    if (!number) return std::nullopt;
    // Of a number with nine decimals the last three are below what is kept in any unit but "s".
    const double value = static_cast<double>(number->us) / 1e6;
    text.remove_prefix(digits);
    bool is_unit = false;
    for (const auto& [unit, factor] : kUnits) {
      const std::string_view after = text.substr(std::min(unit.size(), text.size()));
      const bool ends = after.empty() || (after[0] >= '0' && after[0] <= '9');
      if (!text.starts_with(unit) || !ends) continue;
      micros += value * factor;
      text = after;
      is_unit = true;
      break;
    }
    if (!is_unit) return std::nullopt;
  }
  if (micros >= 4e9) return std::nullopt;
  return static_cast<std::uint32_t>(micros + 1e-6);
}

void parse_coredns_line(std::string_view text, CorednsLine& out) {
  std::string unwrapped = std::move(out.unwrapped);
  out = CorednsLine{};
  out.unwrapped = std::move(unwrapped);
  if (unwrap_json(text, out.unwrapped)) text = out.unwrapped;
  skip_pod(text);
  parse_daemon_line(text, out.line);
  std::string_view message = out.line.message;
  skip_pod(message);
  constexpr std::string_view kLevels[] = {"[INFO] ", "[ERROR] ", "[WARNING] ", "[DEBUG] "};
  for (const std::string_view level : kLevels) out.is_coredns |= message.starts_with(level);
  if (!message.starts_with("[INFO] ")) return;
  message.remove_prefix(7);
  const std::string_view client = take_word(message);
  if (!message.starts_with("- ") || !set_client(client, out)) return;
  message.remove_prefix(2);
  const auto id = parse_number<std::uint16_t>(take_word(message));
  if (!id || !message.starts_with('"')) return;
  out.id = *id;
  message.remove_prefix(1);
  const std::size_t end = find_unescaped(message, '"');
  if (end == std::string_view::npos || !set_question(message.substr(0, end), out)) {
    return refuse(out, "coredns.question.unreadable", "no question as CoreDNS prints it");
  }
  message.remove_prefix(std::min(end + 2, message.size()));
  if (!set_answer(message, out)) {
    return refuse(out, "coredns.answer.unreadable", "no answer as CoreDNS prints it");
  }
  out.kind = Kind::lookup;
}

}  // namespace assay
