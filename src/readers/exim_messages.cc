#include "readers/exim_messages.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "readers/mail_fields.h"

namespace assay {

namespace {

// "TLS1.3:ECDHE_..._GCM:256", "TLSv1.2:ECDHE-RSA-AES128-GCM-SHA256:128" and CV=yes|no|dane.
TlsFacts tls_of(const EximItems& items) {
  TlsFacts tls;
  if (items.tls.empty()) return tls;
  const std::size_t first = items.tls.find(':');
  tls.version = kept_text(items.tls.substr(0, first));
  if (first != std::string_view::npos) {
    const std::string_view rest = items.tls.substr(first + 1);
    tls.cipher = kept_text(rest.substr(0, rest.rfind(':')));
  }
  tls.verify = kept_text(items.certificate_check);
  return tls;
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1";
}

// A reason without the times that log_selector puts behind it.
std::string_view without_times(std::string_view text) {
  for (const std::string_view key : {" DT=", " QT="}) {
    const std::size_t at = text.rfind(key);
    if (at != std::string_view::npos && text.find(' ', at + 1) == std::string_view::npos) {
      text = text.substr(0, at);
    }
  }
  return text;
}

// Takes "[SMTP error from remote mail server after ]STEP" off a reason.
std::string_view step_of(std::string_view text) {
  constexpr std::string_view kWords = "SMTP error from remote mail server after ";
  const std::size_t at = text.find(kWords);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + kWords.size());
  return text.substr(0, text.find(':'));
}

}  // namespace

MailMessage& EximMessages::of_line(const EximLine& line, const MailPlace& place) {
  if (MailMessage* found = messages_.find(line.id)) return *found;
  if (const auto oldest = messages_.make_room()) {
    sink_.note("exim.pending_full", oldest->id);
    write_last_state(*oldest);
  }
  MailMessage& message = messages_.insert(line.id);
  message.host = kept_text(line.host);
  message.id = line.id;
  message.place = place;
  return message;
}

// "<= SENDER H=... P=... S=... id=... T="..." for R1 R2"
void EximMessages::take_arrival(const EximLine& line, const MailPlace& place) {
  std::string_view text = line.message.substr(3);
  const std::size_t end = text.starts_with('<') ? std::min(text.find('>') + 1, text.size())
                                                : std::min(text.find(' '), text.size());
  MailMessage& message = of_line(line, place);
  message.envelope_from = kept_text(text.substr(0, end));
  const EximItems items = parse_exim_items(text.substr(end));
  message.is_active = true;
  message.client.key = rows_.host(items.host.address);
  message.client.port = items.host.port;
  message.client.name = kept_text(items.host.name);
  message.client.helo = kept_text(items.host.helo);
  message.client.protocol = kept_text(items.protocol);
  message.client.tls = tls_of(items);
  const std::size_t colon = items.auth.find(':');
  message.client.auth_method = kept_text(items.auth.substr(0, colon));
  message.client.auth_user =
      kept_text(colon != std::string_view::npos ? items.auth.substr(colon + 1) : items.user);
  message.size = kept_text(items.size);
  message.message_id = kept_text(items.message_id);
  message.subject = kept_text(items.subject);
  message.previous = kept_text(items.router);  // R= of a message that reports on another
  std::string_view recipients = items.recipients;
  if (recipients.size() > kMaxKeptText) {  // cut between two of them
    sink_.note("exim.recipients_cut", message.id);
    const std::size_t end = recipients.rfind(' ', kMaxKeptText);
    recipients = recipients.substr(0, end == std::string_view::npos ? 0 : end);
  }
  message.source_address = recipients;
}

