// The parts of the lines that Postfix's daemons write. The format: docs/formats/postfix_log.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "readers/mail_record.h"

namespace assay {

enum class PostfixDaemon : std::uint8_t {
  foreign,  // another program
  smtpd,    // and qmqpd: takes mail in over the network
  postscreen,
  cleanup,
  pickup,
  qmgr,
  agent,  // smtp, lmtp, local, virtual, pipe, error, discard, ...: tries to deliver
  bounce,
  master,  // starts and stops the others; with postfix-script
  other,   // statistics, look-ups, tools
};
// Of a syslog program: "postfix/smtpd", "postfix-in/submission/smtpd", "/postfix-script".
PostfixDaemon postfix_daemon(std::string_view program);
// What its queue is kept under: "postfix-in" of "postfix-in/submission/smtpd".
std::string_view postfix_instance(std::string_view program);

// "4F5C64474F: " or "44JCRG5tYPzCqt2: " at the start of a message, which loses it. Short ids are
// hexadecimal; long ones hold no vowels, so that no word is taken for one.
std::optional<std::string_view> take_queue_id(std::string_view& message);

// "to=<R>, orig_to=<O>, relay=H[A]:P, delay=D, delays=A/B/C/D, dsn=X, status=WORD (TEXT)"
struct PostfixDelivery {
  std::string_view recipient, orig_recipient, relay, delay, delays, enhanced, status, text;
};
// False when the recipient or the status is missing.
bool parse_delivery(std::string_view message, PostfixDelivery& out);

// "reject: RCPT from NAME[ADDRESS]: 550 5.1.1 TEXT; from=<F> to=<T> proto=P helo=<H>", and of
// cleanup "reject: header Subject: S from NAME[ADDRESS]; from=<F> ... helo=<H>: 5.7.1 TEXT".
struct PostfixVerdict {
  std::string_view action;  // reject, milter-reject, discard, hold, warning, filter, ...
  std::string_view step;    // RCPT, END-OF-MESSAGE, header, ...
  std::string_view header;  // the header or body line that a check of cleanup was about
  MailPeer peer;            // no name: from this machine
  std::string_view text, envelope_from, recipient, protocol, helo, auth_user;
  bool is_envelope_doubtful = false;  // "; from=<" stands in it more than once
};
// False when the message is none.
bool parse_verdict(std::string_view message, PostfixVerdict& out);

// The value behind `key` ("size=") up to ", " or the end; brackets are kept. Empty when missing.
std::string_view value_of(std::string_view text, std::string_view key);
// The same for addresses in brackets, which may hold anything: up to ">, ", "> " or a last ">".
std::string_view address_value_of(std::string_view text, std::string_view key);

// "Trusted TLS connection established to NAME[A]:P: TLSv1.3 with cipher C (256/256 bits) ..."
struct PostfixTls {
  std::string_view verify, version, cipher;
  MailPeer peer;
  bool is_outbound = false;
};
bool parse_tls(std::string_view message, PostfixTls& out);

// The host of "host NAME[A] said: ...", "connect to NAME[A]:25: ...", "lost connection with
// NAME[A] while ...", "conversation with NAME[A] timed out while ...".
bool parse_contact(std::string_view message, MailPeer& peer);

}  // namespace assay
