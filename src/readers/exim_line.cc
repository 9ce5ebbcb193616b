#include "readers/exim_line.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "readers/syslog_line.h"

namespace assay {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_id_byte(char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// 6-6-2 or, since 4.97, 6-11-4.
std::size_t id_length(std::string_view text) {
  constexpr std::array<std::array<std::size_t, 3>, 2> kLayouts = {{{6, 6, 2}, {6, 11, 4}}};
  for (const auto& layout : kLayouts) {
    std::size_t at = 0;
    bool is_id = true;
    for (std::size_t part = 0; part < 3 && is_id; ++part) {
      is_id =
          text.size() >= at + layout[part] &&
          std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                      text.begin() + static_cast<std::ptrdiff_t>(at + layout[part]), is_id_byte);
      at += layout[part];
      if (part < 2) is_id = is_id && at < text.size() && text[at++] == '-';
    }
    if (is_id && (at == text.size() || text[at] == ' ')) return at;
  }
  return 0;
}

// Behind "exim[123]: " or "exim4: ", wherever syslog put it; npos when there is none.
std::size_t find_tag(std::string_view text) {
  constexpr std::size_t kFarthest = 160;
  const std::string_view head = text.substr(0, kFarthest);
  for (const std::string_view tag : {"exim[", "exim4[", "exim:", "exim4:"}) {
    const std::size_t at = head.find(tag);
    if (at == std::string_view::npos || (at > 0 && head[at - 1] != ' ')) continue;
    const std::size_t end = text.find(": ", at);
    if (end != std::string_view::npos && end < at + 24) return end + 2;
  }
  return std::string_view::npos;
}

// "2026-11-22 05:47:26.863 +0100 " at the start.
bool take_own_stamp(std::string_view& text, LogStamp& stamp) {
  const std::size_t taken = parse_log_stamp(text, stamp);
  if (taken == 0 || taken >= text.size() || text[taken] != ' ') return false;
  text.remove_prefix(taken + 1);
  if (text.size() > 5 && (text[0] == '+' || text[0] == '-') && is_digit(text[1]) &&
      text[5] == ' ' && parse_utc_offset(text, stamp) == 5) {
    text.remove_prefix(6);
  }
  return true;
}

// The end of an unquoted value.
std::size_t word_end(std::string_view text) { return std::min(text.find(' '), text.size()); }

// A value in quotes, with \" within; the bytes taken, the value without the quotes.
std::size_t take_quoted(std::string_view text, std::string_view& value) {
  std::size_t end = 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  end = std::min(end, text.size());
  value = text.substr(1, end - 1);
  return std::min(end + 1, text.size());
}

void keep_first(std::string_view& into, std::string_view value) {
  if (into.empty()) into = value;
}

// Where the value of a key goes; nullptr for items that are not kept.
std::string_view* place_of(std::string_view key, std::string_view value, EximItems& out) {
  if (key == "F") return &out.envelope_from;
  if (key == "P") return value.starts_with('<') ? &out.return_path : &out.protocol;
  if (key == "A") return &out.auth;
  if (key == "X") return &out.tls;
  if (key == "CV") return &out.certificate_check;
  if (key == "SNI") return &out.sni;
  if (key == "S") return &out.size;
  if (key == "id") return &out.message_id;
  if (key == "R") return &out.router;
  if (key == "C") return value.starts_with('"') ? &out.reply : &out.commands;
  if (key == "QT") return &out.queue_time;
  if (key == "DT") return &out.delivery_time;
  if (key == "U") return &out.user;
  return nullptr;
}

// The key before '=' at the start; empty when the text begins with something else.
std::string_view key_at(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && at < 8 && (is_id_byte(text[at]) || text[at] == '*')) ++at;
  if (at == 0 || at >= text.size() || text[at] != '=') return {};
  const std::string_view key = text.substr(0, at);
  return key == "id*" ? std::string_view("id") : key;
}

}  // namespace

bool parse_exim_line(std::string_view text, EximLine& out) {
  out = {};
  LogStamp stamp;
  std::string_view own = text;
  const bool has_stamp = take_own_stamp(own, stamp);
  const std::size_t tag = find_tag(text);
  if (tag != std::string_view::npos) {
    if (SyslogLine syslog; parse_syslog_line(text, syslog)) out.host = syslog.host;
    own = text.substr(tag);
    LogStamp inner;
    if (take_own_stamp(own, inner)) {
      out.stamp = inner;
    } else if (has_stamp) {
      out.stamp = stamp;
    } else {
      return false;
    }
  } else {
    if (!has_stamp) return false;
    out.stamp = stamp;
    const bool is_syslog = stamp.year == LogStamp::kNoYear || text.substr(0, 11).ends_with('T');
    out.is_foreign = is_syslog;
  }
  if (own.starts_with('[') && own.size() > 1 && is_digit(own[1])) {  // log_selector +pid
    const std::size_t end = own.find("] ");
    if (end != std::string_view::npos) own.remove_prefix(end + 2);
  }
  if (const std::size_t length = id_length(own); length != 0) {
    out.id = own.substr(0, length);
    own.remove_prefix(std::min(own.size(), length + 1));
  }
  out.message = own;
  return true;
}

