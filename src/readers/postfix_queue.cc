#include "readers/postfix_queue.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "readers/mail_fields.h"

namespace assay {

namespace {

constexpr std::int64_t kMaxQueueUs = kMaxQueueDays * kMicrosPerDay;

std::string_view last_state(const MailMessage& message) {
  if (message.is_removed) return "removed";
  if (message.is_active) return "queued";
  return message.action.ends_with("hold") ? "held" : "unfinished";
}

// The reply of another server within a reason: "host H[A] said: 550 5.1.1 ..."
std::string_view reply_within(std::string_view text) {
  for (const std::string_view words : {" said: ", " refused to talk to me: "}) {
    const std::size_t at = text.find(words);
    if (at != std::string_view::npos) return text.substr(at + words.size());
  }
  return text;
}

// "RCPT TO" of "... (in reply to RCPT TO command)".
std::string_view step_within(std::string_view text) {
  constexpr std::string_view kWords = "(in reply to ";
  const std::size_t at = text.rfind(kWords);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + kWords.size());
  return text.substr(0, text.find(" command"));
}

// Whether an attempt stayed on this machine: a content filter, a mailbox, a command.
bool is_local_attempt(std::string_view program, const MailPeer& relay, bool has_relay_key) {
  if (has_relay_key) return relay.address.starts_with("127.") || relay.address == "::1";
  const std::string_view agent = program.substr(program.rfind('/') + 1);
  return agent != "smtp" && agent != "relay" && agent != "qmgr" && agent != "error";
}

}  // namespace

TlsFacts tls_facts(const PostfixTls& tls) {
  return {std::string(kept_text(tls.verify)), std::string(kept_text(tls.version)),
          std::string(kept_text(tls.cipher))};
}

std::string PostfixQueue::key_of(const PostfixLine& line, std::string_view id) const {
  return fmt::format("{} {} {}", line.syslog->host, postfix_instance(line.syslog->program), id);
}

// Another message has this id from here on.
void PostfixQueue::forget(const std::string& key, std::string_view id) {
  if (const MailMessage* gone = removed_.find(key)) {
    write_last_state(*gone);
    removed_.erase(key);
  }
  if (const MailMessage* open = messages_.find(key)) {
    sink_.note("postfix.queue_id_reused", id);
    write_last_state(*open);
    messages_.erase(key);
  }
}

MailMessage& PostfixQueue::of_line(const PostfixLine& line) {
  const std::string key = key_of(line, line.queue_id);
  MailMessage* found = messages_.find(key);
  if (!found) found = removed_.find(key);
  if (found) {
    if (line.place.time.us - found->last_us <= kMaxQueueUs) {
      found->last_us = line.place.time.us;
      return *found;
    }
    forget(key, line.queue_id);
  }
  if (const auto oldest = messages_.make_room()) {
    sink_.note("postfix.pending_full", oldest->id);
    write_last_state(*oldest);
  }
  MailMessage& message = messages_.insert(key);
  message.host = kept_text(line.syslog->host);
  message.id = line.queue_id;
  message.program = kept_text(line.syslog->program);
  message.place = line.place;
  message.last_us = line.place.time.us;
  return message;
}

MailMessage& PostfixQueue::begin(const PostfixLine& line) {
  const std::string key = key_of(line, line.queue_id);
  const MailMessage* found = messages_.find(key);
  // A message that cleanup alone has named may still wait for its client: lines change places.
  const bool waits = found && !found->is_active && !found->has_records && found->client.key == 0 &&
                     found->client.name.empty();
  if (!waits) forget(key, line.queue_id);
  return of_line(line);
}

void PostfixQueue::take_message_id(const PostfixLine& line, std::string_view id) {
  const std::string key = key_of(line, line.queue_id);
  const MailMessage* found = messages_.find(key);
  // cleanup names the message before the queue manager has it: later, the id is another's.
  const bool is_other = found && found->is_active && found->message_id != kept_text(id);
  if (!found || is_other) forget(key, line.queue_id);
  if (id.size() > kMaxKeptText) sink_.note("postfix.message_id_cut", line.queue_id);
  MailMessage& message = of_line(line);
  if (message.message_id.empty()) message.message_id = kept_text(id);
}

