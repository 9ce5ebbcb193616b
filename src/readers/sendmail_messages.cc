#include "readers/sendmail_messages.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "readers/mail_fields.h"
#include "readers/postfix_line.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

std::string process_key(const SendmailLine& line) {
  return fmt::format("{} {}", line.syslog.host, line.syslog.process);
}

// The word of the other mail logs for "Sent (...)", "Deferred: ...", "User unknown".
std::string_view status_of(std::string_view stat, std::string_view dsn) {
  if (stat.starts_with("Sent")) return "sent";
  if (stat.starts_with("queued")) return "queued";
  if (stat.starts_with("Deferred") || dsn.starts_with('4')) return "deferred";
  return dsn.starts_with('2') ? "sent" : "bounced";
}

// "<a@b>", "a@b" or "<a@b> (uid/gid)": up to the blank or comma that ends it.
std::string_view next_recipient(std::string_view& list) {
  bool is_quoted = false;
  std::size_t end = 0;
  for (; end < list.size() && (is_quoted || list[end] != ','); ++end) {
    if (list[end] == '"') is_quoted = !is_quoted;
  }
  const std::string_view one = list.substr(0, end);
  list.remove_prefix(std::min(list.size(), end + 1));
  return bare_address(one);
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address == "IPv6:::1";
}

}  // namespace

bool is_sendmail(std::string_view program) {
  return program.starts_with("sm-") || program.find("sendmail") != std::string_view::npos;
}

void take_sendmail_id(SendmailLine& line) {
  constexpr std::size_t kShortest = 8, kLongest = 24;
  line.message = line.syslog.message;
  line.id = {};
  if (line.message.starts_with("NOQUEUE: ")) {
    line.message.remove_prefix(9);
    return;
  }
  std::size_t end = 0, digits = 0;
  for (; end < line.message.size() && end <= kLongest; ++end) {
    const char c = line.message[end];
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) break;
    digits += is_digit;
  }
  if (end < kShortest || digits < 4 || line.message.substr(end, 2) != ": ") return;
  line.id = line.message.substr(0, end);
  line.message.remove_prefix(end + 2);
}

SendmailPeer parse_sendmail_peer(std::string_view text) {
  SendmailPeer peer;
  constexpr std::string_view kForged = "(may be forged)";
  peer.is_forged = text.find(kForged) != std::string_view::npos;
  const std::size_t close = text.rfind(']');
  const std::size_t open = close == std::string_view::npos ? close : text.rfind('[', close);
  peer.name = text.substr(0, open);
  if (open != std::string_view::npos) peer.address = text.substr(open + 1, close - open - 1);
  while (!peer.name.empty() && (peer.name.back() == ' ' || peer.name.back() == '.')) {
    peer.name.remove_suffix(1);
  }
  return peer;
}

std::int64_t sendmail_seconds(std::string_view text) {
  std::int64_t days = 0;
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    const auto told = parse_number<std::uint16_t>(text.substr(0, plus));
    if (!told) return -1;
    days = *told;
    text.remove_prefix(plus + 1);
  }
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return -1;
  const int hours = two_digits(text.data());
  const int minutes = two_digits(text.data() + 3);
  const int seconds = two_digits(text.data() + 6);
  if (hours < 0 || minutes < 0 || seconds < 0) return -1;
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

MailMessage& SendmailMessages::of_line(const SendmailLine& line, std::string_view id) {
  const std::string key = fmt::format("{} {}", line.syslog.host, id);
  if (MailMessage* found = messages_.find(key)) return *found;
  if (const auto oldest = messages_.make_room()) {
    if (!oldest->has_records) sink_.note("sendmail.pending_full", oldest->id);
    write_last_state(*oldest);
  }
  MailMessage& message = messages_.insert(key);
  message.host = kept_text(line.syslog.host);
  message.program = kept_text(line.syslog.program);
  message.id = id;
  message.place = line.place;
  return message;
}

SendmailMessages::Handshake& SendmailMessages::handshake_of(const SendmailLine& line) {
  const std::string key = process_key(line);
  if (Handshake* found = handshakes_.find(key)) return *found;
  handshakes_.make_room();  // what falls out costs a later record its tls fields
  return handshakes_.insert(key);
}

