#include "readers/querylog_line.h"

#include <optional>

#include "assay/record.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

using Kind = QuerylogLine::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// The bytes before the next blank, which is dropped with them; all when there is none. The words
// are short: a loop beats a call of memchr.
[[gnu::always_inline]] inline std::string_view take_word(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != ' ') ++end;
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == text.size() ? end : end + 1);
  return word;
}

void refuse(QuerylogLine& out, std::string_view code, std::string_view why) {
  out.kind = Kind::refused;
  out.code = code;
  out.why = why;
}

// "queries: ", "info: " and the like in front of the message. True when one of them was "queries".
bool skip_category_and_severity(std::string_view& text) {
  bool is_queries = false;
  for (int n = 0; n < 3 && !text.starts_with("client "); ++n) {
    std::size_t at = 0;
    while (at < text.size() && (text[at] == '-' || (text[at] >= 'a' && text[at] <= 'z'))) ++at;
    if (at == 0 || at + 1 >= text.size() || text[at] != ':' || text[at + 1] != ' ') break;
    is_queries |= text.substr(0, at) == "queries";
    text.remove_prefix(at + 2);
  }
  return is_queries;
}

// What syslog puts between its stamp and the message: "HOST named[PID]: ", or after RFC 5424
// "HOST named PID MSGID STRUCTURED-DATA ". Nothing of it when the line came straight from named.
// False when it names another program than named; the message may be named's all the same, which
// runs as "bind9" or under a container's name elsewhere.
bool skip_syslog_prefix(std::string_view& text, bool is_rfc5424) {
  if (text.starts_with("client ") || text.starts_with("queries: ")) return true;
  std::string_view rest = text;
  const std::string_view host = take_word(rest);
  if (host.empty() || host.back() == ':') return true;
  if (is_rfc5424) {
    const bool is_named = take_word(rest).find("named") != std::string_view::npos;
    for (int n = 0; n < 2; ++n) take_word(rest);
    if (!take(rest, "- ") && rest.starts_with('[')) {
      const std::size_t end = rest.find("] ");
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    }
    text = rest;
    return is_named;
  }
  const std::string_view program = take_word(rest);
  if (program.empty() || program.back() != ':') return true;  // words of named's own
  text = rest;
  return program.find("named") != std::string_view::npos;
}

// Stamp and prefixes; on success `text` begins with the message. Nothing when the line is done
// with.
std::optional<bool> take_head(std::string_view& text, QuerylogLine& out, bool& is_named) {
  bool is_rfc5424 = false;
  if (text.starts_with('<')) {
    const std::size_t end = text.substr(0, 5).find('>');
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
    is_rfc5424 = take(text, "1 ");
  }
  const bool is_own_stamp = text.size() > 2 && text[2] == '-';  // of named, not of syslog
  std::size_t taken = parse_log_stamp(text, out.stamp);
  if (taken == 0 || taken >= text.size() || text[taken] != ' ') {
    refuse(out, "bind.time.unreadable", "the line does not begin with a readable time stamp");
    return {};
  }
  text.remove_prefix(taken + 1);
  is_named = is_own_stamp || skip_syslog_prefix(text, is_rfc5424);
  // named's own stamp behind syslog's is the finer one and has a year.
  if (LogStamp inner; (taken = parse_log_stamp(text, inner)) != 0 && taken < text.size()) {
    out.stamp = inner;
    text.remove_prefix(taken + 1);
  }
  return skip_category_and_severity(text);
}