bool PostfixQueue::take_manager(const PostfixLine& line) {
  if (line.queue_id.empty()) return false;
  if (line.message == "removed") {
    const std::string key = key_of(line, line.queue_id);
    MailMessage message = of_line(line);
    message.is_removed = true;
    messages_.erase(key);
    if (removed_.find(key)) return true;
    if (const auto oldest = removed_.make_room()) write_last_state(*oldest);
    removed_.insert(key) = std::move(message);
    return true;
  }
  if (!line.message.starts_with("from=<")) return false;
  MailMessage& message = of_line(line);
  message.envelope_from = kept_text(address_value_of(line.message, "from=<"));
  const std::string_view status = value_of(line.message, "status=");
  if (status.starts_with("expired") || status.starts_with("force-expired")) {
    write_expiry(line, message);
    return true;
  }
  message.size = kept_text(value_of(line.message, "size="));
  const std::string_view count = value_of(line.message, "nrcpt=");
  message.recipients = kept_text(count.substr(0, count.find(' ')));
  message.is_active = true;
  return true;
}

bool PostfixQueue::take_agent(const PostfixLine& line, bool& is_refused) {
  is_refused = false;
  if (PostfixDelivery delivery; parse_delivery(line.message, delivery)) {
    if (line.queue_id.empty()) return false;
    write_attempt(line, delivery);
    return true;
  }
  if (line.message.starts_with("to=<") && !line.queue_id.empty()) {
    is_refused = true;
    return true;
  }
  if (PostfixTls tls; parse_tls(line.message, tls)) {
    const std::string key =
        fmt::format("{} {} {}", line.syslog->host, line.syslog->program, line.syslog->process);
    Handshake* handshake = handshakes_.find(key);
    if (!handshake) {
      handshakes_.make_room();  // what falls out costs one later record its tls fields
      handshake = &handshakes_.insert(key);
    }
    handshake->peer = kept_text(tls.peer.address);
    handshake->tls = tls_facts(tls);
    return true;
  }
  MailPeer peer;
  if (!parse_contact(line.message, peer)) return false;
  write_contact(line, peer);
  return true;
}

void PostfixQueue::write_attempt(const PostfixLine& line, const PostfixDelivery& delivery) {
  const MailFields& f = mail_fields();
  MailMessage& message = of_line(line);
  message.has_records = true;
  MailPeer relay;
  const bool has_peer = parse_peer(delivery.relay, relay) != 0;
  const std::string_view reply = reply_within(delivery.text);
  const bool is_reply = reply.data() != delivery.text.data() || delivery.status == "sent" ||
                        delivery.status == "deliverable";
  RecordRow row = MailRows::row_at(RecordKind::mail, line.place);
  row.client = message.client.key;
  row.client_port = message.client.port;
  row.name = rows_.domain_of(delivery.recipient);
  if (is_reply) row.code = parse_reply(reply).code;
  if (has_peer) row.server = rows_.host(relay.address);
  if (row.server != 0) {
    row.server_port = relay.port;
    row.protocol = kTcpProtocol;
  }
  rows_.add(row);
  repeat_origin(rows_, message, line.place);
  rows_.field(f.recipient, delivery.recipient);
  rows_.field(f.orig_recipient, delivery.orig_recipient);
  rows_.field(f.status, delivery.status);
  rows_.field(f.enhanced_code, delivery.enhanced);
  rows_.field(f.reply_text, delivery.text);
  rows_.field(f.step, step_within(delivery.text));
  if (has_peer) {
    write_relay(rows_, relay);
  } else {
    rows_.field(f.relay, delivery.relay);
  }
  rows_.field(f.delay_seconds, delivery.delay);
  rows_.field(f.delays, delivery.delays);
  rows_.field(f.program, line.syslog->program);
  const bool is_local = is_local_attempt(line.syslog->program, relay, row.server != 0);
  rows_.field(f.direction, is_local ? "local" : "out");
  const std::string process =
      fmt::format("{} {} {}", line.syslog->host, line.syslog->program, line.syslog->process);
  const Handshake* handshake = handshakes_.find(process);
  if (handshake && has_peer && handshake->peer == relay.address) write_tls(rows_, handshake->tls);
  if (const std::string_view next = next_queue_id(delivery.text);
      !next.empty() && delivery.status == "sent") {
    rows_.field(f.queue_id_next, next);
    if (is_local) link(line, next, line.queue_id);
  }
}