EximHost parse_exim_host(std::string_view text) {
  EximHost host;
  std::size_t at = 0;
  if (at < text.size() && text[at] != '(' && text[at] != '[') {
    at = word_end(text);
    host.name = text.substr(0, at);
    if (at < text.size()) ++at;
  }
  if (at < text.size() && text[at] == '(') {
    const std::size_t end = text.find(") [", at);
    if (end == std::string_view::npos) return {};
    host.helo = text.substr(at + 1, end - at - 1);
    at = end + 2;
  }
  MailPeer peer;
  const std::size_t taken =
      at < text.size() && text[at] == '[' ? parse_peer(text.substr(at), peer) : 0;
  if (taken == 0) return {};
  host.address = peer.address;
  host.port = peer.port;
  host.length = at + taken;
  return host;
}

EximItems parse_exim_items(std::string_view text) {
  EximItems out;
  while (!text.empty()) {
    if (text[0] == ' ') {
      text.remove_prefix(1);
      continue;
    }
    const std::string_view key = key_at(text);
    if (key.empty()) {
      constexpr std::string_view kFor = "for ";
      if (text.starts_with(kFor)) {
        out.recipients = text.substr(kFor.size());
        return out;
      }
      const std::size_t end = text.starts_with("from <") ? text.find('>') : word_end(text);
      const bool is_mark = text[0] == 'L' || text[0] == 'K' || text.starts_with("from <");
      if (!is_mark || end == std::string_view::npos || (text[0] != 'f' && end > 4)) {
        out.rest = text;
        return out;
      }
      text.remove_prefix(std::min(text.size(), end + 1));  // pipelining, chunking, the sender
      continue;
    }
    text.remove_prefix(text.find('=') + 1);
    if (key == "H" || key == "I") {
      const EximHost host = parse_exim_host(text);
      if (host.length == 0) {
        out.rest = text;
        return out;
      }
      EximHost& into = key == "H" ? out.host : out.interface;
      if (into.length == 0) into = host;
      text.remove_prefix(host.length);
      if (text.starts_with('*')) text.remove_prefix(1);  // a connection used before
    } else if (text.starts_with('"')) {
      std::string_view* into = key == "T" ? &out.subject : place_of(key, text, out);
      std::string_view value;
      text.remove_prefix(take_quoted(text, value));
      if (into) keep_first(*into, value);
    } else {
      std::size_t end = word_end(text);
      if (text.starts_with('<')) end = std::min(text.find('>') + 1, text.size());
      if (end == 0) end = text.size();
      std::string_view value = text.substr(0, end);
      const bool is_last = value.ends_with(':');
      if (is_last) value.remove_suffix(1);
      std::string_view* into = key == "T" ? &out.transport : place_of(key, value, out);
      if (into) keep_first(*into, value);
      text.remove_prefix(end);
      if (is_last) {
        out.rest = text.substr(std::min<std::size_t>(text.size(), 1));
        return out;
      }
    }
    if (text.starts_with(':')) {
      out.rest = text.substr(std::min<std::size_t>(text.size(), 2));
      return out;
    }
  }
  return out;
}

EximRecipient parse_exim_recipient(std::string_view text) {
  EximRecipient out;
  constexpr std::array<std::string_view, 9> kEnds = {
      " <", " F=<", " P=<", " R=", " T=", " H=", ": ", " routing defer", " defer ("};
  // ":blackhole:" and the like begin with the colon that ends other addresses.
  const std::size_t first = text.starts_with(':') ? text.find(':', 1) + 1 : 0;
  std::size_t end = text.size();
  for (const std::string_view each : kEnds) end = std::min(end, text.find(each, first));
  out.address = text.substr(0, end);
  text.remove_prefix(end);
  if (const std::size_t parent = out.address.find(" ("); parent != std::string_view::npos) {
    out.address = out.address.substr(0, parent);  // log_selector +all_parents
  }
  if (text.starts_with(" <")) {
    const std::size_t close = text.find('>');
    if (close != std::string_view::npos) {
      out.original = text.substr(2, close - 2);
      text.remove_prefix(close + 1);
    }
  }
  out.rest = text;
  return out;
}

std::string_view exim_reply_within(std::string_view text) {
  for (std::size_t at = 0; (at = text.find(": ", at)) != std::string_view::npos; ++at) {
    const std::string_view reply = text.substr(at + 2);
    if (parse_reply(reply).code != kNoCode) return reply;
  }
  return {};
}

double exim_seconds(std::string_view text) {
  double total = 0;
  if (text.empty()) return -1;
  while (!text.empty()) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const auto taken = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || taken >= text.size() || value < 0) return -1;
    const char unit = text[taken];
    const double scale = unit == 's'   ? 1
                         : unit == 'm' ? 60
                         : unit == 'h' ? 3'600
                         : unit == 'd' ? 86'400
                         : unit == 'w' ? 604'800
                                       : -1;
    if (scale < 0) return -1;
    total += value * scale;
    text.remove_prefix(taken + 1);
  }
  return total;
}

}  // namespace assay