EximFate EximMessages::take_delivery(const EximLine& line, const MailPlace& place,
                                     std::string_view arrow) {
  const EximRecipient to = parse_exim_recipient(line.message.substr(3));
  if (to.address.empty()) {
    return {EximFate::refused, "exim.delivery.unreadable", "no recipient behind the arrow"};
  }
  MailMessage& message = of_line(line, place);
  std::string_view text = to.rest;
  std::string_view status = "sent";
  EximItems items = parse_exim_items(text);
  if (items.rest.starts_with(": ")) items.rest.remove_prefix(2);  // nothing stood before the reason
  if (arrow == "**") status = "bounced";
  if (arrow == "*>") status = "suppressed";
  if (arrow == "==") {
    // "R=r T=t defer (-44) H=h [a]: TEXT": the items go on behind the number.
    status = "deferred";
    const std::string_view kept = items.rest;
    const std::size_t close = kept.find(')');
    const EximItems before = items;
    if (kept.find("defer (") < close && close != std::string_view::npos) {
      items = parse_exim_items(kept.substr(std::min(kept.size(), close + 1)));
      items.router = before.router;
      items.transport = before.transport;
      if (items.rest.starts_with(": ")) items.rest.remove_prefix(2);
    }
    if (items.rest.starts_with("retry time not reached")) status = "waiting";
  }
  write_attempt(place, message, to, items, status, without_times(items.rest));
  return {};
}

void EximMessages::write_attempt(const MailPlace& place, MailMessage& message,
                                 const EximRecipient& to, const EximItems& items,
                                 std::string_view status, std::string_view text) {
  const MailFields& f = mail_fields();
  message.has_records = true;
  const bool is_address = to.address.find('@') != std::string_view::npos || to.original.empty();
  const std::string_view recipient = is_address ? to.address : to.original;
  if (to.address == ":blackhole:") status = "discarded";
  const std::string_view reply = items.reply.empty() ? exim_reply_within(text) : items.reply;
  RecordRow row = MailRows::row_at(RecordKind::mail, place);
  row.client = message.client.key;
  row.client_port = message.client.port;
  row.name = rows_.domain_of(recipient);
  row.server = rows_.host(items.host.address);
  row.server_port = row.server == 0 ? 0 : items.host.port;
  row.protocol = row.server == 0 ? 0 : kTcpProtocol;
  row.code = parse_reply(reply).code;
  rows_.add(row);
  if (message.envelope_from.empty()) message.envelope_from = kept_text(items.envelope_from);
  std::string recipients;
  std::swap(recipients, message.source_address);  // of the arrival, not of an attempt
  repeat_origin(rows_, message, place);
  std::swap(recipients, message.source_address);
  rows_.field(f.recipient, recipient);
  if (is_address) rows_.field(f.orig_recipient, to.original);
  rows_.field(f.status, status);
  rows_.field(f.enhanced_code, parse_reply(reply).enhanced);
  rows_.field(f.reply_text, items.reply.empty() ? text : items.reply);
  rows_.field(f.step, step_of(text));
  write_relay(rows_,
              {is_address ? items.host.name : to.address, items.host.address, items.host.port});
  rows_.field(f.transport, items.transport);
  const double seconds = exim_seconds(items.queue_time);
  if (seconds >= 0) rows_.field(f.delay_seconds, fmt::format("{:g}", seconds));
  write_tls(rows_, tls_of(items));
  const bool is_out = row.server != 0 ? !is_loopback(items.host.address)
                                      : status != "sent" && status != "discarded";
  rows_.field(f.direction, is_out ? "out" : "local");
  if (status == "sent") rows_.field(f.queue_id_next, next_queue_id(items.reply));
}

// "H=... F=<S> [temporarily ]rejected RCPT <R>: TEXT"
bool EximMessages::take_refusal(const EximLine& line, const MailPlace& place) {
  const EximItems items = parse_exim_items(line.message);
  for (const std::string_view action : {"temporarily rejected ", "rejected ", "refused "}) {
    if (!items.rest.starts_with(action)) continue;
    write_refusal(line, place, items, action.substr(0, action.size() - 1),
                  items.rest.substr(action.size()));
    return true;
  }
  return false;
}

