#include "readers/mail_message.h"

#include "readers/mail_fields.h"
#include "readers/tls_version.h"

namespace assay {
namespace {

std::uint64_t text_bytes(const MailMessage& message) {
  const MailClient& client = message.client;
  std::uint64_t bytes = 0;
  for (const std::string* text :
       {&message.host, &message.id, &message.previous, &message.message_id, &message.envelope_from,
        &message.size, &message.recipients, &message.subject, &message.source_address,
        &message.action, &message.reason, &client.name, &client.name_unverified, &client.helo,
        &client.protocol, &client.auth_method, &client.auth_user}) {
    bytes += text->size();
  }
  return bytes;
}

}  // namespace

void write_tls(MailRows& rows, const TlsFacts& tls) {
  rows.field(mail_fields().tls_version, tls_version_text(tls.version));
  rows.field(mail_fields().tls_cipher, tls.cipher);
  rows.field(mail_fields().tls_verify, tls.verify);
}

void write_client(MailRows& rows, const MailClient& client) {
  const MailFields& f = mail_fields();
  rows.field(f.client_name, client.name);
  rows.field(f.client_name_unverified, client.name_unverified);
  rows.field(f.helo, client.helo);
  rows.field(f.app_protocol, client.protocol);
  rows.field(f.auth_method, client.auth_method);
  rows.field(f.auth_user, client.auth_user);
}

void repeat_origin(MailRows& rows, const MailMessage& message, const MailPlace& place) {
  if (rows.may_repeat(text_bytes(message), place)) return write_origin(rows, message);
  rows.field(mail_fields().queue_id, message.id);
}

void write_origin(MailRows& rows, const MailMessage& message) {
  const MailFields& f = mail_fields();
  rows.field(f.host, message.host);
  rows.field(f.queue_id, message.id);
  rows.field(f.queue_id_previous, message.previous);
  rows.field(f.message_id, whole_message_id(message.message_id));
  rows.field(f.envelope_from, message.envelope_from);
  rows.field(f.message_size, message.size);
  rows.field(f.recipient_count, message.recipients);
  rows.field(f.subject, message.subject);
  rows.field(f.source_address, message.source_address);
  rows.field(f.action, message.action);
  rows.field(f.reason, message.reason);
  write_client(rows, message.client);
}

void write_unattempted(MailRows& rows, const MailMessage& message, std::string_view status) {
  RecordRow row = MailRows::row_at(RecordKind::mail, message.place);
  row.client = message.client.key;
  row.client_port = message.client.port;
  rows.add(row);
  write_origin(rows, message);  // the one record that there is of it
  write_tls(rows, message.client.tls);
  rows.field(mail_fields().status, status);
  rows.field(mail_fields().program, message.program);
  rows.field(mail_fields().direction, "in");
}

void write_relay(MailRows& rows, const MailPeer& relay) {
  const MailFields& f = mail_fields();
  rows.field(f.relay, relay.name);
  rows.field(f.relay_address, relay.address);
  if (relay.port != 0) rows.number(f.relay_port, relay.port);
}

std::string_view next_queue_id(std::string_view reply) {
  for (const std::string_view words : {"queued as ", "forwarded as ", "OK id="}) {
    const std::size_t at = reply.rfind(words);
    if (at == std::string_view::npos) continue;
    reply.remove_prefix(at + words.size());
    return reply.substr(0, reply.find_first_of(" );,\""));
  }
  const std::size_t end = reply.find(" Message accepted for delivery");
  if (end == std::string_view::npos) return {};
  reply = reply.substr(0, end);
  return reply.substr(reply.find_last_of(" (") + 1);
}

}  // namespace assay
