#include "readers/powerdns_line.h"

#include "readers/text_numbers.h"

namespace assay {

namespace {

using Kind = PowerdnsLine::Kind;

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

void refuse(PowerdnsLine& out, std::string_view why) {
  out.kind = Kind::refused;
  out.code = "powerdns.question.unreadable";
  out.why = why;
}

// "192.0.2.7:4003", "[2001:db8::7]:4003"; behind a proxy more follows.
void set_remote(std::string_view remote, PowerdnsLine& out) {
  remote = remote.substr(0, remote.find(' '));
  const std::size_t colon = remote.rfind(':');
  std::string_view address = remote.substr(0, colon);
  if (colon != std::string_view::npos) {
    if (const auto port = parse_number<std::uint16_t>(remote.substr(colon + 1))) {
      out.client_port = *port;
    }
  }
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  out.client = address;
}

// The names that PowerDNS has for types of its own, in questions; its answers print the number.
std::string_view type_text(std::string_view text) {
  if (text == "ADDR") return "TYPE65400";
  if (text == "ALIAS") return "TYPE65401";
  if (text == "LUA") return "TYPE65402";
  return text;
}

// "NAME|TYPE": a name may hold '|' too, a type does not.
bool set_question(std::string_view quoted, PowerdnsLine& out) {
  const std::size_t bar = quoted.rfind('|');
  if (bar == std::string_view::npos) return false;
  out.qname = quoted.substr(0, bar);
  out.qtype = type_text(quoted.substr(bar + 1));
  out.has_name = true;
  return true;
}

// The number before `unit` in "..., 9.381 tot ms, ...", as microseconds.
std::optional<std::uint32_t> micros_of_millis(std::string_view number) {
  const auto value = parse_decimal_seconds(number);
  if (!value || value->us < 0 || value->us / 1'000 > INT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>((value->us + 500) / 1'000);
}

std::optional<std::uint32_t> total_time(std::string_view text) {
  const std::size_t end = text.find(" tot ms");
  if (end == std::string_view::npos) return std::nullopt;
  const std::size_t begin = text.rfind(' ', end - 1);
  return micros_of_millis(text.substr(begin + 1, end - begin - 1));
}

// "1 [12/1] TCP question for 'NAME|TYPE' from 192.0.2.7:4003",
// "1 [12/1] answer to question 'NAME|TYPE': 1 answers, ... 9.381 tot ms, ... rcode=0",
// "1 question answered from packet cache tag=0 from 192.0.2.7:4003".
void parse_plain_recursor(std::string_view text, PowerdnsLine& out) {
  out.thread = take_word(text);
  if (text.starts_with('[')) {
    const std::size_t end = text.find("] ");
    if (end == std::string_view::npos) return;
    out.task = text.substr(1, text.find('/') - 1);
    text.remove_prefix(end + 2);
  }
  out.is_stream = take(text, "TCP ");
  if (take(text, "question for '")) {
    const std::size_t end = text.rfind("' from ");
    if (end == std::string_view::npos || !set_question(text.substr(0, end), out)) {
      return refuse(out, "a question without a name, a type or a client");
    }
    set_remote(text.substr(end + 7), out);
    out.kind = Kind::question;
  } else if (take(text, "answer to question '")) {
    const std::size_t end = text.rfind("': ");
    const std::size_t rcode = text.rfind("rcode=");
    if (end == std::string_view::npos || rcode == std::string_view::npos || rcode < end) {
      return refuse(out, "an answer without its rcode");
    }
    if (!set_question(text.substr(0, end), out)) return refuse(out, "an answer without a type");
    const std::string_view number = text.substr(rcode + 6);
    out.rcode =
        parse_number<std::uint16_t>(number.substr(0, number.find_first_not_of("0123456789")));
    out.delay_us = total_time(text.substr(end));
    out.kind = Kind::answer;
  } else if (take(text, "question answered from packet cache")) {
    const std::size_t from = text.rfind(" from ");
    if (from == std::string_view::npos) return refuse(out, "a question without a client");
    set_remote(text.substr(from + 6), out);
    out.kind = Kind::cached;
  }
}

// "Remote 192.0.2.7 wants 'NAME|TYPE', do = 0, bufsize = 512: packetcache MISS".
bool parse_authoritative(std::string_view text, PowerdnsLine& out) {
  const std::size_t wants = text.find(" wants '");
  if (wants == std::string_view::npos) return false;
  const std::size_t remote = text.rfind("Remote ", wants);
  if (remote == std::string_view::npos) return false;
  const std::string_view client = text.substr(remote + 7, wants - remote - 7);
  out.client = client.substr(0, client.find_first_of("< "));
  out.is_stream = remote >= 4 && text.substr(remote - 4, 4) == "TCP ";
  const std::string_view rest = text.substr(wants + 8);
  const std::size_t end = rest.rfind("', do = ");
  if (end == std::string_view::npos || !set_question(rest.substr(0, end), out)) {
    refuse(out, "a question without a name or a type");
    return true;
  }
  out.is_dnssec_ok = rest.substr(end + 8).starts_with('1');
  out.kind = Kind::question;
  return true;
}

// key="value" pairs with \" and \\ inside the quotes: calls `set` with each.
template <class Set>
void for_each_pair(std::string_view text, Set set) {
  std::string value;
  for (;;) {
    const std::size_t equals = text.find("=\"");
    if (equals == std::string_view::npos) return;
    const std::size_t blank = text.rfind(' ', equals);
    const std::string_view key =
        text.substr(blank == std::string_view::npos ? 0 : blank + 1,
                    equals - (blank == std::string_view::npos ? 0 : blank + 1));
    value.clear();
    std::size_t at = equals + 2;
    for (; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      value.push_back(text[at]);
    }
    set(key, std::string_view(value));
    if (at >= text.size()) return;
    text.remove_prefix(at + 1);
  }
}

void parse_structured(std::string_view text, PowerdnsLine& out) {
  std::string message;
  for_each_pair(text, [&](std::string_view key, std::string_view value) {
    if (key == "msg") message = value;
    if (key == "ts") {
      if (const auto seconds = parse_decimal_seconds(value)) {
        out.line.kind = DaemonLine::Stamp::epoch;
        out.line.epoch_us = seconds->us;
        out.line.width_us = seconds->width_us;
      }
    }
    if (key == "qname") {
      out.qname = value;
      out.has_name = true;
    }
    if (key == "qtype") out.qtype = type_text(value);
    if (key == "remote") set_remote(value, out);
    if (key == "rcode") out.rcode = parse_number<std::uint16_t>(value);
    if (key == "totms") out.delay_us = micros_of_millis(value);
    if (key == "rd") out.is_recursion_desired = value == "1";
    if (key == "proto") out.is_stream = value == "tcp";
  });
  const auto value_of = [text](std::string_view key) {
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos) return std::string_view();
    const std::string_view rest = text.substr(at + key.size());
    return rest.substr(0, rest.find('"'));
  };
  out.thread = value_of(" tid=\"");
  out.task = value_of(" mtid=\"");
  if (message == "Question") {
    out.kind = Kind::question;
  } else if (message == "Answer") {
    out.kind = Kind::answer;
  } else if (message == "Question answered from packet cache" ||
             message == "TCP question answered from packet cache") {
    out.kind = Kind::cached;
  } else {
    return;
  }
  if (out.has_name && out.qtype.empty()) refuse(out, "a question without a type");
}

}  // namespace

void parse_powerdns_line(std::string_view text, PowerdnsLine& out) {
  out = PowerdnsLine{};
  parse_daemon_line(text, out.line);
  const std::string_view program = out.line.program;
  if (out.line.message.starts_with("message repeated ")) return;
  if (parse_authoritative(text, out)) {
    out.is_powerdns = true;
    return;
  }
  out.is_powerdns = program.empty() || program.find("pdns") != std::string_view::npos;
  const std::string_view message = out.line.message;
  const std::size_t structured = message.find("msg=\"");
  if (structured != std::string_view::npos && message.find(" subsystem=\"") < message.size()) {
    out.is_structured = out.is_powerdns = true;
    return parse_structured(message.substr(structured), out);
  }
  parse_plain_recursor(message, out);
  if (out.kind != Kind::other) out.is_powerdns = true;
}

}  // namespace assay
