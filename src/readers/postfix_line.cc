#include "readers/postfix_line.h"

#include <algorithm>
#include <array>

namespace assay {

namespace {

struct NamedDaemon {
  std::string_view name;
  PostfixDaemon daemon;
};
constexpr NamedDaemon kDaemons[] = {{"smtpd", PostfixDaemon::smtpd},
                                    {"qmqpd", PostfixDaemon::smtpd},
                                    {"postscreen", PostfixDaemon::postscreen},
                                    {"cleanup", PostfixDaemon::cleanup},
                                    {"pickup", PostfixDaemon::pickup},
                                    {"qmgr", PostfixDaemon::qmgr},
                                    {"nqmgr", PostfixDaemon::qmgr},
                                    {"oqmgr", PostfixDaemon::qmgr},
                                    {"smtp", PostfixDaemon::agent},
                                    {"lmtp", PostfixDaemon::agent},
                                    {"local", PostfixDaemon::agent},
                                    {"virtual", PostfixDaemon::agent},
                                    {"pipe", PostfixDaemon::agent},
                                    {"error", PostfixDaemon::agent},
                                    {"retry", PostfixDaemon::agent},
                                    {"discard", PostfixDaemon::agent},
                                    {"relay", PostfixDaemon::agent},
                                    {"bounce", PostfixDaemon::bounce},
                                    {"defer", PostfixDaemon::bounce},
                                    {"trace", PostfixDaemon::bounce},
                                    {"master", PostfixDaemon::master},
                                    {"postfix-script", PostfixDaemon::master},
                                    {"anvil", PostfixDaemon::other},
                                    {"scache", PostfixDaemon::other},
                                    {"tlsmgr", PostfixDaemon::other},
                                    {"tlsproxy", PostfixDaemon::other},
                                    {"trivial-rewrite", PostfixDaemon::other},
                                    {"proxymap", PostfixDaemon::other},
                                    {"verify", PostfixDaemon::other},
                                    {"dnsblog", PostfixDaemon::other},
                                    {"flush", PostfixDaemon::other},
                                    {"showq", PostfixDaemon::other},
                                    {"spawn", PostfixDaemon::other},
                                    {"postlogd", PostfixDaemon::other},
                                    {"sendmail", PostfixDaemon::other},
                                    {"postdrop", PostfixDaemon::other},
                                    {"postsuper", PostfixDaemon::other},
                                    {"postqueue", PostfixDaemon::other},
                                    {"postmap", PostfixDaemon::other},
                                    {"postalias", PostfixDaemon::other},
                                    {"postlog", PostfixDaemon::other},
                                    {"postkick", PostfixDaemon::other},
                                    {"postmulti", PostfixDaemon::other},
                                    {"proxywrite", PostfixDaemon::other},
                                    {"rewrite", PostfixDaemon::other},
                                    {"mailq", PostfixDaemon::other},
                                    {"newaliases", PostfixDaemon::other},
                                    {"tls", PostfixDaemon::other}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_short_id_byte(char c) { return is_digit(c) || (c >= 'A' && c <= 'F'); }
bool is_long_id_byte(char c) {
  if (is_digit(c)) return true;
  if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) return false;
  constexpr std::string_view kVowels = "AEIOUaeiou";
  return kVowels.find(c) == std::string_view::npos;
}

// Takes "WORD: " off the start; empty when there is none.
std::string_view take_until(std::string_view& text, std::string_view end) {
  const std::size_t at = text.find(end);
  if (at == std::string_view::npos) return {};
  const std::string_view before = text.substr(0, at);
  text.remove_prefix(at + end.size());
  return before;
}

// "from=<F> to=<T> proto=P helo=<H>" with blanks or, of postscreen, commas; of cleanup with
// ": TEXT" behind it, which is returned.
std::string_view take_envelope(std::string_view text, PostfixVerdict& out) {
  out.envelope_from = address_value_of(text, "from=<");
  out.recipient = address_value_of(text, "to=<");
  const std::size_t proto = text.find("proto=");
  if (proto != std::string_view::npos) {
    const std::string_view rest = text.substr(proto + 6);
    out.protocol = rest.substr(0, rest.find_first_of(" ,:;"));
  }
  out.helo = address_value_of(text, "helo=<");
  out.auth_user = address_value_of(text, "sasl_username=<");
  const std::size_t end = text.rfind(">: ");
  return end == std::string_view::npos ? std::string_view() : text.substr(end + 3);
}

// Behind "reject: " of cleanup: "header Subject: S from NAME[A]; from=<F> ...: TEXT".
bool parse_content_check(std::string_view text, PostfixVerdict& out) {
  const std::size_t blank = text.find(' ');
  out.step = text.substr(0, blank);
  text.remove_prefix(blank + 1);
  const std::size_t envelope = text.rfind("; from=<");
  if (envelope == std::string_view::npos) return false;
  out.is_envelope_doubtful = text.find("; from=<") != envelope;
  const std::size_t from = text.substr(0, envelope).rfind(" from ");
  if (from == std::string_view::npos) return false;
  out.header = text.substr(0, from);
  parse_peer(text.substr(from + 6), out.peer);
  out.text = take_envelope(text.substr(envelope + 2), out);
  return true;
}

}  // namespace

PostfixDaemon postfix_daemon(std::string_view program) {
  const std::size_t slash = program.rfind('/');
  if (slash == std::string_view::npos) {
    return program.starts_with("postfix") ? PostfixDaemon::other : PostfixDaemon::foreign;
  }
  const std::string_view name = program.substr(slash + 1);
  const auto* found = std::find_if(std::begin(kDaemons), std::end(kDaemons),
                                   [&](const NamedDaemon& each) { return each.name == name; });
  if (found != std::end(kDaemons)) return found->daemon;
  return program.starts_with("postfix") ? PostfixDaemon::other : PostfixDaemon::foreign;
}

std::string_view postfix_instance(std::string_view program) {
  const std::string_view first = program.substr(0, program.find('/'));
  return first.starts_with("postfix") ? first : std::string_view("postfix");
}

std::optional<std::string_view> take_queue_id(std::string_view& message) {
  constexpr std::size_t kShortest = 6, kLongest = 32, kShortestLong = 10;
  std::size_t short_end = 0, long_end = 0;
  while (short_end < message.size() && is_short_id_byte(message[short_end])) ++short_end;
  while (long_end < message.size() && is_long_id_byte(message[long_end])) ++long_end;
  std::size_t end = short_end >= kShortest ? short_end : 0;
  if (long_end > end && long_end >= kShortestLong) end = long_end;
  if (end == 0 || end > kLongest || message.substr(end, 2) != ": ") return {};
  const std::string_view id = message.substr(0, end);
  message.remove_prefix(end + 2);
  return id;
}

std::string_view value_of(std::string_view text, std::string_view key) {
  std::size_t at = 0;
  while ((at = text.find(key, at)) != std::string_view::npos) {
    if (at == 0 || text[at - 1] == ' ' || text[at - 1] == ',') break;
    at += key.size();
  }
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + key.size());
  return text.substr(0, text.find(", "));
}