void EximMessages::write_refusal(const EximLine& line, const MailPlace& place,
                                 const EximItems& items, std::string_view action,
                                 std::string_view rest) {
  const MailFields& f = mail_fields();
  std::string_view step = rest.substr(0, std::min(rest.find(": "), rest.size()));
  std::string_view text = rest.substr(std::min(rest.size(), step.size() + 2));
  std::string_view recipient;
  for (const std::string_view command : {"RCPT ", "VRFY ", "EXPN "}) {
    if (!step.starts_with(command)) continue;
    recipient = bare_address(step.substr(command.size()));
    step = command.substr(0, 4);
  }
  MailMessage* message = nullptr;
  if (!line.id.empty()) {
    message = &of_line(line, place);
    message->has_records = true;
  }
  MailClient client;
  client.key = rows_.host(items.host.address);
  client.name = items.host.name;
  client.helo = items.host.helo;
  client.protocol = items.protocol;
  RecordRow row = MailRows::row_at(RecordKind::mail, place);
  row.client = client.key;
  row.client_port = items.host.port;
  row.server = rows_.host(items.interface.address);
  row.server_port = items.interface.port;
  row.protocol = client.key == 0 ? 0 : kTcpProtocol;
  row.name = rows_.domain_of(recipient);
  row.code = parse_reply(text).code;
  rows_.add(row);
  rows_.field(f.host, line.host);
  rows_.field(f.queue_id, line.id);
  if (message) rows_.field(f.message_id, whole_message_id(message->message_id));
  rows_.field(f.envelope_from, bare_address(items.envelope_from));
  rows_.field(f.recipient, recipient);
  rows_.field(f.status, "rejected");
  rows_.field(f.action, action);
  rows_.field(f.step, step);
  rows_.field(f.enhanced_code, parse_reply(text).enhanced);
  rows_.field(f.reply_text, text);
  write_client(rows_, client);
  write_tls(rows_, tls_of(items));
  rows_.field(f.sni, items.sni);
  rows_.field(f.direction, "in");
}

// "H=host [address]:port TEXT" behind an id: another server that was met on the way.
bool EximMessages::take_contact(const EximLine& line, const MailPlace& place) {
  const EximItems items = parse_exim_items(line.message);
  if (line.id.empty() || items.host.length == 0 || !items.envelope_from.empty()) return false;
  const MailFields& f = mail_fields();
  const std::string_view reply = exim_reply_within(line.message);
  RecordRow row = MailRows::row_at(RecordKind::service, place);
  row.server = rows_.host(items.host.address);
  row.server_port = items.host.port;
  row.protocol = kTcpProtocol;
  row.code = parse_reply(reply).code;
  rows_.add(row);
  rows_.field(f.host, line.host);
  rows_.field(f.queue_id, line.id);
  rows_.field(f.server_name, items.host.name);
  rows_.field(f.enhanced_code, parse_reply(reply).enhanced);
  rows_.field(f.direction, "out");
  rows_.field(reply.empty() ? f.error : f.reply_text, items.rest);
  return true;
}

void EximMessages::write_connection(const EximHost& host, const EximHost& interface,
                                    const MailPlace& first, const MailPlace& last,
                                    std::string_view text) {
  const MailFields& f = mail_fields();
  RecordRow row = MailRows::row_at(RecordKind::service, last);
  row.time_us = first.time.us;
  row.width_us = first.time.width_us;
  row.flags |= first.time.flags;
  row.until_us = std::max(first.time.us, last.time.us);
  row.client = rows_.host(host.address);
  row.client_port = host.port;
  row.server = rows_.host(interface.address);
  row.server_port = interface.port;
  row.protocol = kTcpProtocol;
  rows_.add(row);
  rows_.field(f.direction, "in");
  rows_.field(f.client_name, host.name);
  rows_.field(f.helo, host.helo);
  rows_.field(f.event, text);
}

void EximMessages::write_open(const Connection& opened) {
  EximHost host;
  host.address = opened.address;
  host.port = opened.port;
  write_connection(host, {}, opened.first, opened.last, "");
}

