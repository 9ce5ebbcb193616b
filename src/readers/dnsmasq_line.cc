#include "readers/dnsmasq_line.h"

#include <algorithm>

#include "readers/text_numbers.h"

namespace assay {

namespace {

using Kind = DnsmasqLine::Kind;

// "12 192.0.2.7/4003 ", or "* 192.0.2.7/4003 " where dnsmasq counts no query.
void take_serial(std::string_view& text, DnsmasqLine& out) {
  std::string_view rest = text;
  const std::string_view number = take_word(rest), client = take_word(rest);
  const std::size_t slash = client.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return;
  const auto port = parse_number<std::uint16_t>(client.substr(slash + 1));
  if (!port) return;
  const auto serial = parse_number<std::uint64_t>(number);
  if (!serial && number != "*") return;
  out.serial = serial.value_or(0);
  out.serial_client = client.substr(0, slash);
  out.client_port = *port;
  text = rest;
}

// "query[A] NAME from ADDRESS". A name may hold blanks, an address does not.
bool take_query(std::string_view text, DnsmasqLine& out) {
  const bool is_auth = text.starts_with("auth[");
  if (!is_auth && !text.starts_with("query[")) return false;
  const std::size_t end = text.find("] ");
  const std::size_t from = text.rfind(" from ");
  if (end == std::string_view::npos || from == std::string_view::npos || from < end + 2) {
    return false;
  }
  const std::size_t begin = is_auth ? 5 : 6;
  out.qtype = text.substr(begin, end - begin);
  out.qname = text.substr(end + 2, from - end - 2);
  out.client = text.substr(from + 6);
  return true;
}

// What "SOURCE NAME is VALUE" begins with: one word, a path of a hosts file, or two words of
// Pi-hole's. Its length; 0 when it is none.
std::size_t source_length(std::string_view text) {
  for (const std::string_view source :
       {"reply ", "cached ", "cached-stale ", "config ", "auth ", "gravity blocked ",
        "exactly denied ", "exactly blacklisted ", "regex denied ", "regex blacklisted ",
        "special domain ", "blocked upstream ", "Rate-limiting "}) {
    if (text.starts_with(source)) return source.size() - 1;
  }
  if (!text.starts_with('/')) return 0;
  const std::size_t end = text.find(' ');
  return end == std::string_view::npos ? 0 : end;
}

// A value that is text may itself hold " is ", and so may a name: the words that end an answer are
// looked for first.
bool take_answer(std::string_view text, DnsmasqLine& out) {
  const std::size_t source = source_length(text);
  if (source == 0) return false;
  const std::string_view rest = text.substr(source + 1);
  const std::size_t last = rest.rfind(" is ");
  if (last == std::string_view::npos) return false;
  std::string_view value = rest.substr(last + 4);
  std::size_t at = last;
  const bool is_word = value.starts_with('<') || value.starts_with("NODATA") ||
                       value.starts_with("NXDOMAIN") || value.find(' ') == std::string_view::npos;
  if (!is_word) at = rest.find(" is ");
  out.source = text.substr(0, source);
  out.qname = rest.substr(0, at);
  out.value = rest.substr(at + 4);
  return true;
}

bool is_upstream(std::string_view text) {
  constexpr std::string_view kVerbs[] = {"forwarded ", "retried ", "dnssec-query[", "dnssec-retry[",
                                         "validation "};
  return std::any_of(std::begin(kVerbs), std::end(kVerbs),
                     [&](std::string_view verb) { return text.starts_with(verb); });
}

}  // namespace

void parse_dnsmasq_line(std::string_view text, DnsmasqLine& out) {
  DaemonLine line;
  parse_daemon_line(text, line);
  out = DnsmasqLine{};
  out.line = line;
  std::string_view message = line.message;
  out.is_dnsmasq = line.program == "dnsmasq" || line.program == "pihole-FTL";
  if (!out.is_dnsmasq) return;
  take_serial(message, out);
  if (take_query(message, out)) {
    out.kind = Kind::query;
  } else if (is_upstream(message)) {
    out.kind = Kind::upstream;
  } else if (take_answer(message, out)) {
    out.kind = Kind::answer;
  }
}

}  // namespace assay