// A host that was met on the way, and what it said: no recipient's fate yet.
void PostfixQueue::write_contact(const PostfixLine& line, const MailPeer& peer) {
  const MailFields& f = mail_fields();
  const std::string_view reply = reply_within(line.message);
  RecordRow row = MailRows::row_at(RecordKind::service, line.place);
  row.server = rows_.host(peer.address);
  row.server_port = peer.port;
  row.protocol = row.server == 0 ? 0 : kTcpProtocol;
  const bool is_reply = reply.data() != line.message.data();
  if (is_reply) row.code = parse_reply(reply).code;
  rows_.add(row);
  rows_.field(f.host, line.syslog->host);
  rows_.field(f.program, line.syslog->program);
  rows_.field(f.queue_id, line.queue_id);
  rows_.field(f.server_name, peer.name);
  rows_.field(f.direction, "out");
  if (is_reply) rows_.field(f.enhanced_code, parse_reply(reply).enhanced);
  rows_.field(is_reply ? f.reply_text : f.error, line.message);
}

void PostfixQueue::write_expiry(const PostfixLine& line, MailMessage& message) {
  message.has_records = true;
  RecordRow row = MailRows::row_at(RecordKind::mail, line.place);
  row.client = message.client.key;
  row.client_port = message.client.port;
  rows_.add(row);
  repeat_origin(rows_, message, line.place);
  rows_.field(mail_fields().status, "expired");
  rows_.field(mail_fields().reply_text, value_of(line.message, "status="));
  rows_.field(mail_fields().program, line.syslog->program);
  rows_.field(mail_fields().direction, "out");
}

bool PostfixQueue::take_bounce(const PostfixLine& line) {
  constexpr std::string_view kWords = " notification: ";
  const std::size_t at = line.message.find(kWords);
  if (line.queue_id.empty() || at == std::string_view::npos) return false;
  link(line, line.message.substr(at + kWords.size()), line.queue_id);
  return true;
}

// `next` came of `previous`: told on the records of `next` from here on.
void PostfixQueue::link(const PostfixLine& line, std::string_view next, std::string_view previous) {
  MailMessage* found = messages_.find(key_of(line, next));
  if (found && found->previous.empty()) found->previous = kept_text(previous);
}

void PostfixQueue::write_verdict(const PostfixLine& line, const PostfixVerdict& verdict,
                                 const MailClient& client) {
  const MailFields& f = mail_fields();
  MailMessage* message = nullptr;
  if (!line.queue_id.empty()) {
    message = &of_line(line);
    message->has_records = true;
  }
  const MailReply reply = parse_reply(verdict.text);
  RecordRow row = MailRows::row_at(RecordKind::mail, line.place);
  row.client = client.key;
  row.client_port = client.port;
  row.name = rows_.domain_of(verdict.recipient);
  row.protocol = client.key == 0 ? 0 : kTcpProtocol;
  row.code = reply.code;
  rows_.add(row);
  rows_.field(f.host, line.syslog->host);
  rows_.field(f.queue_id, line.queue_id);
  if (message) rows_.field(f.message_id, whole_message_id(message->message_id));
  rows_.field(f.envelope_from, verdict.envelope_from);
  rows_.field(f.recipient, verdict.recipient);
  rows_.field(f.status, verdict.action.ends_with("discard") ? "discarded" : "rejected");
  rows_.field(f.action, verdict.action);
  rows_.field(f.step, verdict.step);
  rows_.field(f.enhanced_code, reply.enhanced);
  rows_.field(f.reply_text, verdict.text);
  rows_.field(f.reason, verdict.header);
  write_client(rows_, client);
  write_tls(rows_, client.tls);
  rows_.field(f.program, line.syslog->program);
  rows_.field(f.direction, "in");
}

// A message that no agent has tried to deliver as far as this log tells.
void PostfixQueue::write_last_state(const MailMessage& message) {
  if (!message.has_records) write_unattempted(rows_, message, last_state(message));
}

void PostfixQueue::finish() {
  removed_.for_each([&](const MailMessage& message) { write_last_state(message); });
  messages_.for_each([&](const MailMessage& message) {
    if (message.is_active) sink_.note("postfix.still_queued", message.id);
    write_last_state(message);
  });
}

}  // namespace assay
