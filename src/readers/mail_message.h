// A message as the log of one mail server tells of it, line after line: what is known of it by the
// time of a record about it. For the logs that join lines by queue id.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "readers/mail_record.h"

namespace assay {

struct TlsFacts {
  std::string verify, version, cipher;
};

// Who handed a message over, or began a session.
struct MailClient {
  std::uint64_t key = 0;
  std::uint16_t port = 0;
  std::string name, name_unverified, helo, protocol, auth_method, auth_user;
  TlsFacts tls;
};

struct MailMessage {
  std::string host, id, program;
  MailPlace place;  // of its first line
  MailClient client;
  std::string message_id, envelope_from, size, recipients, source_address, previous, action, reason,
      subject;
  bool is_active = false;    // it was accepted and queued
  bool has_records = false;  // of an attempt or a refusal
  bool is_removed = false;
  std::int64_t last_us = 0;  // of its latest line
};

// The fields of all records about a client, a connection, a message. Empty ones are left out.
void write_client(MailRows& rows, const MailClient& client);
void write_tls(MailRows& rows, const TlsFacts& tls);
void write_origin(MailRows& rows, const MailMessage& message);
// The same with one of several records, at `place`; the queue id alone where they would repeat too
// much.
void repeat_origin(MailRows& rows, const MailMessage& message, const MailPlace& place);
// A record at the message's first line, for one of which no attempt and no refusal is known.
void write_unattempted(MailRows& rows, const MailMessage& message, std::string_view status);
// Where it was handed on to; a path or a word instead of an address is no server.
void write_relay(MailRows& rows, const MailPeer& relay);

// The queue id that the next server gave a message, within its reply: "queued as ID", "forwarded
// as ID", "OK id=ID", "ID Message accepted for delivery".
std::string_view next_queue_id(std::string_view reply);

}  // namespace assay