// "from=<S>, size=N, class=0, nrcpts=N, msgid=<I>, proto=ESMTP, daemon=MTA, relay=NAME [A]"
SendmailMessages::Fate SendmailMessages::take_from(const SendmailLine& line) {
  MailMessage& message = of_line(line);
  const std::string_view rest =
      line.message.substr(std::min(line.message.find(", size="), line.message.size()));
  std::string_view from = line.message.substr(5, line.message.size() - 5 - rest.size());
  if (from.empty()) return Fate::refused;
  message.envelope_from = kept_text(bare_address(from));
  message.size = kept_text(value_of(rest, "size="));
  message.recipients = kept_text(value_of(rest, "nrcpts="));
  message.message_id = kept_text(value_of(rest, "msgid="));
  message.client.protocol = kept_text(value_of(rest, "proto="));
  message.is_active = message.recipients != "0";
  const std::size_t relay = rest.rfind(", relay=");
  if (relay != std::string_view::npos) {
    const SendmailPeer peer = parse_sendmail_peer(rest.substr(relay + 8));
    message.client.key = rows_.host(peer.address);
    (peer.is_forged ? message.client.name_unverified : message.client.name) = kept_text(peer.name);
    if (const Handshake* met = handshakes_.find(process_key(line));
        met && met->peer == peer.address) {
      message.client.tls = met->tls;
      message.client.auth_user = met->auth_user;
      message.client.auth_method = met->auth_method;
    }
  }
  if (message.recipients == "0") {  // nothing follows: nobody was accepted
    write_unattempted(rows_, message, "unfinished");
    message.has_records = true;
  }
  return Fate::used;
}

// "to=<A>,<B>, ctladdr=<C> (8/12), delay=D, xdelay=D, mailer=M, pri=N, relay=NAME [A], dsn=X,
// stat=TEXT"
SendmailMessages::Fate SendmailMessages::take_to(const SendmailLine& line) {
  std::size_t end = line.message.find(", delay=");
  if (end == std::string_view::npos) return Fate::refused;
  const std::string_view rest = line.message.substr(end);
  const std::size_t stat = rest.find(", stat=");
  if (stat == std::string_view::npos) return Fate::refused;
  end = std::min(end, line.message.find(", ctladdr="));
  std::string_view list = line.message.substr(3, end - 3);
  MailMessage& message = of_line(line);
  message.has_records = true;
  if (list.empty()) return Fate::refused;
  for (bool is_first = true; !list.empty(); is_first = false) {
    const std::string_view recipient = next_recipient(list);
    const bool is_whole = is_first || rows_.may_repeat(2 * line.place.length, line.place);
    write_attempt(line, message, recipient, rest.substr(0, stat), rest.substr(stat + 7), is_whole);
  }
  return Fate::used;
}

void SendmailMessages::write_attempt(const SendmailLine& line, MailMessage& message,
                                     std::string_view recipient, std::string_view rest,
                                     std::string_view stat, bool is_whole) {
  const MailFields& f = mail_fields();
  const std::string_view dsn = value_of(rest, "dsn=");
  const std::string_view relay = value_of(rest, "relay=");
  const std::string_view reply = value_of(rest, "reply=");
  const std::string_view status = status_of(stat, dsn);
  const SendmailPeer peer = parse_sendmail_peer(relay);
  RecordRow row = MailRows::row_at(RecordKind::mail, line.place);
  row.client = message.client.key;
  row.name = rows_.domain_of(recipient);
  row.server = rows_.host(peer.address);
  row.protocol = row.server == 0 ? 0 : kTcpProtocol;
  row.code = parse_reply(reply).code;
  rows_.add(row);
  if (is_whole) repeat_origin(rows_, message, line.place);
  rows_.field(f.recipient, recipient);
  rows_.field(f.status, status);
  if (!is_whole) return rows_.field(f.queue_id, message.id);
  rows_.field(f.enhanced_code, dsn);
  rows_.field(f.reply_text, stat);
  write_relay(rows_, {peer.name, peer.address, 0});
  const std::int64_t seconds = sendmail_seconds(value_of(rest, "delay="));
  if (seconds >= 0) rows_.number(f.delay_seconds, static_cast<std::uint64_t>(seconds));
  rows_.field(f.delays, value_of(rest, "xdelay="));
  rows_.field(f.mailer, value_of(rest, "mailer="));
  rows_.field(f.program, line.syslog.program);
  const bool is_local = row.server == 0 ? status == "sent" : is_loopback(peer.address);
  rows_.field(f.direction, is_local ? "local" : "out");
  const Handshake* met = handshakes_.find(process_key(line));
  if (met && !peer.name.empty() && met->peer == peer.name) write_tls(rows_, met->tls);
  if (status == "sent") rows_.field(f.queue_id_next, next_queue_id(stat));
}