std::string_view address_value_of(std::string_view text, std::string_view key) {
  std::size_t at = 0;
  while ((at = text.find(key, at)) != std::string_view::npos) {
    if (at == 0 || text[at - 1] == ' ' || text[at - 1] == ',') break;
    at += key.size();
  }
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + key.size());
  for (std::size_t end = 0; (end = text.find('>', end)) != std::string_view::npos; ++end) {
    const bool is_end = end + 1 == text.size() || text[end + 1] == ' ' || text[end + 1] == ',' ||
                        text[end + 1] == ':' || text[end + 1] == ';';
    if (is_end) return end == 0 ? std::string_view("<>") : text.substr(0, end);
  }
  return text;  // cut off: what there is of it
}

bool parse_delivery(std::string_view message, PostfixDelivery& out) {
  out = {};
  if (!message.starts_with("to=<")) return false;
  out.recipient = address_value_of(message, "to=<");
  std::string_view rest = message.substr(std::min(message.size(), out.recipient.size() + 4));
  const std::size_t status = rest.find(", status=");
  if (status == std::string_view::npos) return false;
  std::string_view tail = rest.substr(status + 9);
  rest = rest.substr(0, status);
  out.orig_recipient = address_value_of(rest, "orig_to=<");
  if (out.orig_recipient.empty()) out.orig_recipient = value_of(rest, "orig_to=");
  out.relay = value_of(rest, "relay=");
  out.delay = value_of(rest, "delay=");
  out.delays = value_of(rest, "delays=");
  out.enhanced = value_of(rest, "dsn=");
  out.status = tail.substr(0, tail.find(' '));
  tail.remove_prefix(std::min(tail.size(), out.status.size() + 1));
  if (tail.starts_with('(')) {
    tail.remove_prefix(1);
    if (tail.ends_with(')')) tail.remove_suffix(1);
  }
  out.text = tail;
  return !out.status.empty();
}

bool parse_verdict(std::string_view message, PostfixVerdict& out) {
  out = {};
  const std::size_t colon = message.find(": ");
  if (colon == std::string_view::npos || colon == 0 || colon > 32) return false;
  out.action = message.substr(0, colon);
  const bool is_word = std::all_of(out.action.begin(), out.action.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  });
  if (!is_word) return false;
  std::string_view text = message.substr(colon + 2);
  if (text.starts_with("header ") || text.starts_with("body ") || text.starts_with("mime-")) {
    return parse_content_check(text, out);
  }
  out.step = take_until(text, " from ");
  if (out.step.empty() || out.step.size() > 32) return false;
  const std::size_t taken = parse_peer(text, out.peer);
  if (taken == 0) return false;
  text.remove_prefix(taken);
  if (text.starts_with(": ")) text.remove_prefix(2);
  std::size_t end = text.find("; from=<");
  if (end != std::string_view::npos) {
    out.is_envelope_doubtful = text.find("; from=<", end + 1) != std::string_view::npos;
  } else {
    end = text.find("; proto=");
  }
  out.text = text.substr(0, end);
  if (end != std::string_view::npos) take_envelope(text.substr(end + 2), out);
  return true;
}

bool parse_tls(std::string_view message, PostfixTls& out) {
  out = {};
  constexpr std::string_view kWords = " TLS connection established ";
  const std::size_t at = message.find(kWords);
  if (at == std::string_view::npos || at > 32) return false;
  out.verify = message.substr(0, at);
  std::string_view rest = message.substr(at + kWords.size());
  out.is_outbound = rest.starts_with("to ");
  rest.remove_prefix(std::min<std::size_t>(rest.size(), out.is_outbound ? 3 : 5));
  const std::size_t taken = parse_peer(rest, out.peer);
  if (taken == 0) return false;
  rest.remove_prefix(taken);
  if (rest.starts_with(": ")) rest.remove_prefix(2);
  out.version = take_until(rest, " with cipher ");
  out.cipher = rest.substr(0, rest.find(' '));
  return !out.version.empty();
}

bool parse_contact(std::string_view message, MailPeer& peer) {
  constexpr std::array<std::string_view, 5> kStarts = {
      "host ", "connect to ", "lost connection with ", "conversation with ",
      "SSL_connect error to "};
  for (const std::string_view start : kStarts) {
    if (message.starts_with(start)) return parse_peer(message.substr(start.size()), peer) != 0;
  }
  return false;
}

}  // namespace assay
