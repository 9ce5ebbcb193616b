#include "readers/unbound_line.h"

#include <algorithm>
#include <array>

#include "assay/names.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

using Kind = UnboundLine::Kind;
constexpr std::size_t kMostWords = 14;

struct Words {
  std::array<std::string_view, kMostWords> word;
  std::size_t count = 0;  // kMostWords + 1: more
};

Words split(std::string_view text) {
  Words words;
  while (!text.empty()) {
    const std::string_view word = take_word(text);
    if (words.count >= kMostWords) {
      words.count = kMostWords + 1;
      return words;
    }
    words.word[words.count++] = word;
  }
  return words;
}

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// Cheap: whether it is an address at all is for the caller.
bool looks_like_address(std::string_view word) {
  if (word.size() < 2 || word.size() > 64) return false;
  const std::string_view address = word.substr(0, word.find('%'));
  return std::all_of(address.begin(), address.end(),
                     [](char c) { return is_hex_digit(c) || c == '.' || c == ':'; }) &&
         address.find_first_of(".:") != std::string_view::npos;
}

// Names end in a dot, or in the sign of one cut off.
bool looks_like_name(std::string_view word) {
  return !word.empty() && (word.back() == '.' || word.back() == '&' || word.back() == '#');
}

// "[123:0] ", where syslog's own head stands before it.
void take_thread(std::string_view& text) {
  if (!text.starts_with('[')) return;
  const std::size_t end = text.substr(0, 32).find("] ");
  if (end == std::string_view::npos || text.substr(0, end).find(':') == std::string_view::npos) {
    return;
  }
  text.remove_prefix(end + 2);
}

void refuse(UnboundLine& out, std::string_view code, std::string_view why) {
  out.kind = Kind::refused;
  out.code = code;
  out.why = why;
}

bool set_client_with_port(std::string_view word, UnboundLine& out) {
  const std::size_t at = word.find('@');
  if (at == std::string_view::npos) return false;
  const auto port = parse_number<std::uint16_t>(word.substr(at + 1));
  if (!port || !looks_like_address(word.substr(0, at))) return false;
  out.client = word.substr(0, at);
  out.client_port = *port;
  return true;
}

void set_question(const Words& words, std::size_t at, UnboundLine& out) {
  out.qname = words.word[at];
  out.qtype = words.word[at + 1];
  out.qclass = words.word[at + 2];
}

// "CLIENT - - - FORMERR - - -", "CLIENT NAME TYPE CLASS RCODE SECONDS CACHED BYTES", each also with
// "on udp SERVER PORT" at its end.
bool parse_reply(const Words& words, UnboundLine& out) {
  std::size_t count = words.count;
  if (count == 12 && words.word[8] == "on") {
    const std::string_view transport = words.word[9];
    out.is_stream = transport == "tcp" || transport == "dot" || transport == "doh";
    out.server = words.word[10];
    count = 8;
  }
  if (count != 8) return false;
  out.rcode = words.word[4];
  out.has_question = words.word[1] != "-" && words.word[1] != "null";
  if (out.has_question) set_question(words, 1, out);
  if (words.word[1] == "-") return true;
  const auto seconds = parse_decimal_seconds(words.word[5]);
  if (!seconds || seconds->us < 0 || seconds->us >= UINT32_MAX) return false;
  out.delay_us = static_cast<std::uint32_t>(seconds->us);
  out.is_cached = words.word[6] == "1";
  return words.word[6] == "0" || out.is_cached;
}

// "ZONE TYPE CLIENT@PORT NAME TYPE CLASS".
bool parse_local_action(const Words& words, UnboundLine& out) {
  if (words.count != 6 || !looks_like_name(words.word[0]) || !looks_like_name(words.word[3])) {
    return false;
  }
  if (!set_client_with_port(words.word[2], out)) return false;
  set_question(words, 3, out);
  out.policy_type = "local-zone";
  out.policy_name = words.word[0];
  out.policy_action = words.word[1];
  return true;
}

// "rpz: applied [LOG NAME] TRIGGER NAME ACTION CLIENT@PORT NAME TYPE CLASS"; log name and trigger
// may be missing.
bool parse_rpz(const Words& words, UnboundLine& out) {
  if (words.count > kMostWords || words.count < 8 || words.word[0] != "rpz:" ||
      words.word[1] != "applied") {
    return false;
  }
  const std::size_t end = words.count;
  if (!looks_like_name(words.word[end - 3]) || !set_client_with_port(words.word[end - 4], out)) {
    return false;
  }
  set_question(words, end - 3, out);
  out.policy_type = "rpz";
  out.policy_action = words.word[end - 5];
  out.policy_name = words.word[end - 6];
  return true;
}

void parse_info(const Words& words, UnboundLine& out) {
  if (parse_local_action(words, out) || parse_rpz(words, out)) {
    out.kind = Kind::action;
    return;
  }
  if (words.count < 4 || !looks_like_address(words.word[0])) return;
  out.client = words.word[0];
  const bool has_name = looks_like_name(words.word[1]);
  if (words.count == 4 && has_name) {
    set_question(words, 1, out);
    out.kind = Kind::query;
  } else if (has_name || words.word[1] == "-" || words.word[1] == "null") {
    if (parse_reply(words, out)) {
      out.kind = Kind::reply;
    } else {
      refuse(out, "unbound.reply.unreadable", "no reply as Unbound prints it");
    }
  }
}

}  // namespace

void parse_unbound_line(std::string_view text, UnboundLine& out) {
  DaemonLine line;
  parse_daemon_line(text, line);
  out = UnboundLine{};
  out.line = line;
  std::string_view message = line.message;
  take_thread(message);
  out.is_unbound = line.program.find("unbound") != std::string_view::npos;
  const std::string_view severity = take_word(message);
  const bool is_tagged_query = severity == "query:", is_tagged_reply = severity == "reply:";
  if (severity != "info:" && !is_tagged_query && !is_tagged_reply) return;
  // Whatever the identity is set to, its thread stands behind it.
  if (!out.is_unbound && line.process.find(':') == std::string_view::npos) return;
  out.is_unbound = true;
  parse_info(split(message), out);
  if (is_tagged_query && out.kind != Kind::query && out.kind != Kind::refused) {
    refuse(out, "unbound.query.unreadable", "client, name, type and class must follow 'query:'");
  } else if (is_tagged_reply && out.kind != Kind::reply && out.kind != Kind::refused) {
    refuse(out, "unbound.reply.unreadable", "no reply as Unbound prints it");
  }
}

bool lossy_unbound_name(std::string_view printed, std::string& canonical, bool& had_capitals) {
  canonical.clear();
  had_capitals = false;
  const bool is_cut = printed.back() == '&' || printed.back() == '#';
  if (is_cut) printed.remove_suffix(1);
  if (printed.size() >= kMaxNameWireBytes) return false;
  if (!is_cut && printed.ends_with('.')) printed.remove_suffix(1);
  std::size_t label_bytes = 0;
  for (const char c : printed) {
    label_bytes = c == '.' ? 0 : label_bytes + 1;
    if (c == '.' && (canonical.empty() || canonical.back() == '.')) return false;
    if (label_bytes > kMaxLabelBytes) return false;
    if (c == '.') {
      canonical.push_back('.');
    } else if (c == '?') {
      canonical += "\\?";
    } else {
      append_canonical_label(std::string_view(&c, 1), canonical, &had_capitals);
    }
  }
  if (is_cut) canonical += "\\*";
  return !canonical.empty() && !canonical.ends_with('.');
}

}  // namespace assay