// "ruleset=check_rcpt, arg1=<R>, relay=NAME [A], reject=550 5.7.1 TEXT", "Milter: to=<R>,
// reject=TEXT", "milter=N, action=rcpt, reject=TEXT", "<R>... User unknown"
bool SendmailMessages::take_refusal(const SendmailLine& line) {
  const std::string_view text = line.message;
  const std::size_t reject = text.find(", reject=");
  const bool is_milter = text.starts_with("Milter: ") || text.starts_with("milter=");
  SendmailPeer peer;
  if (text.starts_with("ruleset=") && reject != std::string_view::npos) {
    const std::string_view head = text.substr(0, reject);
    const std::size_t relay = head.rfind(", relay=");
    if (relay != std::string_view::npos) peer = parse_sendmail_peer(head.substr(relay + 8));
    const std::string_view step = value_of(head, "ruleset=");
    const std::string_view about = bare_address(value_of(head, "arg1="));
    write_refusal(line, peer, "reject", step, step == "check_rcpt" ? about : std::string_view(),
                  text.substr(reject + 9));
    return true;
  }
  if (is_milter && reject != std::string_view::npos) {
    const std::string_view head = text.substr(0, reject);
    const std::string_view step = head.starts_with("milter=")
                                      ? value_of(head, "action=")
                                      : head.substr(8, head.find_first_of("=,:", 8) - 8);
    write_refusal(line, peer, "milter-reject", step, bare_address(value_of(head, "to=")),
                  text.substr(reject + 9));
    return true;
  }
  const std::size_t dots = text.find(">... ");
  if (line.id.empty() || !text.starts_with('<') || dots == std::string_view::npos) return false;
  write_refusal(line, peer, "reject", "RCPT", text.substr(1, dots - 1), text.substr(dots + 5));
  return true;
}

void SendmailMessages::write_refusal(const SendmailLine& line, const SendmailPeer& peer,
                                     std::string_view action, std::string_view step,
                                     std::string_view recipient, std::string_view text) {
  const MailFields& f = mail_fields();
  MailMessage* message = line.id.empty() ? nullptr : &of_line(line);
  if (message) message->has_records = true;
  MailClient client;
  if (message) client = message->client;
  if (const std::uint64_t key = rows_.host(peer.address); key != 0) client.key = key;
  if (!peer.name.empty()) (peer.is_forged ? client.name_unverified : client.name) = peer.name;
  const MailReply reply = parse_reply(text);
  RecordRow row = MailRows::row_at(RecordKind::mail, line.place);
  row.client = client.key;
  row.protocol = client.key == 0 ? 0 : kTcpProtocol;
  row.name = rows_.domain_of(recipient);
  row.code = reply.code;
  rows_.add(row);
  rows_.field(f.host, line.syslog.host);
  rows_.field(f.queue_id, line.id);
  if (message) {
    rows_.field(f.envelope_from, message->envelope_from);
    message->client = client;
  }
  rows_.field(f.recipient, recipient);
  rows_.field(f.status, "rejected");
  rows_.field(f.action, action);
  rows_.field(f.step, step);
  rows_.field(f.enhanced_code, reply.enhanced);
  rows_.field(f.reply_text, text);
  write_client(rows_, client);
  rows_.field(f.program, line.syslog.program);
  rows_.field(f.direction, "in");
}

// "STARTTLS=server, relay=NAME [A], version=TLSv1.3, verify=NO, cipher=C, bits=256/256",
// "AUTH=server, relay=NAME [A], authid=U, mech=PLAIN, bits=0"
bool SendmailMessages::take_secured(const SendmailLine& line) {
  const bool is_tls = line.message.starts_with("STARTTLS=");
  if ((!is_tls && !line.message.starts_with("AUTH=")) ||
      line.message.find(", relay=") == std::string_view::npos) {
    return false;
  }
  const SendmailPeer peer = parse_sendmail_peer(value_of(line.message, "relay="));
  const bool is_client = line.message.substr(0, 24).find("=client") != std::string_view::npos;
  const std::string_view name = is_client || peer.address.empty() ? peer.name : peer.address;
  Handshake& met = handshake_of(line);
  if (met.peer != name) met = Handshake();
  met.peer = kept_text(name);
  if (is_tls) {
    met.tls.version = kept_text(value_of(line.message, "version="));
    met.tls.cipher = kept_text(value_of(line.message, "cipher="));
    met.tls.verify = kept_text(value_of(line.message, "verify="));
  } else {
    met.auth_user = kept_text(value_of(line.message, "authid="));
    met.auth_method = kept_text(value_of(line.message, "mech="));
  }
  return true;
}