// "client @0x7f156c711098 192.0.2.1#57350/key k (name): view v: " in front of "query: ".
bool take_client(std::string_view& text, QuerylogLine& out) {
  if (!take(text, "client ")) return false;
  if (text.starts_with('@')) take_word(text);
  const std::size_t hash = text.substr(0, 64).find('#');
  if (hash == std::string_view::npos || hash == 0) return false;
  out.client = text.substr(0, hash);
  text.remove_prefix(hash + 1);
  std::size_t at = 0;
  unsigned port = 0;
  while (at < text.size() && at < 6 && is_digit(text[at])) {
    port = port * 10 + static_cast<unsigned>(text[at++] - '0');
  }
  if (at == 0 || port > 65'535 || at >= text.size()) return false;
  out.client_port = static_cast<std::uint16_t>(port);
  text.remove_prefix(at);
  if (take(text, "/key ")) {
    const std::size_t end = text.find_first_of(" :");
    text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  }
  if (take(text, " (")) {
    // Names hold no blank: named writes it \032. So the first "): " ends this one.
    const std::size_t end = text.find("): ");
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
  if (!take(text, ": ")) return false;
  if (text.starts_with("view ")) {
    const std::size_t end = text.find(": query: ");
    if (end == std::string_view::npos) return true;  // about something else than a query
    text.remove_prefix(end + 2);
  }
  return true;
}

// "+SE(0)TDCK": RD or not, then signed, EDNS version, TCP, DO, CD, cookie (V: a valid one).
// Capitals that later versions may add are let pass and told by `has_unknown`.
bool parse_flags(std::string_view word, std::uint32_t& flags, bool& has_unknown) {
  if (word.empty() || (word[0] != '+' && word[0] != '-')) return false;
  if (word[0] == '+') flags |= kRecursionDesired;
  for (std::size_t i = 1; i < word.size(); ++i) {
    switch (word[i]) {
      case 'S':
        flags |= kTsig;
        break;
      case 'T':
        flags |= kTcp;
        break;
      case 'D':
        flags |= kDnssecOk;
        break;
      case 'C':
        flags |= kCheckingDisabled;
        break;
      case 'V':
      case 'K':
        flags |= kCookie;
        break;
      case 'E': {
        flags |= kEdns;
        if (i + 1 >= word.size() || word[i + 1] != '(') break;
        const std::size_t end = word.find(')', i);
        if (end == std::string_view::npos) return false;
        i = end;
        break;
      }
      default:
        if (word[i] < 'A' || word[i] > 'Z') return false;
        has_unknown = true;
    }
  }
  return true;
}

// What follows the type: flags, server, suffix; each may be missing in older versions.
bool parse_tail(std::string_view text, QuerylogLine& out) {
  if (text.starts_with('+') || text.starts_with('-')) {
    if (!parse_flags(take_word(text), out.flags, out.has_unknown_flag)) {
      refuse(out, "bind.flags.unreadable", "the flags after the type are none that named prints");
      return false;
    }
  }
  if (text.starts_with('(')) {
    const std::size_t end = text.find(')');
    if (end == std::string_view::npos) {
      refuse(out, "bind.server.unreadable", "the address in brackets does not end");
      return false;
    }
    out.server = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    take(text, " ");
  }
  if (text.starts_with('[') && text.ends_with(']')) {
    out.has_suffix = true;
    text = {};
  }
  if (!text.empty()) {
    refuse(out, "bind.tail.unreadable",
           "the line goes on after the query; two lines run together?");
    return false;
  }
  return true;
}

// "last message repeated 3 times", "message repeated 3 times: [ client ...]" as rsyslog has it.
bool take_repeats(std::string_view line, QuerylogLine& out) {
  constexpr std::string_view kWords = "message repeated ";
  const std::size_t at = line.find(kWords);
  if (at == std::string_view::npos) return false;
  line.remove_prefix(at + kWords.size());
  const auto repeats = parse_number<std::uint32_t>(take_word(line));
  if (!repeats || !line.starts_with("time")) return false;
  out.kind = Kind::repeated;
  out.repeats = *repeats;
  out.repeats_query = line.find("query: ") != std::string_view::npos;
  return true;
}

// A line with a stamp that is no query.
void take_other(std::string_view whole, bool is_named, bool has_client, bool is_queries,
                QuerylogLine& out) {
  if (take_repeats(whole, out)) return;
  const bool tells_query = whole.find("query: ") != std::string_view::npos;
  if (!is_named && !(tells_query && whole.find("client ") != std::string_view::npos)) {
    out.kind = Kind::foreign;
  } else if (has_client && !is_queries) {
    out.kind = Kind::other;
  } else if (tells_query) {
    refuse(out, "bind.client.unreadable", "no 'client ADDRESS#PORT' stands before 'query:'");
  } else if (is_queries) {
    refuse(out, "bind.query.unreadable", "a line of category queries without 'query:'");
  } else {
    out.kind = Kind::other;
  }
}

}  // namespace

void parse_querylog_line(std::string_view text, QuerylogLine& out) {
  const std::string_view whole = text;
  out.flags = 0;
  out.server = {};
  out.has_suffix = false;
  out.has_unknown_flag = false;
  bool is_named = true;
  const auto is_queries = take_head(text, out, is_named);
  if (!is_queries) return;
  const bool has_client = take_client(text, out);
  if (!has_client || !take(text, "query: ")) {
    return take_other(whole, is_named, has_client, *is_queries, out);
  }
  out.qname = take_word(text);
  out.qclass = take_word(text);
  out.qtype = take_word(text);
  if (out.qtype.empty()) {
    refuse(out, "bind.query.unreadable", "name, class and type must follow 'query:'");
    return;
  }
  if (parse_tail(text, out)) out.kind = Kind::query;
}

}  // namespace assay