// Lines about a client: "SMTP connection from H ...", "no MAIL in SMTP connection from H ...",
// "login authenticator failed for H: 535 ... (set_id=U)", "SMTP protocol error in "C" H=H ...".
bool EximMessages::take_connection(const EximLine& line, const MailPlace& place) {
  constexpr std::array<std::string_view, 9> kBefore = {"SMTP connection from ",
                                                       "SMTP call from ",
                                                       "authenticator failed for ",
                                                       "SMTP command from ",
                                                       "SMTP data from ",
                                                       "connection from H=",
                                                       "TLS error on connection from ",
                                                       "\" H=",
                                                       "H="};
  for (const std::string_view before : kBefore) {
    // What a client sent stands in quotes before `" H=`: the last one is Exim's.
    const std::size_t at =
        before[0] == '"' ? line.message.rfind(before) : line.message.find(before);
    if (at == std::string_view::npos || (before == "H=" && at != 0)) continue;
    const std::string_view text = line.message.substr(at + before.size());
    const EximHost host = parse_exim_host(text);
    if (host.length == 0) continue;
    const EximItems items = parse_exim_items(text.substr(host.length));
    const bool begins = text.find("(TCP/IP connection count") != std::string_view::npos;
    const std::string key = fmt::format("[{}]:{}", host.address, host.port);
    if (begins && host.port != 0) {
      if (const auto oldest = connections_.make_room()) {
        write_open(*oldest);
      }
      connections_.erase(key);
      Connection& opened = connections_.insert(key);
      opened.first = opened.last = place;
      opened.address = kept_text(host.address);
      opened.port = host.port;
      return true;
    }
    const Connection* opened = host.port == 0 ? nullptr : connections_.find(key);
    write_connection(host, items.interface, opened ? opened->first : place, place, line.message);
    const std::size_t set_id = line.message.rfind("(set_id=");
    if (set_id != std::string_view::npos && line.message.ends_with(')')) {
      const std::string_view user = line.message.substr(set_id + 8);
      rows_.field(mail_fields().auth_user, user.substr(0, user.size() - 1));
    }
    connections_.erase(key);
    return true;
  }
  return false;
}

// "exim 4.96 daemon started: pid=20, ..."
bool EximMessages::take_daemon(const EximLine& line, const MailPlace& place) {
  constexpr std::string_view kStart = "exim ";
  const std::size_t at = line.message.find(" daemon started");
  if (!line.message.starts_with(kStart) || at == std::string_view::npos) return false;
  const MailFields& f = mail_fields();
  rows_.add(MailRows::row_at(RecordKind::recorder, place));
  rows_.field(f.host, line.host);
  rows_.field(f.software, "Exim");
  rows_.field(f.version, line.message.substr(kStart.size(), at - kStart.size()));
  rows_.field(f.event, line.message);
  return true;
}

bool EximMessages::take_end(const EximLine& line, const MailPlace& place) {
  if (line.id.empty()) return false;
  if (line.message.starts_with("Completed")) {
    MailMessage& message = of_line(line, place);
    message.is_removed = true;
    write_last_state(message);
    messages_.erase(line.id);
    return true;
  }
  const bool is_frozen = line.message.starts_with("Frozen") || line.message == "Message is frozen";
  if (is_frozen) of_line(line, place).action = "frozen";
  return is_frozen;
}

EximFate EximMessages::take(const EximLine& line, const MailPlace& place) {
  const std::string_view arrow = line.message.substr(0, 2);
  if (!line.id.empty() && line.message.size() > 2 && line.message[2] == ' ') {
    if (arrow == "<=") {
      take_arrival(line, place);
      return {};
    }
    for (const std::string_view each : {"=>", "->", ">>", "*>", "**", "=="}) {
      if (arrow == each) return take_delivery(line, place, arrow);
    }
  }
  const bool is_used = take_end(line, place) || take_refusal(line, place) ||
                       take_contact(line, place) || take_connection(line, place) ||
                       take_daemon(line, place);
  return {is_used ? EximFate::used : EximFate::blank, {}, {}};
}

void EximMessages::write_last_state(const MailMessage& message) {
  if (message.has_records) return;
  MailMessage told = message;
  const std::string recipients = std::move(told.source_address);
  told.source_address.clear();
  write_unattempted(rows_, told,
                    message.is_removed  ? "removed"
                    : message.is_active ? "queued"
                                        : "unfinished");
  for (std::string_view rest = recipients; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    rows_.field(mail_fields().recipient, rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
}

void EximMessages::finish() {
  messages_.for_each([&](const MailMessage& message) {
    if (message.is_active) sink_.note("exim.still_queued", message.id);
    write_last_state(message);
  });
  connections_.for_each([&](const Connection& opened) {
    sink_.note("exim.connection_open", opened.address);
    write_open(opened);
  });
}

}  // namespace assay