// "NEWID: DSN: User unknown", "NEWID: sender notify: Warning: ...": NEWID reports on ID.
bool SendmailMessages::take_notice(const SendmailLine& line) {
  constexpr std::array<std::string_view, 5> kWords = {
      ": DSN: ", ": sender notify: ", ": return to sender: ", ": postmaster notify: ", ": clone: "};
  if (line.id.empty()) return false;
  for (const std::string_view words : kWords) {
    const std::size_t at = line.message.find(words);
    if (at == std::string_view::npos || at < 8 || at > 24) continue;
    MailMessage& next = of_line(line, line.message.substr(0, at));
    next.previous = line.id;
    next.reason = kept_text(line.message.substr(at + words.size()));
    next.is_active = true;
    return true;
  }
  return false;
}

// Lines about a connection: each becomes a record with its text.
bool SendmailMessages::take_event(const SendmailLine& line) {
  constexpr std::array<std::string_view, 8> kWords = {" did not issue MAIL/EXPN/VRFY/ETRN",
                                                      "possible SMTP attack",
                                                      "rejecting commands from ",
                                                      " [rejected]",
                                                      "AUTH failure (",
                                                      "lost input channel from ",
                                                      "timeout waiting for input from ",
                                                      "collect: premature EOM"};
  const std::string_view text = line.message;
  for (const std::string_view words : kWords) {
    const std::size_t at = text.find(words);
    if (at == std::string_view::npos) continue;
    const MailFields& f = mail_fields();
    std::string_view told =
        words.ends_with("from ") ? text.substr(at + words.size()) : text.substr(0, at);
    // The client's own words come before `relay=`: the last one is sendmail's.
    if (const std::size_t relay = text.rfind("relay="); relay != std::string_view::npos) {
      told = text.substr(relay + 6);
    }
    told = told.substr(0, std::min(told.find(" to "), told.find(" due to ")));
    told = told.substr(0, told.find("]") == std::string_view::npos ? 0 : told.find("]") + 1);
    const SendmailPeer peer = parse_sendmail_peer(told);
    RecordRow row = MailRows::row_at(RecordKind::service, line.place);
    row.client = rows_.host(peer.address);
    row.protocol = row.client == 0 ? 0 : kTcpProtocol;
    rows_.add(row);
    rows_.field(f.host, line.syslog.host);
    rows_.field(f.queue_id, line.id);
    rows_.field(f.direction, "in");
    rows_.field(text.find("(may be forged)") == std::string_view::npos ? f.client_name
                                                                       : f.client_name_unverified,
                peer.name);
    if (words == "AUTH failure (") rows_.field(f.auth_user, value_of(text, "user="));
    rows_.field(f.event, text);
    rows_.field(f.program, line.syslog.program);
    return true;
  }
  return false;
}

// "starting daemon (8.17.1): SMTP+queueing@00:10:00"
bool SendmailMessages::take_daemon(const SendmailLine& line) {
  constexpr std::string_view kStart = "starting daemon (";
  const bool is_start = line.message.starts_with(kStart);
  if (!is_start && line.message != "stopping daemon" &&
      !line.message.starts_with("stopping daemon,")) {
    return false;
  }
  const MailFields& f = mail_fields();
  rows_.add(MailRows::row_at(RecordKind::recorder, line.place));
  rows_.field(f.host, line.syslog.host);
  rows_.field(f.software, "sendmail");
  if (is_start) {
    const std::string_view version = line.message.substr(kStart.size());
    rows_.field(f.version, version.substr(0, version.find(')')));
  }
  rows_.field(f.event, line.message);
  rows_.field(f.program, line.syslog.program);
  return true;
}

SendmailMessages::Fate SendmailMessages::take(const SendmailLine& line) {
  if (!line.id.empty()) {
    if (line.message.starts_with("from=")) return take_from(line);
    if (line.message.starts_with("to=")) return take_to(line);
  }
  const bool is_used = take_refusal(line) || take_secured(line) || take_notice(line) ||
                       take_event(line) || take_daemon(line);
  return is_used ? Fate::used : Fate::blank;
}

void SendmailMessages::write_last_state(const MailMessage& message) {
  if (message.has_records) return;
  write_unattempted(rows_, message, message.is_active ? "queued" : "unfinished");
}

void SendmailMessages::finish() {
  messages_.for_each([&](const MailMessage& message) {
    if (!message.has_records && message.is_active) sink_.note("sendmail.still_queued", message.id);
    write_last_state(message);
  });
}

}  // namespace assay
